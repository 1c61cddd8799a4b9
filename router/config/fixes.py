"""Fixes: how a text becomes right without its author: what changes, and where in the text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from router.config.places import Place
from router.core.jsontypes import JSON, is_list

KeyT = TypeVar("KeyT", str, int)


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
        return _with(dict(value), step, rest, new)
    if is_list(value) and isinstance(step, int):
        return list(_with(dict(enumerate(value)), step, rest, new).values())
    raise LookupError(f"there is no {step!r}")


def _with(
    parts: dict[KeyT, JSON], step: KeyT, rest: Place, new: str | int | Removed
) -> dict[KeyT, JSON]:
    if step not in parts:
        raise LookupError(f"there is no {step!r}")
    if rest:
        return {**parts, step: _changed(parts[step], rest, new)}
    if isinstance(new, Removed):
        return {key: value for key, value in parts.items() if key != step}
    return {**parts, step: new}
