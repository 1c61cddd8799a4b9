"""Arrivals, as a scenario's file writes them."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from router.config.report import Report
from router.config.section import Section
from router.core.jsontypes import JSON, is_list, sequence
from router.simulator.durations import Durations
from router.simulator.recording import RecordingError, check
from router.simulator.scenario import (
    FOREVER,
    Arrivals,
    Bursts,
    Constant,
    Pattern,
    Phase,
    Poisson,
    Recorded,
)

PATTERNS = ("constant", "poisson", "bursts")
ALONE = (*PATTERNS, "times", "file")

RATE = re.compile(r" *([0-9]+(?:\.[0-9]+)?) */ *(s|m|h) *")
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}

NOBODY = Constant(rate=0.0)


@dataclass(frozen=True, slots=True)
class ArrivalsReader:
    report: Report
    durations: Durations

    def read(self, section: Section) -> Arrivals:
        if is_list(section.value.get("arrivals")):
            phases = list(section.sections("arrivals"))
            last = len(phases) - 1
            return tuple(self._phase(one, is_last=i == last) for i, one in enumerate(phases))
        one = section.section("arrivals")
        if one is None:
            return ()
        if self._chosen(one, ALONE) in {"times", "file"}:
            return self._recorded(one)
        return (Phase(pattern=self._pattern(one)),)

    def _phase(self, section: Section, *, is_last: bool) -> Phase:
        self._chosen(section, PATTERNS)
        lasting = self.durations.read(section, "for")
        if lasting is None and "for" not in section and not is_last:
            hint = "only the last phase may hold to the end"
            self.report.error(section.source, section.place, "'for' is missing", hint)
        return Phase(
            pattern=self._pattern(section), lasting=FOREVER if lasting is None else lasting
        )

    def _chosen(self, section: Section, names: tuple[str, ...]) -> str | None:
        """Return the one pattern that is named, and complain of none or of several."""
        named = [name for name in names if name in section]
        if len(named) == 1:
            return named[0]
        what = f"has {' and '.join(named)}" if named else "says no pattern"
        self.report.error(
            section.source, section.place, f"arrivals {what}", f"expected one of {', '.join(names)}"
        )
        return named[0] if named else None

    def _pattern(self, section: Section) -> Pattern:
        if "constant" in section:
            return Constant(rate=_rate(section.value["constant"]))
        if "poisson" in section:
            return Poisson(rate=_rate(section.value["poisson"]))
        bursts = section.section("bursts")
        return NOBODY if bursts is None else self._bursts(bursts)

    def _bursts(self, section: Section) -> Bursts:
        every = self.durations.read(section, "every") or FOREVER
        over = self.durations.or_else(section, "over", 0.0)
        if section.value.get("every") == 0:
            self.report.wrong(section.source, section.at("every"), "is 0; expected more")
        if over > every:
            hint = "bursts must not overlap: 'over' is at most 'every'"
            self.report.wrong(section.source, section.at("over"), "is longer than 'every'", hint)
        return Bursts(size=section.integer("size") or 0, every=every, over=over)

    def _recorded(self, section: Section) -> Recorded:
        name = section.text("file")
        if name is not None:
            return Recorded(file=self._file(section, name))
        given = sequence(section.value.get("times"))
        times = tuple(at for one in given if (at := _time(one)) is not None)
        for i, (one, other) in enumerate(pairwise(times), start=1):
            if other < one:
                place = (*section.at("times"), i)
                self.report.wrong(section.source, place, f"is {other:g}, less than the one before")
        return Recorded(times=times)

    def _file(self, section: Section, name: str) -> Path | None:
        path = (section.source.folder or Path()) / name
        try:
            check(path)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            self.report.wrong(section.source, section.at("file"), f"cannot be read: {reason}")
        except RecordingError as error:
            self.report.wrong(section.source, section.at("file"), f"is no recording: {error}")
        else:
            return path
        return None


def _time(value: JSON) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _rate(value: JSON) -> float:
    """Return requests a second; none where the value is no rate, as the schema has said."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return max(0.0, float(value))
    written = RATE.fullmatch(value) if isinstance(value, str) else None
    return 0.0 if written is None else float(written[1]) / SECONDS[written[2]]
