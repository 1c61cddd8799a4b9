"""Simulating: reads what a simulation needs, plays it, and tells what came out."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

import click

from router.cli.findings import as_json as problem_as_json
from router.cli.findings import show as show_problem
from router.cli.inputs import read_with
from router.cli.output_file import OutputFile
from router.cli.report import show_config
from router.cli.simulation_progress import progress
from router.cli.simulation_table import show
from router.cli.terminal import Failed, width_of
from router.config.problems import ConfigError, Problem, did_you_mean, summary
from router.lab.stage import loader_for
from router.simulator.accounts import Accounts
from router.simulator.bearing import bearing
from router.simulator.durations import LONGEST, parse
from router.simulator.reading import read_scenario
from router.simulator.result_json import as_json
from router.simulator.results import Result, result_of
from router.simulator.run import play
from router.simulator.scenario import Recorded, Scenario
from router.simulator.shipped import shipped, shipped_names
from router.simulator.traffic import MOST, expected
from router.simulator.verdict import comparison
from router.workspace import Loaded, Loader

PAGE = "page of 'pixroute simulate'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What came out, and what of the scenario the configs never met: all of them, and each one."""

    results: Sequence[Result]
    problems: Sequence[Problem]
    own_problems: Sequence[Sequence[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One scenario, and the configs that meet it; `page` is where one with charts is written."""

    configs: Sequence[Path]
    scenario: str
    seed: int | None
    duration: str | None
    catalog: tuple[Path, ...]
    is_quiet: bool
    page: Path | None
    force: bool

    def run(self) -> Simulated:
        """Play the configs one after the other; a run that is interrupted is the last."""
        scenario = self._read()
        loader = loader_for(Accounts(), catalog=self.catalog)
        loaded = [_load(loader, path) for path in self.configs]
        problems = [self._placed(problem) for problem in bearing(scenario, loaded)]
        _tell_problems(problems)
        output = self._output()
        if output is not None:
            output.need_room(self._inputs(scenario))
        return Simulated(
            results=self._played(scenario, loaded, loader),
            problems=problems,
            own_problems=[self._own(scenario, one) for one in loaded],
        )

    def _own(self, scenario: Scenario, loaded: Loaded) -> Sequence[Problem]:
        """Return what one config never meets; as it was played that is no error, be it all."""
        found = (self._placed(problem) for problem in bearing(scenario, [loaded]))
        return [
            replace(one, severity="warning") if one.severity == "error" else one for one in found
        ]

    def _played(
        self, scenario: Scenario, loaded: Sequence[Loaded], loader: Loader
    ) -> Sequence[Result]:
        results: list[Result] = []
        for path, one in zip(self.configs, loaded, strict=True):
            try:
                with progress(scenario, path.name, is_quiet=self.is_quiet) as watch:
                    tally = play(scenario, one, loader, watch)
            except ImportError as missing:  # of what makes pictures of some formats
                raise Failed(str(missing)) from None
            results.append(result_of(tally, scenario, str(path)))
            if tally.was_interrupted:
                break
        return results

    def tell(self, simulated: Simulated, *, shape: Literal["text", "json"]) -> None:
        """Write the page and print the figures: neither is lost where the other fails."""
        try:
            output = self._output()
            if output is not None:
                _write(output, simulated.results)
        finally:
            if shape == "json":
                click.echo(_json(simulated, is_comparison=len(self.configs) > 1))
            else:
                for line in show(simulated.results, width_of(sys.stdout)):
                    click.echo(line)

    def _placed(self, problem: Problem) -> Problem:
        """Name a scenario that ships as it was asked for: its lines are not the reader's."""
        if problem.file is None or self._path() == Path(self.scenario):
            return problem
        return replace(problem, file=self.scenario, line=None, column=None, excerpt=())

    def _output(self) -> OutputFile | None:
        if self.page is None:
            return None
        from router.simulator.page.document import MARK

        return OutputFile(path=self.page, force=self.force, kind=PAGE, mark=MARK)

    def _inputs(self, scenario: Scenario) -> Iterator[Path]:
        """Yield the files that the run reads, those beside a config and a scenario included."""
        yield from (self._path(), *self.catalog)
        for config in self.configs:
            yield from read_with(config)
        if isinstance(scenario.arrivals, Recorded) and scenario.arrivals.file is not None:
            yield scenario.arrivals.file

    def _read(self) -> Scenario:
        try:
            scenario = read_scenario(self._path())
        except ConfigError as error:
            _give_up(error)
        if self.seed is not None:
            scenario = replace(scenario, seed=self.seed)
        if self.duration is not None:
            scenario = replace(scenario, duration=_seconds(self.duration))
            _need_few(scenario, self.duration)
        return scenario

    def _path(self) -> Path:
        """Return the file that is meant; what looks like a name is one that ships."""
        path = Path(self.scenario)
        if path.exists() or path.suffix or path.name != self.scenario:
            return path
        found = shipped(self.scenario)
        if found is None:
            names = shipped_names()
            hint = did_you_mean(self.scenario, names) or f"those that ship: {', '.join(names)}"
            message = f"{self.scenario!r} is no file, and no scenario that ships; {hint}"
            raise click.BadParameter(message, param_hint="'--scenario'")
        return found


def _load(loader: Loader, path: Path) -> Loaded:
    try:
        return loader.load(path)
    except ConfigError as error:
        _give_up(error)


def _give_up(error: ConfigError) -> NoReturn:
    show_config(error)
    raise click.exceptions.Exit(1)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = parse(text) or 0.0
    if not 0 < seconds <= LONGEST:
        message = f"{text!r} is no duration such as 90s or 1h 30m"
        raise click.BadParameter(message, param_hint="'--duration'")
    return seconds


def _need_few(scenario: Scenario, duration: str) -> None:
    """Refuse a duration in which more requests come than anybody waits for."""
    number = expected(scenario)
    if number > MOST:
        message = f"{duration!r} brings {number:,.0f} requests; a run has {MOST:,} at most"
        raise click.BadParameter(message, param_hint="'--duration'")


def _tell_problems(problems: Sequence[Problem]) -> None:
    """Warn of what is not met. Exits where nothing would be worth a run."""
    for problem in problems:
        click.echo(show_problem(problem, width_of(sys.stderr)), err=True)
    if any(problem.severity == "error" for problem in problems):
        click.echo(summary(problems), err=True)
        raise click.exceptions.Exit(1)


def _json(simulated: Simulated, *, is_comparison: bool) -> str:
    """Write the figures; of two configs in a list, though the first was interrupted."""
    results = simulated.results
    problems = [problem_as_json(problem) for problem in simulated.problems]
    told = [
        {**as_json(result), "problems": [problem_as_json(problem) for problem in own]}
        for result, own in zip(results, simulated.own_problems, strict=False)
    ]
    both = {"configs": told, "difference": comparison(results)} if is_comparison else told[0]
    return json.dumps({**both, "problems": problems}, indent=2, ensure_ascii=False)


def _write(output: OutputFile, results: Sequence[Result]) -> None:
    from router.simulator.page.document import page_of

    output.write(page_of(results))
    click.echo(f"wrote {output.path}", err=True)
