"""Host pools: connections that no two hosts share, for requests that are sent to an address.

A client keeps connections by the host of the URL. Where that is an address, a second host at the
same address would go over the first one's TLS session, and nobody would look at its certificate.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Generic, TypeVar

from router.core.http import origin
from router.senders.pinning import first_to_connect, public_addresses

POOLS_KEPT = 32  # for as many hosts; each provider has one or two where its pictures are

Pool = TypeVar("Pool")
T = TypeVar("T")


class HostPools(Generic[Pool]):
    """Pools of connections, each of them lent to one request at a time and kept for its host."""

    def __init__(self, new: Callable[[], Pool], close: Callable[[Pool], Awaitable[None]]) -> None:
        self._new = new
        self._close = close
        self._idle: deque[tuple[str, Pool]] = deque()
        self._every: set[Pool] = set()
        self._closed = False

    async def ask(self, url: str, lent: ExitStack, ask: Callable[[Pool, str], Awaitable[T]]) -> T:
        """Ask at the public addresses of a URL in turn, with a pool that `lent` gives back.

        Raises TransportError where there is no such address, or none can be connected to.
        """
        addresses = await public_addresses(url)
        host = origin(url)
        pool = await self.take(host)
        lent.callback(self.give_back, host, pool)
        return await first_to_connect(addresses, lambda address: ask(pool, address))

    async def take(self, host: str) -> Pool:
        """Lend the pool that this host used last, or a new one; the oldest idle ones are closed.

        Raises RuntimeError once all are closed.
        """
        for kept in reversed(self._idle):
            if kept[0] == host:
                self._idle.remove(kept)
                return kept[1]
        while len(self._idle) >= POOLS_KEPT:
            _, oldest = self._idle.popleft()
            await self._close(oldest)
            self._every.discard(oldest)
        if self._closed:
            raise RuntimeError("this sender is closed; make a new one")
        pool = self._new()
        self._every.add(pool)
        return pool

    def give_back(self, host: str, pool: Pool) -> None:
        """Keep a pool for the next request to its host."""
        self._idle.append((host, pool))

    async def aclose(self) -> None:
        """Close all of them, those that are lent too."""
        self._closed = True
        self._idle.clear()
        while self._every:
            await self._close(self._every.pop())
