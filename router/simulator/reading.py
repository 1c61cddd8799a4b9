"""Reading: a scenario's file becomes a Scenario, or an error that tells all that is wrong."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from router.config.load import load
from router.config.problems import did_you_mean, hints, one_of
from router.config.report import Report
from router.config.schema import validate
from router.config.section import Section
from router.emulators import registry
from router.emulators.registry import emulator
from router.simulator.arrivals_reading import ArrivalsReader
from router.simulator.conduct_reading import ConductReader
from router.simulator.durations import Durations, spoken
from router.simulator.scenario import (
    ANY,
    FOREVER,
    ROOT,
    Asked,
    Conduct,
    Conducts,
    Recorded,
    Scenario,
)
from router.simulator.traffic import MOST, expected, is_quiet, phases_after

GivenScenario = Mapping[str, object] | str | Path

OURS = frozenset({"extra_body"})
"""What stands among the parameters of a request and is none."""

NO_REQUESTS = (Asked(params={}),)
"""What is asked for where a scenario does not say: a picture, of whatever model the config has."""


def read_scenario(given: GivenScenario) -> Scenario:
    """Read a scenario: a mapping, a text or a path. Raises ConfigError with every problem."""
    report = Report()
    source = load(given, report, root=ROOT)
    if source is None:
        report.raise_errors()
        raise AssertionError("what cannot be read has its reason in the report")
    validate(source, report, "scenario")
    scenario = _Reader(report).read(Section(source, source.value))
    report.raise_errors()
    return scenario


class _Reader:
    """Reads the parts, even where the schema has found some of them wanting."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._durations = Durations(report)
        self._end = FOREVER

    def read(self, section: Section) -> Scenario:
        duration = self._durations.read(section, "duration")
        if duration == 0:
            self._report.wrong(section.source, section.at("duration"), "is 0; expected more")
        self._end = duration or FOREVER
        stem = "scenario" if section.source.file is None else Path(section.source.file).stem
        scenario = Scenario(
            name=section.text("name") or stem,
            description=section.text("description") or "",
            duration=duration or 0.0,
            seed=section.integer("seed") or 0,
            arrivals=ArrivalsReader(self._report, self._durations).read(section),
            requests=tuple(self._asked(one) for one in section.sections("requests")) or NO_REQUESTS,
            providers=MappingProxyType(self._providers(section)),
            source=section.source,
        )
        self._check_arrivals(scenario, section)
        return scenario

    def _check_arrivals(self, scenario: Scenario, section: Section) -> None:
        """Report phases that never begin, and traffic that is none or takes hours to play."""
        for place in phases_after(scenario, self._end):
            message, hint = (
                "this phase begins after the end",
                f"the scenario ends at {spoken(self._end)}",
            )
            self._report.error(section.source, (*section.at("arrivals"), place), message, hint)
        number = expected(scenario)
        if number > MOST:
            what = f"brings {number:,.0f} requests; a run has {MOST:,} at most"
            hint = "write a lower rate or a shorter duration"
            self._report.wrong(section.source, section.at("arrivals"), what, hint)
        if not self._report.has_errors and is_quiet(scenario):
            is_recorded = isinstance(scenario.arrivals, Recorded)
            hint = "expected a time" if is_recorded else "expected a rate of more than 0"
            self._report.wrong(section.source, section.at("arrivals"), "brings no request", hint)

    def _asked(self, section: Section) -> Asked:
        weight = section.number("weight")
        params = section.section("params")
        given = section.mapping("params").items()
        deadline = self._durations.read(section, "deadline")
        if deadline == 0:
            self._report.wrong(section.source, section.at("deadline"), "is 0; expected more")
        return Asked(
            params={name: value for name, value in given if name not in OURS and name[:2] != "x-"},
            extra_body={} if params is None else params.mapping("extra_body"),
            weight=1.0 if weight is None else weight,
            metadata=section.mapping("metadata"),
            users=section.integer("users"),
            prompts=section.integer("prompts"),
            deadline=deadline,
            cache_namespace=section.text("cache_namespace"),
        )

    def _providers(self, section: Section) -> dict[str, Conducts]:
        below = section.section("providers")
        found: dict[str, Conducts] = {}
        for name in below.value if below is not None else ():
            part = below.section(name) if below is not None else None
            if below is None or part is None:
                continue
            known = self._name(below, name)
            if known in found:
                self._report.error(
                    below.source, below.at(name), f"{name!r} is {known}, which is here already"
                )
            found[known] = self._conducts(part, name)
        return found

    def _name(self, below: Section, name: str) -> str:
        """Return the provider's own name; an alias stands for it."""
        if name == ANY:
            return ANY
        known = emulator(name)
        if known is not None:
            return known.provider
        names = (*registry.names(), ANY)
        hint = hints(did_you_mean(name, names), one_of(names, "known"))
        self._report.error(
            below.source, below.at(name), f"unknown provider {name!r}", hint, at_key=True
        )
        return name

    def _conducts(self, section: Section, written: str) -> Conducts:
        reader = ConductReader(self._report, self._durations, self._end)
        general = reader.read(section, Conduct())
        models = section.section("models")
        parts = {} if models is None else {name: models.section(name) for name in models.value}
        by_model = {
            name: reader.read(part, general) for name, part in parts.items() if part is not None
        }
        return Conducts(written=written, general=general, by_model=MappingProxyType(by_model))
