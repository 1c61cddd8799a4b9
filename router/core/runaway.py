r"""Runaway: which regular expressions take for ever on an unlucky text.

A backtracking matcher tries every way in which a text can be matched. Where a loop can take one
text in two ways, the ways double with each round: `(\w+\s?)+` has a thousand million of them for
thirty letters, and `\w+(\s\w+)*` one.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, runtime_checkable

MOST_ROUNDS = 8  # of a repeat that are written out; one that may have more is a loop
MOST_PLACES = 400  # characters' places in a loop; each is compared with each

LOOPS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})
NO_CHOICE = frozenset({"ATOMIC_GROUP", "POSSESSIVE_REPEAT", "GROUPREF"})
"""Taken in one way only, whatever they take."""

NEGATED = ("NEGATE", None)

CATEGORIES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "CATEGORY_DIGIT": re.compile(r"\d"),
        "CATEGORY_NOT_DIGIT": re.compile(r"\D"),
        "CATEGORY_SPACE": re.compile(r"\s"),
        "CATEGORY_NOT_SPACE": re.compile(r"\S"),
        "CATEGORY_WORD": re.compile(r"\w"),
        "CATEGORY_NOT_WORD": re.compile(r"\W"),
    }
)

SAMPLE = frozenset(range(128)) | frozenset(map(ord, "éß٣中😀\u2003"))
"""Characters by which two sets are compared, beside those that a pattern names."""


@runtime_checkable
class Parsed(Protocol):
    """A sequence of operators and their arguments, as Python's own parser gives it."""

    data: list[tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Places at which a part may begin and end, in how many ways, and how it matches nothing."""

    first: Counter[int]
    last: Counter[int]
    empty: int


NOTHING = Piece(Counter(), Counter(), 1)


def is_runaway(pattern: re.Pattern[str]) -> bool:
    """Tell whether a loop of the pattern can take one text in two ways, or is too large to say."""
    parsed: Parsed = import_module("re._parser").parse(pattern.pattern)
    waiting = deque(_loops(parsed))
    while waiting:
        loop = _Loop(pattern.flags)
        loop.add(*waiting.popleft())
        if loop.is_too_large or loop.is_ambiguous():
            return True
        for part in loop.enclosed:
            waiting.extend(_loops(part))
    return False


def _loops(parsed: Parsed) -> Iterator[tuple[str, object]]:
    """Yield the outermost repeats of many rounds, operator and argument."""
    for operator, argument in parsed.data:
        match repr(operator), argument:
            case name, (_, int(high), _) if name in LOOPS and high > MOST_ROUNDS:
                yield name, argument
            case _:
                for inner in _inner(argument):
                    yield from _loops(inner)


def _inner(argument: object) -> Iterator[Parsed]:
    """Yield the sequences in an operator's argument."""
    if isinstance(argument, Parsed):
        yield argument
    elif isinstance(argument, tuple | list):
        for item in argument:
            yield from _inner(item)


class _Loop:
    """What may follow what in a loop: Glushkov's automaton, its ways counted.

    One place stands for one character of the pattern. `enclosed` are parts that are matched
    apart from the loop, and have loops of their own.
    """

    def __init__(self, flags: int) -> None:
        self.enclosed: list[Parsed] = []
        self._flags = flags
        self._places: list[tuple[str, object]] = []
        self._ways: Counter[tuple[int, int]] = Counter()

    @property
    def is_too_large(self) -> bool:
        return len(self._places) > MOST_PLACES

    def is_ambiguous(self) -> bool:
        """Tell whether two ways part and meet again: one text is then taken in two ways."""
        after: dict[int, list[int]] = {}
        for one, other in self._ways:
            after.setdefault(one, []).append(other)
        taken = self._taken()
        waiting = deque((place, place) for place in after)
        parted: set[tuple[int, int]] = set()
        while waiting:
            one, other = waiting.popleft()
            for x in after.get(one, ()):
                for y in after.get(other, ()):
                    if x == y:
                        if one != other or self._ways[one, x] > 1:
                            return True
                    elif (x, y) not in parted and not taken[x].isdisjoint(taken[y]):
                        parted.add((x, y))
                        waiting.append((x, y))
        return False

    def add(self, name: str, argument: object) -> Piece:
        """Add an operator; `name` is as the parser gives it."""
        match name, argument:
            case _, (int(low), int(high), Parsed() as body) if name in LOOPS:
                return self._repeat(low, high, body)
            case "SUBPATTERN", (_, int(flags), _, Parsed() as body):
                self._flags |= flags
                return self._sequence(body)
            case "BRANCH", _:
                return _either(self._sequence(branch) for branch in _inner(argument))
            case "GROUPREF_EXISTS", _:
                branches = [self._sequence(branch) for branch in _inner(argument)]
                return _either([*branches, NOTHING])
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN", _:
                return self._place(name, argument)
        self.enclosed.extend(_inner(argument))
        return _either([self._place(name, None), NOTHING]) if name in NO_CHOICE else NOTHING

    def _sequence(self, parsed: Parsed) -> Piece:
        """Add a sequence; where the loop is too large already, no more of it."""
        piece = NOTHING
        for operator, argument in parsed.data:
            if self.is_too_large:
                break
            piece = self._joined(piece, self.add(repr(operator), argument))
        return piece

    def _place(self, name: str, argument: object) -> Piece:
        self._places.append((name, argument))
        here = len(self._places) - 1
        return Piece(Counter([here]), Counter([here]), 0)

    def _repeat(self, low: int, high: int, body: Parsed) -> Piece:
        """Write out the rounds there must be and, where they are few, those there may be."""
        piece = NOTHING
        must = min(low, MOST_ROUNDS)
        if high > max(low, MOST_ROUNDS):
            piece = self._sequence(body)
            self._joined(piece, piece)
            piece = piece if low else _either([piece, NOTHING])
            must -= 1
        else:
            for _ in range(min(high, MOST_ROUNDS) - must):
                piece = _either([self._joined(self._sequence(body), piece), NOTHING])
        for _ in range(must):
            piece = self._joined(self._sequence(body), piece)
        return piece

    def _joined(self, one: Piece, other: Piece) -> Piece:
        """Let one piece follow another."""
        for end, ways in one.last.items():
            for start, more in other.first.items():
                self._ways[end, start] += ways * more
        return Piece(
            one.first + _times(other.first, one.empty),
            other.last + _times(one.last, other.empty),
            one.empty * other.empty,
        )

    def _taken(self) -> list[frozenset[int]]:
        """Return the characters that each place takes, of a sample that tells them apart."""
        named = {code for _, argument in self._places for code in _codes(argument)}
        sample = SAMPLE | {code + by for code in named for by in (-1, 0, 1)}
        cases = {code: _cases(code) for code in sample if 0 <= code < 0x110000}
        folds = bool(self._flags & re.IGNORECASE)
        return [
            frozenset(
                code
                for code, spellings in cases.items()
                if any(self._takes(*place, one) for one in (spellings if folds else (code,)))
            )
            for place in self._places
        ]

    def _takes(self, name: str, argument: object, code: int) -> bool:
        """Tell whether an operator takes a character."""
        match name, argument:
            case "LITERAL" | "NOT_LITERAL", int(named):
                return (code == named) is (name == "LITERAL")
            case "RANGE", (int(low), int(high)):
                return low <= code <= high
            case "CATEGORY", _:
                return CATEGORIES[repr(argument)].match(chr(code)) is not None
            case "IN", [*items]:
                found = any(self._takes(*one, code) for one in _named(items) if one != NEGATED)
                return found is (NEGATED not in _named(items))
            case "ANY", _:
                return code != ord("\n") or bool(self._flags & re.DOTALL)
        return True


def _either(pieces: Iterable[Piece]) -> Piece:
    first: Counter[int] = Counter()
    last: Counter[int] = Counter()
    empty = 0
    for piece in pieces:
        first, last, empty = first + piece.first, last + piece.last, empty + piece.empty
    return Piece(first, last, empty)


def _times(places: Counter[int], ways: int) -> Counter[int]:
    return Counter({place: count * ways for place, count in places.items()} if ways else {})


def _named(operators: Iterable[object]) -> list[tuple[str, object]]:
    return [(repr(one[0]), one[1]) for one in operators if isinstance(one, tuple)]


def _codes(argument: object) -> Iterator[int]:
    """Yield the characters that an operator names."""
    if isinstance(argument, int):
        yield int(argument)
    elif isinstance(argument, tuple | list):
        for item in argument:
            yield from _codes(item)


def _cases(code: int) -> frozenset[int]:
    char = chr(code)
    return frozenset(ord(one) for one in (char, char.lower(), char.upper()) if len(one) == 1)
