"""Durations: seconds as people write them: 90, 1.5h, 1h 30m, 250ms."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from router.config.report import Report
from router.config.section import Section
from router.core.jsontypes import JSON

UNITS: Mapping[str, float] = MappingProxyType(
    {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
)

PART = re.compile(r" *([0-9]+(?:\.[0-9]+)?) *(ms|s|m|h|d) *")

LONGEST = 366 * 86_400.0  # seconds; more is a mistake


def parse(value: JSON) -> float | None:
    """Return the seconds; None where it is no duration."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if value >= 0 else None
    if not isinstance(value, str) or not value.strip():
        return None
    seconds, place = 0.0, 0
    while place < len(value):
        part = PART.match(value, place)
        if part is None:
            return None
        seconds += float(part[1]) * UNITS[part[2]]
        place = part.end()
    return seconds


class Durations:
    """Reads durations; those that the schema has complained of are as if they were not there."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def read(self, section: Section, key: str) -> float | None:
        seconds = parse(section.value.get(key))
        if seconds is not None and seconds > LONGEST:
            self._report.wrong(
                section.source, section.at(key), f"is {section.value[key]}; expected a year at most"
            )
            return None
        return seconds

    def or_else(self, section: Section, key: str, default: float) -> float:
        seconds = self.read(section, key)
        return default if seconds is None else seconds


def spoken(seconds: float) -> str:
    """Write a duration in its largest units: `1 h 30 min`, `45 s`."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    parts = []
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])
