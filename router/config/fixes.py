"""Fixes: how a text becomes right without its author: what changes, and where in the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from router.config.places import Place
from router.core.jsontypes import JSON


class Removed:
    """What takes the place of a value that goes; unlike None, which JSON can say."""

    def __repr__(self) -> str:
        return "REMOVED"


REMOVED: Final = Removed()


@dataclass(frozen=True, slots=True)
class Change:
    """The value at `place` becomes another, or goes with its key."""

    place: Place
    value: str | int | Removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What stands from `line`:`column` up to the end becomes `text`; all count from 1."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """`says` what it does: `removes 402`. The edits are the change, made in the text."""

    says: str
    change: Change
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Unfixed:
    """What might have been put right is left to a person; `why` goes on from `not fixed: `."""

    why: str


def changed(value: JSON, change: Change) -> JSON:
    """Return a copy of a value with a change in it. Raises LookupError where nothing is there."""
    return _changed(value, change.place, change.value)


def _changed(value: JSON, place: Place, new: str | int | Removed) -> JSON:
    if not place:
        raise LookupError("the whole cannot be changed")
    step, rest = place[0], place[1:]
    if isinstance(value, Mapping) and isinstance(step, str):
        return _in_mapping(value, step, rest, new)
    if isinstance(value, Sequence) and not isinstance(value, str) and isinstance(step, int):
        return _in_list(value, step, rest, new)
    raise LookupError(f"there is no {step!r}")


def _in_mapping(
    value: Mapping[str, JSON], step: str, rest: Place, new: str | int | Removed
) -> JSON:
    if step not in value:
        raise LookupError(f"there is no {step!r}")
    copy = dict(value)
    if rest:
        copy[step] = _changed(copy[step], rest, new)
    elif isinstance(new, Removed):
        del copy[step]
    else:
        copy[step] = new
    return copy


def _in_list(value: Sequence[JSON], step: int, rest: Place, new: str | int | Removed) -> JSON:
    copy = list(value)
    if rest:
        copy[step] = _changed(copy[step], rest, new)
    elif isinstance(new, Removed):
        del copy[step]
    else:
        copy[step] = new
    return copy
