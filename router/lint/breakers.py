"""Breakers: settings with which a circuit breaker never opens."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from router.config.editing import fix_for
from router.config.fixes import REMOVED, Change
from router.config.model import BreakerSettings, TargetRoute
from router.config.places import Place
from router.lint.failing import calls_to_open
from router.lint.rule import Finding, Rule
from router.lint.subject import Subject
from router.policies.breaker_state import BreakerRules
from router.policies.limit import MINUTE
from router.policies.timeout import DEFAULT_TIMEOUT
from router.strategies.conversation import UNDO_TIMEOUT

QUICKEST = 0.001  # seconds
"""What a call takes at least: even one that is refused on the same machine goes there and back."""

ANSWER = 0.05  # seconds
"""What it takes until a provider elsewhere has refused a call, and the next one, too."""

PLACES: tuple[Place, ...] = (("strategy", "cb_config"), ("cb_config",))


def _never_opens(subject: Subject) -> Iterator[Finding]:
    sharing = Counter(_account(route) for _, route in subject.targets)
    for spot, route in subject.targets:
        breaker, most = route.settings.breaker, _most_calls(route)
        place = subject.written(spot, *PLACES)
        if breaker is None or place is None or most is None or sharing[_account(route)] > 1:
            continue
        if not _rules(breaker).trips(most, most):
            yield Finding(
                place=place,
                message=f"at most {most} calls of {spot.shown} can fail within"
                f" {breaker.window:g} s, and the breaker needs {_needed(breaker)}",
                harm="it never opens, however long the provider is down",
                hint="lower the threshold, lengthen the window, or raise the limit",
                at_key=True,
            )


def _written(subject: Subject) -> Iterator[tuple[BreakerSettings, Place]]:
    """Yield each breaker that is written, and where; targets may inherit one of a group."""
    told: set[Place] = set()
    for spot, route in subject.targets:
        breaker, place = route.settings.breaker, subject.written(spot, *PLACES)
        if breaker is not None and place is not None and place not in told:
            told.add(place)
            yield breaker, place


def _forgets(subject: Subject) -> Iterator[Finding]:
    """Find breakers that forget failures before the next one can be expected."""
    for breaker, place in _written(subject):
        calls = calls_to_open(breaker)
        if breaker.window >= min(1.0, (calls - 1) * ANSWER):
            continue
        yield Finding(
            place=(*place, "window"),
            message=f"the breaker forgets a failure after {1000 * breaker.window:g} ms,"
            f" and needs {_needed(breaker)}",
            harm="failures one after the other hardly ever open it, only those at the same moment",
            hint="lengthen the window (it is in milliseconds: 60000 is a minute)",
        )


def _account(route: TargetRoute) -> tuple[str | None, str]:
    """Name whom a target asks for what: those who ask the same may count for one breaker."""
    return route.provider, str(route.settings.override_params.get("model"))


def _most_calls(route: TargetRoute) -> int | None:
    """Count the calls of a target that may fail within the breaker's window.

    They begin within that time and as long before it as a call may take; of those that are made
    one after the other, each takes a moment.
    """
    breaker, limit = route.settings.breaker, route.limit
    if breaker is None or limit is None:
        return None
    found: list[int] = []
    if limit.per_minute is not None:
        longest = (route.settings.timeout or DEFAULT_TIMEOUT) + UNDO_TIMEOUT
        found.append(limit.per_minute * (math.floor((breaker.window + longest) / MINUTE) + 1))
    if limit.concurrency is not None:
        found.append(limit.concurrency * (math.floor(breaker.window / QUICKEST) + 1))
    return min(found, default=None)


def _rules(breaker: BreakerSettings) -> BreakerRules:
    return BreakerRules(
        threshold=breaker.threshold,
        percentage=breaker.percentage,
        minimum_requests=breaker.minimum_requests,
    )


def _needed(breaker: BreakerSettings) -> str:
    count = f"{breaker.threshold} failures" if breaker.threshold is not None else ""
    share = f"{breaker.minimum_requests} requests" if breaker.percentage is not None else ""
    return " or ".join(filter(None, (count, share)))


NEVER_OPENS = Rule(
    code="breaker-never-opens",
    severity="warning",
    title="A circuit breaker that never opens, or hardly ever",
    harm="it does not open, however long the provider is down",
    remedy="lower what it needs, or lengthen its window",
    check=lambda subject: chain(_never_opens(subject), _forgets(subject)),
)


def _idle_percentage(subject: Subject) -> Iterator[Finding]:
    for breaker, place in _written(subject):
        yield from _idle(subject, breaker, place)


def _idle(subject: Subject, breaker: BreakerSettings, place: Place) -> Iterator[Finding]:
    """Find a share that is reached only when the number of failures has opened it already."""
    if breaker.threshold is None or breaker.percentage is None:
        return
    failures = math.ceil(breaker.percentage * breaker.minimum_requests / 100.0)
    if failures < breaker.threshold:
        return
    key = (*place, "failure_threshold_percentage")
    yield Finding(
        place=key,
        message=f"{breaker.percentage:g} % of {breaker.minimum_requests} requests are"
        f" {failures} failures, and {breaker.threshold} open it already",
        hint="remove it, or raise failure_threshold",
        at_key=True,
        fix=fix_for(subject.source, Change(key, REMOVED), "removes the percentage"),
    )
    key = (*place, "minimum_requests")
    if subject.value(key) is not None:
        yield Finding(
            place=key,
            message="'minimum_requests' is for the percentage alone, which never decides",
            hint="remove both, or raise failure_threshold",
            at_key=True,
            fix=fix_for(subject.source, Change(key, REMOVED), "removes minimum_requests"),
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
