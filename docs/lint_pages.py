"""The pages of `docs/lint/`: one for each code that `pixroute check` knows, and their index.

Head and foot are written from the rule; what stands between the two marks is written by hand and
kept: why it harms, an example that is wrong and one that is right. The tests check both examples.
"""

# ruff: noqa: INP001  a script, not part of a package

from collections.abc import Iterator
from pathlib import Path

from router.lint.registry import RULES
from router.lint.rule import Rule

FOLDER = Path(__file__).resolve().parent / "lint"
INDEX = FOLDER / "README.md"

ABOVE = "<!-- Written by docs/generate.py from the rule, up to here. -->"
BELOW = "<!-- Written by docs/generate.py from the rule, from here on. -->"

INTRODUCTION = """\
# What `pixroute check` finds

Mistakes are errors: the config cannot be used. Warnings are what will harm though it is no mistake.
Notes are worth knowing, and shown with `--notes`. The command exits with 1 for errors; with
`--strict` for warnings, too. `--fix` puts right in the file what needs no thought, and keeps its
comments, but for those right above a line that goes, or behind it. What it leaves alone it says
why; in a config that has errors it leaves everything, but where only variables are not set.

```
pixroute check configs                           # --select CODE, --ignore CODE, --notes, --strict
pixroute check configs --fix
pixroute check configs --format github           # annotations in a pull request; or json
pixroute check --explain dead-condition
```

A config says for itself what it does not want to be told, and what is how grave:

```yaml
provider: openai
x-lint:
  ignore: [timeout-too-short]
  severity: {uneven-targets: warning}
```

With [pre-commit](https://pre-commit.com) the hook is `pixroute-check`; it checks the files of
folders called `configs` unless `files:` says otherwise:

```yaml
repos:
  - repo: https://github.com/pixroute/pixroute
    rev: v0.1.0
    hooks: [{id: pixroute-check}]
```
"""


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every page and what is to stand in it."""
    yield INDEX, index()
    for rule in RULES:
        path = FOLDER / f"{rule.code}.md"
        yield path, page(rule, by_hand(path))


def by_hand(path: Path) -> str:
    """Return what somebody has written between the marks."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return text.partition(ABOVE)[2].partition(BELOW)[0].strip()


def index() -> str:
    """Return the table of all codes."""
    rows = (
        f"| [{rule.code}]({rule.code}.md) | {rule.severity} | {'yes' if rule.fixable else ''} |"
        f" {rule.title} |"
        for rule in RULES
    )
    head = "| code | severity | `--fix` | what it is |\n|---|---|---|---|\n"
    return f"{INTRODUCTION}\n{head}" + "\n".join(rows) + "\n"


def page(rule: Rule, middle: str) -> str:
    """Return a rule's page around what is written by hand."""
    fixed = "; `--fix` can put it right" if rule.fixable else ""
    head = f"# {rule.code}\n\n{rule.title}: {_article(rule)}{fixed}.\n\n"
    sentences = f"Harm: {rule.harm}.\n\nFix: {rule.remedy}.\n\n"
    return f"{head}{sentences}{ABOVE}\n\n{middle}\n\n{BELOW}\n\n{_silence(rule)}"


def _article(rule: Rule) -> str:
    return f"an {rule.severity}" if rule.severity == "error" else f"a {rule.severity}"


def _silence(rule: Rule) -> str:
    if rule.fatal and not rule.also_warns:
        return "## To silence it\n\nIt cannot be silenced: without it there is no config.\n"
    where = "An error cannot be silenced; a warning can, in" if rule.fatal else "In"
    return (
        "## To silence it\n\n"
        f"{where} the config, or once with `--ignore {rule.code}`:\n\n"
        f"```yaml\nx-lint: {{ignore: [{rule.code}]}}\n```\n"
    )
