"""Pattern: a regular expression that a stranger's text cannot hold up."""

import re
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Protocol

from router.core.runaway import is_runaway

LONGEST_SUBJECT = 10_000  # characters of a text that are searched
LONGEST_UNSTEADY = 1_000  # the same without google-re2: `.*a.*b` takes a quarter second on these
LARGEST = 1_500  # steps of a compiled pattern; 10,000 characters may take it a tenth of a second
MOST_MEMORY = 1024 * 1024  # bytes for such a pattern and what its search remembers


class Search(Protocol):
    """What Python's and Google's compiled patterns have in common."""

    def search(self, text: str, /) -> object: ...


class Measured(Search, Protocol):
    """What only Google's have."""

    @property
    def programsize(self) -> int: ...


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


def compile_linear(text: str) -> Pattern:
    """Compile by google-re2 alone: however the pattern was meant, its search takes milliseconds.

    Raises ValueError, saying why, for what that engine does not do, and ModuleNotFoundError where
    it is not installed.
    """
    engine = _engine()
    if engine is None:
        raise ModuleNotFoundError("google-re2 is not installed")
    try:
        compiled: Measured = engine.compile(text, _options(engine, max_mem=MOST_MEMORY))
    except engine.error as error:
        raise ValueError(_reason(error)) from None
    if compiled.programsize > LARGEST:
        raise ValueError(f"it has {compiled.programsize} steps, and {LARGEST} is the most")
    return Pattern(compiled, LONGEST_SUBJECT)


def _steady(text: str) -> Search | None:
    """Compile for an engine that never goes back; None where there is none, or it cannot."""
    engine = _engine()
    if engine is None:
        return None
    try:
        compiled: Search = engine.compile(text, _options(engine))
    except engine.error:
        return None
    return compiled


def _engine() -> ModuleType | None:
    """Load google-re2 where it is installed; another package of that name has no `Options`."""
    try:
        engine = import_module("re2")
    except ImportError:
        return None
    return engine if hasattr(engine, "Options") else None


def _options(engine: ModuleType, **settings: int) -> object:
    options = engine.Options()
    options.log_errors = False  # it would write to stderr of what it cannot do
    for name, value in settings.items():
        setattr(options, name, value)
    return options


def _reason(error: Exception) -> str:
    """Return what google-re2 says, which comes as bytes."""
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
