"""Rule: one kind of mistake, what it harms, what to do about it, and how it is found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from router.config.fixes import Fix, Unfixed
from router.config.places import Place
from router.config.problems import Severity
from router.lint.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where a rule is broken.

    `harm`, `hint` and `severity` stand in place of the rule's own where they can be more exact.
    """

    place: Place
    message: str
    harm: str = ""
    hint: str = ""
    severity: Severity | None = None
    at_key: bool = False
    fix: Fix | Unfixed | None = None


Check: TypeAlias = Callable[[Subject], Iterator[Finding]]


def finds_nothing(subject: Subject) -> Iterator[Finding]:  # noqa: ARG001  it is a Check
    """Stand in for the check of what is found while a config is read."""
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`harm` and `remedy` are one sentence each, without a capital and a full stop.

    What is `fatal` is found while a config is read: without it there is no config, so it cannot be
    silenced. Where it `also_warns`, of what the config does without, the warning can.
    """

    code: str
    severity: Severity
    title: str
    harm: str
    remedy: str
    check: Check = finds_nothing
    fatal: bool = False
    also_warns: bool = False
    fixable: bool = False
