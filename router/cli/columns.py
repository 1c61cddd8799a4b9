"""Columns: rows of cells under each other, the first to the left and the others to the right."""

from collections.abc import Sequence

GAP = "  "


def aligned(rows: Sequence[Sequence[str]], width: int | None) -> list[str] | None:
    """Lay rows out; None where they do not fit into so many columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width is not None and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        return None
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first = row[0].ljust(widths[0])
    others = (cell.rjust(room) for cell, room in zip(row[1:], widths[1:], strict=True))
    return GAP.join((first, *others)).rstrip()
