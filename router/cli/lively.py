"""Lively: the display of a request on a terminal, redrawn while it runs."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from router.cli import wording
from router.cli.gallery import Saved
from router.cli.progress import Silent
from router.config.places import short
from router.core.trace import Attempt

FRAMES_PER_SECOND = 12.5  # the spinner's own pace
NARROW = 80  # columns below which the model goes without saying
SHORTEST = 8  # columns below which a path tells nothing
GAP = "  "


@dataclass(slots=True)
class Row:
    """One attempt on the screen; `began` is on the monotonic clock."""

    attempt: Attempt
    began: float
    is_open: bool = True


Cells: TypeAlias = tuple[Text, ...]
"""One line's path, provider, model, state and seconds."""


class Lively(Silent):
    """One line an attempt, redrawn while it waits."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._partials: list[Saved] = []
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
        self._began = time.monotonic()
        with self._live:
            try:
                yield
            finally:
                self._is_over = True
        if self._rows and not self._live.transient:
            self._console.print()

    def erase(self) -> None:
        self._live.transient = True

    def pictured(self, partial: Saved) -> None:
        self._partials.append(partial)

    def attempt_started(self, attempt: Attempt) -> None:
        self._rows.append(Row(attempt, time.monotonic()))

    def attempt_ended(self, attempt: Attempt) -> None:
        for row in self._rows:
            asked = row.attempt
            if row.is_open and (asked.path, asked.started) == (attempt.path, attempt.started):
                row.attempt, row.is_open = attempt, False
                return

    def _drawn(self) -> RenderableType:
        """Draw every attempt, where nobody is being asked a pause, and the partial pictures."""
        lines = [self._cells(row) for row in self._rows]
        if not self._is_over and not any(row.is_open for row in self._rows):
            lines.append(self._pause())
        width = self._console.width
        partials = [named(partial, width) for partial in self._partials]
        return joined([*aligned(lines, width), *partials])

    def _cells(self, row: Row) -> Cells:
        attempt = row.attempt
        took = time.monotonic() - row.began if row.is_open else attempt.duration
        return (
            Text(attempt.path),
            Text(attempt.provider),
            Text(attempt.model or "", style="dim"),
            self._spinning("waiting") if row.is_open else _state(attempt),
            Text(f"{took:.1f} s", style="dim"),
        )

    def _pause(self) -> Cells:
        """Say that time passes before the next attempt."""
        last = self._rows[-1] if self._rows else None
        since = last.began + last.attempt.duration if last else self._began
        word = self._spinning("pausing" if last else "starting")
        took = Text(f"{time.monotonic() - since:.1f} s", style="dim")
        return (Text(), Text(), Text(), word, took)

    def _spinning(self, word: str) -> Text:
        frame = self._spinner.render(time.monotonic())
        return Text.assemble(frame if isinstance(frame, Text) else "", f" {word}")


def aligned(lines: Sequence[Cells], width: int) -> list[Text]:
    """Lay lines out in columns; where the room is short, models go, then paths get shorter."""
    if width < NARROW:
        lines = [(cells[0], cells[1], *cells[3:]) for cells in lines]
    columns = [max(cell.cell_len for cell in column) for column in zip(*lines, strict=True)]
    room = width - 1 - sum(columns[1:]) - len(GAP) * len(columns)
    if room < min(columns[0], SHORTEST):
        return [_padded(cells[1:], columns[1:]) for cells in lines]
    columns[0] = min(columns[0], room)
    return [_padded((_shortened(path, room), *rest), columns) for path, *rest in lines]


def named(partial: Saved, width: int) -> Text:
    """Name a partial picture; where the room is short, its details go first, then its folder."""
    path, what = Text(str(partial.path)), Text(wording.picture(partial), style="dim")
    room = width - 1 - len(GAP)
    if path.cell_len + len(GAP) + what.cell_len <= room:
        return Text.assemble(GAP, path, GAP, what)
    return Text.assemble(
        GAP, path if path.cell_len <= room else _shortened(Text(partial.path.name), room)
    )


def joined(lines: Sequence[Text]) -> RenderableType:
    return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)


def _shortened(path: Text, room: int) -> Text:
    """Cut the beginning of a path that is too long: its end says more."""
    if path.cell_len <= room:
        return path
    tail = short(path.plain)
    return Text(tail if len(tail) <= room else "…" + tail[1 - room :])


def _padded(cells: Cells, columns: Sequence[int]) -> Text:
    """Fill the cells up to their columns; seconds, which come last, stand on the right."""
    *left, seconds = cells
    line = Text()
    for cell, column in zip(left, columns, strict=False):
        line.append(GAP).append_text(cell).append(" " * (column - cell.cell_len))
    return line.append(GAP + " " * (columns[-1] - seconds.cell_len)).append_text(seconds)


def _state(attempt: Attempt) -> Text:
    return Text(wording.status(attempt), style="green" if attempt.ok else "red")
