"""Turns: who is asked after whom, and how many are asked before."""

import itertools

from router.config.model import FallbackSettings, GroupRoute, LoadBalanceSettings
from router.core.outcome import Failure
from router.core.settlement import moves_on
from router.lint.failing import may_move_on
from router.lint.subject import Bound, Spot


def next_after(spot: Spot, failure: Failure | None = None) -> Spot | None:
    """Return who is to be asked after a target, in the nearest group that moves on to somebody.

    It does after `failure`, or where none is told after some failure that the target can have.
    """
    for one in spot.upwards():
        above = one.above
        if above is None or not isinstance(above.route, GroupRoute) or not _is_asked(one):
            return None
        match above.route.strategy:
            case FallbackSettings() as settings:
                behind = next(iter(above.children[one.number + 1 :]), None)
            case LoadBalanceSettings(failover=True) as settings:
                behind = next((other for other in above.candidates if other is not one), None)
            case _:
                continue
        if behind is not None and goes_on(spot, settings, failure):
            return behind
    return None


def _is_asked(spot: Spot) -> bool:
    return spot.above is None or any(one is spot for one in spot.above.candidates)


def calls_before(spot: Spot, bound: Bound) -> int:
    """Count the calls that are made before a spot at least: one by each that stands before it."""
    inside = itertools.takewhile(lambda one: one is not bound.spot, spot.upwards())
    return sum(one.number for one in inside if one.above is not None and is_ordered(one.above))


def comes_first(spot: Spot) -> bool:
    """Tell whether nobody is ever asked before a spot."""
    return all(_is_first(one) for one in spot.upwards())


def _is_first(spot: Spot) -> bool:
    """Tell whether no sibling is ever asked before a spot."""
    above = spot.above
    if above is None or not isinstance(above.route, GroupRoute):
        return True
    match above.route.strategy:
        case FallbackSettings():
            return spot.number == 0
        case LoadBalanceSettings(failover=True):
            return len(above.candidates) < 2
    return True


def ending(spot: Spot) -> str:
    """Say what becomes of requests that come to a target for which a budget never has enough.

    A budget that is spent is final, and its failure has the status of the last real one, if any.
    """
    how = "with 402" if comes_first(spot) else "there"
    behind = next_after(spot)
    rest = "" if behind is None else f", and {behind.shown} is not asked"
    return f"every request that comes to it ends {how}{rest}"


def is_ordered(spot: Spot) -> bool:
    return isinstance(spot.route, GroupRoute) and isinstance(spot.route.strategy, FallbackSettings)


def goes_on(
    spot: Spot, settings: FallbackSettings | LoadBalanceSettings, failure: Failure | None
) -> bool:
    """Tell whether a group asks somebody else after a failure, or after any that may be."""
    if failure is not None:
        return moves_on(failure, settings.codes, refusals=settings.refusals)
    return settings.codes is None or settings.refusals or may_move_on(spot, settings.codes)
