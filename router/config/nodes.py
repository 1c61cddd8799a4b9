"""Nodes: a YAML text as a tree in which everything knows where it stands.

Built from libyaml's events rather than by `yaml.compose`, which recurses in C: a file of 100,000
opening brackets would take the whole process down.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from router.config.places import Span

MAX_DEPTH = 64  # levels of nesting; the deepest config one would write has a dozen
TOO_DEEP = f"is nested more than {MAX_DEPTH} levels deep"


@dataclass(slots=True)
class Word:
    """A scalar. `plain` means that it stands without quotes and without a tag."""

    text: str
    plain: bool
    tag: str | None
    span: Span


@dataclass(slots=True)
class Items:
    span: Span
    tag: str | None = None
    nodes: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Pairs:
    """A mapping: keys and values as they come, repeated ones too."""

    span: Span
    tag: str | None = None
    nodes: list["Node"] = field(default_factory=list)

    @property
    def pairs(self) -> Iterator[tuple["Node", "Node"]]:
        return zip(self.nodes[::2], self.nodes[1::2], strict=True)


Node: TypeAlias = Word | Items | Pairs


class Unreadable(Exception):
    """The text is no YAML that can be used; `span` is where reading stopped."""

    def __init__(self, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint


def compose(text: str) -> Node | None:
    """Return the tree of the only document, None if there is none. Raises Unreadable."""
    composer = _Composer()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise Unreadable("holds characters that YAML does not allow", Span(1, 1, 1, 2)) from None
    return composer.root


def _unreadable(error: yaml.MarkedYAMLError) -> Unreadable:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    span = Span(line, column, line, column + 1)
    reason = ": ".join(part for part in (error.context, error.problem) if part)
    if "nesting depth" in reason:  # the C scanner's own limit; it reads ahead of our count
        return Unreadable(TOO_DEEP, span)
    return Unreadable(
        f"is not valid YAML: {reason}",
        span,
        "a tab cannot indent; use spaces" if "cannot start any token" in reason else "",
    )


class _Composer:
    """Takes one event after the other; `open` are the collections that have not ended."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Items | Pairs] = []
        self._anchors: dict[str, Node] = {}
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._count_document(event)
            case yaml.AliasEvent():
                self._place(self._aliased(event))
            case yaml.ScalarEvent():
                bare = event.implicit[0] and event.tag is None
                self._add(event, Word(event.value, bare, event.tag, _span(event)))
            case yaml.SequenceStartEvent():
                self._begin(event, Items(_span(event), event.tag))
            case yaml.MappingStartEvent():
                self._begin(event, Pairs(_span(event), event.tag))
            case yaml.CollectionEndEvent():
                self._end(event)

    def _count_document(self, event: yaml.Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Unreadable("has a second document; expected one", _span(event))

    def _begin(self, event: yaml.NodeEvent, node: Items | Pairs) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable(TOO_DEEP, _span(event))
        self._add(event, node)
        self._open.append(node)

    def _end(self, event: yaml.Event) -> None:
        node = self._open.pop()
        end = _span(event)
        node.span = Span(node.span.line, node.span.column, end.end_line, end.end_column)

    def _add(self, event: yaml.NodeEvent, node: Node) -> None:
        self._place(node)
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _place(self, node: Node) -> None:
        if self._open:
            self._open[-1].nodes.append(node)
        else:
            self.root = node

    def _aliased(self, event: yaml.AliasEvent) -> Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            raise Unreadable("has an alias of an anchor that does not exist above it", _span(event))
        if any(node is ancestor for ancestor in self._open):
            raise Unreadable("has a cycle: an anchor contains an alias of itself", _span(event))
        return node


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return Span(1, 1, 1, 2)
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
