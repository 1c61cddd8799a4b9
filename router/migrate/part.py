"""Part: a mapping of the source, read key by key; what nobody has read is known at the end."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from router.config.masking import shown
from router.config.places import Place
from router.config.section import Section
from router.core.jsontypes import EMPTY, JSON, is_list
from router.migrate.ledger import Ledger

VARIABLE = "os.environ/"
"""How LiteLLM refers to a variable of the environment."""


@dataclass(slots=True)
class Part:
    """Reads what it is asked for. What has the wrong type is an error of the source."""

    section: Section
    ledger: Ledger
    _read: set[str] = field(default_factory=set)

    @property
    def place(self) -> Place:
        return self.section.place

    @property
    def unread(self) -> list[str]:
        """Keys that nobody has asked for, but those that are null."""
        value = self.section.value
        return [key for key in value if key not in self._read and value[key] is not None]

    def __contains__(self, key: str) -> bool:
        return self.section.value.get(key) is not None

    def at(self, key: str) -> Place:
        return self.section.at(key)

    def value(self, key: str) -> JSON:
        self._read.add(key)
        return self.section.value.get(key)

    def text(self, key: str) -> str | None:
        value = self.value(key)
        if value is None or isinstance(value, str):
            return value or None
        self._expected(key, value, "a text")
        return None

    def number(self, key: str) -> float | None:
        """Return a number, also one in quotes; one that a variable gives is a change."""
        value = self.value(key)
        if isinstance(value, str) and value.startswith(VARIABLE):
            message = f"{key} comes from a variable, which no number can here"
            self.ledger.changed(self.at(key), message, "write the number itself")
            return None
        if isinstance(value, str):
            value = _number(value)
            if value is None:
                self._expected(key, self.section.value.get(key), "a number")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            self._expected(key, value, "a number of 0 or more")
            return None
        return value

    def whole(self, key: str) -> int | None:
        number = self.number(key)
        if number is not None and number != int(number):
            self._expected(key, number, "a whole number")
            return None
        return None if number is None else int(number)

    def flag(self, key: str) -> bool | None:
        value = self.value(key)
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        if value is None or isinstance(value, bool):
            return value
        self._expected(key, value, "true or false")
        return None

    def part(self, key: str) -> "Part":
        """Return the part below a key: an empty one where nothing is."""
        value = self.value(key)
        if value is not None and not isinstance(value, Mapping):
            self._expected(key, value, "a mapping")
        below = value if isinstance(value, Mapping) else EMPTY
        return Part(Section(self.section.source, below, self.at(key)), self.ledger)

    def parts(self, key: str) -> Iterator["Part"]:
        """Yield the mappings of a list; anything else in it is an error."""
        for i, value in enumerate(self._list(key)):
            place = (*self.at(key), i)
            if isinstance(value, Mapping):
                yield Part(Section(self.section.source, value, place), self.ledger)
            else:
                self.ledger.wrong(place, f"is {shown(value)}; expected a mapping")

    def texts(self, key: str) -> list[str]:
        found = []
        for i, value in enumerate(self._list(key)):
            if isinstance(value, str) and value:
                found.append(value)
            else:
                self.ledger.wrong((*self.at(key), i), f"is {shown(value)}; expected a text")
        return found

    def _list(self, key: str) -> list[JSON]:
        value = self.value(key)
        if is_list(value):
            return list(value)
        if value is not None:
            self._expected(key, value, "a list")
        return []

    def _expected(self, key: str, value: JSON, expected: str) -> None:
        self.ledger.wrong(self.at(key), f"is {shown(value, key)}; expected {expected}")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) else number
