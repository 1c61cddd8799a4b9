"""What the tests of `router.lint` share: files are written, checked, and their codes returned."""

import datetime as dt
import re
from pathlib import Path

from router.cli.checking import Checker
from router.cli.entries import collect
from router.cli.inspection import inspect
from router.lint.settings import LintSettings
from router.providers.registry import providers

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TODAY = dt.date(2026, 11, 26)
VARIABLES = {info.key_variable: "hidden" for info in providers() if info.key_variable}
ENVIRONMENT = {**VARIABLES, "OPENAI_BATCH_API_KEY": "hidden-too"}

BLOCK = re.compile(r"```\w+\n(.*?)\n```", re.DOTALL)


def checker(**options):
    options.setdefault("environment", ENVIRONMENT)
    return Checker(today=TODAY, **options)


def check_folder(folder, *, fix=False, **options):
    """Return every problem of a folder's files, and those that were mended."""
    found = inspect(checker(**options), list(collect([str(folder)])), fix=fix)
    return [problem for one in found.checked for problem in one.problems], found.mended


def check_files(folder, files, **options):
    """Write files into a folder and return every problem."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return check_folder(folder / "configs", **options)[0]


def check_text(text, folder, name="config.yaml", **options):
    return check_files(folder, {f"configs/{name}": text}, **options)


def codes(problems):
    return [problem.code for problem in problems]


def told(problems, code):
    """Return the only problem of a code."""
    [problem] = [problem for problem in problems if problem.code == code]
    return problem


def ignoring(*names):
    return LintSettings(ignore=frozenset(names))


def examples(page, title):
    """Return the files under a heading of a page: those that name none are the config."""
    section = page.partition(f"## {title}\n")[2].partition("\n## ")[0].partition("<!--")[0]
    return dict(map(_named, BLOCK.findall(section)))


def _named(block):
    first, _, rest = block.partition("\n")
    if first.startswith("# ") and first.endswith(".yaml"):
        # A catalog stands beside the folder's configs, so that it is not taken for one.
        name = first.removeprefix("# ")
        is_inside = name == "gateway.yaml" or name.startswith("scenarios/")
        return f"configs/{name}" if is_inside else name, f"{rest}\n"
    return "configs/config.yaml", f"{block}\n"
