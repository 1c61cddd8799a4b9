"""Editing: fixes are made in a text; what is not about them stays as it is, comments too."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from router.config.edits import edits_for, is_shared
from router.config.fixes import Change, Edit, Fix, Unfixed, changed
from router.config.report import Report
from router.config.source import Source
from router.core.jsontypes import JSON

BOM = "\ufeff"

SHARED = Unfixed("aliases show the same lines in other places")
INTRICATE = Unfixed("the text around it cannot simply be edited")

MOST_READINGS = 40  # of a text, to find the fixes that cannot be made


@dataclass(frozen=True, slots=True)
class Made:
    """A text with fixes in it; those that are in neither list were in the way of others."""

    text: str
    made: tuple[Fix, ...] = ()
    refused: tuple[Fix, ...] = ()


def fix_for(source: Source, change: Change, says: str) -> Fix | Unfixed:
    """Return the fix that makes a change, or why the text cannot simply be edited.

    That it says nothing else afterwards is for `fixed` to tell.
    """
    if is_shared(source, change.place):
        return SHARED
    edits = edits_for(source, change)
    return Fix(says=says, change=change, edits=edits) if edits else INTRICATE


def fixed(text: str, *fixes: Fix, is_json: bool = False) -> str | None:
    """Return the text with fixes in it; None where it would say anything else than was meant.

    The text is read again: it has to say what it said before, but for the changes.
    """
    mark, bare = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    after = _fixed(bare, _read(bare, is_json=is_json), fixes, is_json=is_json)
    return None if after is None else mark + after


def make(text: str, fixes: Iterable[Fix], *, is_json: bool = False) -> Made:
    """Make as many fixes at once as stand beside each other, and fit; or refuse one."""
    together = next(_apart(fixes), ())
    while together:
        after = fixed(text, *together, is_json=is_json)
        if after is not None:
            return Made(after, made=together)
        if len(together) == 1:
            return Made(text, refused=together)
        together = together[: len(together) // 2]
    return Made(text)


def refused(source: Source, fixes: Iterable[Fix]) -> frozenset[Fix]:
    """Return the fixes after which the text would say anything else than was meant.

    They are tried many at once, as each try reads the whole text: of a few that are wrong each is
    found, of many some.
    """
    text, found = "\n".join(source.lines), set()
    waiting = list(_apart(fixes))
    for _ in range(MOST_READINGS):
        if not waiting:
            break
        some = waiting.pop()
        if _fixed(text, source.value, some, is_json=False) is not None:
            continue
        if len(some) == 1:
            found.add(some[0])
        else:
            half = len(some) // 2
            waiting += [some[:half], some[half:]]
    return frozenset(found)


def _apart(fixes: Iterable[Fix]) -> Iterator[tuple[Fix, ...]]:
    """Yield fixes that do not overlap, and then those that overlap with these."""
    left = sorted(dict.fromkeys(fixes), key=_extent)
    while left:
        chosen: list[Fix] = []
        others: list[Fix] = []
        end = (0, 0)
        for fix in left:
            if _extent(fix)[0] < end:
                others.append(fix)
            else:
                chosen.append(fix)
                end = _extent(fix)[1]
        yield tuple(chosen)
        left = others


def _extent(fix: Fix) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where the first edit of a fix begins, and the last one ends."""
    begins = min((edit.line, edit.column) for edit in fix.edits)
    return begins, max((edit.end_line, edit.end_column) for edit in fix.edits)


def _fixed(text: str, before: JSON, fixes: Sequence[Fix], *, is_json: bool) -> str | None:
    wanted = before
    try:
        # From the last item of a list to the first, so that each has its place still.
        for fix in sorted(fixes, key=lambda fix: fix.change.place, reverse=True):
            wanted = changed(wanted, fix.change)
        after = apply(text, [edit for fix in fixes for edit in fix.edits])
    except (LookupError, ValueError):
        return None
    is_right = before is not None and _read(after, is_json=is_json) == wanted
    return after if is_right else None


def _read(text: str, *, is_json: bool) -> JSON:
    """Return what a text says; None where it says nothing that can be used."""
    # PyYAML is imported late: `import router` must not wait for it.
    from router.config.text import from_text

    report = Report()
    source = from_text(text, report, Source(root="config"), is_json=is_json)
    return None if source is None or report.has_errors else source.value


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with the edits made. Raises ValueError where they do not fit into it."""
    starts = [0, *(match.end() for match in BREAK.finditer(text))]
    spans = sorted(_offsets(edits, starts, len(text)), reverse=True)
    limit = len(text)
    for begin, end, new in spans:
        if not begin <= end <= limit:
            raise ValueError("the edits do not fit into the text")
        text = text[:begin] + new + text[end:]
        limit = begin
    return text


BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""How YAML's lines end."""


def _offsets(
    edits: Sequence[Edit], starts: Sequence[int], length: int
) -> Iterator[tuple[int, int, str]]:
    for edit in edits:
        yield (
            _offset(starts, edit.line, edit.column, length),
            _offset(starts, edit.end_line, edit.end_column, length),
            edit.text,
        )


def _offset(starts: Sequence[int], line: int, column: int, length: int) -> int:
    """Return where a place is in a text; the line behind the last one is its end."""
    return min(starts[line - 1] + column - 1, length) if line <= len(starts) else length
