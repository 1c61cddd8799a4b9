"""Tables: the figures, aligned."""

from collections.abc import Iterator, Sequence

from router.config.places import short
from router.config.problems import counted
from router.simulator.page.markup import tag, text
from router.simulator.results import Latency, Result
from router.simulator.verdict import money, percent, seconds

TARGET_HEADS = (
    "target", "provider", "model", "served", "share", "calls", "failed", "429",
    "p50", "p95", "p99", "cost",
)  # fmt: skip


def tiles(results: Sequence[Result]) -> str:
    """Write the main figures large; of two results, beside each other."""
    told = [list(_tiles(result)) for result in results]
    return tag(
        "div",
        *(_tile([figures[place] for figures in told]) for place in range(len(told[0]))),
        class_="tiles",
    )


def _tile(figures: Sequence[tuple[str, str, str]]) -> str:
    name = figures[0][0]
    values = (
        tag("dd", tag("b", text(value)), tag("small", text(note))) for _, value, note in figures
    )
    return tag("dl", tag("dt", text(name)), *values, class_=f"of{len(figures)}")


def _tiles(result: Result) -> Iterator[tuple[str, str, str]]:
    latency = result.latency
    yield "answered", percent(result.success_rate), f"{result.ok:,} of {result.ended:,} requests"
    yield "half within", seconds(latency.p50), f"slowest {seconds(latency.most)}"
    yield "95 of 100 within", seconds(latency.p95), f"99 of 100 within {seconds(latency.p99)}"
    amplified = "-" if result.amplification is None else f"{result.amplification:.2f}"
    yield "calls a request", amplified, f"{counted(result.calls, 'call')} to providers"
    full = f"{counted(result.rate_limited, 'call')} turned away"
    yield "answered 429", percent(result.rate_limit_waste), full
    vain = f"{money(result.wasted)} of it in vain" if result.wasted else ""
    unsure = f"{counted(result.unsure, 'call')} may be billed too" if result.unsure else ""
    yield "cost", money(result.cost), vain or unsure or "none of it in vain"


def targets(result: Result) -> str:
    rows = [
        (
            short(target.path),
            target.provider,
            target.model,
            f"{target.served:,}",
            percent(target.share),
            f"{target.calls:,}",
            f"{target.failed:,}",
            f"{target.rate_limited:,}",
            *_percentiles(target.latency),
            money(target.cost),
        )
        for target in result.targets
    ]
    return table(TARGET_HEADS, rows, words=3)


def failures(result: Result) -> str:
    """Tell what requests ended with, and what calls did, by kind."""
    rows = [("requests", what, f"{count:,}") for what, count in result.failures.items()]
    for target in result.targets:
        place = short(target.path)
        rows += [(place, what, f"{count:,}") for what, count in target.failures.items()]
    if not rows:
        return tag("p", "Nothing failed.")
    return table(("where", "what", "how often"), rows, words=2)


def latency(results: Sequence[Result]) -> str:
    rows = []
    for result in results:
        name = f"{result.config}: " if len(results) > 1 else ""
        rows.append((f"{name}answers", *_all(result.latency)))
        if result.failed:
            rows.append((f"{name}failures", *_all(result.latency_of_failures)))
    return table(("", "p50", "p90", "p95", "p99", "slowest"), rows, words=1)


def attempts(results: Sequence[Result]) -> str:
    numbers = sorted({number for result in results for number in result.attempts})
    rows = [
        (str(number), *(f"{result.attempts.get(number, 0):,}" for result in results))
        for number in numbers
    ]
    heads = [result.config for result in results] if len(results) > 1 else ["requests"]
    return table(("calls made", *heads), rows, words=0)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: int) -> str:
    """Write a table; the first columns, as many as `words`, stand on the left."""

    def line(cell: str, cells: Sequence[str]) -> str:
        parts = (
            tag(cell, text(one), class_=None if place < words else "number")
            for place, one in enumerate(cells)
        )
        return tag("tr", *parts)

    body = tag("tbody", *(line("td", row) for row in rows))
    return tag("div", tag("table", tag("thead", line("th", heads)), body), class_="table")


def _percentiles(found: Latency) -> tuple[str, str, str]:
    return seconds(found.p50), seconds(found.p95), seconds(found.p99)


def _all(found: Latency) -> tuple[str, ...]:
    return tuple(map(seconds, (found.p50, found.p90, found.p95, found.p99, found.most)))
