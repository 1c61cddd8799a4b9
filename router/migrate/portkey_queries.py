"""Portkey's queries: conditions in words that hold here where Portkey's gateway says they do.

How it reads one is in its src/services/conditionalRouter.ts: a comparison with `$ne` or `$nin`
holds where the key is missing, numbers are read out of texts, and nothing behind `$or`, `$and` or
`$regex` is read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.config.masking import LONGEST, masked
from router.config.places import Place
from router.config.section import Section
from router.core.images import TEXTS
from router.core.jsontypes import JSON, is_list, sequence
from router.core.pattern import compile_pattern
from router.migrate.block import Block
from router.migrate.ledger import Ledger

JOINS = frozenset({"$and", "$or"})
ORDERS = frozenset({"$gt", "$gte", "$lt", "$lte"})
OPPOSITES: Mapping[str, str] = {"$ne": "$eq", "$nin": "$in"}
EQUALS = frozenset({"$eq", "$ne"})
LISTS = frozenset({"$in", "$nin"})
NEVER: Mapping[str, JSON] = {"$in": []}
"""Holds for nothing, as some comparisons do there."""

OWN = frozenset({"$exists", "$not"})
"""Operators of ours that Portkey does not know."""

NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
"""What JavaScript's parseFloat reads at the beginning of a text."""

UNDEFINED = "undefined"
"""The text that Portkey searches where a key is missing."""


@dataclass(frozen=True, slots=True)
class Queries:
    """Writes queries. What cannot be written with the same meaning is told in `block`."""

    block: Block
    ledger: Ledger

    def write(self, query: Section) -> Mapping[str, JSON]:
        """Return a query that holds where Portkey's gateway says that this one does."""
        return _joined(list(self._clauses(query)))

    def _clauses(self, query: Section) -> Iterator[Mapping[str, JSON]]:
        """Yield what has to hold, in parts: a comparison or a list of queries each."""
        keys = iter(query.value)
        for key in keys:
            value = query.value[key]
            if key in JOINS and is_list(value):
                yield {key: [self._below(query, key, i, one) for i, one in enumerate(value)]}
                self._unread(query.place, key, keys)
                return
            if isinstance(value, Mapping) and not key.startswith("$"):
                self._heed_path(query.at(key), key)
                yield from self._comparisons(Section(query.source, value, query.at(key)), key)
            else:
                if key in OWN:
                    self._fails(query.at(key), key)
                elif not key.startswith("$"):
                    self._heed_path(query.at(key), key)
                yield {key: value}

    def _below(self, query: Section, key: str, i: int, one: JSON) -> JSON:
        if not isinstance(one, Mapping):
            return one
        return self.write(Section(query.source, one, (*query.at(key), i)))

    def _comparisons(self, field: Section, path: str) -> Iterator[Mapping[str, JSON]]:
        """Yield what a value is compared with, an operator each."""
        names = iter(field.value)
        if not field.value:
            yield {path: {}}
        for name in names:
            place, operand = field.at(name), field.value[name]
            if name == "$regex":
                yield self._pattern(place, path, operand)
                self._unread(field.place, name, names)
                return
            if name in ORDERS:
                yield self._order(place, path, name, operand)
            else:
                if name in OWN:
                    self._fails(place, name)
                yield _compared(path, name, operand)

    def _order(self, place: Place, path: str, name: str, operand: JSON) -> Mapping[str, JSON]:
        number = _number(operand)
        if number is None:
            return {path: NEVER}
        if not _is_number(path):
            message = f"Portkey reads a number out of a text in {_named(path)}; here a text is none"
            hint = "send a number in it, or list the texts with $in"
            self.block.say(self.ledger.changed(place, message, hint))
        return {path: {name: number}}

    def _pattern(self, place: Place, path: str, operand: JSON) -> Mapping[str, JSON]:
        found: Mapping[str, JSON] = {path: {"$regex": operand}}
        if _is_number(path):
            message = f"Portkey searches {_named(path)} as a text also where it is a number"
            self.block.say(self.ledger.changed(place, message, "list the numbers with $in"))
        if not isinstance(operand, str) or not _finds(operand, UNDEFINED):
            return found
        message = f"Portkey searches the text {UNDEFINED!r} where {_named(path)} is missing"
        hint = "so the condition holds there, and does so here"
        self.block.say(self.ledger.note(place, message, hint))
        return {"$or": [found, {path: {"$exists": False}}]}

    def _heed_path(self, place: Place, path: str) -> None:
        """Tell of a path of which Portkey's gateway reads the first two steps."""
        if path.count(".") == 1 and "[" not in path:
            return
        message = f"Portkey's gateway reads two names of {_named(path)}; here all of it is read"
        self.block.say(self.ledger.changed(place, message))

    def _fails(self, place: Place, name: str) -> None:
        message = f"Portkey fails every request for which it reads this {_named(name)}"
        self.block.say(self.ledger.changed(place, message, "it is a condition here"))

    def _unread(self, place: Place, key: str, rest: Iterable[str]) -> None:
        """Note what stands behind a key at which Portkey stops reading."""
        for name in rest:
            message = f"{_named(name)} is left out: Portkey's gateway reads nothing behind {key}"
            hint = f"write it in front of {key} if it should hold, too"
            self.block.say(self.ledger.note((*place, name), message, hint))


def _compared(path: str, name: str, operand: JSON) -> Mapping[str, JSON]:
    """Write a comparison. One that is not to hold does so where nothing is sent, too."""
    test: Mapping[str, JSON] = {OPPOSITES.get(name, name): operand}
    if name in LISTS and not is_list(operand):
        return {path: NEVER}
    if name in LISTS:
        test = {"$in": [one for one in sequence(operand) if not _is_deep(one)]}
    elif name in EQUALS and _is_deep(operand):
        test = NEVER
    return {"$not": {path: test}} if name in OPPOSITES else {path: test}


def _is_deep(operand: JSON) -> bool:
    """Tell whether it is what nothing that is sent can be identical with."""
    return isinstance(operand, Mapping) or is_list(operand)


def _joined(clauses: Sequence[Mapping[str, JSON]]) -> Mapping[str, JSON]:
    """Write all that has to hold as one query."""
    whole: dict[str, JSON] = {}
    for key, value in (pair for clause in clauses for pair in clause.items()):
        old = whole.get(key)
        if key not in whole:
            whole[key] = value
        elif key != "$not" and isinstance(old, Mapping) and isinstance(value, Mapping):
            if old.keys() & value.keys():
                return {"$and": list(clauses)}
            whole[key] = {**old, **value}
        else:
            return {"$and": list(clauses)}
    return whole


def _number(operand: JSON) -> float | None:
    """Return the number that JavaScript reads; None where it reads none."""
    if isinstance(operand, bool) or not isinstance(operand, int | float | str):
        return None
    if not isinstance(operand, str):
        return operand
    found = NUMBER.match(operand)
    if found is None:
        return None
    number = float(found[1])
    return int(number) if number.is_integer() else number


def _is_number(path: str) -> bool:
    """Tell whether callers send numbers at a path: parameters, but those that are texts."""
    root, _, name = path.partition(".")
    return root == "params" and name not in TEXTS


def _finds(pattern: str, text: str) -> bool:
    try:
        return compile_pattern(pattern).is_in(text)
    except ValueError:
        return False


def _named(text: str) -> str:
    return masked(text[:LONGEST])
