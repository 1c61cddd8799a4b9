"""Budgets: retries and targets for which a budget leaves no call and no time."""

from collections.abc import Iterator

from router.config.model import (
    FallbackSettings,
    LoadBalanceSettings,
    Route,
    Single,
    TargetRoute,
)
from router.config.places import Place
from router.config.problems import counted
from router.core.outcome import Failure
from router.core.settlement import moves_on
from router.lint.rule import Finding, Rule
from router.lint.statuses import TIMED_OUT
from router.lint.subject import Bound, Spot, Subject
from router.policies.backoff import Backoff
from router.policies.timeout import DEFAULT_TIMEOUT


def most_calls(route: Route) -> int:
    """Count the calls that a route makes at most for a picture, where every one of them fails."""
    own = _own_calls(route)
    most = None if route.budget is None else route.budget.attempts
    return own if most is None else min(own, most)


def _own_calls(route: Route) -> int:
    if isinstance(route, TargetRoute):
        retry = route.settings.retry
        return 1 + (retry.retries if retry is not None and (retry.codes or retry.kinds) else 0)
    calls = [most_calls(target) for target in route.targets]
    match route.strategy:
        case FallbackSettings() | LoadBalanceSettings(failover=True):
            return sum(calls)
        case Single():
            return calls[0]
    return max(calls)


def _tightest(subject: Subject, spot: Spot) -> Bound | None:
    """Return the budget with the fewest calls that a spot's are drawn from."""
    bounds = [bound for bound in subject.bounds(spot) if bound.budget.attempts is not None]
    return min(bounds, key=lambda bound: bound.budget.attempts or 0, default=None)


def _soonest(subject: Subject, spot: Spot) -> Bound | None:
    """Return the budget with the earliest deadline."""
    bounds = [bound for bound in subject.bounds(spot) if bound.budget.deadline is not None]
    return min(bounds, key=lambda bound: bound.budget.deadline or 0, default=None)


def _next(spot: Spot, bound: Bound, failure: Failure | None = None) -> Spot | None:
    """Return who is to be asked after a spot within a bound, in the nearest group that has one.

    With a `failure` those groups are passed over that do not move on after it.
    """
    for one in spot.upwards():
        above = one.above
        if one.place == bound.spot.place or above is None or isinstance(above.route, TargetRoute):
            return None
        match above.route.strategy:
            case FallbackSettings() as settings:
                behind = above.children[one.number + 1 : one.number + 2]
            case LoadBalanceSettings(failover=True) as settings:
                behind = tuple(other for other in above.children[:2] if other is not one)
            case _:
                continue
        goes = failure is None or moves_on(failure, settings.codes, refusals=settings.refusals)
        if behind and goes:
            return behind[0]
    return None


def _retries_beyond_budget(subject: Subject) -> Iterator[Finding]:
    told: set[tuple[Place, Place]] = set()
    for spot, route in subject.targets:
        bound, retry = _tightest(subject, spot), route.settings.retry
        place = subject.written(spot, ("retry", "attempts"))
        if bound is None or retry is None or place is None:
            continue
        most = bound.budget.attempts or 0
        if retry.retries + 1 <= most or (place, bound.spot.place) in told:
            continue
        told.add((place, bound.spot.place))
        behind = _next(spot, bound)
        harm = f"the last {counted(retry.retries + 1 - most, 'retry')} can never be made"
        if behind is not None:
            harm = f"{spot.shown} uses up every call before {behind.shown} is asked"
        yield Finding(
            place=place,
            message=f"{counted(retry.retries, 'retry')} and the first call are "
            f"{retry.retries + 1} calls, and the budget of {bound.spot.shown} is {most}",
            harm=harm,
            hint=f"retry at most {counted(_room(most, behind), 'time')}, or allow more attempts",
        )


def _room(most: int, behind: Spot | None) -> int:
    """Count the retries that leave a call for who comes next, if anybody does."""
    return max(most - 1 - (behind is not None), 0)


RETRIES_BEYOND_BUDGET = Rule(
    code="retries-beyond-budget",
    severity="warning",
    title="More retries than the budget has calls",
    harm="the retries that are written down are not made",
    remedy="retry less often, or allow more attempts",
    check=_retries_beyond_budget,
)


