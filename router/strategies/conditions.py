"""Conditions: the query language of conditional routing, compiled once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeGuard

from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.strategies.lookup import Missing, Path, lookup, parse_path


class Condition(Protocol):
    def holds(self, request: ImageRequest) -> bool: ...


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]

    def holds(self, request: ImageRequest) -> bool:
        return all(part.holds(request) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def holds(self, request: ImageRequest) -> bool:
        return any(part.holds(request) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition

    def holds(self, request: ImageRequest) -> bool:
        return not self.part.holds(request)


@dataclass(frozen=True, slots=True)
class Exists:
    path: Path
    wanted: bool

    def holds(self, request: ImageRequest) -> bool:
        return isinstance(lookup(request, self.path), Missing) is not self.wanted


@dataclass(frozen=True, slots=True)
class Compare:
    """Compares what the caller sent; a key that is missing never holds."""

    path: Path
    operator: str
    operand: JSON

    def holds(self, request: ImageRequest) -> bool:
        value = lookup(request, self.path)
        return not isinstance(value, Missing) and OPERATORS[self.operator](value, self.operand)


@dataclass(frozen=True, slots=True)
class Matches:
    path: Path
    pattern: re.Pattern[str]

    def holds(self, request: ImageRequest) -> bool:
        value = lookup(request, self.path)
        return isinstance(value, str) and self.pattern.search(value) is not None


def parse_query(query: Mapping[str, JSON]) -> Condition:
    """Compile a query. Sibling keys are all required. Raises ValueError for what is no query."""
    parts = tuple(part for key, value in query.items() for part in _parse_key(key, value))
    return parts[0] if len(parts) == 1 else All(parts)


def _parse_key(key: str, value: JSON) -> list[Condition]:
    if key in {"$and", "$or"}:
        parts = tuple(parse_query(_query(part)) for part in _list(value))
        return [All(parts) if key == "$and" else AnyOf(parts)]
    if key == "$not":
        return [Not(parse_query(_query(value)))]
    if key.startswith("$"):
        raise ValueError(f"{key!r} is no operator between conditions")
    return _parse_field(parse_path(key), value)


def _parse_field(path: Path, value: JSON) -> list[Condition]:
    if not isinstance(value, Mapping):
        return [Compare(path, "$eq", value)]
    return [_parse_operator(path, name, operand) for name, operand in value.items()]


def _parse_operator(path: Path, name: str, operand: JSON) -> Condition:
    if name == "$not":
        return Not(All(tuple(_parse_field(path, operand))))
    if name == "$exists":
        return Exists(path, operand is True)
    if name == "$regex":
        return Matches(path, re.compile(str(operand)))
    if name in OPERATORS:
        return Compare(path, name, operand)
    raise ValueError(f"{name!r} is no operator; expected one of {', '.join(sorted(OPERATORS))}")


def _query(value: JSON) -> Mapping[str, JSON]:
    if isinstance(value, Mapping):
        return value
    raise ValueError(f"{value!r} is no query")


def _list(value: JSON) -> Sequence[JSON]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise ValueError(f"{value!r} is no list of queries")


def _same(value: JSON, operand: JSON) -> bool:
    """Equal as JSON: true is not 1."""
    return isinstance(value, bool) is isinstance(operand, bool) and value == operand


def _among(value: JSON, operand: JSON) -> bool:
    return any(_same(value, one) for one in _list(operand))


def _ordered(test: Callable[[float], bool]) -> Callable[[JSON, JSON], bool]:
    """Compare numbers with numbers and strings with strings; anything else never holds."""

    def holds(value: JSON, operand: JSON) -> bool:
        if isinstance(value, str) and isinstance(operand, str):
            return test((value > operand) - (value < operand))
        return _is_number(value) and _is_number(operand) and test(value - operand)

    return holds


def _is_number(value: JSON) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


OPERATORS: Mapping[str, Callable[[JSON, JSON], bool]] = MappingProxyType(
    {
        "$eq": _same,
        "$ne": lambda value, operand: not _same(value, operand),
        "$gt": _ordered(lambda difference: difference > 0),
        "$gte": _ordered(lambda difference: difference >= 0),
        "$lt": _ordered(lambda difference: difference < 0),
        "$lte": _ordered(lambda difference: difference <= 0),
        "$in": _among,
        "$nin": lambda value, operand: not _among(value, operand),
    }
)
