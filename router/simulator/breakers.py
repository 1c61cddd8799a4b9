"""Breakers: when each of them was open, seen where they are kept.

Nothing is modelled here: the store is the one that the engine's breakers live in, and it is
watched. A breaker is named by the targets that were seen to open it.
"""

import asyncio
from dataclasses import dataclass, field

from router.simulator.passage import PASSAGE
from router.stores.memory import MemoryStore

TRIPPED, OPEN = "/breaker/tripped", "/breaker/open"

ROUNDING = 1e-9
"""What is this near to a bucket's end belongs to the next."""


@dataclass(slots=True)
class Breaker:
    """One account's. `seconds` are those it was open or half-open, by bucket of the timeline."""

    width: float
    buckets: int
    path: str = ""
    opened: int = 0
    since: float | None = None
    until: float = 0.0
    first_opened: float | None = None
    open_seconds: list[float] = field(default_factory=list)
    half_open_seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open_seconds = [0.0] * self.buckets
        self.half_open_seconds = [0.0] * self.buckets

    def open(self, now: float, cooldown: float) -> None:
        """Open it for its cooldown; failures of calls that were under way only prolong that."""
        self.settle(now)
        if self.since is None or now >= self.until:
            self.opened += 1
        if self.first_opened is None:
            self.first_opened = now
        self.since, self.until = now, now + cooldown

    def close(self, now: float) -> None:
        self.settle(now)
        self.since = None

    def settle(self, now: float) -> None:
        """Account for the time until now: open for its cooldown, half-open from then on."""
        if self.since is None:
            return
        self._spread(self.open_seconds, self.since, min(now, self.until))
        self._spread(self.half_open_seconds, max(self.since, self.until), now)
        self.since = now

    def _spread(self, seconds: list[float], begin: float, end: float) -> None:
        while begin < end:
            place = int(begin / self.width + ROUNDING)
            if place >= self.buckets:
                return
            stop = min(end, (place + 1) * self.width)
            seconds[place] += stop - begin
            begin = stop


class WatchedStore(MemoryStore):
    """A store that notes when the breakers in it open and close."""

    def __init__(self, width: float, buckets: int) -> None:
        super().__init__()
        self._width, self._buckets = width, buckets
        self.breakers: dict[str, Breaker] = {}

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        await super().set(key, value, ttl)
        if key.endswith(OPEN):
            account = key.removesuffix(OPEN)
            breaker = self.breakers.setdefault(account, Breaker(self._width, self._buckets))
            breaker.open(asyncio.get_running_loop().time(), ttl)
            PASSAGE.get().opened(account)

    async def delete(self, key: str) -> None:
        await super().delete(key)
        if key.endswith(TRIPPED) and (name := key.removesuffix(TRIPPED)) in self.breakers:
            self.breakers[name].close(asyncio.get_running_loop().time())
