"""Axes: round numbers to write beside a chart, and the frame that a chart stands in.

Labels are HTML around the drawing, so that a narrow page squeezes the drawing and not its words.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from router.simulator.page.markup import tag, text

HEIGHT = 100
"""Units of a drawing from top to bottom; from left to right it has as many as it needs."""

TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600)

MOST_TICKS = 7

Tick = tuple[float, str]
"""Where, as a share of the axis, and what is written there."""


def top_of(highest: float) -> float:
    """Return the round number at or above the highest value."""
    if highest <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(highest))
    return next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= highest)


def amount(number: float) -> str:
    """Write a number so short that it has room beside a chart: `50,000`, `5 M`."""
    if number >= 1e6:
        return f"{number / 1e6:g} M"
    return f"{number / 1e3:g} k" if number >= 1e5 else f"{number:,.6g}"


def time_ticks(duration: float) -> list[Tick]:
    step = next((s for s in TIME_STEPS if duration / s <= MOST_TICKS), duration / MOST_TICKS)
    if step > TIME_STEPS[-1]:
        step = 86_400.0 * max(1, round(step / 86_400))
    count = int(duration / step + 1e-9)
    return [(number * step / duration, _time(number * step, step)) for number in range(count + 1)]


def _time(seconds: float, step: float) -> str:
    size, unit = next(
        ((size, unit) for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")) if step >= size),
        (1, "s"),
    )
    return f"{seconds / size:g} {unit}"


def framed(
    *,
    drawing: Iterable[str],
    columns: float,
    high: str,
    ticks: Sequence[Tick],
    label: str,
    class_: str = "",
    over: Sequence[Tick] = (),
) -> str:
    """Put a drawing between its axes.

    `high` is written at the top of the upright one, and what is `over` inside, at the top.
    """
    grid = (
        tag("line", class_="grid", x1=share * columns, x2=share * columns, y1=0, y2=HEIGHT)
        for share, _ in ticks
    )
    svg = tag(
        "svg",
        *grid,
        *drawing,
        viewBox=f"0 0 {columns:g} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )
    marks = (
        tag("span", text(words), style=f"left:{100 * share:.2f}%", class_=_side(share))
        for share, words in ticks
    )
    upright = tag("div", tag("span", text(high)), tag("span", "0"), class_="upright")
    return tag(
        "div",
        upright,
        tag("div", svg, *_over(over), class_="plot"),
        tag("div", *marks, class_="level"),
        class_=f"frame {class_}".strip(),
    )


def _over(marks: Sequence[Tick]) -> Iterator[str]:
    """Write beside lines, each a little lower than the one before it."""
    for place, (share, words) in enumerate(marks):
        style = f"left:{100 * share:.2f}%;top:{4 + 15 * place}px"
        yield tag("span", text(words), style=style, class_="last" if share > 0.9 else None)


def _side(share: float) -> str | None:
    """Keep the words at either end within the frame."""
    if share < 0.02:
        return "first"
    return "last" if share > 0.97 else None
