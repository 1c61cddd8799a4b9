"""Delivery: partial pictures on their way to the caller, from whichever branch has one."""

import asyncio
from collections import deque
from dataclasses import dataclass, replace

from router.core.events import Partial


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A partial picture held out; `taken` is done when somebody has it, or nobody offers it."""

    partial: Partial
    taken: "asyncio.Future[None]"


class Counter:
    """Where partial pictures change hands. Nothing is stored: who offers one waits for its taker.

    Either side may be cancelled while it waits, and nothing is lost by it.
    """

    def __init__(self) -> None:
        self.handed_over = False
        self._offers: deque[Offer] = deque()
        self._news = asyncio.Event()
        self._closed = False

    async def offer(self, partial: Partial) -> None:
        """Wait until the caller has taken it."""
        offer = Offer(partial, asyncio.get_running_loop().create_future())
        self._offers.append(offer)
        self._news.set()
        await offer.taken

    async def take(self) -> Partial | None:
        """Return the next partial picture, or None when there will be no more."""
        while True:
            while self._offers:
                offer = self._offers.popleft()
                if not offer.taken.done():
                    self.handed_over = True
                    offer.taken.set_result(None)
                    return offer.partial
            if self._closed:
                return None
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        """Tell the takers that there will be no more."""
        self._closed = True
        self._news.set()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One branch's way to the counter. `place` says which of the pictures it makes, from 0."""

    counter: Counter
    place: int = 0

    @property
    def handed_over(self) -> bool:
        """Whether the caller has been given anything, by whichever branch."""
        return self.counter.handed_over

    async def emit(self, partial: Partial) -> None:
        """Wait until the caller has taken it."""
        await self.counter.offer(replace(partial, place=self.place))

    def placed(self, place: int) -> "Delivery":
        """Branch for another of the pictures."""
        return Delivery(self.counter, self.place + place)
