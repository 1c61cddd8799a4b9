"""Failing: how targets can fail, and what lists of codes make of it."""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from router.config.model import (
    BreakerSettings,
    FallbackSettings,
    GroupRoute,
    LoadBalanceSettings,
    TargetRoute,
)
from router.core.images import Operation
from router.core.outcome import Failure, Kind
from router.core.settlement import is_breakage, is_retryable, moves_on
from router.lint.reach import operations
from router.lint.subject import Spot, Subject
from router.providers.mishaps import STATUSES, WORDLESS, answered
from router.providers.statuses import statuses_of

Asked: TypeAlias = tuple[Spot, TargetRoute]

Counts: TypeAlias = Callable[[Failure, AbstractSet[int]], bool]
"""Whether a list of codes makes a difference to a failure: the engine's own table."""


def failures(route: TargetRoute, status: int) -> Iterator[Failure]:
    """Yield the failures of a target that have a status."""
    yield from (failure for failure in WORDLESS if failure.status == status)
    provider = route.provider
    known = None if provider is None or route.base_url else statuses_of(provider)
    if status in STATUSES and (known is None or status in known):
        yield answered(status)
        if status < 500:
            # Words decide, as where 406 means that there is no money.
            yield replace(answered(status), kind=Kind.QUOTA_EXHAUSTED)


def may_move_on(spot: Spot, codes: AbstractSet[int]) -> bool:
    """Tell whether some failure of the targets below is one of the listed."""
    return any(matters(spot.targets(), status, codes, is_listed) for status in codes)


def retries_of(route: TargetRoute) -> int:
    """Count the retries that a request may come to at a target.

    There are none where no failure of it is listed, and no more once its own breaker has opened.
    """
    retry, breaker = route.settings.retry, route.settings.breaker
    if retry is None or not retry.most:
        return 0
    statuses = STATUSES if retry.kinds else retry.codes
    found = (failure for status in statuses for failure in failures(route, status))
    repeated = [one for one in found if is_retryable(one, retry.codes, retry.kinds)]
    if not repeated:
        return 0
    if breaker is None or not all(is_breakage(one, breaker.codes) for one in repeated):
        return retry.most
    return min(retry.most, calls_to_open(breaker) - 1)


def calls_to_open(breaker: BreakerSettings) -> int:
    """Count the calls that open a breaker, if all of them fail."""
    by_share = None if breaker.percentage is None else breaker.minimum_requests
    return min(calls for calls in (breaker.threshold, by_share) if calls is not None)


def matters(
    targets: Iterable[Asked],
    status: int,
    codes: AbstractSet[int],
    counts: Counts,
) -> bool:
    return any(
        counts(failure, codes) for _, route in targets for failure in failures(route, status)
    )


def is_listed(failure: Failure, codes: AbstractSet[int]) -> bool:
    return moves_on(failure, codes, refusals=False)


def stuck(subject: Subject, spot: Spot) -> tuple[Spot, Spot] | None:
    """Return a child of a group and the one behind it, to whom none of its answers moves on.

    Where children are drawn, it is none of anybody's.
    """
    settings = spot.route.strategy if isinstance(spot.route, GroupRoute) else None
    if not isinstance(settings, FallbackSettings | LoadBalanceSettings):
        return None
    codes, pairs = settings.codes, pairwise(spot.candidates)
    if codes is None or settings.refusals or settings.top_up:
        return None
    if isinstance(settings, FallbackSettings):
        return next((pair for pair in pairs if _is_stuck(subject, *pair, codes)), None)
    if not settings.failover or any(may_move_on(child, codes) for child in spot.candidates):
        return None
    able = _able(subject, spot)
    is_stuck = not any(_may_be_passed_by(subject, child, able) for child in spot.candidates)
    return next(pairs, None) if is_stuck else None


def _is_stuck(subject: Subject, first: Spot, behind: Spot, codes: AbstractSet[int]) -> bool:
    if may_move_on(first, codes):
        return False
    return not _may_be_passed_by(subject, first, _able(subject, behind))


def _may_be_passed_by(subject: Subject, first: Spot, able: AbstractSet[Operation]) -> bool:
    """Tell whether somebody may be left unasked, after which the next is asked in any case.

    That is so behind a breaker, or where a target is skipped that cannot do what others are
    `able` to.
    """
    for spot, route in first.targets():
        if route.settings.breaker is not None or route.settings.on_unsupported == "skip":
            return True
        facts = subject.facts(route)
        if facts is not None and operations(spot) & able - facts.operations:
            return True
    return False


def _able(subject: Subject, spot: Spot) -> frozenset[Operation]:
    """Return what some target below can do, as far as it is known."""
    found = (subject.facts(route) for _, route in spot.targets())
    return frozenset().union(*(facts.operations for facts in found if facts is not None))
