"""Drawing: a sketch as lines of text: one row a node, as wide as there is room."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from router.config.places import short
from router.core.trace_table import printable
from router.explain import wording
from router.explain.sketch import Sketch

NARROW = 80  # columns; below, what is said of a node stands under it
GAP = "   "
LEAST = 24  # columns that remarks get at least

Remarks = Callable[[Sketch], Sequence[str]]
"""What is said of a node, each remark on a line of its own where there are several."""


@dataclass(frozen=True, slots=True)
class Row:
    """One node. `bars` stand before its name, `below` before what is said under it."""

    bars: str
    below: str
    name: str
    place: str
    remarks: tuple[str, ...]


def draw(tree: Sketch, remarks: Remarks, width: int | None) -> list[str]:
    """Draw a tree; None is as wide as it needs."""
    rows = list(_rows(tree, remarks, "", ""))
    if width is not None and width < NARROW:
        return [line for row in rows for line in _stacked(row, width)]
    names = max(len(row.bars + row.name) for row in rows)
    places = max(len(row.place) for row in rows)
    if width is not None and names + places + 2 * len(GAP) + LEAST > width:
        return [line for row in rows for line in _stacked(row, width)]
    return [line for row in rows for line in _side_by_side(row, names, places, width)]


def _rows(node: Sketch, remarks: Remarks, bars: str, below: str) -> Iterator[Row]:
    share = "" if node.share is None else f"{wording.percent(node.share)}  "
    under = below + ("│  " if node.children else "   ")
    said = tuple(map(printable, remarks(node)))
    yield Row(bars, under, printable(share + node.title), short(node.path), said)
    for number, child in enumerate(node.children):
        is_last = number == len(node.children) - 1
        fork, bar = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        yield from _rows(child, remarks, below + fork, below + bar)


def _side_by_side(row: Row, names: int, places: int, width: int | None) -> Iterator[str]:
    room = None if width is None else width - names - places - 2 * len(GAP)
    said = [line for remark in row.remarks for line in _folded(remark, room)] or [""]
    head = f"{row.bars + row.name:<{names}}{GAP}{row.place:<{places}}{GAP}"
    yield f"{head}{said[0]}".rstrip()
    for line in said[1:]:
        yield f"{row.below:<{len(head)}}{line}"


def _stacked(row: Row, width: int) -> Iterator[str]:
    yield from _under(row.bars, row.below, row.name, width)
    for remark in (row.place, *row.remarks):
        yield from _under(row.below, row.below, remark, width)


def _under(first: str, then: str, text: str, width: int) -> Iterator[str]:
    room = max(width - len(then), LEAST // 2)
    for number, line in enumerate(_folded(text, room)):
        yield (then if number else first) + line


def _folded(text: str, room: int | None) -> list[str]:
    if room is None or len(text) <= room:
        return [text]
    return textwrap.wrap(text, room, subsequent_indent="  ", break_on_hyphens=False)
