"""Simulation progress: how far a run has come, in one line on a terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from router.cli.terminal import is_lively, width_of
from router.simulator.durations import spoken
from router.simulator.run import Watch, unwatched
from router.simulator.scenario import Scenario
from router.simulator.tally import Tally

PACE = 0.1  # seconds between two pictures of the line

BAR = 20  # columns
WIDE = 72  # columns in which the bar has room


@contextmanager
def progress(scenario: Scenario, name: str, *, is_quiet: bool) -> Iterator[Watch]:
    """Yield what is to be told of a run; on a terminal it draws a line, and wipes it at the end."""
    if is_quiet or not is_lively(sys.stderr):
        yield unwatched
        return
    line = _Line(scenario, name)
    try:
        yield line.watch
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)


class _Line:
    def __init__(self, scenario: Scenario, name: str) -> None:
        self._scenario = scenario
        self._name = name
        self._began = time.monotonic()
        self._next = 0.0

    def watch(self, tally: Tally) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + PACE
        columns = width_of(sys.stderr) or WIDE
        click.echo(f"\r\x1b[K{self._text(tally, now, columns)}", nl=False, err=True)

    def _text(self, tally: Tally, now: float, columns: int) -> str:
        done = min(1.0, tally.now / self._scenario.duration)
        rate = tally.ended / max(now - self._began, 1e-3)
        figures = f"{tally.ended:,} requests  {spoken(round(tally.now))}  {rate:,.0f}/s"
        if columns < WIDE:
            return f"{done:4.0%}  {figures}"[: columns - 1]
        full = round(BAR * done)
        bar = "━" * full + click.style("━" * (BAR - full), dim=True)
        room = columns - BAR - len(figures) - 12
        return f"{self._name[: max(room, 0)]}  {bar} {done:4.0%}  {figures}"
