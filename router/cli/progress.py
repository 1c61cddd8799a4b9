"""Progress: what is seen of a request while it runs. It goes to stderr."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol

import click
from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from router.cli import wording
from router.core.trace import Attempt, Decision, Observer

FRAMES_PER_SECOND = 12.5  # the spinner's own pace
NARROW = 80  # columns below which the model goes without saying


class Progress(Observer, Protocol):
    def shown(self) -> AbstractContextManager[None]:
        """Show it as long as the context is open."""
        ...

    def erase(self) -> None:
        """Leave nothing behind: what was seen is about to be told again."""
        ...


class Silent:
    """Nothing at all."""

    def shown(self) -> AbstractContextManager[None]:
        return nullcontext()

    def erase(self) -> None:
        pass

    def decided(self, decision: Decision) -> None:
        pass

    def attempt_started(self, attempt: Attempt) -> None:
        pass

    def attempt_ended(self, attempt: Attempt) -> None:
        pass


class Plain(Silent):
    """One line an event, for logs: seconds since the request began, place, what happened."""

    def decided(self, decision: Decision) -> None:
        self._say(decision.at, decision.path, f"{decision.by}: {wording.decision(decision)}")

    def attempt_started(self, attempt: Attempt) -> None:
        wait = f" after a wait of {wording.seconds(attempt.waited)}" if attempt.waited else ""
        self._say(attempt.started, attempt.path, f"{wording.who(attempt)} asked{wait}")

    def attempt_ended(self, attempt: Attempt) -> None:
        event = f"{wording.who(attempt)} answered {wording.status(attempt)}"
        self._say(attempt.started + attempt.duration, attempt.path, event)

    def _say(self, at: float, path: str, event: str) -> None:
        click.echo(f"{at:6.1f} s  {path}  {event}", err=True)


@dataclass(slots=True)
class Row:
    """One attempt on the screen; `began` is on the monotonic clock."""

    attempt: Attempt
    began: float
    is_open: bool = True


class Lively(Silent):
    """One line an attempt, redrawn while it waits."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._began = time.monotonic()
        self._is_over = False
        self._spinner = Spinner("dots", style="cyan")
        self._console = Console(stderr=True, highlight=False)
        self._live = Live(
            console=self._console,
            get_renderable=self._drawn,
            refresh_per_second=FRAMES_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    @contextmanager
    def shown(self) -> Iterator[None]:
        with self._live:
            try:
                yield
            finally:
                self._is_over = True

    def erase(self) -> None:
        self._live.transient = True

    def attempt_started(self, attempt: Attempt) -> None:
        self._rows.append(Row(attempt, time.monotonic()))

    def attempt_ended(self, attempt: Attempt) -> None:
        for row in self._rows:
            if row.is_open and (row.attempt.path, row.attempt.started) == (
                attempt.path,
                attempt.started,
            ):
                row.attempt, row.is_open = attempt, False
                return

    def _drawn(self) -> RenderableType:
        """Draw every attempt, and a last line where nobody is being asked."""
        is_narrow = self._console.width < NARROW
        table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True, overflow="ellipsis")
        if not is_narrow:
            table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right")
        for row in self._rows:
            table.add_row(*self._cells(row, is_narrow=is_narrow))
        if not self._is_over and not any(row.is_open for row in self._rows):
            self._add_pause(table, is_narrow=is_narrow)
        return table

    def _cells(self, row: Row, *, is_narrow: bool) -> list[RenderableType]:
        attempt = row.attempt
        path = attempt.path.removeprefix("config.") if is_narrow else attempt.path
        model = [] if is_narrow else [Text(attempt.model or "", style="dim")]
        took = time.monotonic() - row.began if row.is_open else attempt.duration
        return [
            Text(f"  {path}"),
            Text(attempt.provider),
            *model,
            self._spinning("waiting") if row.is_open else _status(attempt),
            Text(f"{took:.1f} s", style="dim"),
        ]

    def _add_pause(self, table: Table, *, is_narrow: bool) -> None:
        """Say that time passes between two attempts."""
        last = self._rows[-1] if self._rows else None
        since = last.began + last.attempt.duration if last else self._began
        blank = [""] if is_narrow else ["", ""]
        took = Text(f"{time.monotonic() - since:.1f} s", style="dim")
        table.add_row("", *blank, self._spinning("pausing" if last else "starting"), took)

    def _spinning(self, word: str) -> RenderableType:
        frame = self._spinner.render(time.monotonic())
        return Text.assemble(frame if isinstance(frame, Text) else "", f" {word}")


def _status(attempt: Attempt) -> Text:
    style = "green" if attempt.ok else "yellow" if attempt.status >= 429 else "red"
    return Text(wording.status(attempt), style=style)
