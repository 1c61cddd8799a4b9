"""Alarms: timers of one length, nearly all of which are stopped before they ring."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

Ring: TypeAlias = Callable[[], object]


class Alarm:
    """Rings once, unless it is stopped before; `has_rung` tells which. `due` is in loop time.

    What it rings is kept among the `waiting`, so that a ringer who holds it makes no cycle.
    """

    __slots__ = ("_waiting", "due", "has_rung")

    def __init__(self, due: float, waiting: "dict[Alarm, Ring]") -> None:
        self.due = due
        self.has_rung = False
        self._waiting = waiting

    def stop(self) -> None:
        self._waiting.pop(self, None)


class Alarms:
    """Belongs to one event loop, and has one timer of it for all.

    To set and cancel a timer costs more than reading a request's headers. Alarms are due in the
    order in which they are set, as all take the same `seconds`; whose context they ring in is not
    said.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: dict[Alarm, Ring] = {}
        self._timer: asyncio.TimerHandle | None = None

    def set(self, ring: Ring) -> Alarm:
        loop = asyncio.get_running_loop()
        alarm = Alarm(loop.time() + self._seconds, self._waiting)
        self._waiting[alarm] = ring
        if self._timer is None:
            self._timer = loop.call_at(alarm.due, self._look)
        return alarm

    def _look(self) -> None:
        """Ring what is due, and come back for the first of the others."""
        loop = asyncio.get_running_loop()
        try:
            while (first := self._first()) is not None and first.due <= loop.time():
                ring = self._waiting.pop(first)
                first.has_rung = True
                ring()
        finally:
            first = self._first()
            self._timer = None if first is None else loop.call_at(first.due, self._look)

    def _first(self) -> Alarm | None:
        return next(iter(self._waiting), None)
