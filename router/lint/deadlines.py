"""Deadlines: calls and retries for which a budget leaves no time."""

from collections.abc import Iterator

from router.config.model import GroupRoute, LoadBalanceSettings, RetrySettings, TargetRoute
from router.config.places import Place
from router.config.problems import counted
from router.core.catalog import ModelFacts
from router.lint.failing import retries_of
from router.lint.hanging import hang_before, repeats_late, seconds_until, timeout_of
from router.lint.rule import Finding, Rule
from router.lint.subject import Bound, Spot, Subject
from router.lint.timeouts import enough
from router.lint.turns import next_after
from router.policies.timeout import DEFAULT_TIMEOUT
from router.providers.mishaps import LATE


def _soonest(subject: Subject, spot: Spot) -> Bound | None:
    """Return the budget with the earliest deadline."""
    bounds = [bound for bound in subject.bounds(spot) if bound.budget.deadline is not None]
    return min(bounds, key=lambda bound: bound.budget.deadline or 0, default=None)


def _retries_beyond_deadline(subject: Subject) -> Iterator[Finding]:
    told: set[Place] = set()
    for spot, route in subject.root.targets():
        bound, place = _soonest(subject, spot), subject.written(spot, ("retry", "attempts"))
        if bound is None or place is None or place in told:
            continue
        found = _too_many(route, bound, place)
        if found is not None:
            told.add(place)
            yield found


def _too_many(route: TargetRoute, bound: Bound, place: Place) -> Finding | None:
    """Find retries whose waits are too long, or those of calls that time out."""
    retry, retries = route.settings.retry, retries_of(route)
    if retry is None or not retries:
        return None
    deadline, timeout = bound.budget.deadline or 0.0, timeout_of(route)
    told = f"and the deadline of {bound.spot.shown} is {deadline:g} s"
    waits = seconds_until(retry, retries, 0.0)
    if waits >= deadline:
        fitting = _fitting(retry, retries, 0.0, deadline)
        return Finding(
            place=place,
            message=f"{counted(retries, 'retry')} wait {waits:g} s at least, {told}",
            harm="the last of them can never be made",
            hint=f"retry at most {counted(fitting, 'time')}, or allow more time",
        )
    until = seconds_until(retry, retries, timeout)
    if until < deadline or not repeats_late(route):
        return None
    fitting = _fitting(retry, retries, timeout, deadline)
    fewer = f"retry at most {counted(fitting, 'time')}" if fitting else "do not retry 408"
    return Finding(
        place=place,
        message=f"after {counted(retries, 'call')} that time out, each after {timeout:g} s,"
        f" {until:g} s have passed at least, {told}",
        harm=f"where calls hang, {fitting or 'none'} of {counted(retries, 'retry')} can be made",
        hint=f"{fewer}, give it a shorter request_timeout, or allow more time",
    )


def _fitting(retry: RetrySettings, retries: int, timeout: float, deadline: float) -> int:
    """Count the retries that may begin in time."""
    in_time = (n for n in range(retries) if seconds_until(retry, n, timeout) < deadline)
    return max(in_time, default=0)


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
    for spot, route in subject.root.targets():
        bound = _soonest(subject, spot)
        if bound is None:
            continue
        deadline = bound.budget.deadline or 0.0
        timeout = route.settings.timeout
        behind = next_after(spot, LATE)
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


def _deadline_too_short(subject: Subject) -> Iterator[Finding]:
    told: set[tuple[Place, str]] = set()
    for spot, route in subject.root.targets():
        bound, facts = _soonest(subject, spot), subject.facts(route)
        if bound is None or facts is None or facts.seconds is None:
            continue
        deadline = bound.budget.deadline or 0.0
        place = (*bound.spot.place, "budget", "deadline")
        if deadline >= facts.seconds or (place, facts.name) in told:
            continue
        told.add((place, facts.name))
        yield Finding(
            place=place,
            message=f"{facts.name} takes about {facts.seconds:g} s, and the deadline of"
            f" {bound.spot.shown} is {deadline:g} s",
            hint=f"allow {enough(facts.seconds):g} s or more (deadline is in seconds)",
        )


DEADLINE_TOO_SHORT = Rule(
    code="deadline-too-short",
    severity="warning",
    title="A deadline shorter than the model takes",
    harm="most calls are given up while the picture is made, and may be billed all the same",
    remedy="allow a few times what the model takes",
    check=_deadline_too_short,
)


def _hurried(subject: Subject) -> Iterator[Finding]:
    told: set[Place] = set()
    for spot, route in subject.root.targets():
        facts = subject.facts(route)
        drawn = _drawn_at(spot)
        if facts is None or facts.seconds is None or drawn in told:
            continue
        if timeout_of(route) < facts.seconds:
            continue  # it never has the time, whoever was asked before
        found = (_in_a_hurry(subject, spot, one, facts) for one in subject.bounds(spot))
        finding = next((one for one in found if one is not None), None)
        if finding is not None:
            told.add(drawn)
            yield finding


def _drawn_at(spot: Spot) -> Place:
    """Return where a target is told of: of those that are drawn for each other one is enough."""
    above = spot.above
    settings = above.route.strategy if above and isinstance(above.route, GroupRoute) else None
    is_drawn = above is not None and isinstance(settings, LoadBalanceSettings)
    return above.place if above is not None and is_drawn else spot.place


def _in_a_hurry(subject: Subject, spot: Spot, bound: Bound, facts: ModelFacts) -> Finding | None:
    """Find a target that is asked late, where those before it hang, and then has too little time.

    Where one call alone may take the whole deadline, or no time would be enough, another rule
    tells of that.
    """
    deadline, takes = bound.budget.deadline, facts.seconds or 0.0
    before = None if deadline is None else hang_before(spot, bound)
    if deadline is None or before is None or before.longest >= deadline or deadline < takes:
        return None
    left = before.left(deadline)
    if left >= takes or not _has_calls(subject, spot, before.calls):
        return None
    harm = "it is asked in vain then, and may be billed all the same"
    if before.most >= deadline:
        harm = "it is asked in vain then, or not at all" if left > 0 else "it is never asked then"
    return Finding(
        place=spot.place,
        message=f"{facts.name} takes about {takes:g} s, and where those before it time out"
        f" {_left(left)} left of the deadline of {bound.spot.shown}, {deadline:g} s",
        harm=harm,
        hint=f"allow {before.seconds + takes:g} s or more, or give those before it less time",
    )


def _left(seconds: float) -> str:
    return f"at most {seconds:g} s are" if seconds > 0 else "nothing is"


def _has_calls(subject: Subject, spot: Spot, used: int) -> bool:
    attempts = (bound.budget.attempts for bound in subject.bounds(spot))
    return all(most is None or used < most for most in attempts)


HURRIED = Rule(
    code="hurried-target",
    severity="warning",
    title="A fallback for which the deadline leaves too little time",
    harm="where those before it hang, it is asked in vain, or not at all",
    remedy="give those before it less time, or allow more in all",
    check=_hurried,
)
