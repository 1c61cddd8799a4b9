"""Log table: requests in lines; where these are too wide, in two, or in a block each."""

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from router.cli import wording
from router.cli.terminal import faint, green, red, strong, width_of, wrapped
from router.config.problems import counted
from router.core.dollars import dollars
from router.core.trace_table import printable
from router.gateway.request_log.record import Record

GAP = "  "
INDENT = "  "
RIGHT = frozenset({4, 5, 6})
"""Columns that stand on the right: attempts, time and cost."""

ANSWER = 1
LAYOUTS = ((0, 1, 2, 3, 4, 5, 6, 7), (0, 1, 2, 4, 5, 6))
"""The columns in a line, the widest first; what is missing stands below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request in words."""

    began: str
    answer: str
    config: str
    served: str
    attempts: str
    took: str
    cost: str
    trace: str
    failed: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            *(self.began, self.answer, self.config, self.served),
            *(self.attempts, self.took, self.cost, self.trace),
        )

    @property
    def details(self) -> str:
        """All but the time, the answer and the trace id, in a sentence."""
        count = "" if self.attempts == "0" else counted(int(self.attempts), "attempt")
        return ", ".join(filter(None, (self.config, self.served, count, self.took, self.cost)))


HEAD = Row(
    began="time",
    answer="answer",
    config="config",
    served="served by",
    attempts="attempts",
    took="took",
    cost="cost",
    trace="trace",
)


class LogTable:
    """Lays out lines; columns grow with what comes, and never shrink."""

    def __init__(self) -> None:
        self._widths = [len(cell) for cell in HEAD.cells]
        self._has_head = False

    def lines(self, records: Sequence[Record]) -> Iterator[str]:
        """Yield a head, once, and each record."""
        rows = [_row(record) for record in records]
        for row in rows:
            self._widths = list(map(max, self._widths, map(len, row.cells)))
        room = width_of(sys.stdout)
        fitting = (one for one in LAYOUTS if room is None or self._breadth(one) <= room)
        columns = next(fitting, ())
        if columns and not self._has_head:
            self._has_head = True
            yield faint(GAP.join(self._padded(HEAD, columns)).rstrip())
        for row in rows:
            yield from self._told(row, columns) if columns else _block(row)

    def _breadth(self, columns: Sequence[int]) -> int:
        return sum(self._widths[one] for one in columns) + len(GAP) * (len(columns) - 1)

    def _told(self, row: Row, columns: Sequence[int]) -> Iterator[str]:
        cells = self._padded(row, columns)
        cells[ANSWER] = _painted(cells[ANSWER], row)
        yield GAP.join(cells).rstrip()
        if len(columns) < len(row.cells):
            yield _below(GAP.join(filter(None, (row.served, row.trace))))

    def _padded(self, row: Row, columns: Sequence[int]) -> list[str]:
        return [
            row.cells[one].rjust(self._widths[one])
            if one in RIGHT
            else row.cells[one].ljust(self._widths[one])
            for one in columns
        ]


def _block(row: Row) -> Iterator[str]:
    """Tell a request in as few lines as the terminal's width allows."""
    yield f"{strong(row.began)}{GAP}{_painted(row.answer, row)}"
    yield wrapped(f"{INDENT}{row.details}", hang=4)
    yield _below(row.trace)


def _below(text: str) -> str:
    return faint(wrapped(f"{INDENT}{text}", hang=4))


def _painted(text: str, row: Row) -> str:
    return red(text) if row.failed else green(text)


def answer(record: Record) -> str:
    """`503 overloaded`, or `200`."""
    return printable(f"{record.status} {record.kind}".rstrip())


def local(began: float) -> dt.datetime:
    """Return a time as the clock on the wall shows it."""
    return dt.datetime.fromtimestamp(began).astimezone()


def iso(began: float) -> str:
    return dt.datetime.fromtimestamp(began, dt.UTC).isoformat(timespec="milliseconds")


def price(record: Record) -> str:
    """Write what was paid; nothing where that is nothing, or not known."""
    return dollars(record.cost) if record.cost else ""


def _row(record: Record) -> Row:
    served = record.served
    return Row(
        began=f"{local(record.began):%Y-%m-%d %H:%M:%S}",
        answer=answer(record),
        config=printable(record.config),
        served=_source(record) if served is None else printable(wording.who(served)),
        attempts=str(len(record.attempts)),
        took=wording.seconds(record.seconds),
        cost=price(record),
        trace=printable(record.trace_id),
        failed=record.failed,
    )


def _source(record: Record) -> str:
    return "the cache" if record.cache == "HIT" and not record.failed else ""
