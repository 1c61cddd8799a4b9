"""Pattern: a regular expression that a stranger's text cannot hold up."""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from router.core.runaway import is_runaway

LONGEST_SUBJECT = 10_000  # characters of a text that are searched
LONGEST_UNSTEADY = 1_000  # the same without google-re2: `.*a.*b` takes a quarter second on these


class Search(Protocol):
    """What Python's and Google's compiled patterns have in common."""

    def search(self, text: str, /) -> object: ...


class RunawayError(ValueError):
    """The pattern is valid, and takes for ever on an unlucky text."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Looks for a match anywhere in the first `longest` characters, as if no more came."""

    engine: Search
    longest: int

    def is_in(self, text: str) -> bool:
        # Half a surrogate pair, which JSON allows, is nothing that google-re2 takes.
        subject = text[: self.longest].encode("utf-8", "replace").decode()
        return self.engine.search(subject) is not None


def compile_pattern(text: str) -> Pattern:
    r"""Compile a pattern; by google-re2, which needs no luck, where that is installed and able.

    There `\d`, `\w` and `\b` know ASCII only. Raises ValueError for what is no pattern, and
    RunawayError for one that may take for ever where nothing but `re` can be asked.
    """
    try:
        pattern = re.compile(text)
        steady = _steady(text)
        runs_away = steady is None and is_runaway(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if runs_away:
        raise RunawayError("it could take for ever on an unlucky text")
    if steady is not None:
        return Pattern(steady, LONGEST_SUBJECT)
    return Pattern(pattern, LONGEST_UNSTEADY)


def _steady(text: str) -> Search | None:
    """Compile for an engine that never goes back; None where there is none, or it cannot."""
    try:
        engine = import_module("re2")
        options = engine.Options()
    except (ImportError, AttributeError):
        return None
    options.log_errors = False  # it would write to stderr of what it cannot do
    try:
        compiled: Search = engine.compile(text, options)
    except engine.error:
        return None
    return compiled
