"""Adapt: say the request in words the provider has, and report every change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from router.core.adapter import Ability, Becomes
from router.core.context import Aim, Context
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.policies.references import UnreachableError, with_files

Mode = Literal["adapt", "drop", "skip", "error"]

REFERENCES = frozenset({"images", "mask"})
"""Parameters that are the pictures that are given, where no files are."""

STREAMING = frozenset({"stream", "partial_images"})
"""Parameters that ask for pictures before they are finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapt:
    """What the provider cannot express is adapted, dropped, or makes the target unfit."""

    path: str
    child: Node
    mode: Mode = "adapt"

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        aim = context.aim
        try:
            given = _given(request, aim)
            ability, changes = guard(_consult, given, aim)
        except AdapterError as bug:
            return bug.failure(sent=False)
        except UnreachableError as reference:
            return _unsupported(f"{aim.target.provider} takes pictures as files, and {reference}")
        if ability.why_not:
            return _unsupported(ability.why_not)
        if not changes and not ability.note:
            return await self.child.execute(given, context)
        lost = [ability.note, *(change.note for change in changes.values() if not change.exact)]
        if any(lost) and self.mode in {"skip", "error"}:
            return self._unfit(filter(None, lost), aim)
        adapted = given.with_params(apply(changes, given, self.mode))
        notes = (ability.note, *(self._note(change) for change in changes.values()))
        told = tuple(note for note in notes if note)
        return await self.child.execute(adapted, context.adapted(told) if told else context)

    def _note(self, change: Becomes) -> str:
        if change.exact:
            return ""
        if self.mode == "drop" and change.params:
            return f"{change.note.partition(' -> ')[0]} dropped"
        return change.note

    def _unfit(self, lost: Iterable[str], aim: Aim) -> Failure:
        needed = ", ".join(lost)
        message = f"{aim.target.provider} cannot do this as asked: {needed}"
        if self.mode == "skip":
            return _unsupported(message)
        return Failure(kind=Kind.BAD_REQUEST, status=400, message=message, local=True)


def _given(request: ImageRequest, aim: Aim) -> ImageRequest:
    """Return the request with its pictures in a form that the provider takes."""
    if not request.has_references:
        return request
    if guard(aim.adapter.takes_references, request, aim.target):
        return request
    return with_files(request)


def _consult(request: ImageRequest, aim: Aim) -> tuple[Ability, dict[str, Becomes]]:
    """Ask the adapter what it can do, and what of it in other words."""
    return aim.adapter.ability(request, aim.target), find_changes(request, aim)


def apply(changes: Mapping[str, Becomes], request: ImageRequest, mode: Mode) -> dict[str, JSON]:
    """Return the request's parameters with the changes in them."""
    params = {name: value for name, value in request.params.items() if name not in changes}
    for change in changes.values():
        if change.exact or mode != "drop":
            params |= change.params
    return params


def _unsupported(message: str) -> Failure:
    return Failure(kind=Kind.UNSUPPORTED, status=501, message=message, local=True)


def _unstreamed(name: str, value: JSON, request: ImageRequest, aim: Aim) -> Becomes | None:
    """Take away what only a stream has: the finished picture comes all the same."""
    model = request.model or aim.target.provider
    if not aim.adapter.streams(request, aim.target):
        note = f"{name} {value} -> 0 ({model} cannot stream)"
    elif name == "partial_images" and not request.params.get("stream"):
        note = f"{name} {value} dropped (no stream is asked for)"
    else:
        return None
    return Becomes({}, "", exact=True) if name == "stream" or not value else Becomes({}, note)


def find_changes(request: ImageRequest, aim: Aim) -> dict[str, Becomes]:
    """Return what each parameter must become at this target; one that may stay is not in it."""
    rules = aim.adapter.rules(request, aim.target)
    changes: dict[str, Becomes] = {}
    words = () if aim.target.passthrough else request.params.items()
    for name, value in words:
        if name in request.verbatim:
            continue
        rule = rules.get(name)
        change: Becomes | None
        if name in STREAMING:
            change = _unstreamed(name, value, request, aim)
        elif rule is not None:
            change = rule(value, request.params)
        elif aim.adapter.unknown(name, request, aim.target):
            change = Becomes({}, f"{name} dropped ({aim.target.provider} does not know it)")
        else:
            continue
        if change is not None:
            changes[name] = change
    return changes if request.operation == "generate" else changes | _given_twice(request, aim)


def _given_twice(request: ImageRequest, aim: Aim) -> dict[str, Becomes]:
    """Take away what would stand in a given picture's place, also where all else is verbatim."""
    why = "the picture that is given is sent"
    return {
        word: Becomes({}, f"{word} dropped ({why})")
        for word in aim.adapter.picture_words(request, aim.target)
        if request.params.get(word) is not None and (request.files or word not in REFERENCES)
    }
