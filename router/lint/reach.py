"""Reach: which requests get to a place of the tree, as a condition on the request."""

from router.config.model import ConditionalSettings, GroupRoute
from router.core.images import PATHNAMES, Operation
from router.lint.regions import PATHNAME, can_hold, parse
from router.lint.subject import Spot
from router.strategies.conditions import All, AnyOf, Compare, Condition, Not

ALWAYS: Condition = All(())


def conditions_of(settings: ConditionalSettings) -> tuple[Condition, ...]:
    """Return a group's conditions, in order."""
    return tuple(parse(one.query) for one in settings.conditions)


def reach(spot: Spot) -> Condition:
    """Return what holds for every request that the groups above let come to a spot."""
    parts = []
    for one in spot.upwards():
        above = one.above
        if above is None or not isinstance(above.route, GroupRoute):
            continue
        settings = above.route.strategy
        if isinstance(settings, ConditionalSettings):
            parts.append(_chosen(settings, one.number))
    return All(tuple(reversed(parts)))


def _chosen(settings: ConditionalSettings, child: int) -> Condition:
    """Return what holds for the requests for which a group chooses a child."""
    found = conditions_of(settings)
    ways = [
        All((*map(Not, found[:i]), found[i]))
        for i, one in enumerate(settings.conditions)
        if one.then == child
    ]
    if settings.default == child:
        ways.append(All(tuple(map(Not, found))))
    return AnyOf(tuple(ways))


def operations(spot: Spot) -> frozenset[Operation]:
    """Return the operations that may come to a spot."""
    condition = reach(spot)
    return frozenset(
        operation
        for operation, path in PATHNAMES.items()
        if can_hold(All((condition, Compare(PATHNAME, "$eq", path))))
    )
