"""Values: from nodes to JSON, with the span of every key and value by its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from router.config.masking import KEYS, REFERENCE, is_secret_name, masked, shown
from router.config.nodes import Items, Node, Pairs, Unreadable, Word
from router.config.places import Place, Span
from router.config.scalars import Scalar, plain
from router.core.jsontypes import JSON

MAX_VALUES = 50_000  # values after every alias is followed; stops a billion laughs
PREFIX = "tag:yaml.org,2002:"
TAGGED: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
)
"""The tags of scalars besides `str`, and what may stand behind them."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong at a span, found while values were read; reading went on."""

    place: Place
    span: Span
    message: str
    hint: str = ""


@dataclass(slots=True)
class Values:
    """What was read so far; `shared` are the spans of what was read more than once, by aliases."""

    keys: dict[Place, Span] = field(default_factory=dict)
    values: dict[Place, Span] = field(default_factory=dict)
    secrets: list[Span] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    shared: set[Span] = field(default_factory=set)
    count: int = 0
    _seen: set[int] = field(default_factory=set)

    def read(self, node: Node, place: Place = ()) -> JSON:
        """Return the node's value. Raises Unreadable where aliases make it too large."""
        self._spend(1, node)
        self.values[place] = node.span
        if id(node) in self._seen:
            self.shared.add(node.span)
        self._seen.add(id(node))
        match node:
            case Word():
                return self._word(node, place)
            case Items():
                self._check_tag(node, "seq", place)
                return [self.read(item, (*place, i)) for i, item in enumerate(node.nodes)]
            case Pairs():
                self._check_tag(node, "map", place)
                return self._mapping(node, place)

    def _mapping(self, node: Pairs, place: Place) -> dict[str, JSON]:
        """Read a mapping's own pairs, then what it merges and does not have itself."""
        mapping: dict[str, JSON] = {}
        merged: list[tuple[Node, Node]] = []
        for key, value in node.pairs:
            if _is_merge(key):
                merged += self._merged_pairs(value, place)
            elif (name := self._name(key, place)) is not None:
                self._pair(mapping, name, key, value, place)
        for key, value in merged:
            name = self._name(key, place)
            if name is not None and name not in mapping:
                self._pair(mapping, name, key, value, place)
        return mapping

    def _pair(
        self, mapping: dict[str, JSON], name: str, key: Node, value: Node, place: Place
    ) -> None:
        at = (*place, name)
        if name in mapping:
            first = self.keys[at]
            self._flaw(at, key, f"key {shown(name)} is here twice", f"first in line {first.line}")
            return
        self.keys[at] = key.span
        if is_secret_name(name):
            self.secrets += [secret.span for secret in _secrets(name, value)]
        mapping[name] = self.read(value, at)

    def _name(self, key: Node, place: Place) -> str | None:
        if isinstance(key, Word):
            return key.text
        self._flaw(place, key, "a key is a list or a mapping; expected a name")
        return None

    def _merged_pairs(self, value: Node, place: Place) -> list[tuple[Node, Node]]:
        """List the pairs of what stands after `<<`, the nearest first."""
        sources: Sequence[Node] = value.nodes if isinstance(value, Items) else (value,)
        pairs: list[tuple[Node, Node]] = []
        for source in sources:
            if not isinstance(source, Pairs):
                self._flaw(place, source, "'<<' merges mappings only")
                continue
            self._spend(len(source.nodes), source)
            pairs += [pair for pair in source.pairs if not _is_merge(pair[0])]
            for key, inner in source.pairs:
                if _is_merge(key):
                    pairs += self._merged_pairs(inner, place)
        return pairs

    def _word(self, node: Word, place: Place) -> Scalar:
        if node.span.line < node.span.end_line and masked(node.text) != node.text:
            self.secrets.append(node.span)  # lines show no more than a part of it each
        try:
            if node.plain:
                return plain(node.text)
            return _tagged(node)
        except ValueError as error:
            self._flaw(place, node, str(error))
            return None

    def _check_tag(self, node: Items | Pairs, expected: str, place: Place) -> None:
        if node.tag not in {None, "!", PREFIX + expected}:
            self._flaw(place, node, f"tag {masked(node.tag or '')} is not supported")

    def _spend(self, values: int, node: Node) -> None:
        self.count += values
        if self.count > MAX_VALUES:
            raise Unreadable(
                f"has more than {MAX_VALUES:,} values once its aliases are followed", node.span
            )

    def _flaw(self, place: Place, node: Node, message: str, hint: str = "") -> None:
        self.flaws.append(Flaw(place, node.span, message, hint))


def _secrets(name: str, value: Node) -> Iterator[Node]:
    """Yield what must not be shown of the value of a name that tells of secrets.

    A mapping of `keys` has settings in it, with names that tell for themselves.
    """
    if name == KEYS and isinstance(value, Pairs):
        yield from (entry for _, entry in value.pairs if isinstance(entry, Word))
    elif not _is_reference(value):
        yield value


def _is_reference(value: Node) -> bool:
    return isinstance(value, Word) and REFERENCE.fullmatch(value.text) is not None


def _is_merge(key: Node) -> bool:
    return isinstance(key, Word) and key.plain and key.text == "<<"


def _tagged(node: Word) -> Scalar:
    """Read a word that has quotes or a tag. Raises ValueError where they do not fit."""
    if node.tag in {None, "!", PREFIX + "str"}:
        return node.text
    tag = (node.tag or "").removeprefix(PREFIX)
    if tag not in TAGGED:
        raise ValueError(f"tag {masked(tag)} is not supported")
    value = plain(node.text)
    if type(value) not in TAGGED[tag]:
        raise ValueError(f"the value does not fit its tag {tag}")
    return value
