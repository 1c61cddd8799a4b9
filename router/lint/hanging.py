"""Hanging: how long it takes until targets that do not answer have timed out."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from router.config.model import (
    FallbackSettings,
    GroupRoute,
    LoadBalanceSettings,
    RetrySettings,
    TargetRoute,
)
from router.core.settlement import is_retryable, moves_on
from router.lint.failing import retries_of
from router.lint.subject import Bound, Spot
from router.policies.backoff import Backoff
from router.policies.timeout import DEFAULT_TIMEOUT
from router.providers.mishaps import LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """So many `calls` that time out, one after the other: they take from `seconds` to `most`.

    The `longest` timeout is that of one of them, and the longest `wait` the one before one of them.
    """

    seconds: float = 0.0
    most: float = 0.0
    calls: int = 0
    longest: float = 0.0
    wait: float = 0.0

    def left(self, deadline: float) -> float:
        """Return how much of a deadline is left at most.

        A wait that would end after it is not begun, and then somebody else is asked.
        """
        left = deadline - self.seconds
        return left if self.most < deadline else max(left, self.wait)

    def then(self, other: "Hang") -> "Hang":
        return Hang(
            seconds=self.seconds + other.seconds,
            most=self.most + other.most,
            calls=self.calls + other.calls,
            longest=max(self.longest, other.longest),
            wait=max(self.wait, other.wait),
        )


def timeout_of(route: TargetRoute) -> float:
    return route.settings.timeout or DEFAULT_TIMEOUT


def repeats_late(route: TargetRoute) -> bool:
    """Tell whether a target is asked again when it has timed out."""
    retry = route.settings.retry
    return retry is not None and is_retryable(LATE, retry.codes, retry.kinds)


def seconds_until(retry: RetrySettings, retries: int, timeout: float) -> float:
    """Return the seconds until a retry begins at the earliest, after calls that time out."""
    return retries * timeout + Backoff(use_retry_after=retry.use_retry_after).least(retries)


def hang_before(spot: Spot, bound: Bound) -> Hang | None:
    """Return what passes before a spot is asked where all who are asked before it hang.

    None means that nobody is, or that it is not asked then.
    """
    whole = Hang()
    for one in itertools.takewhile(lambda one: one is not bound.spot, spot.upwards()):
        part = _before(one)
        if part is None:
            return None
        whole = whole.then(part)
    return whole if whole.calls else None


def _before(spot: Spot) -> Hang | None:
    """Return what passes in its own group before a spot is asked."""
    above = spot.above
    if above is None or not isinstance(above.route, GroupRoute):
        return Hang()
    match above.route.strategy:
        case FallbackSettings() as settings:
            return _all(above.children[: spot.number], settings) if spot.number else Hang()
        case LoadBalanceSettings(failover=True) as settings:
            others = [other for other in above.candidates if other is not spot]
            if not others or not moves_on(LATE, settings.codes, refusals=False):
                return Hang()
            return _quickest(others)
    return Hang()


def _hang(spot: Spot) -> Hang | None:
    """Return what passes where a spot is asked, and all below it hang; None if it ends then."""
    found = _hang_of(spot.route) if isinstance(spot.route, TargetRoute) else _below(spot)
    budget = spot.route.budget
    if found is None or budget is None:
        return found
    is_short = budget.deadline is not None and budget.deadline <= found.most
    is_few = budget.attempts is not None and budget.attempts < found.calls
    return None if is_short or is_few else found


def _hang_of(route: TargetRoute) -> Hang:
    retry, timeout = route.settings.retry, timeout_of(route)
    retries = retries_of(route) if repeats_late(route) else 0
    if retry is None or not retries:
        return Hang(seconds=timeout, most=timeout, calls=1, longest=timeout)
    backoff = Backoff(use_retry_after=retry.use_retry_after)
    return Hang(
        seconds=seconds_until(retry, retries, timeout) + timeout,
        most=retries * timeout + backoff.most(retries, is_told=False) + timeout,
        calls=1 + retries,
        longest=timeout,
        wait=backoff.most(retries, is_told=False) - backoff.most(retries - 1, is_told=False),
    )


def _below(spot: Spot) -> Hang | None:
    match spot.route.strategy if isinstance(spot.route, GroupRoute) else None:
        case FallbackSettings() as settings:
            return _all(spot.children, settings)
        case LoadBalanceSettings(failover=True) as settings:
            return _all(spot.candidates, settings)
    return _quickest(spot.candidates)


def _all(spots: Sequence[Spot], settings: FallbackSettings | LoadBalanceSettings) -> Hang | None:
    """Return what passes where one is asked after the other; None if a group stops at one."""
    if not moves_on(LATE, settings.codes, refusals=False):
        return None
    whole = Hang()
    for spot in spots:
        part = _hang(spot)
        if part is None:
            return None
        whole = whole.then(part)
    return whole


def _quickest(spots: Sequence[Spot]) -> Hang | None:
    """Return what passes at the one that hangs for the shortest time; None if any ends it all."""
    found = [_hang(spot) for spot in spots]
    known = [one for one in found if one is not None]
    least = min(known, key=lambda one: one.seconds, default=None)
    return least if len(known) == len(found) else None
