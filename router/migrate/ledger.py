"""Ledger: what an import could not carry over, told where it stands in the source.

Each entry is a finding on standard error and a comment in the config that is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from router.config.places import Place
from router.config.problems import Problem
from router.config.report import Report
from router.config.source import Source

CHANGED = "changed-meaning"
KEPT = "same-meaning"

DIFFERS = "differs"
NOTE = "note"


@dataclass(slots=True)
class Ledger:
    """Grows while a source is read. `report` has the errors that keep it from being imported.

    Where a source is read in other words than its own, places in it are translated.
    """

    source: Source
    report: Report = field(default_factory=Report)
    _told: list[Problem] = field(default_factory=list)
    _renamed: list[tuple[Place, Place]] = field(default_factory=list)

    def rename(self, there: Place, here: Place) -> None:
        """Read what stands `there` in the source as if it stood `here`."""
        self._renamed.append((there, here))

    def here(self, place: Place) -> Place:
        """Return where something is read that stands at a place of the source."""
        for there, here in self._renamed:
            if place[: len(there)] == there:
                place = (*here, *place[len(there) :])
        return place

    def there(self, place: Place) -> Place:
        """Return where in the source something stands that is read at a place."""
        for there, here in reversed(self._renamed):
            if place[: len(here)] == here:
                place = (*there, *place[len(here) :])
        return place

    def changed(self, place: Place, message: str, hint: str = "", *, at_key: bool = True) -> str:
        """Note that something means another thing from now on; return the comment that says so."""
        return self._tell(place, message, hint, is_change=True, at_key=at_key)

    def note(self, place: Place, message: str, hint: str = "", *, at_key: bool = True) -> str:
        """Note what is worth knowing and changes nothing; return the comment that says so."""
        return self._tell(place, message, hint, is_change=False, at_key=at_key)

    def wrong(self, place: Place, what: str, hint: str = "") -> None:
        """Report what cannot be read."""
        self.report.wrong(self.source, self.there(place), what, hint, code="unreadable-source")

    def _tell(self, place: Place, message: str, hint: str, *, is_change: bool, at_key: bool) -> str:
        problem = self.source.problem(
            self.there(place),
            message,
            hint,
            code=CHANGED if is_change else KEPT,
            severity="warning" if is_change else "note",
            at_key=at_key,
        )
        if problem not in self._told:
            self._told.append(problem)
        kind = DIFFERS if is_change else NOTE
        where = f" ({self._location(problem)})" if problem.line is not None else ""
        advice = f"; {hint}" if hint else ""
        return f"{kind}: {message}{advice}{where}"

    def _location(self, problem: Problem) -> str:
        return f"{PurePath(problem.file or self.source.root).name}:{problem.line}"

    @property
    def told(self) -> tuple[Problem, ...]:
        """All of it, in the order of the source."""
        return tuple(sorted(self._told, key=lambda one: (one.line or 0, one.column or 0)))

    @property
    def changes(self) -> Iterator[Problem]:
        return (problem for problem in self._told if problem.code == CHANGED)
