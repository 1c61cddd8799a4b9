"""Section: one mapping of a config, which knows its place.

It is read even where the schema has found it wanting, so that the meaning of the rest is checked
in the same go: what has the wrong type is as if it were not there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.config.places import Place
from router.config.source import Source
from router.core.jsontypes import EMPTY, JSON, is_list


@dataclass(frozen=True, slots=True)
class Section:
    source: Source
    value: Mapping[str, JSON]
    place: Place = ()

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def at(self, key: str) -> Place:
        return (*self.place, key)

    def text(self, key: str) -> str | None:
        value = self.value.get(key)
        return value if isinstance(value, str) and value else None

    def number(self, key: str) -> float | None:
        value = self.value.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value

    def integer(self, key: str) -> int | None:
        """Return a whole number; `1.0` is one, as it is to the schema."""
        return _integer(self.value.get(key))

    def flag(self, key: str) -> bool | None:
        value = self.value.get(key)
        return value if isinstance(value, bool) else None

    def mapping(self, key: str) -> Mapping[str, JSON]:
        value = self.value.get(key)
        return value if isinstance(value, Mapping) else EMPTY

    def section(self, key: str) -> "Section | None":
        value = self.value.get(key)
        return self._below(value, key) if isinstance(value, Mapping) else None

    def sections(self, key: str) -> Iterator["Section"]:
        """Yield the mappings of a list; what is none counts as an empty one."""
        for i, value in enumerate(self._list(key) or ()):
            below = value if isinstance(value, Mapping) else EMPTY
            yield self._below(below, key, i)

    def texts(self, key: str) -> tuple[str, ...] | None:
        values = self._list(key)
        return None if values is None else tuple(v for v in values if isinstance(v, str))

    def integers(self, key: str) -> frozenset[int] | None:
        found = self.numbered(key)
        return None if found is None else frozenset(found.values())

    def numbered(self, key: str) -> Mapping[int, int] | None:
        """Return the whole numbers of a list, by where they stand in it."""
        values = self._list(key)
        if values is None:
            return None
        found = ((i, _integer(value)) for i, value in enumerate(values))
        return {i: number for i, number in found if number is not None}

    def _list(self, key: str) -> Sequence[JSON] | None:
        value = self.value.get(key)
        return value if is_list(value) else None

    def _below(self, value: Mapping[str, JSON], *steps: str | int) -> "Section":
        return Section(self.source, value, (*self.place, *steps))


def _integer(value: JSON) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == int(value) else None
