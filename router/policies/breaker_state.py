"""Breaker state: when a circuit breaker opens, probes and closes. Everything about it is here.

closed --(failures reach the threshold)--> open --(cooldown)--> half-open --(probe)--> closed, open

The state is keys with a time to live, so that several processes can share it without comparing
clocks. `tripped` outlives `open`: tripped without open is half-open, and whoever increments `probe`
to 1 is the one to try.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from router.core.ports import Store

BUCKETS = 6  # parts of the window that expire one after the other
MEMORY = 86_400.0  # seconds for which a breaker that nobody asks remembers that it must probe


class Verdict(Enum):
    CLOSED = "closed"
    OPEN = "open"
    PROBE = "probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRules:
    """`threshold` failures, or `percentage` of at least `minimum_requests`, within `window` s.

    `patience` is how long, in seconds, a probe is waited for that may have died with its process.
    """

    threshold: int | None = None
    percentage: float | None = None
    minimum_requests: int = 10
    cooldown: float = 30.0
    window: float = 60.0
    patience: float = 660.0

    def trips(self, failures: int, attempts: int) -> bool:
        if self.threshold is not None and failures >= self.threshold:
            return True
        if self.percentage is None or attempts < self.minimum_requests:
            return False
        return 100.0 * failures >= self.percentage * attempts


@dataclass(slots=True, kw_only=True)
class BreakerState:
    """One account's breaker in the store. `now` is wall time: it only names the bucket."""

    key: str
    rules: BreakerRules
    store: Store
    now: Callable[[], float]

    async def ask(self) -> Verdict:
        """Tell whether a call may go through; a PROBE must be followed by one of the others."""
        if await self.store.get(self._name("tripped")) is None:
            return Verdict.CLOSED
        if await self.store.get(self._name("open")) is not None:
            return Verdict.OPEN
        first = await self.store.increment(self._name("probe"), self.rules.patience) == 1
        return Verdict.PROBE if first else Verdict.OPEN

    async def succeeded(self, verdict: Verdict) -> None:
        if verdict is Verdict.PROBE:
            await self.store.delete(self._name("tripped"))
            await self.release()
        elif self.rules.percentage is not None:
            await self._count("attempts")

    async def failed(self, verdict: Verdict) -> bool:
        """Count a failure; True if it opened the breaker."""
        if verdict is Verdict.PROBE:
            await self._open()
            return True
        await self._count("failures")
        await self._count("attempts")
        if self.rules.trips(await self._sum("failures"), await self._sum("attempts")):
            await self._open()
            return True
        return False

    async def release(self) -> None:
        """Let somebody else probe: this call never reached the provider."""
        await self.store.delete(self._name("probe"))

    async def _open(self) -> None:
        await self.store.set(self._name("tripped"), b"1", self.rules.cooldown + MEMORY)
        await self.store.set(self._name("open"), b"1", self.rules.cooldown)
        await self.release()
        for bucket in self._buckets():
            await self.store.delete(self._name(f"failures/{bucket}"))
            await self.store.delete(self._name(f"attempts/{bucket}"))

    async def _count(self, what: str) -> None:
        width = self.rules.window / BUCKETS
        name = self._name(f"{what}/{int(self.now() // width)}")
        await self.store.increment(name, self.rules.window + width)

    async def _sum(self, what: str) -> int:
        total = 0
        for bucket in self._buckets():
            value = await self.store.get(self._name(f"{what}/{bucket}"))
            total += int(value) if value else 0
        return total

    def _buckets(self) -> range:
        """The window's buckets, the current one last."""
        last = int(self.now() // (self.rules.window / BUCKETS))
        return range(last - BUCKETS + 1, last + 1)

    def _name(self, part: str) -> str:
        return f"{self.key}/breaker/{part}"
