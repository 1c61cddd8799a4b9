"""Alarms: timers of one length, nearly all of which are stopped before they ring."""

import asyncio
from collections.abc import Callable


class Alarm:
    """Rings once, unless it is stopped before; `has_rung` tells which. `due` is in loop time."""

    __slots__ = ("_others", "due", "has_rung", "ring")

    def __init__(self, due: float, ring: Callable[[], object], others: "dict[Alarm, None]") -> None:
        self.due = due
        self.ring = ring
        self.has_rung = False
        self._others = others

    def stop(self) -> None:
        self._others.pop(self, None)


class Alarms:
    """Belongs to one event loop, and has one timer of it for all.

    To set and cancel a timer costs more than reading a request's headers. Alarms are due in the
    order in which they are set, as all take the same `seconds`; whose context they ring in is not
    said.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: dict[Alarm, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def set(self, ring: Callable[[], object]) -> Alarm:
        loop = asyncio.get_running_loop()
        alarm = Alarm(loop.time() + self._seconds, ring, self._waiting)
        self._waiting[alarm] = None
        if self._timer is None:
            self._timer = loop.call_at(alarm.due, self._look)
        return alarm

    def _look(self) -> None:
        """Ring what is due, and come back for the first of the others."""
        loop = asyncio.get_running_loop()
        try:
            while (first := self._first()) is not None and first.due <= loop.time():
                first.stop()
                first.has_rung = True
                first.ring()
        finally:
            first = self._first()
            self._timer = None if first is None else loop.call_at(first.due, self._look)

    def _first(self) -> Alarm | None:
        return next(iter(self._waiting), None)
