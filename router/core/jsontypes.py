"""JSON as a type."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

OBJECTS = (dict, Mapping)
"""What an object is, for `isinstance`: nearly all are dicts, and to ask an ABC takes ten times as
long."""

EMPTY: Mapping[str, JSON] = MappingProxyType({})
"""The mapping that has nothing in it; a default that nobody can change."""
