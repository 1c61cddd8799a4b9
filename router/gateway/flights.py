"""Flights: a request runs on for a while when its caller has gone; who asks the same joins it.

Clients ask again by themselves after a broken connection. The picture may be bought by then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class GoneError(Exception):
    """Nobody waits for the answer any more."""


@dataclass(slots=True, eq=False)
class Flight(Generic[T]):
    """One request under way. `landed` has its answer; it is there once somebody has left."""

    scope: anyio.CancelScope
    waiting: int = 1
    lapse: asyncio.TimerHandle | None = None
    landed: "asyncio.Future[T]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Flights(Generic[T]):
    """`grace` is how many seconds a request runs on without anybody waiting."""

    def __init__(self) -> None:
        self._alone: dict[str, Flight[T]] = {}

    def __len__(self) -> int:
        """How many there are without their first caller."""
        return len(self._alone)

    async def fly(
        self,
        work: Callable[[], Awaitable[T]],
        name: Callable[[], str],
        left: Callable[[], Awaitable[None]],
        grace: float,
    ) -> T:
        """Do the work, or join one of the same name whose caller has gone.

        `left` returns when this caller goes. Raises GoneError where the time of grace was over.
        """
        if self._alone:
            joined = self._alone.get(name())
            if joined is not None:
                return await self._join(joined, left, grace)
        return await self._lead(work, name, left, grace)

    async def _lead(
        self,
        work: Callable[[], Awaitable[T]],
        name: Callable[[], str],
        left: Callable[[], Awaitable[None]],
        grace: float,
    ) -> T:
        with anyio.CancelScope() as scope:
            flight = Flight[T](scope)
            known: list[str] = []

            async def watch() -> None:
                await left()
                known.append(name())
                self._alone[known[0]] = flight
                self._leave(flight, grace)

            watcher = asyncio.ensure_future(watch())
            try:
                answer = await work()
            except BaseException as error:
                _land(flight, error)
                raise
            else:
                flight.landed.set_result(answer)
                return answer
            finally:
                watcher.cancel()
                if known and self._alone.get(known[0]) is flight:
                    del self._alone[known[0]]
                if flight.lapse is not None:
                    flight.lapse.cancel()
        raise GoneError

    async def _join(
        self, flight: Flight[T], left: Callable[[], Awaitable[None]], grace: float
    ) -> T:
        flight.waiting += 1
        if flight.lapse is not None:
            flight.lapse.cancel()
        watcher = asyncio.ensure_future(left())
        try:
            await first_of(watcher, flight.landed)
        finally:
            watcher.cancel()
            self._leave(flight, grace)
        if not flight.landed.done():
            raise GoneError
        return flight.landed.result()

    def _leave(self, flight: Flight[T], grace: float) -> None:
        """One caller less; after the last one has left, the time of grace begins."""
        flight.waiting -= 1
        if flight.waiting == 0 and not flight.landed.done():
            loop = asyncio.get_running_loop()
            flight.lapse = loop.call_later(grace, flight.scope.cancel)


async def first_of(
    one: "asyncio.Future[None]", other: "asyncio.Future[T]", *, within: float | None = None
) -> None:
    """Wait until one of two is done, `within` so many seconds; neither is cancelled."""
    either: set[asyncio.Future[None] | asyncio.Future[T]] = {one, other}
    await asyncio.wait(either, timeout=within, return_when=asyncio.FIRST_COMPLETED)


def _land(flight: Flight[T], error: BaseException) -> None:
    """Tell those who have joined; where nobody has, the error is not lost, but raised."""
    if isinstance(error, Exception):
        flight.landed.set_exception(error)
        flight.landed.exception()  # seen
    else:
        flight.landed.set_exception(GoneError())
        flight.landed.exception()
