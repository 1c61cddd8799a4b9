"""Deadlines: calls and retries for which a budget leaves no time."""

from collections.abc import Iterator

from router.config.places import Place
from router.config.problems import counted
from router.lint.failing import retries_of
from router.lint.rule import Finding, Rule
from router.lint.subject import Bound, Spot, Subject
from router.lint.turns import next_after
from router.policies.backoff import Backoff
from router.policies.timeout import DEFAULT_TIMEOUT
from router.providers.mishaps import LATE


def _soonest(subject: Subject, spot: Spot) -> Bound | None:
    """Return the budget with the earliest deadline."""
    bounds = [bound for bound in subject.bounds(spot) if bound.budget.deadline is not None]
    return min(bounds, key=lambda bound: bound.budget.deadline or 0, default=None)


def _retries_beyond_deadline(subject: Subject) -> Iterator[Finding]:
    told: set[Place] = set()
    for spot, route in subject.root.targets():
        bound, retry = _soonest(subject, spot), route.settings.retry
        retries, place = retries_of(route), subject.written(spot, ("retry", "attempts"))
        if bound is None or retry is None or place is None or place in told:
            continue
        deadline = bound.budget.deadline or 0.0
        backoff = Backoff(use_retry_after=retry.use_retry_after)
        waits = backoff.least(retries)
        if not retries or waits < deadline:
            continue
        told.add(place)
        fitting = max(n for n in range(retries) if backoff.least(n) < deadline)
        yield Finding(
            place=place,
            message=f"{counted(retries, 'retry')} wait {waits:g} s at least,"
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
