"""Edits: where in a text a change of a value is made, and what goes with it.

Where that is not plain there are none: aliases, merge keys, two things on a line.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.config.fixes import Change, Edit, Removed
from router.config.places import Place, Span
from router.config.scalars import plain
from router.config.source import Source
from router.core.jsontypes import is_list

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+-]*(?<!:)")
"""What needs no quotes, unless it reads as a number or the like."""

ENTRY = re.compile(r"\s*(?:-\s+)?")
"""What may stand before the only thing of a line."""

COMMENT = re.compile(r"\s*#")

MARK = re.compile(r"---(\s|$)")
"""How a document begins, where that is said."""


def edits_for(source: Source, change: Change) -> tuple[Edit, ...]:
    """Return what makes a change; nothing where the text cannot simply be edited."""
    return _Text(source).edits(change)


def is_shared(source: Source, place: Place) -> bool:
    """Tell whether an alias or a merge key shows what stands at a place somewhere else, too."""
    if not source.shared:
        return False
    return any(source.values.get(at) in source.shared for at in _inside(source, place))


def _inside(source: Source, place: Place) -> Iterator[Place]:
    """Yield a place and all that are in it."""
    waiting = [(place, source.at(place))]
    while waiting:
        at, value = waiting.pop()
        yield at
        if isinstance(value, Mapping):
            waiting += [((*at, key), one) for key, one in value.items()]
        elif is_list(value):
            waiting += [((*at, i), one) for i, one in enumerate(value)]


@dataclass(frozen=True, slots=True)
class _Text:
    source: Source

    def edits(self, change: Change) -> tuple[Edit, ...]:
        span = self.source.values.get(change.place)
        if span is None or not change.place:
            return ()
        if not isinstance(change.value, Removed):
            return self._replaced(span, change.value)
        return self._removed(change.place)

    def _replaced(self, span: Span, value: str | int) -> tuple[Edit, ...]:
        old = self._between(span)
        if not old or old[0] in "&*!|>[{":
            return ()
        return (_edit(span, _written(value, like=old)),)

    def _removed(self, place: Place) -> tuple[Edit, ...]:
        siblings = list(self._siblings(place[:-1]))
        if place[-1] not in siblings or len(siblings) < 2:
            return ()
        opening = self._char(self.source.values.get(place[:-1]))
        if opening in {"[", "{"}:
            return self._from_flow(place, siblings)
        return self._from_block(place, siblings)

    def _siblings(self, parent: Place) -> Sequence[str | int]:
        value = self.source.at(parent)
        if isinstance(value, Mapping) and not self.source.shared:
            return list(value)  # in the order of the text, unless some are merged
        if isinstance(value, Mapping):
            return sorted(value, key=lambda key: _order(self.source.keys.get((*parent, key))))
        return range(len(value)) if is_list(value) else ()

    def _from_flow(self, place: Place, siblings: Sequence[str | int]) -> tuple[Edit, ...]:
        """Take an item and one comma out of `[a, b]` or `{a: 1, b: 2}`."""
        own, number = self._whole(place), siblings.index(place[-1])
        if own is None:
            return ()
        if number + 1 < len(siblings):
            after = self._whole((*place[:-1], siblings[number + 1]))
            return () if after is None else self._up_to(own, after)
        before = self._whole((*place[:-1], siblings[number - 1]))
        return () if before is None else self._from(before, own)

    def _up_to(self, own: Span, after: Span) -> tuple[Edit, ...]:
        """Remove a first item, or one in between, with the comma behind it."""
        if after.line == own.end_line:
            end = (after.line, after.column)
            return (_between((own.line, own.column), end),)
        if own.line != own.end_line or not self._is_alone(own):
            return ()
        return (_between((self._top(own.line), 1), (own.line + 1, 1)),)

    def _from(self, before: Span, own: Span) -> tuple[Edit, ...]:
        """Remove the last item with the comma in front of it."""
        start, end = (before.end_line, before.end_column), (own.end_line, own.end_column)
        gap = self._between(Span(*start, own.line, own.column))
        if "#" not in gap:
            return (_between(start, end),) if gap.strip() == "," else ()
        if not gap.startswith(",") or not self._is_alone(own) or own.line != own.end_line:
            return ()
        comma = _between(start, (start[0], start[1] + 1))
        return (comma, _between((self._top(own.line), 1), (own.line + 1, 1)))

    def _is_alone(self, span: Span) -> bool:
        """Tell whether nothing else stands on a line, but a comma and a comment."""
        line = self._line(span.line)
        rest = line[span.end_column - 1 :].lstrip(" ,\t")
        return not line[: span.column - 1].strip() and (not rest or rest.startswith("#"))

    def _from_block(self, place: Place, siblings: Sequence[str | int]) -> tuple[Edit, ...]:
        """Take out the lines of an item, or of a key and its value."""
        last = self._last_line(place)
        start = self._start(place)
        if last is None or start is None:
            return ()
        before = self._line(start.line)[: start.column - 1]
        if isinstance(place[-1], str) and before.strip():
            return self._first_key(place, siblings, start, before)
        if not ENTRY.fullmatch(before):
            return ()
        return (_between((self._top(start.line), 1), (last + 1, 1)),)

    def _top(self, number: int) -> int:
        """Return where the comment right above a line begins; it would mislead without that line.

        What a file begins with is about the file.
        """
        top, indent = number, _indent(self._line(number))
        while COMMENT.match(self._line(top - 1)) and _indent(self._line(top - 1)) == indent:
            top -= 1
        return number if self._begins(top) else top

    def _begins(self, number: int) -> bool:
        """Tell whether only empty lines stand above a line, up to the mark of a document."""
        above = number - 1
        while above and not self._line(above).strip():
            above -= 1
        return above == 0 or MARK.match(self._line(above)) is not None

    def _first_key(
        self, place: Place, siblings: Sequence[str | int], start: Span, before: str
    ) -> tuple[Edit, ...]:
        """Take out the first key of an item, `- a: 1`, so that the next one takes its place."""
        if siblings[0] != place[-1] or not ENTRY.fullmatch(before):
            return ()
        after = self.source.keys.get((*place[:-1], siblings[1]))
        if after is None:
            return ()
        between = self._between(Span(start.line, start.column, after.line, after.column))
        if "#" in between:
            return ()
        return (_between((start.line, start.column), (after.line, after.column)),)

    def _start(self, place: Place) -> Span | None:
        return (self.source.keys if isinstance(place[-1], str) else self.source.values).get(place)

    def _whole(self, place: Place) -> Span | None:
        """Return where an item stands, or a key with its value."""
        start, value = self._start(place), self.source.values.get(place)
        if start is None or value is None or (value.line, value.column) < (start.line, 1):
            return None
        return Span(start.line, start.column, value.end_line, value.end_column)

    def _last_line(self, place: Place) -> int | None:
        """Return the last line with something of a value on it."""
        spans = ((at, self.source.values.get(at)) for at in _inside(self.source, place))
        ends = [
            span.end_line - (span.end_column == 1 and span.end_line > span.line)
            for at, span in spans
            if span is not None and self._is_exact(at, span)
        ]
        start = self._start(place)
        return max([*ends, start.line]) if start is not None else None

    def _is_exact(self, place: Place, span: Span) -> bool:
        """Tell whether a span ends with its value; a block's ends where the next thing begins."""
        value = self.source.at(place)
        return not (isinstance(value, Mapping) or is_list(value)) or self._char(span) in {"[", "{"}

    def _char(self, span: Span | None) -> str:
        return "" if span is None else self._line(span.line)[span.column - 1 : span.column]

    def _line(self, number: int) -> str:
        lines = self.source.lines
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def _between(self, span: Span) -> str:
        if span.line == span.end_line:
            return self._line(span.line)[span.column - 1 : span.end_column - 1]
        lines = [self._line(number) for number in range(span.line, span.end_line + 1)]
        lines[0] = lines[0][span.column - 1 :]
        lines[-1] = lines[-1][: span.end_column - 1]
        return "\n".join(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _order(span: Span | None) -> tuple[int, int]:
    return (0, 0) if span is None else (span.line, span.column)


def _edit(span: Span, text: str) -> Edit:
    return Edit(
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        text=text,
    )


def _between(start: tuple[int, int], end: tuple[int, int]) -> Edit:
    return _edit(Span(*start, *end), "")


def _written(value: str | int, like: str) -> str:
    """Write a value with the quotes of the one it replaces."""
    if isinstance(value, int):
        return str(value)
    if like.startswith("'"):
        return "'" + value.replace("'", "''") + "'"
    if not like.startswith('"') and WORD.fullmatch(value) and plain(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
