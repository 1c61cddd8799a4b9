"""Breakers: when each of them was open, seen where they are kept.

Nothing is modelled here: the store is the one that the engine's breakers live in, and it is
watched.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from router.simulator.layout import Place
from router.simulator.timeline import Timeline
from router.stores.memory import MemoryStore

TRIPPED, OPEN = "/breaker/tripped", "/breaker/open"


@dataclass(slots=True)
class Breaker:
    """One account's. `places` are the targets that ask it.

    It is open until a moment, then half-open, until it is forgotten that it was ever open. Seconds
    are counted to the end of the run; the lists are by bucket of the timeline, which ends before.
    """

    places: Sequence[Place]
    timeline: Timeline
    opened: int = 0
    first_opened: float = 0.0
    open_seconds: float = 0.0
    half_open_seconds: float = 0.0
    open_at: list[float] = field(init=False)
    half_open_at: list[float] = field(init=False)
    _is_closed: bool = True
    _since: float = 0.0
    _until: float = 0.0
    _forgotten: float = 0.0

    def __post_init__(self) -> None:
        self.open_at = [0.0] * self.timeline.count
        self.half_open_at = [0.0] * self.timeline.count

    def trip(self, now: float, memory: float) -> None:
        """Remember for so many seconds that it was open."""
        self.settle(now)
        self._forgotten = now + memory

    def open(self, now: float, cooldown: float) -> None:
        """Open it for its cooldown; failures of calls that were under way only prolong that."""
        self.settle(now)
        if not self.opened:
            self.first_opened = now
        if self._is_closed or now >= self._until:
            self.opened += 1
        self._is_closed = False
        self._since, self._until = now, now + cooldown

    def close(self, now: float) -> None:
        self.settle(now)
        self._is_closed = True

    def settle(self, now: float) -> None:
        """Account for the time until now."""
        if self._is_closed:
            return
        end = min(now, self._forgotten)
        half = max(self._since, self._until)
        self.open_seconds += self._spread(self.open_at, self._since, min(end, self._until))
        self.half_open_seconds += self._spread(self.half_open_at, half, end)
        self._since = now
        self._is_closed = now >= self._forgotten

    def _spread(self, seconds: list[float], begin: float, end: float) -> float:
        """Put a time into the buckets, and return how long it is."""
        self.timeline.spread(seconds, begin, end)
        return max(0.0, end - begin)


class WatchedStore(MemoryStore):
    """A store that notes when the breakers in it open and close.

    `places` are those of the targets that ask a breaker, by its account.
    """

    def __init__(self, timeline: Timeline, places: Mapping[str, Sequence[Place]]) -> None:
        super().__init__()
        self._timeline = timeline
        self._places = places
        self.breakers: dict[str, Breaker] = {}

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        await super().set(key, value, ttl)
        if key.endswith(TRIPPED):
            self._breaker(key.removesuffix(TRIPPED)).trip(_now(), ttl)
        elif key.endswith(OPEN):
            self._breaker(key.removesuffix(OPEN)).open(_now(), ttl)

    async def delete(self, key: str) -> None:
        await super().delete(key)
        if key.endswith(TRIPPED) and (account := key.removesuffix(TRIPPED)) in self.breakers:
            self.breakers[account].close(_now())

    def _breaker(self, account: str) -> Breaker:
        found = self.breakers.get(account)
        if found is None:
            found = Breaker(self._places[account], self._timeline)
            self.breakers[account] = found
        return found


def _now() -> float:
    return asyncio.get_running_loop().time()
