"""Problems: what is wrong with a config, said so that it can be put right."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from router.config.fixes import Fix

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

MOST_NAMES = 12  # names that a hint lists
LONGEST_NAME = 100  # characters; to compare texts of 50 kB takes minutes

ENDS_IN_IES = re.compile(r"[^aeiou]y$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding.

    `code` names its kind; `harm` says what comes of it, `hint` what to do about it; `fix` is there
    where that needs no thought, and `unfixed` says why not where others of its kind have one.
    `place` is where in the config, such as `config.targets[0].provider`. `file`, `line` and
    `column` (from 1) are None where the config came from no text. `excerpt` holds the lines of the
    file that lead to it, its own last, secrets masked; `width` is how many characters of that last
    line it is about. `meant` is the key that somebody seems to have had in mind who wrote one that
    there is not.
    """

    message: str
    place: str
    hint: str = ""
    code: str = "invalid"
    harm: str = ""
    severity: Severity = "error"
    file: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: tuple[str, ...] = ()
    width: int = 1
    fix: Fix | None = None
    unfixed: str = ""
    meant: str | None = None

    @property
    def location(self) -> str:
        """`file:line:column`, as far as it is known."""
        parts = (self.file, self.line, self.column)
        return ":".join(str(part) for part in parts if part is not None)

    @property
    def advice(self) -> str:
        """Say the harm and what to do, as far as either is told."""
        return hints(self.harm, self.hint)

    def __str__(self) -> str:
        """Show the finding in one line."""
        where = f"{self.location}: " if self.location else ""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{where}{self.severity}: {self.place}: {self.message}{advice}"


class ConfigError(Exception):
    """A config cannot be used; `problems` are all that was found, warnings too."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type["ConfigError"], tuple[Sequence[Problem]]]:
        return ConfigError, (self.problems,)

    def __str__(self) -> str:
        """Show all of them, one a line."""
        lines = [str(problem) for problem in self.problems]
        return lines[0] if len(lines) == 1 else "\n".join([summary(self.problems), *lines])


def render(problem: Problem) -> str:
    """Show a finding with the lines it is about, and a mark under the spot."""
    head = "  ".join(filter(None, (problem.location, problem.severity, problem.message)))
    return "\n".join([head, *_excerpt(problem)])


def _excerpt(problem: Problem) -> list[str]:
    remark = f"{problem.place}: {problem.advice}" if problem.advice else problem.place
    if problem.line is None or problem.column is None or not problem.excerpt:
        return [f"      │ {remark}"]
    first = problem.line - len(problem.excerpt) + 1
    lines = [f"{first + i:5} │ {text}".rstrip() for i, text in enumerate(problem.excerpt)]
    mark = " " * (problem.column - 1) + "^" * problem.width
    return [*lines, f"      │ {mark} {remark}"]


def summary(problems: Iterable[Problem]) -> str:
    """Count them: `2 errors, 1 warning in 1 file`."""
    found = list(problems)
    counts = ((sum(p.severity == kind for p in found), kind) for kind in SEVERITIES)
    parts = [counted(count, kind) for count, kind in counts if count]
    files = {problem.file for problem in found if problem.file is not None}
    where = f" in {counted(len(files), 'file')}" if files else ""
    return (", ".join(parts) or "no problems") + where


def counted(count: int, noun: str) -> str:
    """Write `1 call`, `2,000 calls`, `3 retries`."""
    plural = f"{noun[:-1]}ies" if ENDS_IN_IES.search(noun) else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the likeliest of `names`; None where none comes near."""
    if len(word) > LONGEST_NAME:
        return None
    plain = {_plain(name): name for name in names if len(name) <= LONGEST_NAME}
    near = difflib.get_close_matches(_plain(word), plain, n=1, cutoff=0.6)
    return plain[near[0]] if near else None


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Name the likeliest of `names`; empty where none comes near."""
    name = nearest(word, names)
    return "" if name is None else f"did you mean {name!r}?"


def _plain(name: str) -> str:
    """Make `requestTimeout`, `request-timeout` and `request_timeout` one."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return snake.replace("-", "_").lower()


def one_of(names: Iterable[str], what: str = "expected one of") -> str:
    """List names in a hint, the first dozen of them."""
    known = [name[:LONGEST_NAME] for name in names]
    more = ", ..." if len(known) > MOST_NAMES else ""
    return f"{what} {', '.join(known[:MOST_NAMES])}{more}" if known else ""


def hints(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
