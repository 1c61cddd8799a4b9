"""Regions: which requests a query lets through, as far as that can be told without any.

A query becomes alternatives, each a number of demands on paths into a request. That one of them
can be met by nobody is said only where it is certain; where it is not, somebody might.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import TypeAlias, TypeVar

from router.core.images import PATHNAMES
from router.core.jsontypes import JSON, is_list
from router.core.pattern import Pattern, compile_pattern
from router.strategies.conditions import (
    OPERATORS,
    All,
    AnyOf,
    Compare,
    Condition,
    Exists,
    Matches,
    Not,
    parse_query,
)
from router.strategies.lookup import MISSING, Missing, Path

MOST = 512  # alternatives of a query; with more nothing is told of it

RANGES = frozenset({"$gt", "$gte", "$lt", "$lte"})
OPPOSITE: Mapping[str, str] = {"$gt": "$lte", "$gte": "$lt", "$lt": "$gte", "$lte": "$gt"}
PATHNAME: Path = ("url", "pathname")
ANY_PATHNAME: Path = ("url", "any pathname")


Test: TypeAlias = Exists | Compare | Matches


@dataclass(frozen=True, slots=True)
class Demand:
    """A test of one path, which is to hold, or is not to."""

    test: Test
    wanted: bool

    def is_met(self, value: JSON | Missing) -> bool:
        return _holds(self.test, value) is self.wanted


Alternative: TypeAlias = tuple[Demand, ...]

Bound = TypeVar("Bound", str, float)


class Unclear(Exception):
    """A query has too many alternatives to look at."""


def parse(query: Mapping[str, JSON]) -> Condition:
    """Read a query. Raises ValueError."""
    return parse_query(query, _compiled)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Pattern:
    """Compile a pattern once, so that two of the same text are the same."""
    return compile_pattern(text)


def paths_of(condition: Condition) -> frozenset[Path]:
    """Return the paths into a request that a condition looks at."""
    match condition:
        case Not(part):
            return paths_of(part)
        case All(parts) | AnyOf(parts):
            return frozenset().union(*map(paths_of, parts))
        case Exists() | Compare() | Matches():
            return frozenset({condition.path})
    return frozenset()


def can_hold(condition: Condition, *, unless: Iterable[Condition] = ()) -> bool:
    """Tell whether some request might fit a condition and none of the others; True in doubt."""
    parts = (condition, *map(Not, unless))
    try:
        return any(_may_be(alternative) for alternative in _joined(parts))
    except Unclear:
        return True


def of_any_pathname(condition: Condition) -> Condition:
    """Return a condition as it would be if requests might have any `url.pathname` at all."""
    match condition:
        case Not(part):
            return Not(of_any_pathname(part))
        case All(parts):
            return All(tuple(map(of_any_pathname, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(of_any_pathname, parts)))
        case (Exists() | Compare() | Matches()) as test if test.path == PATHNAME:
            return replace(test, path=ANY_PATHNAME)
    return condition


def _joined(parts: Sequence[Condition]) -> Iterator[Alternative]:
    """Yield the alternatives of several conditions that all hold."""
    certain, others = _parted(parts, wanted=True)
    found = [certain] if _may_be(certain) else []
    left = _left(certain)
    for own in others:
        if any(all(_is_sure(demand, left) for demand in way) for way in own):
            continue
        if len(found) * len(own) > MOST:
            raise Unclear
        # What cannot be is dropped at once, so that the rest stays small.
        found = [(*a, *b) for a, b in product(found, own) if _may_join(a, b)]
    yield from found


def _left(alternative: Alternative) -> Mapping[Path, Sequence[JSON | Missing]]:
    """Return the values that some paths have left, where those are few."""
    by_path: dict[Path, list[Demand]] = {}
    for demand in alternative:
        by_path.setdefault(demand.test.path, []).append(demand)
    found = ((path, _candidates(demands, path)) for path, demands in by_path.items())
    return {path: values for path, values in found if values is not None}


def _is_sure(demand: Demand, left: Mapping[Path, Sequence[JSON | Missing]]) -> bool:
    """Tell whether a demand is met by whatever a path has left."""
    values = left.get(demand.test.path)
    return values is not None and all(map(demand.is_met, values))


def _parted(
    parts: Sequence[Condition], *, wanted: bool
) -> tuple[Alternative, list[list[Alternative]]]:
    """Return the demands of the parts that leave one way together, and the ways of each other."""
    ways = [_alternatives(part, wanted=wanted) for part in parts]
    certain = tuple(demand for own in ways if len(own) == 1 for demand in own[0])
    return certain, [own for own in ways if len(own) != 1]


def _alternatives(condition: Condition, *, wanted: bool) -> list[Alternative]:
    """Return the ways in which a condition holds, or does not where it is not `wanted`."""
    match condition:
        case Not(part):
            return _alternatives(part, wanted=not wanted)
        case All(parts):
            return _all(parts, wanted=wanted) if wanted else _any(parts, wanted=wanted)
        case AnyOf(parts):
            return _any(parts, wanted=wanted) if wanted else _all(parts, wanted=wanted)
        case Exists() | Compare() | Matches():
            return [(Demand(condition, wanted),)]
    raise Unclear


def _any(parts: Sequence[Condition], *, wanted: bool) -> list[Alternative]:
    found = [one for part in parts for one in _alternatives(part, wanted=wanted)]
    if len(found) > MOST:
        raise Unclear
    return found


def _all(parts: Sequence[Condition], *, wanted: bool) -> list[Alternative]:
    certain, others = _parted(parts, wanted=wanted)
    found = [certain]
    for own in others:
        if len(found) * len(own) > MOST:
            raise Unclear
        found = [(*a, *b) for a, b in product(found, own)]
    return found


def _may_be(alternative: Alternative) -> bool:
    """Tell whether some request might meet all demands; paths are looked at one by one."""
    return _may_join((), alternative)


def _may_join(first: Alternative, second: Alternative) -> bool:
    """Tell whether some request might meet the demands of both, if it might those of the first."""
    paths = {demand.test.path for demand in second}
    return all(
        _has_value([demand for demand in (*first, *second) if demand.test.path == path], path)
        for path in paths
    )


def _has_value(demands: Sequence[Demand], path: Path) -> bool:
    candidates = _candidates(demands, path)
    if candidates is not None:
        return any(all(demand.is_met(value) for demand in demands) for value in candidates)
    if all(demand.is_met(MISSING) for demand in demands):
        return True
    return not _is_contradiction(demands)


def _candidates(demands: Sequence[Demand], path: Path) -> list[JSON | Missing] | None:
    """Return all values that are left, where those are few; None where they are many."""
    if path == PATHNAME:
        return list(PATHNAMES.values())
    for demand in demands:
        if not demand.wanted or not isinstance(demand.test, Compare):
            continue
        if demand.test.operator == "$eq":
            return [demand.test.operand]
        if demand.test.operator == "$in" and is_list(demand.test.operand):
            return list(demand.test.operand)
    return None


def _is_contradiction(demands: Sequence[Demand]) -> bool:
    """Tell whether no value that is there meets all demands."""
    if any(_is_absence(demand) for demand in demands):
        return True
    wanted = {demand.test for demand in demands if demand.wanted and _is_plain(demand.test)}
    refused = {demand.test for demand in demands if not demand.wanted and _is_plain(demand.test)}
    if wanted & refused:
        return True
    kinds = {kind for kind in map(_kind, demands) if kind is not None}
    return len(kinds) > 1 or (len(kinds) == 1 and _is_empty(demands, kinds.pop()))


def _is_absence(demand: Demand) -> bool:
    """Tell whether a demand wants the path to lead nowhere."""
    test = demand.test
    return isinstance(test, Exists) and test.wanted is not demand.wanted


def _is_plain(test: Test) -> bool:
    """Tell whether a test is the same as another one that equals it: to Python 1 is true."""
    if not isinstance(test, Compare):
        return True
    return isinstance(test.operand, str | int | float) and not isinstance(test.operand, bool)


def _kind(demand: Demand) -> str | None:
    """Name the kind of value that a demand leaves room for, where it is only one."""
    test = demand.test
    if not demand.wanted:
        return None
    if isinstance(test, Matches):
        return "text"
    if isinstance(test, Compare) and test.operator in RANGES:
        return "text" if isinstance(test.operand, str) else "number"
    return None


def _is_empty(demands: Sequence[Demand], kind: str) -> bool:
    """Tell whether the ranges of one kind leave nothing between them."""
    ranges = list(_ranges(demands))
    if kind == "text":
        return _nothing_between([(op, one) for op, one in ranges if isinstance(one, str)])
    return _nothing_between([(op, one) for op, one in ranges if isinstance(one, int | float)])


def _ranges(demands: Sequence[Demand]) -> Iterator[tuple[str, JSON]]:
    """Yield every bound; not to be more than 5 is to be 5 or less, for what can be compared."""
    for demand in demands:
        test = demand.test
        if isinstance(test, Compare) and test.operator in RANGES:
            yield (test.operator if demand.wanted else OPPOSITE[test.operator]), test.operand


def _nothing_between(ranges: Sequence[tuple[str, Bound]]) -> bool:
    lows = [(bound, op == "$gt") for op, bound in ranges if op in {"$gt", "$gte"}]
    highs = [(bound, op == "$lte") for op, bound in ranges if op in {"$lt", "$lte"}]
    if not lows or not highs:
        return False
    # Of equal bounds the one that leaves less room comes last among the lows, first of the highs.
    (low, is_above), (high, may_be) = max(lows), min(highs)
    return low > high or (low == high and (is_above or not may_be))


def _holds(test: Test, value: JSON | Missing) -> bool:
    match test:
        case Exists(_, wanted):
            return isinstance(value, Missing) is not wanted
        case Matches(_, pattern):
            return isinstance(value, str) and pattern.is_in(value)
        case Compare(_, operator, operand):
            return not isinstance(value, Missing) and OPERATORS[operator](value, operand)
