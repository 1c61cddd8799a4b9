"""Reach: which requests get to a place of the tree, as a condition on the request."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from router.config.model import ConditionalSettings, GroupRoute
from router.core.images import PATHNAMES, Operation
from router.lint.regions import PATHNAME, can_hold, paths_of
from router.lint.subject import Spot
from router.strategies.conditions import All, AnyOf, Compare, Condition, Not
from router.strategies.lookup import Path

ALWAYS: Condition = All(())

MOST_ABOVE = 100
"""Conditions before another that are looked at: those that do not hold leave fewer requests for it.

Of more it would take long to tell, and to leave some out only means to be less certain.
"""


def reach(spot: Spot) -> Condition:
    """Return what holds for every request that the groups above let come to a spot."""
    parts = []
    for one in spot.upwards():
        group = one.above
        if group is None or not isinstance(group.route, GroupRoute):
            continue
        settings = group.route.strategy
        if isinstance(settings, ConditionalSettings):
            parts.append(_chosen(settings, group.conditions, one.number))
    return All(tuple(reversed(parts)))


def _chosen(settings: ConditionalSettings, found: Sequence[Condition], child: int) -> Condition:
    """Return what holds for the requests for which a group chooses a child."""
    ways = [
        All((*map(Not, above(found, i)), found[i]))
        for i, one in enumerate(settings.conditions)
        if one.then == child
    ]
    if settings.default == child:
        ways.append(All(tuple(map(Not, above(found, len(found))))))
    return AnyOf(tuple(ways))


def above(found: Sequence[Condition], number: int) -> Sequence[Condition]:
    """Return the conditions before one that are looked at."""
    return found[: min(number, MOST_ABOVE)]


def rivals(found: Sequence[Condition]) -> Iterator[Sequence[int]]:
    """Yield for each condition which of those before it are looked at, by their number.

    Of many these are the nearest that look at the same part of a request.
    """
    nearest: dict[Path, deque[int]] = defaultdict(lambda: deque(maxlen=MOST_ABOVE))
    for number, condition in enumerate(found):
        paths = paths_of(condition)
        near = sorted({one for path in paths for one in nearest[path]}, reverse=True)
        first = range(min(number, MOST_ABOVE))
        yield sorted(list(dict.fromkeys((*near, *first)))[:MOST_ABOVE])
        for path in paths:
            nearest[path].append(number)


def operations(spot: Spot) -> frozenset[Operation]:
    """Return the operations that may come to a spot."""
    condition = reach(spot)
    return frozenset(
        operation
        for operation, path in PATHNAMES.items()
        if can_hold(All((condition, Compare(PATHNAME, "$eq", path))))
    )
