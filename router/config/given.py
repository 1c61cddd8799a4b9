"""Given: a config handed over as Python objects becomes JSON, or what is wrong with it is told."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from router.config.places import Place, label
from router.config.report import Report
from router.config.scalars import LONGEST_NUMBER
from router.config.source import Source
from router.core.jsontypes import JSON

MAX_DEPTH = 64  # levels; a mapping that contains itself ends here
MAX_VALUES = 50_000
TOO_LARGE = 10**LONGEST_NUMBER

UNREADABLE = "unreadable"
"""The code of what cannot be read, or not as JSON."""


def copied(given: object, report: Report, source: Source) -> JSON:
    """Return Python objects as JSON; what cannot be said in JSON is in the report."""
    copier = Copier()
    value = copier.copy(given)
    for place, flaw in copier.flaws:
        message = f"{label(place, source.root)} {flaw}"
        report.flaw(source, place, source.problem(place, message, code=UNREADABLE))
    return value


@dataclass(slots=True)
class Copier:
    """Copies what it is given, so that nobody changes it afterwards."""

    flaws: list[tuple[Place, str]] = field(default_factory=list)
    count: int = 0

    def copy(self, value: object, place: Place = ()) -> JSON:
        self.count += 1
        if len(place) > MAX_DEPTH or self.count > MAX_VALUES:
            return self._too_large(place)
        if isinstance(value, Mapping):
            return dict(self._pairs(value, place))
        if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
            return [self.copy(item, (*place, i)) for i, item in enumerate(value)]
        return self._scalar(value, place)

    def _scalar(self, value: object, place: Place) -> JSON:
        match value:
            case None | bool():
                return value
            case int():
                return self._countable(value, place)
            case float():
                return self._finite(value, place)
            case str():
                return str(value)
        self.flaws.append((place, f"is a {type(value).__name__}; expected what JSON can say"))
        return None

    def _too_large(self, place: Place) -> JSON:
        if not any("too large" in message for _, message in self.flaws):
            self.flaws.append((place[:4], "is too large, or contains itself"))
        return None

    def _countable(self, value: int, place: Place) -> int | None:
        if abs(value) >= TOO_LARGE:
            self.flaws.append((place, f"has more than {LONGEST_NUMBER} digits"))
            return None
        return int(value)

    def _finite(self, value: float, place: Place) -> JSON:
        if not math.isfinite(value):
            self.flaws.append((place, f"{value} is not a number that can be used"))
            return None
        return float(value)

    def _pairs(self, mapping: Mapping[object, object], place: Place) -> Iterator[tuple[str, JSON]]:
        for key, value in mapping.items():
            if isinstance(key, str):
                yield str(key), self.copy(value, (*place, str(key)))
            else:
                self.flaws.append((place, f"has a key that is a {type(key).__name__}, not a name"))
