"""Simulation table: what a simulation has found, for a terminal of any width."""

import math
from collections.abc import Iterator, Mapping, Sequence

from router.cli.columns import aligned
from router.cli.sparks import breaker_row, chart_width, height_of, spark
from router.cli.terminal import faint, red, strong, wrapped, yellow
from router.config.problems import counted
from router.core.outcome import Kind
from router.core.trace_table import printable
from router.simulator.durations import spoken
from router.simulator.results import Latency, Result, TargetResult
from router.simulator.verdict import comparison, money, often, percent, seconds, verdict

LEGEND = "breaker: · closed, ━ open, ╌ half-open"

LABEL = 12  # columns of what a line is about
ROW = 10  # of what a timeline shows

MISTAKES = frozenset({Kind.BAD_REQUEST, Kind.UNSUPPORTED})

LONGEST_REASON = 200  # characters

HEAD = ("target", "served", "share", "calls", "failed", "429", "p50", "p95", "cost")


def show(results: Sequence[Result], width: int | None) -> Iterator[str]:
    """Yield the lines. Without a width there is no terminal, and lines may have any length."""
    first = results[0]
    yield strong(f"{first.scenario}, {spoken(first.duration)}, seed {first.seed}")
    if first.description:
        yield faint(_folded(first.description, 0))
    told = comparison(results)
    if told is None:
        for result in results:
            yield from _one(result, width)
        return
    yield ""
    yield _folded(told, 2)
    yield ""
    yield from _side_by_side(results, width)
    for result in results:
        yield ""
        yield strong(result.config)
        yield from _targets(result, width)
        yield from _timelines(result, width)


def _one(result: Result, width: int | None) -> Iterator[str]:
    yield ""
    if result.was_interrupted:
        yield yellow(f"interrupted at {spoken(round(result.seconds))}: what was found by then")
    yield _folded(f"{result.config}: {verdict(result)}", 2)
    yield ""
    for label, text in _figures(result):
        yield _folded(f"{label:<{LABEL}}{text}", LABEL)
    yield from _targets(result, width)
    yield from _timelines(result, width)


def _figures(result: Result) -> Iterator[tuple[str, str]]:
    failed = f", {result.failed:,} failed" if result.failed else ""
    cached = f", {result.cached:,} from a cache" if result.cached else ""
    joined = f", {result.joined:,} by another's call" if result.joined else ""
    yield "requests", f"{result.ended:,}: {result.ok:,} answered{cached}{joined}{failed}"
    if result.failures:
        yield "failures", _counted(result.failures)
    yield "latency", _latency(result.latency)
    if result.failed:
        yield "", f"of failures: {_latency(result.latency_of_failures)}"
    yield "calls", _calls(result)
    if result.rate_limited:
        share = percent(result.rate_limit_waste)
        full = counted(result.rate_limited, "call")
        yield "rate limits", f"{full} answered with 429, {share} of them all"
    if result.fallbacks:
        yield "fallbacks", f"{counted(result.fallbacks, 'request')} moved on to another target"
    yield "cost", _cost(result)
    for place, what in enumerate(_mistakes(result)):
        yield "" if place else "mistakes", what


def _mistakes(result: Result) -> Iterator[str]:
    """Say what was wrong with requests themselves: no day is so good that they are answered."""
    told: set[str] = set()
    for target in result.targets:
        for kind, reason in _faults(target.reasons):
            told.add(reason)
            calls = counted(target.failures[kind], "call")
            yield f"{calls} to {target.name}: {kind}: {_said(reason)}"
    for kind, reason in _faults(result.reasons):
        if reason not in told:
            yield f"{counted(result.failures[kind], 'request')}: {kind}: {_said(reason)}"


