"""Conditions: the query language of conditional routing, compiled once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeAlias, TypeGuard

from router.core.images import ImageRequest
from router.core.jsontypes import JSON, is_list
from router.core.pattern import Pattern, compile_pattern
from router.strategies.lookup import Missing, Path, lookup, parse_path

Compile: TypeAlias = Callable[[str], Pattern]
"""How the patterns of a query are compiled."""


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
    pattern: Pattern

    def holds(self, request: ImageRequest) -> bool:
        value = lookup(request, self.path)
        return isinstance(value, str) and self.pattern.is_in(value)


def parse_query(query: Mapping[str, JSON], pattern: Compile = compile_pattern) -> Condition:
    """Compile a query. Sibling keys are all required. Raises ValueError for what is no query."""
    parts = tuple(part for key, value in query.items() for part in _parse_key(key, value, pattern))
    return parts[0] if len(parts) == 1 else All(parts)


def _parse_key(key: str, value: JSON, pattern: Compile) -> list[Condition]:
    if key in {"$and", "$or"}:
        parts = tuple(parse_query(_query(part), pattern) for part in _list(value))
        return [All(parts) if key == "$and" else AnyOf(parts)]
    if key == "$not":
        return [Not(parse_query(_query(value), pattern))]
    if key.startswith("$"):
        raise ValueError(f"{key!r} is no operator between conditions")
    return _parse_field(parse_path(key), value, pattern)


def _parse_field(path: Path, value: JSON, pattern: Compile) -> list[Condition]:
    if not isinstance(value, Mapping):
        return [Compare(path, "$eq", value)]
    return [_parse_operator(path, name, operand, pattern) for name, operand in value.items()]


def _parse_operator(path: Path, name: str, operand: JSON, pattern: Compile) -> Condition:
    if name == "$not":
        # As every operator but `$exists: false`, it does not hold where the key is missing.
        return All((Exists(path, True), Not(All(tuple(_parse_field(path, operand, pattern))))))
    if name == "$exists":
        if not isinstance(operand, bool):
            raise ValueError(f"'$exists' is {operand!r}; expected true or false")
        return Exists(path, operand)
    if name == "$regex":
        return Matches(path, _pattern(operand, pattern))
    if name in {"$in", "$nin"} and not is_list(operand):
        raise ValueError(f"{name!r} is {operand!r}; expected a list")
    if name in OPERATORS:
        return Compare(path, name, operand)
    known = ", ".join((*OPERATORS, "$regex", "$exists", "$not"))
    raise ValueError(f"{name!r} is no operator; expected one of {known}")


def _pattern(operand: JSON, pattern: Compile) -> Pattern:
    if not isinstance(operand, str):
        raise ValueError(f"'$regex' is {operand!r}; expected a pattern")
    try:
        return pattern(operand)
    except ValueError as error:
        raise ValueError(f"'$regex' is {operand!r}; expected a pattern: {error}") from None


def _query(value: JSON) -> Mapping[str, JSON]:
    if isinstance(value, Mapping):
        return value
    raise ValueError(f"{value!r} is no query")


def _list(value: JSON) -> Sequence[JSON]:
    if is_list(value):
        return value
    raise ValueError(f"{value!r} is no list of queries")


def _same(value: JSON, operand: JSON) -> bool:
    """Equal as JSON: true is not 1, at any depth."""
    if isinstance(value, Mapping) and isinstance(operand, Mapping):
        return value.keys() == operand.keys() and all(_same(value[k], operand[k]) for k in value)
    if is_list(value) and is_list(operand):
        return len(value) == len(operand) and all(map(_same, value, operand))
    return isinstance(value, bool) is isinstance(operand, bool) and value == operand


def _among(value: JSON, operand: JSON) -> bool:
    return is_list(operand) and any(_same(value, one) for one in operand)


def _order(value: JSON, operand: JSON) -> int | None:
    """-1, 0 or 1 for a smaller, equal or larger number or string; None for anything else."""
    if isinstance(value, str) and isinstance(operand, str):
        return (value > operand) - (value < operand)
    if _is_number(value) and _is_number(operand):
        order = (value > operand) - (value < operand)
        return order if order or value == operand else None
    return None


def _is_number(value: JSON) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


OPERATORS: Mapping[str, Callable[[JSON, JSON], bool]] = MappingProxyType(
    {
        "$eq": _same,
        "$ne": lambda value, operand: not _same(value, operand),
        "$gt": lambda value, operand: _order(value, operand) == 1,
        "$gte": lambda value, operand: _order(value, operand) in {0, 1},
        "$lt": lambda value, operand: _order(value, operand) == -1,
        "$lte": lambda value, operand: _order(value, operand) in {-1, 0},
        "$in": _among,
        "$nin": lambda value, operand: not _among(value, operand),
    }
)
