"""Traffic: each target's calls over time, what became of them, and its breaker below."""

from collections.abc import Iterator, Sequence

from router.config.problems import counted
from router.simulator.durations import spoken
from router.simulator.page.axes import HEIGHT, amount, framed, time_ticks, top_of
from router.simulator.page.markup import tag, text
from router.simulator.results import BreakerResult, Result, TargetResult
from router.simulator.verdict import often

GAP = 0.12  # of a bar's width


def traffic(result: Result, top: float) -> str:
    """Draw a row for all requests, and one for each target, all over the same time.

    `top` is how many calls a target's row is high.
    """
    rows = (_target(target, result, top) for target in result.targets)
    return "".join((_requests(result), *rows))


def highest(results: Sequence[Result]) -> float:
    """Return the round number that no target's bar exceeds in any of the results."""
    calls = (max(target.calls_at) for result in results for target in result.targets)
    return top_of(max(calls, default=0))


def _requests(result: Result) -> str:
    titles = (
        f"{came:,} requests came, {bad:,} of them failed, {moved:,} moved on"
        + (f", {left:,} were still under way" if left else "")
        for came, bad, moved, left in zip(
            result.arrived_at,
            result.failed_at,
            result.fallbacks_at,
            result.under_way_at,
            strict=True,
        )
    )
    return _row(
        result,
        name="all requests",
        note=f"{counted(result.ended, 'request')}, {result.failed:,} failed",
        layers=(("good", result.answered_at), ("bad", result.failed_at)),
        titles=list(titles),
        top=top_of(max(result.arrived_at)),
    )


def _target(target: TargetResult, result: Result, top: float) -> str:
    good = [
        calls - bad - full
        for calls, bad, full in zip(target.calls_at, target.failed_at, target.full_at, strict=True)
    ]
    titles = (
        f"{counted(calls, 'call')}, {bad:,} failed, {full:,} answered 429"
        for calls, bad, full in zip(target.calls_at, target.failed_at, target.full_at, strict=True)
    )
    layers = (("good", good), ("full", target.full_at), ("bad", target.failed_at))
    row = _row(
        result,
        name=target.name,
        note=f"{counted(target.calls, 'call')}, {target.failed:,} failed",
        layers=layers,
        titles=list(titles),
        top=top,
    )
    return row + "".join(_breaker(breaker, result) for breaker in result.breakers_of(target))


def _row(
    result: Result,
    *,
    name: str,
    note: str,
    layers: Sequence[tuple[str, Sequence[int]]],
    titles: Sequence[str],
    top: float,
) -> str:
    head = tag("p", tag("b", text(name)), tag("span", text(note)), class_="row-head")
    chart = framed(
        drawing=(*_bars(layers, top), *_hover(titles, result)),
        columns=len(titles),
        high=amount(top),
        ticks=time_ticks(result.width * len(titles)),
        label=f"{name}: {note}",
    )
    return head + chart


def _bars(layers: Sequence[tuple[str, Sequence[int]]], top: float) -> Iterator[str]:
    """Stack the layers, the first at the bottom; each layer is one path."""
    below = [0.0] * len(layers[0][1])
    for name, counts in layers:
        steps = []
        for place, count in enumerate(counts):
            if count:
                height = HEIGHT * count / top
                y = HEIGHT - below[place] - height
                steps.append(
                    f"M{place + GAP / 2:.2f} {y:.2f}h{1 - GAP:.2f}v{height:.2f}h{GAP - 1:.2f}z"
                )
                below[place] += height
        yield tag("path", class_=name, d="".join(steps))


def _hover(titles: Sequence[str], result: Result) -> Iterator[str]:
    """Say what is in a bar to whoever points at it."""
    for place, title in enumerate(titles):
        at = spoken(place * result.width) if place else "the beginning"
        words = tag("title", text(f"{at}: {title}"))
        yield tag("rect", words, class_="hover", x=place, y=0, width=1, height=HEIGHT)


def _breaker(breaker: BreakerResult, result: Result) -> str:
    """Draw when it was open and when half-open, as shares of each bucket's height."""
    columns = len(breaker.open_at)
    drawn = (
        part
        for place in range(columns)
        for part in _states(place, breaker.open_at[place], breaker.half_open_at[place], result)
    )
    svg = tag(
        "svg",
        tag("rect", class_="closed", x=0, y=0, width=columns, height=HEIGHT),
        *drawn,
        viewBox=f"0 0 {columns} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"breaker of {breaker.provider} at {breaker.path}",
    )
    half = f", half-open {spoken(round(breaker.half_open_seconds))}"
    told = (
        f"breaker: opened {often(breaker.opened)}, first at {spoken(round(breaker.first_opened))},"
        f" open {spoken(round(breaker.open_seconds))} in all{half}"
    )
    return tag("div", svg, tag("p", text(told)), class_="breaker")


def _states(place: int, opened: float, half: float, result: Result) -> Iterator[str]:
    """Draw one bucket: what the breaker was open from the left, then what it was half-open."""
    widths = (("open", opened / result.width), ("half", half / result.width))
    x = float(place)
    for name, width in widths:
        if width > 0:
            yield tag("rect", class_=name, x=x, y=0, width=width, height=HEIGHT)
            x += width
