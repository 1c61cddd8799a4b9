"""Flights: a request runs on for a while when its caller has gone; one who asks the same joins it.

Clients ask again by themselves after a broken connection. The picture may be bought by then.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from router.core.scope import scope_until
from router.gateway.alarms import Alarms

T = TypeVar("T")

WATCH_AFTER = 0.05  # seconds after which it is looked whether the caller is still there
MOST_HELD = 16  # answers that are kept for callers who may ask again


class GoneError(Exception):
    """Nobody waits for the answer any more."""


class LateError(Exception):
    """Who has joined has waited for as long as it can."""


@dataclass(slots=True, eq=False)
class Flight(Generic[T]):
    """One request under way whose first caller has left; `is_awaited` once another has joined.

    `landed` has its answer. `lapse` ends it, or what is kept of it, where nobody joins.
    """

    name: str
    scope: anyio.CancelScope
    is_awaited: bool = False
    lapse: asyncio.TimerHandle | None = None
    landed: "asyncio.Future[T]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Flights(Generic[T]):
    """`grace` is how many seconds a request runs on without anybody waiting.

    Its answer is kept as long, as clients pause before they ask again.
    """

    def __init__(self) -> None:
        self._alone: dict[str, list[Flight[T]]] = {}
        self.watches = Alarms(WATCH_AFTER)

    def __len__(self) -> int:
        """How many there are without their first caller."""
        return sum(map(len, self._alone.values()))

    def waits_for(self, name: str) -> bool:
        """Tell whether a request of this name would join one."""
        return name in self._alone

    def waits_for_any(self, beginning: str) -> bool:
        """Tell whether a request whose name begins so might join one."""
        return any(name.startswith(beginning) for name in self._alone)

    def fly(
        self,
        work: Callable[[], Awaitable[T]],
        name: Callable[[], str],
        left: Callable[[], Awaitable[None]],
        grace: float,
        *,
        joining: Callable[[], None] = lambda: None,
        patience: float = math.inf,
    ) -> Awaitable[T]:
        """Do the work, or join one of the same name whose caller has gone, and call `joining`.

        `left` returns when this caller goes. Raises GoneError where the time of grace was over,
        and LateError where one who has joined has waited for as long as its `patience`.
        """
        if self._alone:
            known = self._alone.get(name())
            if known:
                joined = known[0]  # one caller has left, so one may join
                self.drop(joined)
                joining()
                return self._join(joined, left, grace, patience)
        return self._lead(work, name, left, grace)

    async def _lead(
        self,
        work: Callable[[], Awaitable[T]],
        name: Callable[[], str],
        left: Callable[[], Awaitable[None]],
        grace: float,
    ) -> T:
        with scope_until(math.inf) as scope:
            watch = _Watch(self, scope, name, left, grace)
            try:
                return watch.landed(await work())
            except BaseException as error:
                watch.failed(error)
                raise
            finally:
                watch.end()
        raise GoneError

    def hold(self, flight: Flight[T], grace: float) -> None:
        """Keep an answer that nobody was there to take: its caller may be about to ask again."""
        kept = (one for some in self._alone.values() for one in some)
        if sum(one.landed.done() for one in kept) > MOST_HELD:
            self.drop(flight)
            return
        loop = asyncio.get_running_loop()
        flight.lapse = loop.call_later(grace, self.drop, flight)

    def drop(self, flight: Flight[T]) -> None:
        """Let it be joined no more."""
        others = [one for one in self._alone.pop(flight.name, ()) if one is not flight]
        if others:
            self._alone[flight.name] = others

    async def _join(
        self,
        flight: Flight[T],
        left: Callable[[], Awaitable[None]],
        grace: float,
        patience: float,
    ) -> T:
        if flight.landed.done():
            return flight.landed.result()
        flight.is_awaited = True
        if flight.lapse is not None:
            flight.lapse.cancel()
        watcher = asyncio.ensure_future(left())
        try:
            within = None if math.isinf(patience) else patience
            await first_of(watcher, flight.landed, within=within)
            is_gone = watcher.done()
        finally:
            watcher.cancel()
            self.leave(flight, grace)
        if not flight.landed.done():
            raise GoneError if is_gone else LateError
        return flight.landed.result()

    def leave(self, flight: Flight[T], grace: float) -> None:
        """Let a request be joined, and end it after the time of grace unless it is."""
        flight.is_awaited = False
        if not flight.landed.done():
            self._alone.setdefault(flight.name, []).append(flight)
            loop = asyncio.get_running_loop()
            flight.lapse = loop.call_later(grace, self._end, flight)

    def _end(self, flight: Flight[T]) -> None:
        """Give a request up. It takes a while to end, and whoever comes meanwhile asks anew."""
        self.drop(flight)
        flight.scope.cancel()


async def first_of(
    one: "asyncio.Future[None]", other: "asyncio.Future[T]", *, within: float | None = None
) -> None:
    """Wait until one of two is done, `within` so many seconds; neither is cancelled."""
    either: set[asyncio.Future[None] | asyncio.Future[T]] = {one, other}
    await asyncio.wait(either, timeout=within, return_when=asyncio.FIRST_COMPLETED)


class _Watch(Generic[T]):
    """Looks whether the caller of a request is still there; most answers come before it begins."""

    def __init__(
        self,
        flights: Flights[T],
        scope: anyio.CancelScope,
        name: Callable[[], str],
        left: Callable[[], Awaitable[None]],
        grace: float,
    ) -> None:
        self._flights = flights
        self._scope = scope
        self._name = name
        self._left = left
        self._grace = grace
        self._kept: Flight[T] | None = None
        self._task: asyncio.Future[None] | None = None
        self._begin = flights.watches.set(self._start)

    def landed(self, answer: T) -> T:
        """Give the answer to those who have joined, and return it."""
        if self._kept is not None:
            self._kept.landed.set_result(answer)
        return answer

    def failed(self, error: BaseException) -> None:
        """Tell those who have joined."""
        if self._kept is not None:
            future = self._kept.landed
            future.set_exception(error if isinstance(error, Exception) else GoneError())
            future.exception()  # seen: maybe nobody has

    def end(self) -> None:
        self._begin.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None  # else it and this would hold each other for the garbage collector
        if self._kept is not None:
            flight = self._kept
            if flight.lapse is not None:
                flight.lapse.cancel()
            is_taken = flight.is_awaited or flight.landed.exception() is not None
            if is_taken:
                self._flights.drop(flight)
            else:
                self._flights.hold(flight, self._grace)

    def _start(self) -> None:
        self._task = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        await self._left()
        self._kept = Flight[T](self._name(), self._scope)
        self._flights.leave(self._kept, self._grace)
