"""Figures: the three bounds of a request, each with whether a run has met it."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.config.places import short
from router.config.problems import counted
from router.core.dollars import dollars
from router.explain import wording
from router.explain.explanation import Outlook
from router.explain.rehearsal import DOLLAR, meets_seconds
from router.explain.worst import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`most` is None where nothing bounds it; then `reasons` tell why.

    `known` is the bound without what is unbounded, `met` the most that a played run came to, and
    `is_met` whether that is the bound.
    """

    measure: Measure
    most: float | None
    known: float
    met: float
    is_met: bool
    text: str
    reasons: tuple[str, ...] = ()


def figures(outlook: Outlook) -> tuple[Figure, ...]:
    """Return attempts, seconds and dollars."""
    bound, took = outlook.bound, outlook.took
    return (
        _figure(outlook, "attempts", took.attempts, took.attempts == bound.most("attempts")),
        _figure(outlook, "seconds", took.seconds, meets_seconds(took.seconds, bound)),
        _figure(outlook, "dollars", took.dollars, took.dollars >= bound.most("dollars") - DOLLAR),
    )


def attempts_at(outlook: Outlook) -> Mapping[str, int]:
    """Return where the most attempts are made, by the paths of targets, in the config's order.

    Empty where a budget may end them anywhere.
    """
    stops = outlook.bound.worst("attempts").stops
    counts = {
        path: sum(stop.calls for stop in stops if stop.path == path) for path in outlook.probes
    }
    made = {path: count for path, count in counts.items() if count}
    return made if sum(made.values()) == outlook.bound.most("attempts") else {}


def _figure(outlook: Outlook, measure: Measure, met: float, is_met: bool) -> Figure:
    bound = outlook.bound
    known = bound.most(measure)
    unbounded = bound.why_not(measure)
    reasons = [f"{measure} at {short(one.path)}: {one.why}" for one in unbounded]
    text = f"{'' if is_met else 'at most '}{_said(measure, known)}"
    if unbounded:
        text = f"{measure} unbounded"
        reasons.append(
            f"{measure} without that: {'' if is_met else 'at most '}{_said(measure, known)}"
        )
    if not is_met and bound.worst(measure).rough:
        reasons.append(f"{measure} may be rounded up: there are too many ways to go to follow each")
    if measure == "seconds" and bound.alone < known:
        reasons.append(f"seconds while nobody else asks: at most {wording.seconds(bound.alone)}")
    return Figure(
        measure=measure,
        most=None if unbounded else known,
        known=known,
        met=met,
        is_met=is_met,
        text=text,
        reasons=tuple(reasons),
    )


def _said(measure: Measure, amount: float) -> str:
    match measure:
        case "attempts":
            return counted(int(amount), "attempt")
        case "seconds":
            return wording.seconds(amount)
        case "dollars":
            return dollars(amount)
