"""Budgets: retries and targets for which a budget leaves no call."""

import math
from collections.abc import Iterator

from router.config.model import (
    FallbackSettings,
    GroupRoute,
    LoadBalanceSettings,
    TargetRoute,
)
from router.config.places import Place
from router.config.problems import counted
from router.lint.asked import calls_of
from router.lint.failing import retries_of
from router.lint.rule import Finding, Rule
from router.lint.subject import Bound, Spot, Subject, shown_model
from router.lint.turns import calls_before, ending, goes_on, next_after


def most_calls(spot: Spot) -> int:
    """Count the calls that a route makes at most for a picture, where every one of them fails."""
    own = _own_calls(spot)
    most = None if spot.route.budget is None else spot.route.budget.attempts
    return own if most is None else min(own, most)


def _own_calls(spot: Spot) -> int:
    if isinstance(spot.route, TargetRoute):
        return 1 + retries_of(spot.route)
    calls = [most_calls(child) for child in spot.candidates]
    match spot.route.strategy:
        case FallbackSettings() | LoadBalanceSettings(failover=True):
            return sum(calls)
    return max(calls, default=0)


def _tightest(subject: Subject, spot: Spot) -> Bound | None:
    """Return the budget with the fewest calls that a spot's are drawn from."""
    bounds = [bound for bound in subject.bounds(spot) if bound.budget.attempts is not None]
    return min(bounds, key=lambda bound: bound.budget.attempts or 0, default=None)


def _is_fed(spot: Spot, bound: Bound) -> bool:
    """Tell whether a budget may have a call left when a spot's turn comes."""
    return calls_before(spot, bound) < (bound.budget.attempts or 0)


def _retries_beyond_budget(subject: Subject) -> Iterator[Finding]:
    told: set[tuple[Place, Place]] = set()
    for spot, route in subject.root.targets():
        bound, retries = _tightest(subject, spot), retries_of(route)
        place = subject.written(spot, ("retry", "attempts"))
        if bound is None or place is None or not _is_fed(spot, bound):
            continue
        most = bound.budget.attempts or 0
        if retries + 1 <= most or (place, bound.spot.place) in told:
            continue
        told.add((place, bound.spot.place))
        # A spent budget is final, whoever it belongs to: nobody outside of it goes on either.
        behind = next_after(spot)
        harm = f"the last {counted(retries + 1 - most, 'retry')} can never be made"
        if behind is not None:
            harm = f"{spot.shown} uses up every call before {behind.shown} is asked"
        room = min(_room(spot, one, behind) for one in subject.bounds(spot))
        hint = f"retry at most {counted(int(room), 'time')}, or allow more attempts"
        if room < 0:
            hint = "allow more attempts: there are too few even without retries"
        yield Finding(
            place=place,
            message=f"{counted(retries, 'retry')} and the first call are "
            f"{retries + 1} calls, and the budget of {bound.spot.shown} is {most}",
            harm=harm,
            hint=hint,
        )


def _room(spot: Spot, bound: Bound, behind: Spot | None) -> float:
    """Count the retries that leave a call for who comes next, if a budget is for both.

    It is below 0 where not even the first call leaves one.
    """
    if bound.budget.attempts is None:
        return math.inf
    is_within = behind is not None and any(one is bound.spot for one in behind.upwards())
    return bound.budget.attempts - calls_before(spot, bound) - 1 - is_within


RETRIES_BEYOND_BUDGET = Rule(
    code="retries-beyond-budget",
    severity="warning",
    title="More retries than the budget has calls",
    harm="the retries that are written down are not made",
    remedy="retry less often, or allow more attempts",
    check=_retries_beyond_budget,
)


def _starved(subject: Subject) -> Iterator[Finding]:
    for spot, route in subject.root.targets():
        if (scarce := _scarce(subject, spot, route)) is not None:
            yield scarce
    for spot in subject.root.reached():
        bound = _tightest(subject, spot)
        if bound is None or not isinstance(spot.route, GroupRoute) or not _is_fed(spot, bound):
            continue
        match spot.route.strategy:
            case FallbackSettings() as settings:
                found = _left_over(spot, bound, settings)
            case LoadBalanceSettings(failover=True) as settings:
                found = _not_drawn_again(spot, bound, settings)
            case _:
                continue
        if found is not None:
            yield found


def _scarce(subject: Subject, spot: Spot, route: TargetRoute) -> Finding | None:
    """Find a target that needs more calls at once than there are, as it is asked for many."""
    bound = _tightest(subject, spot)
    if bound is None or route.provider is None or subject.facts(route) is None:
        return None
    calls, most = calls_of(route, subject.adapter(route.provider)), bound.budget.attempts or 0
    if calls is None or calls <= most:
        return None
    return Finding(
        place=(*bound.spot.place, "budget", "attempts"),
        message=f"{shown_model(route)} is never asked: the pictures that the config asks for take"
        f" {counted(calls, 'call')} there, and the budget of {bound.spot.shown} is {most}",
        harm=ending(spot),
        hint=f"allow {calls} attempts or more, or ask for fewer pictures",
    )


def _left_over(spot: Spot, bound: Bound, settings: FallbackSettings) -> Finding | None:
    """Find the first in a row for whom those before may leave no call."""
    most, used = bound.budget.attempts or 0, 0
    for child in spot.children:
        if used >= most:
            return None if _is_greedy(spot, child, most) else _behind(child, bound, used)
        used += most_calls(child)
        if not goes_on(child, settings, None):
            return None
    return None


def _behind(child: Spot, bound: Bound, used: int) -> Finding:
    most = bound.budget.attempts or 0
    outside = next_after(bound.spot)
    return Finding(
        place=child.place,
        message=f"those before it may use up all {counted(most, 'call')}"
        f" of the budget of {bound.spot.shown}",
        harm="when they keep failing, this target is never asked"
        + ("" if outside is None else f", and neither is {outside.shown}"),
        hint=f"allow {used + 1} attempts or more, or retry less often before it",
    )


def _is_greedy(spot: Spot, child: Spot, most: int) -> bool:
    """Tell whether one target before a child takes more than all: another rule tells of that."""
    return any(_takes_all(one, most) for one in spot.children[: child.number])


def _takes_all(spot: Spot, most: int) -> bool:
    return any(retries_of(route) + 1 > most for _, route in spot.targets())


def _not_drawn_again(spot: Spot, bound: Bound, settings: LoadBalanceSettings) -> Finding | None:
    """Find one who, if it is drawn first, may leave no call for any other."""
    most = bound.budget.attempts or 0
    for child in spot.candidates if len(spot.candidates) > 1 else ():
        used = most_calls(child)
        if used >= most and not _takes_all(child, most) and goes_on(child, settings, None):
            return Finding(
                place=(*spot.place, "strategy", "failover"),
                message=f"{child.shown} may use up all {counted(most, 'call')}"
                f" of the budget of {bound.spot.shown}",
                harm="when it is drawn first and keeps failing, no other is asked",
                hint=f"allow {used + 1} attempts or more, or retry less often",
                at_key=True,
            )
    return None


STARVED = Rule(
    code="starved-target",
    severity="warning",
    title="A target for which the budget leaves no call",
    harm="it is never asked when those before it keep failing, or not at all",
    remedy="allow more attempts, or retry less often before it",
    check=_starved,
)
