"""Sparks: numbers over time in one line of a terminal."""

import math
from collections.abc import Sequence

from router.cli.terminal import faint, red
from router.simulator.results import BreakerResult

HEIGHTS = " ▁▂▃▄▅▆▇█"

WIDEST = 76  # columns; more tells no more
INDENT = 2


def chart_width(buckets: int, width: int | None) -> int:
    """Return the columns that a line of so many buckets gets: equally many buckets in each."""
    room = max(1, WIDEST if width is None else min(WIDEST, width - INDENT - 1))
    return math.ceil(buckets / math.ceil(buckets / room))


def spark(counts: Sequence[int], columns: int, highest: float) -> str:
    """Draw counts, where a full column stands for `highest`."""
    steps = len(HEIGHTS) - 1
    marks = (
        HEIGHTS[0 if not height else max(1, round(steps * height / highest))]
        for height in squeezed(counts, columns)
    )
    return "".join(marks).rstrip()


def height_of(counts: Sequence[int], columns: int) -> float:
    """Return the height of the highest column."""
    return max(squeezed(counts, columns), default=0.0) or 1.0


def breaker_row(breaker: BreakerResult, width: float, columns: int) -> str:
    """Draw what a breaker was for longest: open (`━`), half-open (`╌`) or closed (`·`)."""
    lengths = squeezed([width] * len(breaker.open_at), columns)
    opened = squeezed(breaker.open_at, columns)
    halves = squeezed(breaker.half_open_at, columns)
    return "".join(map(_state, lengths, opened, halves))


def _state(length: float, opened: float, half: float) -> str:
    closed = length - opened - half
    if opened >= max(half, closed):
        return red("━")
    return "╌" if half >= closed else faint("·")


def squeezed(counts: Sequence[float], columns: int) -> list[float]:
    """Add neighbours up until there are so many columns."""
    each = math.ceil(len(counts) / columns)
    sums = [0.0] * columns
    for place, count in enumerate(counts):
        sums[place // each] += count
    return sums
