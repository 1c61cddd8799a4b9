"""Breakers: settings with which a circuit breaker never opens."""

import math
from collections.abc import Iterator

from router.config.editing import fix_for
from router.config.fixes import REMOVED, Change
from router.config.model import BreakerSettings, TargetRoute
from router.config.places import Place
from router.lint.rule import Finding, Rule
from router.lint.subject import Subject

MINUTE = 60.0  # seconds for which `limit.per_minute` counts

PLACES: tuple[Place, ...] = (("strategy", "cb_config"), ("cb_config",))


def _never_opens(subject: Subject) -> Iterator[Finding]:
    for spot, route in subject.targets:
        breaker, most = route.settings.breaker, _most_calls(route)
        place = subject.written(spot, *PLACES)
        if breaker is None or place is None or most is None:
            continue
        if not _may_open(breaker, most):
            yield Finding(
                place=place,
                message=f"{spot.shown} gets {most} calls within {breaker.window:g} s at most,"
                f" and the breaker needs {_needed(breaker)}",
                harm="it never opens, however long the provider is down",
                hint="lower the threshold, lengthen the window, or raise limit.per_minute",
                at_key=True,
            )


def _most_calls(route: TargetRoute) -> int | None:
    """Count the calls that a target's limit lets through within the breaker's window."""
    breaker, limit = route.settings.breaker, route.limit
    if breaker is None or limit is None or limit.per_minute is None:
        return None
    return limit.per_minute * math.ceil(breaker.window / MINUTE)


def _may_open(breaker: BreakerSettings, most: int) -> bool:
    by_count = breaker.threshold is not None and breaker.threshold <= most
    return by_count or (breaker.percentage is not None and breaker.minimum_requests <= most)


def _needed(breaker: BreakerSettings) -> str:
    count = f"{breaker.threshold} failures" if breaker.threshold is not None else ""
    share = f"{breaker.minimum_requests} requests" if breaker.percentage is not None else ""
    return " or ".join(filter(None, (count, share)))


NEVER_OPENS = Rule(
    code="breaker-never-opens",
    severity="warning",
    title="A circuit breaker that never opens",
    harm="it never opens, however long the provider is down",
    remedy="lower what it needs, or lengthen its window",
    check=_never_opens,
)


def _idle_percentage(subject: Subject) -> Iterator[Finding]:
    told: set[Place] = set()
    for spot, route in subject.targets:
        breaker, place = route.settings.breaker, subject.written(spot, *PLACES)
        if breaker is None or place is None or place in told:
            continue
        told.add(place)
        finding = _idle(subject, breaker, place)
        if finding is not None:
            yield finding


def _idle(subject: Subject, breaker: BreakerSettings, place: Place) -> Finding | None:
    """Find a share that is reached only when the number of failures has opened it already."""
    if breaker.threshold is None or breaker.percentage is None:
        return None
    failures = math.ceil(breaker.percentage * breaker.minimum_requests / 100.0)
    if failures < breaker.threshold:
        return None
    key = (*place, "failure_threshold_percentage")
    return Finding(
        place=key,
        message=f"{breaker.percentage:g} % of {breaker.minimum_requests} requests are"
        f" {failures} failures, and {breaker.threshold} open it already",
        hint="remove it, or raise failure_threshold",
        at_key=True,
        fix=fix_for(subject.source, Change(key, REMOVED), "removes the percentage"),
    )


IDLE_PERCENTAGE = Rule(
    code="idle-percentage",
    severity="warning",
    title="A percentage that a breaker's threshold always comes before",
    harm="the breaker opens by the number alone, after far fewer failures than the share allows",
    remedy="remove it, or raise failure_threshold",
    check=_idle_percentage,
    fixable=True,
)
