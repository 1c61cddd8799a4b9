"""Verdict: a run, or the difference of two, said in a sentence."""

from collections.abc import Iterator, Sequence

from router.config.problems import counted
from router.core.dollars import dollars
from router.simulator.results import Result

SAME = 0.02  # of the larger: a smaller difference is none

DECIMALS = (1, 2, 3)  # of a percentage: more tell nobody anything


def verdict(result: Result) -> str:
    """Say how it went."""
    if not result.ended:
        return "no request came"
    if not result.failed:
        answered = f"all {result.ok:,} requests were answered"
    else:
        answered = f"{percent(result.success_rate)} of {result.ended:,} requests were answered"
    latency = result.latency
    took = ""
    if latency.p50 is not None and latency.p95 is not None:
        took = f", half of them within {seconds(latency.p50)}"
        took += f" and 95 of 100 within {seconds(latency.p95)}"
    return f"{answered}{took}, for {money(result.cost)}"


def comparison(results: Sequence[Result]) -> str | None:
    """Say what the second of two does otherwise; None where not both were played to their end."""
    if len(results) != 2 or any(result.was_interrupted for result in results):
        return None
    return difference(*results)


def difference(one: Result, other: Result) -> str:
    """Say what the second config does otherwise than the first."""
    found = list(_differences(one, other))
    if not found:
        return f"there is no difference to speak of between {one.config} and {other.config}"
    return f"compared with {one.config}, {other.config} " + _joined(found)


def _differences(one: Result, other: Result) -> Iterator[str]:
    if one.ended and other.ended and one.failed != other.failed:
        more = "fewer" if other.failed < one.failed else "more"
        count = abs(one.failed - other.failed)
        rates = _apart(other.success_rate, one.success_rate)
        told = "" if rates is None else f" ({rates[0]} succeed, not {rates[1]})"
        yield f"fails {counted(count, f'{more} request')}{told}"
    p95, was = other.latency.p95, one.latency.p95
    if p95 is not None and was is not None and _differ(p95, was, 1):
        yield f"answers 95 of 100 within {seconds(p95)} instead of {seconds(was)}"
    if _differ(other.cost, one.cost):
        cheaper = other.cost < one.cost
        gap = money(abs(other.cost - one.cost))
        yield f"costs {gap} {'less' if cheaper else 'more'} ({money(other.cost)})"
    calls, were = other.amplification, one.amplification
    if calls is not None and were is not None and _differ(calls, were, 2):
        yield f"makes {calls:.2f} calls a request instead of {were:.2f}"


def _apart(one: float | None, other: float | None) -> tuple[str, str] | None:
    """Write two shares so that they can be told apart; None where no decimals do that."""
    if one is None or other is None:
        return None
    short = percent(one), percent(other)
    longer = (tuple(f"{100 * share:.{n}f} %" for share in (one, other)) for n in DECIMALS[1:])
    return next(((a, b) for a, b in (short, *longer) if a != b), None)


def _differ(one: float, other: float, decimals: int | None = None) -> bool:
    """Tell whether there is a difference to speak of, and to see in so many decimals."""
    is_seen = decimals is None or f"{one:.{decimals}f}" != f"{other:.{decimals}f}"
    return is_seen and abs(one - other) > SAME * max(abs(one), abs(other))


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def often(count: int) -> str:
    """Write `once`, `2,000 times`."""
    return "once" if count == 1 else f"{count:,} times"


def percent(share: float | None) -> str:
    """Write `99.97 %`: never 100 where something is missing, nor 0 where something is there."""
    if share is None:
        return "-"
    if share in {0.0, 1.0}:
        return f"{share:.0%}".replace("%", " %")
    for decimals in DECIMALS:
        text = f"{100 * share:.{decimals}f}"
        if float(text) not in {0.0, 100.0}:
            return f"{text} %"
    return "> 99.999 %" if share > 0.5 else "< 0.001 %"


def seconds(value: float | None) -> str:
    """Write `4.0 s`."""
    return "-" if value is None else f"{value:.1f} s"


def money(amount: float) -> str:
    """Write dollars: no more of their fractions than tell something."""
    if amount == 0:
        return "$0"
    return f"${amount:,.2f}" if amount >= 10 else dollars(amount)
