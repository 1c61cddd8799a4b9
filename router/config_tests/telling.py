"""Telling: a test that failed, in words: what was expected, what was, and the trace beside it."""

from collections.abc import Iterator

from router.config.model import virtual_key_of
from router.config_tests.model import Case
from router.config_tests.names import is_within
from router.config_tests.running import Ready, Result
from router.config_tests.verdict import Disappointment, Mismatch
from router.core.trace import Attempt, Trace
from router.core.trace_table import printable, row, shortened
from router.lab.stage import Tried

LONGEST = 80  # characters of a provider's message
CUT = " ..."

NOTICED = 0.005  # seconds: a shorter wait is not told


def told(ready: Ready, case: Case) -> str:
    """Run a test and say how it failed; empty where it passed."""
    result = ready.run(case)
    return "" if result.passed else tell(result)


def headline(result: Result) -> str:
    """Say in one line what was not as expected first."""
    first = result.disappointments[0].mismatches[0]
    return f"{first.what}: expected {printable(first.expected)}, was {printable(first.was)}"


def tell(result: Result, room: int | None = None) -> str:
    """Say how a test failed, in lines that stand below its name.

    Models are left out where the trace would be wider than `room`.
    """
    lines = (line for one in result.disappointments for line in _told(one, result, room))
    return "\n".join(lines)


def _told(one: Disappointment, result: Result, room: int | None) -> Iterator[str]:
    total = sum(ask.repeat for ask in result.case.asks)
    if one.tried is not None and total > 1:
        yield _which(one, one.tried, total)
    width = max(len("expected"), len("trace"))
    name = max(len(mismatch.what) for mismatch in one.mismatches)
    for mismatch in one.mismatches:
        yield from _compared(mismatch, width, name)
    if one.tried is not None:
        yield from _trace(one.tried, width, room)
        for number, reason in enumerate(reasons(one.tried.trace)):
            yield f"{'' if number else 'why':{width}} {reason}"


def _which(one: Disappointment, tried: Tried, total: int) -> str:
    alike = f", and {one.alike} more like it" if one.alike else ""
    return f"request {one.number} of {total}, at {tried.began:g} s{alike}"


def _compared(mismatch: Mismatch, width: int, name: int) -> Iterator[str]:
    yield f"{'expected':{width}} {mismatch.what:{name}}  {printable(mismatch.expected)}"
    yield f"{'was':{width}} {'':{name}}  {printable(mismatch.was)}"


def _trace(tried: Tried, width: int, room: int | None) -> Iterator[str]:
    """Write a line for each attempt, and what the caller had in the end."""
    lines = _lines(tried, [_cells(attempt) for attempt in tried.trace.attempts])
    if room is not None and max(map(len, lines)) > room - width - 1:
        lines = _lines(tried, [_narrow(attempt) for attempt in tried.trace.attempts])
    for number, line in enumerate(lines):
        yield f"{'' if number else 'trace':{width}} {line}"


def reasons(trace: Trace) -> Iterator[str]:
    """Say why, as far as the attempts do not: conditions, caches, and who was not even asked."""
    asked = {attempt.path for attempt in trace.attempts}
    for one in trace.decisions:
        left = one.reason.partition(" ")[0]
        is_plain = one.by == "fallback" and any(is_within(path, left) for path in asked)
        if one.by != "loadbalance" and not is_plain:
            yield f"{one.by}  {shortened(one.chosen)}: {shortened(one.reason)}"


def _lines(tried: Tried, cells: list[tuple[str, ...]]) -> list[str]:
    end = f"{tried.seconds:.1f} s"
    times = max(map(len, (end, *(line[0] for line in cells))))
    widths = [times, *(max(map(len, column)) for column in list(zip(*cells, strict=True))[1:])]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
    return [*lines, f"{end:{times}}  {_ending(tried)}"]


def _cells(attempt: Attempt) -> tuple[str, ...]:
    words = row(attempt)
    who = attempt.virtual_key if _is_named(attempt) else attempt.provider
    waited = attempt.waited >= NOTICED
    pause = f"after a pause of {attempt.waited:.3g} s" if waited else ""
    return (
        f"{attempt.started:.1f} s",
        words.place,
        printable(who or ""),
        words.model,
        words.answer,
        pause,
    )


def _narrow(attempt: Attempt) -> tuple[str, ...]:
    began, place, who, _, *rest = _cells(attempt)
    return began, place, who, *rest


def _is_named(attempt: Attempt) -> bool:
    return virtual_key_of(attempt.virtual_key) is not None


def _ending(tried: Tried) -> str:
    if tried.error is None:
        kept = "" if tried.trace.served else " from the cache"
        return f"answered{kept}"
    message = _shortened(printable(tried.error.message))
    return f"{tried.error.status_code} {tried.error.kind}: {message}"


def _shortened(message: str) -> str:
    """Cut a long message between two words, and mark the place."""
    if len(message) <= LONGEST:
        return message
    kept = message[: LONGEST - len(CUT)]
    return (kept.rpartition(" ")[0] or kept) + CUT
