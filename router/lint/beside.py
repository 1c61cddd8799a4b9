"""Beside: what is told of a config that cannot be used as it is, and what must wait."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from router.config.problems import ConfigError, Problem
from router.config.read import UnusableError
from router.config.source import Source
from router.lint.linter import UNSET, lint, told
from router.lint.settings import LintSettings
from router.lint.subject import Subject

ASIDE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "retry": frozenset(
            {
                "impossible-status-code",
                "retries-beyond-budget",
                "retries-beyond-deadline",
                "starved-target",
            }
        ),
        "request_timeout": frozenset(
            {"breaker-never-opens", "timeout-beyond-deadline", "timeout-too-short"}
        ),
        "limit": frozenset(),
        "cache": frozenset(),
        "forward_headers": frozenset(),
    }
)
"""Keys that may be misspelt and leave the meaning of the rest; what these codes tell may change.

Any other key may have been the one that says who is asked, with whose key, at which host.
"""


def beside(
    error: ConfigError, source: Source, wishes: LintSettings, also: Iterable[Problem] = ()
) -> tuple[Problem, ...]:
    """Return the errors, what is found `also`, and all else where they leave the meaning of it."""
    errors = errors_of(error)
    if not isinstance(error, UnusableError) or not all(map(_is_aside, errors)):
        return told([*errors, *also], source, wishes)
    found = lint(Subject(source=source, document=error.document), wishes, also)
    doubted = {code for one in errors for code in ASIDE.get(one.meant or "", ())}
    return tuple(problem for problem in found if problem.code not in doubted)


def errors_of(error: ConfigError) -> list[Problem]:
    """Return what is told where the meaning of all else is open."""
    return [problem for problem in error.problems if problem.severity == "error"]


def _is_aside(problem: Problem) -> bool:
    return problem.code == UNSET or (problem.code == "unknown-key" and problem.meant in ASIDE)
