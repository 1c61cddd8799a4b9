"""Latencies: how many requests took how long, on a scale where each doubling is as wide."""

import math
from collections.abc import Sequence

from router.simulator.delays import MICROSECONDS
from router.simulator.page.axes import HEIGHT, Tick, framed, top_of
from router.simulator.page.markup import tag
from router.simulator.results import Result

BARS = 60

MARKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Seconds that are written on the axis."""

FEWEST_MARKS, MOST_MARKS = 3, 8

NEAR = 0.08
"""Of the axis: marks that are this near to its beginning would stand in each other's way."""

NAMES = ("one", "other")
"""What the style sheet calls the first result and the second."""


def latencies(results: Sequence[Result]) -> str:
    """Draw the distribution of each result, one over the other."""
    named = zip(NAMES, results, strict=False)
    shown = [(name, result) for name, result in named if result.ok]
    if not shown:
        return tag("p", "No request was answered.")
    low, high = _bounds([result for _, result in shown])
    shares = [(name, _shares(result, low, high)) for name, result in shown]
    top = top_of(100 * max(max(each) for _, each in shares)) / 100
    drawing = [_steps(each, top, name) for name, each in shares]
    marked = percentiles(shown[0][1]) if len(results) == 1 else []
    places = [(name, (math.log2(seconds) - low) / (high - low)) for name, seconds in marked]
    return framed(
        drawing=(*drawing, *(_line(share) for _, share in places)),
        columns=BARS,
        high=f"{100 * top:g} %",
        ticks=_ticks(low, high, nought=any(_has_nought(result) for _, result in shown)),
        label="how long answers took",
        class_="tall",
        over=[(share, name) for name, share in places],
    )


def _bounds(results: Sequence[Result]) -> tuple[float, float]:
    """Return the ends of the axis, as logarithms: what took no time stands at its beginning."""
    ends = [end for result in results for end, _ in result.latency_bars if end > 0]
    low, high = min(ends, default=MARKS[0]), max(ends, default=MARKS[0])
    return math.log2(low) - 0.1, math.log2(max(high, low * 1.5)) + 0.1


def _shares(result: Result, low: float, high: float) -> list[float]:
    """Return the share of answers in each bar."""
    bars = [0.0] * BARS
    for end, count in result.latency_bars:
        at = (math.log2(end) - low) / (high - low) if end > 0 else 0.0
        bars[min(BARS - 1, max(0, int(at * BARS)))] += count / result.ok
    return bars


def _steps(shares: Sequence[float], top: float, name: str) -> str:
    parts = [f"M0 {HEIGHT}"]
    for place, share in enumerate(shares):
        parts.append(f"V{HEIGHT - HEIGHT * share / top:.2f}H{place + 1}")
    return tag("path", class_=f"steps {name}", d="".join([*parts, f"V{HEIGHT}z"]))


def _line(share: float) -> str:
    x = BARS * share
    return tag("line", class_="percentile", x1=x, x2=x, y1=0, y2=HEIGHT)


def percentiles(result: Result) -> list[tuple[str, float]]:
    latency = result.latency
    named = (("p50", latency.p50), ("p95", latency.p95), ("p99", latency.p99))
    return [(name, seconds) for name, seconds in named if seconds]


def _has_nought(result: Result) -> bool:
    return any(end == 0 for end, _ in result.latency_bars)


def _ticks(low: float, high: float, *, nought: bool) -> list[Tick]:
    inside = [mark for mark in MARKS if low <= math.log2(mark) <= high]
    if len(inside) < FEWEST_MARKS:
        inside = _between(2**low, 2**high)
    step = math.ceil(len(inside) / MOST_MARKS)
    ticks = [((math.log2(mark) - low) / (high - low), f"{mark:g} s") for mark in inside[::step]]
    return [(0.0, "0 s"), *(tick for tick in ticks if tick[0] > NEAR)] if nought else ticks


def _between(low: float, high: float) -> list[float]:
    """Return round numbers at equal distances, where the usual marks are too far apart."""
    step = top_of((high - low) / MOST_MARKS)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [round(number * step, MICROSECONDS) for number in range(first, last + 1)]
