"""Keys text: `keys` of a `gateway.yaml` edited in place; all else stays as it was, byte by byte.

Every edit is read again before it is handed out: where it does not mean what it should, as in a
file with aliases into the keys, it is refused.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from router.config.nodes import Node, Pairs, Unreadable, Word, compose
from router.config.scalars import plain
from router.config.values import Values
from router.core.jsontypes import EMPTY, JSON
from router.gateway.yaml_lines import BREAK, Lines

KEYS = "keys"
DIGEST = "digest"
STEP = 2  # spaces of one level, where the file shows no other
BARE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./:-]*[A-Za-z0-9_])?")
"""Words that need no quotes, unless they are numbers or such."""

Entry = Mapping[str, JSON]
"""The settings of one key, as they are written."""


class Unwritable(Exception):
    """The text cannot be edited for sure; the message says why."""


@dataclass(frozen=True)
class KeysText:
    """One text of `gateway.yaml`. Every edit raises Unwritable where it cannot be made."""

    text: str

    @cached_property
    def value(self) -> Mapping[str, JSON]:
        """Return what the text says."""
        try:
            value = EMPTY if self._root is None else Values().read(self._root)
        except Unreadable as error:
            raise Unwritable(f"{error.message} (line {error.span.line})") from None
        if not isinstance(value, Mapping):
            raise Unwritable("it is no mapping")
        return value

    @property
    def keys(self) -> Mapping[str, JSON]:
        value = self.value.get(KEYS)
        return value if isinstance(value, Mapping) else EMPTY

    def with_key(self, name: str, entry: Entry) -> "KeysText":
        """Return the text with one more key, behind those that are there."""
        pair = self._block()
        if pair is None:
            after = self._with_block(name, entry)
        elif isinstance(pair[1], Pairs) and pair[1].nodes:
            after = self._with_another(pair[1], name, entry)
        else:
            after = self._with_first(*pair, name, entry)
        return self._proved(after, {**self.keys, name: entry})

    def without_key(self, name: str) -> "KeysText":
        """Return the text without a key; the last one leaves `keys: {}`, which lets nobody in."""
        if name not in self.keys:
            raise Unwritable(f"it has no key {name!r}")
        pair = self._block()
        pairs = [] if pair is None else _pairs(pair[1])
        lines = self._lines
        text = self._body
        for key, value in reversed([found for found in pairs if found[0].text == name]):
            text = _without(text, lines, key.span.line - 1, lines.last(key, value))
        rest = {other: entry for other, entry in self.keys.items() if other != name}
        if pair is not None and not rest:
            colon = lines.at(pair[0].span.end_line, pair[0].span.end_column) + 1
            text = f"{text[:colon]} {{}}{text[colon:]}"
        return self._proved(text, rest)

    def with_digest(self, name: str, digest: str) -> "KeysText":
        """Return the text with another digest for a key."""
        entry, word = self.keys.get(name), self._digest(name)
        lines = self._lines
        start = lines.at(word.span.line, word.span.column)
        end = lines.at(word.span.end_line, word.span.end_column)
        quote = self._body[start : start + 1]
        quote = quote if quote in {"'", '"'} else ""
        after = f"{self._body[:start]}{quote}{digest}{quote}{self._body[end:]}"
        before = entry if isinstance(entry, Mapping) else EMPTY
        return self._proved(after, {**self.keys, name: {**before, DIGEST: digest}})

    @cached_property
    def _body(self) -> str:
        return self.text.removeprefix("\ufeff")

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._body)

    @cached_property
    def _root(self) -> Node | None:
        return compose(self._body)

    def _block(self) -> tuple[Word, Node] | None:
        """Return `keys` and what stands there, None where it is not there; braces are refused."""
        _ = self.value
        if self._root is None:
            return None
        if self._lines.is_flow(self._root):
            raise Unwritable("it is written in braces")
        found = [pair for pair in _pairs(self._root) if pair[0].text == KEYS]
        if len(found) > 1:
            raise Unwritable("'keys' is there twice")
        if found and self._lines.is_flow(found[0][1]) and self.keys:
            raise Unwritable("'keys' is written in braces")
        return found[0] if found else None

    def _digest(self, name: str) -> Word:
        root = _pairs(self._root) if self.value else []
        keys = [pair for key, value in root if key.text == KEYS for pair in _pairs(value)]
        entries = [pair for key, value in keys if key.text == name for pair in _pairs(value)]
        found = [value for key, value in entries if key.text == DIGEST]
        match found:
            case [Word() as word]:
                return word
        raise Unwritable(f"key {name!r} has no digest of its own")

    def _with_block(self, name: str, entry: Entry) -> str:
        """Add `keys` at the end."""
        newline, body = self._lines.newline, self._body
        indent = 0 if self._root is None else self._root.span.column - 1
        gap = "" if not body or BREAK.match(body, len(body) - 1) else newline
        gap += newline if body.strip() else ""
        lines = [" " * indent + f"{KEYS}:", *_written(name, entry, indent + STEP, STEP)]
        return body + gap + newline.join(lines) + newline

    def _with_first(self, key: Word, value: Node, name: str, entry: Entry) -> str:
        """Add a key to `keys` that has none."""
        lines = self._lines
        last = lines.end(lines.last(key, value))
        start = lines.at(key.span.end_line, key.span.end_column) + 1
        end = max(start, lines.at(value.span.end_line, value.span.end_column))
        if self._body[start:end].strip() not in {"", "{}"}:
            raise Unwritable("'keys' is no mapping")
        written = _written(name, entry, key.span.column - 1 + STEP, STEP)
        head, rest = self._body[:start] + self._body[end:last], self._body[last:]
        return _inserted(head, written, rest, lines.newline)

    def _with_another(self, keys: Pairs, name: str, entry: Entry) -> str:
        """Add a key behind the last one, indented as the others are."""
        lines = self._lines
        pairs = _pairs(keys)
        key, value = pairs[-1]
        indent = key.span.column - 1
        end = lines.end(lines.last(key, value))
        written = _written(name, entry, indent, next(_steps(pairs), STEP))
        return _inserted(self._body[:end], written, self._body[end:], lines.newline)

    def _proved(self, body: str, keys: Mapping[str, JSON]) -> "KeysText":
        """Return an edited text if it says just what it should."""
        after = KeysText(self.text[: len(self.text) - len(self._body)] + body)
        try:
            is_right = after.value == {**self.value, KEYS: keys}
        except Unwritable:
            is_right = False
        if not is_right:
            raise Unwritable("it is written in a way that only people should edit")
        return after


def pasted(name: str, value: JSON) -> str:
    """Write a pair so that it can be pasted into braces, JSON and anything else."""
    return f"{json.dumps(name)}: {json.dumps(value)}"


def _pairs(node: Node | None) -> list[tuple[Word, Node]]:
    """Return the pairs of a mapping whose keys are words."""
    if not isinstance(node, Pairs):
        return []
    return [(key, value) for key, value in node.pairs if isinstance(key, Word)]


def _steps(pairs: Sequence[tuple[Word, Node]]) -> Iterator[int]:
    """Yield how much deeper than their keys settings stand, where they stand below."""
    for key, value in pairs:
        for setting, _ in _pairs(value):
            step = setting.span.column - key.span.column
            if setting.span.line > key.span.line and step > 0:
                yield step


def _inserted(before: str, written: Sequence[str], rest: str, newline: str) -> str:
    """Put lines between two texts; where the last line has no end, it is still the last one's."""
    text = newline.join(written)
    if BREAK.match(before, len(before) - 1):
        return f"{before}{text}{newline}{rest}"
    return f"{before}{newline}{text}{rest}"


def _without(text: str, lines: Lines, first: int, last: int) -> str:
    """Take lines out of a text that is as it was up to them."""
    start, end = lines.starts[first], lines.end(last)
    if last + 1 == len(lines.starts) and first > 0:
        start = lines.starts[first - 1] + len(BREAK.sub("", lines.line(first - 1)))
    return text[:start] + text[end:]


def _written(name: str, entry: Entry, indent: int, step: int) -> list[str]:
    inner = " " * (indent + step)
    settings = [f"{inner}{key}: {_flow(value)}" for key, value in entry.items()]
    return [f"{' ' * indent}{name}:", *settings]


def _flow(value: JSON) -> str:
    if isinstance(value, str):
        is_bare = BARE.fullmatch(value) is not None and plain(value) == value
        return value if is_bare else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Sequence):
        return f"[{', '.join(_flow(inner) for inner in value)}]"
    return json.dumps(value)