def _faults(reasons: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((kind, why) for kind, why in reasons.items() if kind.split()[-1] in MISTAKES)


def _said(reason: str) -> str:
    return printable(reason[:LONGEST_REASON]) or "no reason given"


def _calls(result: Result) -> str:
    if result.amplification is None:
        return "none"
    made = ", ".join(f"{count:,} with {number}" for number, count in result.attempts.items())
    return f"{result.calls:,}, {result.amplification:.2f} a request ({made})"


def _cost(result: Result) -> str:
    wasted = f", {money(result.wasted)} of it for calls that gave nothing" if result.wasted else ""
    strange = counted(result.unpriced, "call")
    unpriced = f", and {strange} of unknown price" if result.unpriced else ""
    each = f", {money(result.cost / result.ok)} an answer" if result.ok else ""
    perhaps = counted(result.unsure, "call")
    unsure = f", and {perhaps} that may be billed as well" if result.unsure else ""
    return f"{money(result.cost)}{each}{wasted}{unpriced}{unsure}"


def _latency(latency: Latency) -> str:
    if latency.most is None:
        return "none"
    parts = (
        ("p50", latency.p50),
        ("p90", latency.p90),
        ("p95", latency.p95),
        ("p99", latency.p99),
        ("max", latency.most),
    )
    return "  ".join(f"{name} {seconds(value)}" for name, value in parts)


def _targets(result: Result, width: int | None) -> Iterator[str]:
    if not result.targets:
        return
    yield ""
    rows = [_row(target) for target in result.targets]
    lines = aligned((HEAD, *rows), width)
    if lines is None:
        for row in rows:
            yield strong(row[0])
            pairs = zip(HEAD[1:], row[1:], strict=True)
            yield _folded("  " + "  ".join(f"{head} {cell}" for head, cell in pairs), 2)
        return
    yield faint(lines[0])
    yield from lines[1:]


def _row(target: TargetResult) -> tuple[str, ...]:
    latency = target.latency
    return (
        target.name,
        f"{target.served:,}",
        percent(target.share),
        f"{target.calls:,}",
        f"{target.failed:,}",
        f"{target.rate_limited:,}",
        seconds(latency.p50),
        seconds(latency.p95),
        money(target.cost),
    )


def _timelines(result: Result, width: int | None) -> Iterator[str]:
    """Draw each target's calls, those that failed, and when its breaker was open."""
    if not result.targets:
        return
    columns = chart_width(len(result.arrived_at), None if width is None else width - ROW)
    each = result.width * math.ceil(len(result.arrived_at) / columns)
    yield ""
    yield faint(_folded(f"over {spoken(result.duration)}, a column is {spoken(each)}", 0))
    if result.breakers:
        yield faint(_folded(LEGEND, 0))
    for target in result.targets:
        yield _folded(target.name, 2)
        if not target.calls:
            yield faint("  never asked")
            continue
        yield from _timeline(target, columns)
        for breaker in result.breakers_of(target):
            yield f"  {'breaker':<{ROW}}{breaker_row(breaker, result.width, columns)}"
            told = f"open {spoken(round(breaker.open_seconds))} in all"
            yield faint(f"  {'':<{ROW}}{told}, opened {often(breaker.opened)}")
    if result.fallbacks:
        highest = height_of(result.fallbacks_at, columns)
        yield "all targets"
        yield f"  {'fallback':<{ROW}}{spark(result.fallbacks_at, columns, highest)}"


def _timeline(target: TargetResult, columns: int) -> Iterator[str]:
    highest = height_of(target.calls_at, columns)
    yield f"  {'calls':<{ROW}}{spark(target.calls_at, columns, highest)}"
    if target.failed:
        yield f"  {'failed':<{ROW}}{red(spark(target.failed_at, columns, highest))}"
    if target.rate_limited:
        yield f"  {'429':<{ROW}}{yellow(spark(target.full_at, columns, highest))}"


def _side_by_side(results: Sequence[Result], width: int | None) -> Iterator[str]:
    rows = [("", *(result.config for result in results))]
    measures = [list(_measures(result)) for result in results]
    for one, other in zip(*measures, strict=True):
        rows.append((one[0], one[1], other[1]))
    lines = aligned(rows, width)
    if lines is None:
        for row in rows[1:]:
            yield strong(row[0])
            for result, cell in zip(results, row[1:], strict=True):
                yield _folded(f"  {cell}  {faint(result.config)}", 4)
        return
    yield faint(lines[0])
    yield from lines[1:]


def _measures(result: Result) -> Iterator[tuple[str, str]]:
    latency = result.latency
    yield "answered", percent(result.success_rate)
    yield "failed", f"{result.failed:,}"
    yield "p50", seconds(latency.p50)
    yield "p90", seconds(latency.p90)
    yield "p95", seconds(latency.p95)
    yield "p99", seconds(latency.p99)
    yield "slowest", seconds(latency.most)
    yield "calls a request", "-" if result.amplification is None else f"{result.amplification:.2f}"
    yield "answered 429", percent(result.rate_limit_waste)
    yield "fallbacks", f"{result.fallbacks:,}"
    yield "breaker openings", f"{sum(breaker.opened for breaker in result.breakers):,}"
    yield "cost", money(result.cost)
    yield "paid in vain", money(result.wasted)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {count:,}" for what, count in counts.items())


def _folded(text: str, hang: int) -> str:
    return wrapped(text, hang=hang)