def _starved(subject: Subject) -> Iterator[Finding]:
    for spot, group in subject.groups:
        bound = _tightest(subject, spot)
        if bound is None or not isinstance(group.strategy, FallbackSettings):
            continue
        most, used = bound.budget.attempts or 0, 0
        for child in spot.children:
            if used >= most and not _is_greedy(spot, child, most):
                yield Finding(
                    place=child.place,
                    message=f"those before it may use up all {counted(most, 'call')}"
                    f" of the budget of {bound.spot.shown}",
                    harm="when they keep failing, this target is never asked",
                    hint=f"allow {used + 1} attempts or more, or retry less often before it",
                )
                break
            used += most_calls(child.route)


def _is_greedy(spot: Spot, child: Spot, most: int) -> bool:
    """Tell whether one target before a child takes more than all: another rule tells of that."""
    before = spot.children[: child.number]
    return any(
        isinstance(target.route, TargetRoute)
        and target.route.settings.retry is not None
        and target.route.settings.retry.retries + 1 > most
        for one in before
        for target in one.targets()
    )


STARVED = Rule(
    code="starved-target",
    severity="warning",
    title="A fallback for which the budget leaves no call",
    harm="when those before it keep failing, it is never asked",
    remedy="allow more attempts, or retry less often before it",
    check=_starved,
)


def _retries_beyond_deadline(subject: Subject) -> Iterator[Finding]:
    told: set[Place] = set()
    for spot, route in subject.targets:
        bound, retry = _soonest(subject, spot), route.settings.retry
        place = subject.written(spot, ("retry", "attempts"))
        if bound is None or retry is None or place is None or place in told:
            continue
        deadline = bound.budget.deadline or 0.0
        backoff = Backoff(use_retry_after=retry.use_retry_after)
        waits = backoff.least(retry.retries)
        if not retry.retries or waits < deadline or not (retry.codes or retry.kinds):
            continue
        told.add(place)
        fitting = max(n for n in range(retry.retries) if backoff.least(n) < deadline)
        yield Finding(
            place=place,
            message=f"{counted(retry.retries, 'retry')} wait {waits:g} s at least,"
            f" and the deadline of {bound.spot.shown} is {deadline:g} s",
            harm="the last of them can never be made",
            hint=f"retry at most {counted(fitting, 'time')}, or allow more time",
        )


RETRIES_BEYOND_DEADLINE = Rule(
    code="retries-beyond-deadline",
    severity="warning",
    title="Retries that wait longer than the deadline allows",
    harm="the last of them can never be made",
    remedy="retry less often, or allow more time",
    check=_retries_beyond_deadline,
)


def _timeout_beyond_deadline(subject: Subject) -> Iterator[Finding]:
    told: set[Place] = set()
    for spot, route in subject.targets:
        bound = _soonest(subject, spot)
        if bound is None:
            continue
        deadline = bound.budget.deadline or 0.0
        timeout = route.settings.timeout
        behind = _next(spot, bound, TIMED_OUT)
        if (timeout or DEFAULT_TIMEOUT) < deadline or (timeout is None and behind is None):
            continue
        place = subject.written(spot, ("request_timeout",)) if timeout is not None else None
        place = place or (*bound.spot.place, "budget", "deadline")
        if place not in told:
            told.add(place)
            yield _too_patient(spot, behind, timeout, deadline, place)


def _too_patient(
    spot: Spot, behind: Spot | None, timeout: float | None, deadline: float, place: Place
) -> Finding:
    harm = "the timeout has no effect: the deadline always comes first"
    if behind is not None:
        harm = f"where {spot.shown} hangs, the time is over before {behind.shown} is asked"
    patience = f"{timeout or DEFAULT_TIMEOUT:g} s" + (
        " (none is written)" if timeout is None else ""
    )
    return Finding(
        place=place,
        message=f"the timeout of {spot.shown} is {patience}, and the deadline {deadline:g} s",
        harm=harm,
        hint=f"give it a request_timeout well below {deadline * 1000:g} ms, or allow more time",
        at_key=timeout is not None,
    )


TIMEOUT_BEYOND_DEADLINE = Rule(
    code="timeout-beyond-deadline",
    severity="warning",
    title="A call that may take the whole deadline",
    harm="where it hangs, the time is over before anybody else is asked",
    remedy="give it a request_timeout well below the deadline",
    check=_timeout_beyond_deadline,
)
