"""JSON as a type."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias, TypeGuard

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

OBJECTS = (dict, Mapping)
"""What an object is, for `isinstance`: nearly all are dicts, and to ask an ABC takes ten times as
long."""

LISTS = (list, Sequence)
"""What a list may be, for `isinstance`; `is_list` leaves strings out."""

EMPTY: Mapping[str, JSON] = MappingProxyType({})
"""The mapping that has nothing in it; a default that nobody can change."""


def is_list(value: JSON) -> TypeGuard[Sequence[JSON]]:
    """Tell a list from all else; a string is none."""
    return isinstance(value, LISTS) and not isinstance(value, str)


def sequence(value: JSON) -> Sequence[JSON]:
    """Return `value` if it is a list, else an empty one."""
    return value if is_list(value) else ()
