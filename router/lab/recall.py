"""Recall: an emulator whose answers are made once for all requests that are alike."""

from collections.abc import Callable, Hashable
from typing import TypeAlias

from router.core.http import HttpRequest, HttpResponse
from router.emulators.emulator import Emulator, World

Likeness: TypeAlias = Callable[[HttpRequest], Hashable | None]
"""Two requests for which it gives the same get the same answer; None is like no other."""

ROOM = 4096  # answers: some kilobytes each

VARIANTS = 16
"""Answers of each kind that are made: in some of them tokens are drawn, which cost money."""


class Recall:
    """Asks an emulator once, and repeats what it said.

    The request ids and times of an answer are those of the first. What was ordered, to be asked
    for later, is ordered each time. There is `room` for so many answers; others are made each time.
    """

    def __init__(self, emulator: Emulator, likeness: Likeness, room: int = ROOM) -> None:
        self._emulator = emulator
        self._likeness = likeness
        self._room = room
        self._models: dict[Hashable, str | None] = {}
        self._answers: dict[tuple[Hashable, int], HttpResponse] = {}
        self.provider = emulator.provider
        self.roots = emulator.roots
        self.serves = emulator.serves
        self.failure = emulator.failure
        self.refusal = emulator.refusal
        self.emptied = emulator.emptied

    def model(self, request: HttpRequest) -> str | None:
        kind = self._likeness(request)
        if kind is None:
            return self._emulator.model(request)
        if kind not in self._models:
            found = self._emulator.model(request)
            if len(self._models) >= self._room:
                return found
            self._models[kind] = found
        return self._models[kind]

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        kind = self._likeness(request)
        if kind is None:
            return self._emulator.handle(request, world)
        variant = kind, world.serial % VARIANTS
        return self._answers.get(variant) or self._made(variant, request, world)

    def _made(
        self, variant: tuple[Hashable, int], request: HttpRequest, world: World
    ) -> HttpResponse:
        orders = world.jobs.changes
        response = self._emulator.handle(request, world)
        if world.jobs.changes == orders and len(self._answers) < self._room:
            self._answers[variant] = response
        return response
