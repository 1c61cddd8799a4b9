"""YAML lines: a text by lines as YAML counts them, and which of them a node takes up."""

import re
from dataclasses import dataclass
from functools import cached_property

from router.config.nodes import Items, Node, Pairs, Word
from router.config.places import Span

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class Lines:
    """Lines count from 0 here, those of a Span from 1."""

    text: str

    @cached_property
    def starts(self) -> tuple[int, ...]:
        return (0, *(match.end() for match in BREAK.finditer(self.text)))

    @property
    def newline(self) -> str:
        """How the text ends its lines."""
        first = BREAK.search(self.text)
        return "\n" if first is None else first[0]

    def at(self, line: int, column: int) -> int:
        """Return the offset of a line and a column as spans have them, from 1.

        What has no line break at its end may end in a line that is not there.
        """
        if line > len(self.starts):
            return len(self.text)
        return self.starts[line - 1] + column - 1

    def end(self, line: int) -> int:
        """Return the offset at which a line ends, its break included."""
        return self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)

    def line(self, line: int) -> str:
        return self.text[self.starts[line] : self.end(line)]

    def is_flow(self, node: Node) -> bool:
        """Tell whether a collection is written in brackets or braces."""
        start = self.at(node.span.line, node.span.column)
        return isinstance(node, Items | Pairs) and self.text[start : start + 1] in {"[", "{"}

    def last(self, key: Word, value: Node) -> int:
        """Return the last line of a pair, with the remarks below that are indented deeper."""
        last = max(_last(key.span), self._last_of(value))
        indent = key.span.column - 1
        for number in range(last + 1, len(self.starts)):
            content = self.line(number).strip()
            if content.startswith("#") and _indent(self.line(number)) > indent:
                last = number
            elif content:
                break
        return last

    def _last_of(self, node: Node) -> int:
        if isinstance(node, Word) or self.is_flow(node):
            return _last(node.span)
        # A block ends for the parser where the next one begins: blank lines and remarks later.
        return max((self._last_of(inner) for inner in node.nodes), default=node.span.line - 1)


def _last(span: Span) -> int:
    is_before = span.end_column == 1 and span.end_line > span.line
    return span.end_line - 1 - is_before


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
