"""Simulating: reads what a simulation needs, plays it, and tells what came out."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

import click

from router.cli.report import show_config
from router.cli.rewriting import write_out
from router.cli.simulation_progress import progress
from router.cli.simulation_table import show
from router.cli.terminal import Failed, width_of
from router.config.problems import ConfigError, did_you_mean
from router.lab.stage import loader_for
from router.simulator.accounts import Accounts
from router.simulator.durations import LONGEST, parse
from router.simulator.reading import read_scenario
from router.simulator.result_json import as_json
from router.simulator.results import Result, result_of
from router.simulator.run import play
from router.simulator.scenario import Scenario
from router.simulator.shipped import shipped, shipped_names
from router.simulator.verdict import difference
from router.workspace import Loaded, Loader


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One scenario, and the configs that meet it."""

    configs: Sequence[Path]
    scenario: str
    seed: int | None
    duration: str | None
    catalog: tuple[Path, ...]
    is_quiet: bool

    def run(self) -> list[Result]:
        """Play the configs one after the other; a run that is interrupted is the last."""
        scenario = self._read()
        loader = loader_for(Accounts(), catalog=self.catalog)
        loaded = [(path, _load(loader, path)) for path in self.configs]
        results: list[Result] = []
        for path, one in loaded:
            try:
                with progress(scenario, path.name, is_quiet=self.is_quiet) as watch:
                    tally = play(scenario, one, loader, watch)
            except ImportError as missing:  # of what makes pictures of some formats
                raise Failed(str(missing)) from None
            results.append(result_of(tally, scenario, str(path)))
            if tally.was_interrupted:
                break
        return results

    def tell(
        self, results: Sequence[Result], *, shape: Literal["text", "json"], page: Path | None
    ) -> None:
        if shape == "json":
            click.echo(_json(results))
        else:
            for line in show(results, width_of(sys.stdout)):
                click.echo(line)
        if page is not None:
            _write(page, results)

    def _read(self) -> Scenario:
        try:
            scenario = read_scenario(self._path())
        except ConfigError as error:
            _give_up(error)
        if self.seed is not None:
            scenario = replace(scenario, seed=self.seed)
        if self.duration is not None:
            scenario = replace(scenario, duration=_seconds(self.duration))
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


def _json(results: Sequence[Result]) -> str:
    told = [as_json(result) for result in results]
    if len(results) == 1:
        return json.dumps(told[0], indent=2, ensure_ascii=False)
    both = {"configs": told, "difference": difference(*results)}
    return json.dumps(both, indent=2, ensure_ascii=False)


def _write(path: Path, results: Sequence[Result]) -> None:
    from router.simulator.page.document import page_of

    write_out(path, page_of(results))
    click.echo(f"wrote {path}", err=True)
