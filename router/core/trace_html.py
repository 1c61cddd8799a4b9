"""Trace HTML: a trace as a small table with bars for time, for notebooks.

Styles stand in the elements, since notebooks drop style sheets, and colours are half transparent,
so that light and dark themes both work. Every text that came from outside is escaped.
"""

import html
from collections.abc import Sequence

from router.core.attempt import Attempt, Decision
from router.core.trace_table import (
    NOTICED,
    elapsed,
    is_served,
    printable,
    row,
    seconds,
    shortened,
    summary,
)

SERVED = "#2a9d6f"
FAILED = "#d1495b"
WAITED = "rgba(128,128,128,.35)"
FAINT = "opacity:.65"
CELL = "text-align:left;padding:.15em .8em .15em 0;white-space:nowrap;vertical-align:top"
ROW = "background:transparent"  # or the notebook paints every other row
HEADS = ("", "place", "provider", "model", "answer", "waited", "time", "", "cost")
DISPENSABLE = frozenset({"model", "waited", "cost"})
"""Columns that are left out where nothing is in them."""


def as_html(
    attempts: Sequence[Attempt], decisions: Sequence[Decision], served: Attempt | None
) -> str:
    """Draw a headline, a row for each attempt and the reason of each decision."""
    headline = f"<div>{html.escape(summary(attempts, decisions, served))}</div>"
    table = _table(attempts, served) if attempts else ""
    return (
        f'<div style="font-size:90%;line-height:1.5">{headline}{table}{_reasons(decisions)}</div>'
    )


def _table(attempts: Sequence[Attempt], served: Attempt | None) -> str:
    end = max((one.started + one.duration for one in attempts), default=0.0)
    rows = [_cells(one, end, served=is_served(one, served)) for one in attempts]
    shown = [
        index
        for index, head in enumerate(HEADS)
        if head not in DISPENSABLE or any(cells[index] for cells in rows)
    ]
    heads = "".join(f'<th style="{CELL};{FAINT}">{HEADS[index]}</th>' for index in shown)
    body = "".join(
        _row([cells[index] for index in shown], one, served=is_served(one, served))
        for cells, one in zip(rows, attempts, strict=True)
    )
    return (
        '<table style="border-collapse:collapse;margin:.4em 0">'
        f'<thead><tr style="{ROW}">{heads}</tr></thead><tbody>{body}</tbody></table>'
        f'<div style="{FAINT}">{elapsed(attempts)} in all</div>'
    )


def _cells(attempt: Attempt, end: float, *, served: bool) -> tuple[str, ...]:
    """Say each column of HEADS, ready to be shown."""
    words = row(attempt)
    colour = SERVED if attempt.ok else FAILED
    return (
        f'<b style="color:{SERVED}">&#10003;</b>' if served else "",
        f"<code>{html.escape(words.place)}</code>",
        html.escape(words.provider),
        html.escape(words.model),
        f'<span style="color:{colour}">{html.escape(words.answer)}</span>',
        seconds(attempt.waited) if attempt.waited >= NOTICED else "",
        words.took,
        _bar(attempt, end, colour),
        words.cost,
    )


def _row(cells: Sequence[str], attempt: Attempt, *, served: bool) -> str:
    weight = ";font-weight:600" if served else ""
    shown = "".join(f'<td style="{CELL}{weight}">{cell}</td>' for cell in cells)
    return f'<tr style="{ROW}">{shown}</tr>{_notes(row(attempt).notes, len(cells))}'


def _bar(attempt: Attempt, end: float, colour: str) -> str:
    """Draw when the attempt ran, within the whole request; what it waited before is grey."""

    def stretch(start: float, length: float, background: str) -> str:
        left, width = (100 * value / end if end else 0.0 for value in (start, length))
        return (
            f'<span style="position:absolute;top:.35em;height:.7em;left:{left:.1f}%;'
            f'width:{width:.1f}%;min-width:2px;background:{background}"></span>'
        )

    waited = min(attempt.waited, attempt.started)
    pause = stretch(attempt.started - waited, waited, WAITED) if waited else ""
    run = stretch(attempt.started, attempt.duration, colour)
    return (
        '<span style="position:relative;display:inline-block;width:8em;height:1.4em">'
        f"{pause}{run}</span>"
    )


def _notes(notes: Sequence[str], columns: int) -> str:
    if not notes:
        return ""
    lines = "<br>".join(html.escape(note) for note in notes)
    style = f"text-align:left;padding:0 0 .3em 1em;line-height:1.4;{FAINT}"
    return (
        f'<tr style="{ROW}"><td></td><td colspan="{columns - 1}" style="{style}">{lines}</td></tr>'
    )


def _reasons(decisions: Sequence[Decision]) -> str:
    if not decisions:
        return ""
    reasons = "".join(
        f"<li><b>{html.escape(printable(one.by))}</b> "
        f"<code>{html.escape(shortened(one.chosen))}</code>: "
        f"{html.escape(shortened(one.reason))}</li>"
        for one in decisions
    )
    return f'<ul style="margin:.2em 0;padding-left:1.2em;{FAINT}">{reasons}</ul>'
