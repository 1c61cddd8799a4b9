"""Memory store: expiring state of one process."""

import asyncio
import heapq
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from router.core.ports import StoreError

MAX_BYTES = 256 * 1024 * 1024

OVERHEAD = 400  # bytes: an entry with its key, its place in order and its timer, by sys.getsizeof


def loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class _Entry:
    """`expires` is on the store's clock."""

    value: bytes | int
    expires: float
    size: int


class MemoryStore:
    """Keeps at most `max_bytes`; the least recently used value goes first.

    Counters are small and hold the state of breakers, so they go only when no value is left. A
    value larger than the whole store is not kept. A counter reads as its decimal digits, and
    digits that were set can be counted on.

    `clock` gives seconds; by default it is the event loop's, so virtual time works.
    """

    def __init__(
        self, *, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = loop_time
    ) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._values: OrderedDict[str, _Entry] = OrderedDict()
        self._counters: OrderedDict[str, _Entry] = OrderedDict()
        self._timers: list[tuple[float, str]] = []
        self.bytes_held = 0

    async def get(self, key: str) -> bytes | None:
        entry = self._find(key)
        if entry is None:
            return None
        return entry.value if isinstance(entry.value, bytes) else b"%d" % entry.value

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep `value` for `ttl` seconds; none at all where `ttl` is not positive."""
        self._drop(key)
        self._purge()
        size = OVERHEAD + len(key) + len(value)
        if ttl > 0 and size <= self._max_bytes:
            self._add(self._values, key, _Entry(value, self._clock() + ttl, size))

    async def increment(self, key: str, ttl: float) -> int:
        """Add one and return the sum. Raises StoreError where the value is not a number."""
        entry = self._find(key)
        if entry is not None:
            entry.value = _number(key, entry.value) + 1
            return entry.value
        self._purge()
        if ttl > 0:
            size = OVERHEAD + len(key)
            self._add(self._counters, key, _Entry(1, self._clock() + ttl, size))
        return 1

    async def delete(self, key: str) -> None:
        self._drop(key)

    def _find(self, key: str) -> _Entry | None:
        """Return the living entry, which is now the most recently used."""
        entries = self._home(key)
        entry = entries.get(key)
        if entry is None:
            return None
        if entry.expires <= self._clock():
            self._drop(key)
            return None
        entries.move_to_end(key)
        return entry

    def _home(self, key: str) -> OrderedDict[str, _Entry]:
        return self._counters if key in self._counters else self._values

    def _add(self, entries: OrderedDict[str, _Entry], key: str, entry: _Entry) -> None:
        entries[key] = entry
        self.bytes_held += entry.size
        if entry.expires != math.inf:
            heapq.heappush(self._timers, (entry.expires, key))
        while self.bytes_held > self._max_bytes:
            oldest = next(iter(self._values or self._counters))
            self._drop(oldest)

    def _drop(self, key: str) -> None:
        entry = self._home(key).pop(key, None)
        if entry is not None:
            self.bytes_held -= entry.size

    def _purge(self) -> None:
        """Drop what has expired. A timer of a key that was set anew finds it alive and is spent."""
        now = self._clock()
        while self._timers and self._timers[0][0] <= now:
            _, key = heapq.heappop(self._timers)
            entry = self._home(key).get(key)
            if entry is not None and entry.expires <= now:
                self._drop(key)
        alive = len(self._values) + len(self._counters)
        if len(self._timers) > 2 * alive + 64:
            self._rewind()

    def _rewind(self) -> None:
        """Build the timers anew: most belong to entries that are gone or were set again."""
        entries = (*self._values.items(), *self._counters.items())
        timers = ((entry.expires, key) for key, entry in entries)
        self._timers = [timer for timer in timers if timer[0] != math.inf]
        heapq.heapify(self._timers)


def _number(key: str, value: bytes | int) -> int:
    try:
        return int(value)
    except ValueError:
        raise StoreError(
            f"{key!r} holds bytes that are no number, so nothing can add to it"
        ) from None
