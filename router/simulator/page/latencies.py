"""Latencies: how many requests took how long, on a scale where each doubling is as wide."""

import math
from collections.abc import Sequence

from router.simulator.page.axes import HEIGHT, Tick, framed, top_of
from router.simulator.page.markup import tag
from router.simulator.results import Result

BARS = 60

MARKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Seconds that are written on the axis."""

MOST_MARKS = 8


def latencies(results: Sequence[Result]) -> str:
    """Draw the distribution of each result, one over the other."""
    shown = [result for result in results if result.ok and result.latency_bars[-1][0] > 0]
    if not shown:
        return tag("p", "No request was answered.")
    low, high = _bounds(shown)
    shares = [_shares(result, low, high) for result in shown]
    top = top_of(100 * max(max(each) for each in shares)) / 100
    drawing = [
        _steps(each, top, "one" if place == 0 else "other") for place, each in enumerate(shares)
    ]
    marked = percentiles(shown[0]) if len(shown) == 1 else []
    places = [(name, (math.log2(seconds) - low) / (high - low)) for name, seconds in marked]
    return framed(
        drawing=(*drawing, *(_line(share) for _, share in places)),
        columns=BARS,
        high=f"{100 * top:g} %",
        ticks=_ticks(low, high),
        label="how long answers took",
        class_="tall",
        over=[(share, name) for name, share in places],
    )


def _bounds(results: Sequence[Result]) -> tuple[float, float]:
    ends = [end for result in results for end, _ in result.latency_bars if end > 0]
    low, high = min(ends), max(ends)
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


def _ticks(low: float, high: float) -> list[Tick]:
    inside = [mark for mark in MARKS if low <= math.log2(mark) <= high]
    step = math.ceil(len(inside) / MOST_MARKS) or 1
    return [((math.log2(mark) - low) / (high - low), f"{mark:g} s") for mark in inside[::step]]
