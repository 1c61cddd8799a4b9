"""Report: gathers every problem of a reading, so that all are told at once."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from router.config.fixes import Fix, Unfixed
from router.config.places import Place, label
from router.config.problems import ConfigError, Problem
from router.config.source import Source

CODES: Mapping[str, str] = MappingProxyType(
    {
        "catalog": "bad-catalog",
        "gateway": "gateway-settings",
        "scenario": "bad-scenario",
        "tests": "bad-test",
    }
)
"""Codes by the source's root, for errors without one of their own."""


class Report:
    """Grows while a config is read, up to the `most` errors that anybody wants to be told of."""

    __slots__ = ("_flawed", "_found", "_meant", "_most", "_places", "_spots", "_unset")

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._found: dict[Problem, None] = {}
        self._unset: list[Problem] = []
        self._spots: set[tuple[str, str]] = set()
        self._flawed: set[tuple[str, Place]] = set()
        self._places: set[tuple[str, Place]] = set()
        self._meant: set[tuple[str, Place]] = set()

    def add(self, problem: Problem) -> None:
        """Take in a finding, once: an alias shows one mistake in many places.

        Raises ConfigError with the last of the `most` errors.
        """
        spot = (problem.location, problem.message)
        if problem in self._found or (problem.line is not None and spot in self._spots):
            return
        self._spots.add(spot)
        self._found[problem] = None
        if problem.severity == "error" and self._most is not None:
            self._most -= 1
            if self._most <= 0:
                raise ConfigError(self.problems)

    def error(
        self,
        source: Source,
        place: Place,
        message: str,
        hint: str = "",
        *,
        code: str | None = None,
        at_key: bool = False,
        meant: str | None = None,
    ) -> None:
        if (source.root, place) in self._flawed:
            return
        self._places.add((source.root, place))
        named = code or _code(source, place)
        problem = source.problem(place, message, hint, code=named, at_key=at_key)
        self.add(problem if meant is None else replace(problem, meant=meant))

    def flaw(self, source: Source, place: Place, problem: Problem) -> None:
        """Report a value that could not be read; no other error about it is heard from then on."""
        self._flawed.add((source.root, place))
        self.add(problem)

    def wrong(
        self, source: Source, place: Place, what: str, hint: str = "", *, code: str | None = None
    ) -> None:
        """Report a value by what is wrong with it: `is 9`."""
        self.error(source, place, f"{label(place, source.root)} {what}", hint, code=code)

    def warn(
        self,
        source: Source,
        place: Place,
        message: str,
        hint: str = "",
        *,
        code: str = "no-effect",
        harm: str = "",
        at_key: bool = False,
        fix: Fix | Unfixed | None = None,
    ) -> None:
        problem = source.problem(
            place, message, hint, code=code, harm=harm, severity="warning", at_key=at_key, fix=fix
        )
        self.add(problem)

    def unset(self, source: Source, place: Place, message: str) -> None:
        """Report a variable or a file that has no value."""
        self._places.add((source.root, place))
        self._unset.append(source.problem(place, message, code="unset-variable"))

    def mean(self, source: Source, place: Place) -> None:
        """Note that a misspelt key, which is an error already, was meant for this place."""
        self._meant.add((source.root, place))

    def is_meant(self, source: Source, place: Place) -> bool:
        """Tell whether what is missing at this place is there, under a misspelt key."""
        return (source.root, place) in self._meant

    def hand_on(self, into: "Report", *, used: bool) -> None:
        """Give the findings to another report; for what is not `used`, an unset value is no error.

        A folder's virtual keys serve many configs, and a config needs only its own.
        """
        for problem in self._found:
            into.add(problem)
        for problem in self._unset:
            into.add(problem if used else replace(problem, severity="warning"))

    def is_marred(self, source: Source, place: Place) -> bool:
        """Tell whether an error stands at exactly this place."""
        return (source.root, place) in self._places

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, in the order of the files."""
        return tuple(sorted([*self._found, *self._unset], key=_order))

    def raise_errors(self) -> None:
        """Raise ConfigError if there is any error."""
        if self.has_errors:
            raise ConfigError(self.problems)


def _code(source: Source, place: Place) -> str:
    """Return the code of an error that has none of its own."""
    is_about_tests = place[:1] == ("tests",)
    return CODES.get("tests" if is_about_tests else source.root, "invalid")


def _order(problem: Problem) -> tuple[str, int, int]:
    return (problem.file or "", problem.line or 0, problem.column or 0)
