"""Context: what one request carries down the tree."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from router.core.adapter import Adapter
from router.core.budget import Budget
from router.core.ports import Sender, Store, Vault
from router.core.shared import Shared
from router.core.target import Target
from router.core.trace import Trace


@dataclass(slots=True)
class Pause:
    """A wait before the next call, in seconds, and why."""

    seconds: float
    reason: str


@dataclass(slots=True)
class Expiry:
    """When an attempt's time is up (loop time), and whether anything was sent by then."""

    at: float
    sent: bool = False


class Dice:
    """Chance for one request, made when first asked for, from the seed and the request's number."""

    __slots__ = ("_random", "_seed")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._random: random.Random | None = None

    @property
    def random(self) -> random.Random:
        if self._random is None:
            self._random = random.Random(self._seed)
        return self._random


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheWish:
    """What the caller wants of caches."""

    namespace: str | None = None
    refresh: bool = False
    tenant: str = ""


@dataclass(slots=True, kw_only=True)
class Context:
    """One request's ports, trace, chance and clock, and what its branch of the tree added.

    `now` gives wall time in Unix seconds; every other time is the event loop's. `began` is when
    the request began and `deadline` when it must have ended. A node that changes a field for its
    child makes a `branch`; siblings never see it.
    """

    sender: Sender
    store: Store
    vault: Vault
    trace: Trace
    dice: Dice
    now: Callable[[], float]
    shared: Shared
    began: float
    cache: CacheWish = field(default_factory=CacheWish)
    budget: Budget = field(default_factory=Budget)
    deadline: float = math.inf
    target: Target | None = None
    adapter: Adapter | None = None
    adaptations: tuple[str, ...] = ()
    pause: Pause | None = None
    expiry: Expiry | None = None
    bypass_breakers: bool = False

    @property
    def rng(self) -> random.Random:
        return self.dice.random

    def aimed(self, target: Target, adapter: Adapter) -> "Context":
        """Branch towards one target."""
        twin = self._branch()
        twin.target = target
        twin.adapter = adapter
        return twin

    def within(self, budget: Budget, deadline: float) -> "Context":
        """Branch under a budget and a deadline of its own."""
        twin = self._branch()
        twin.budget = budget
        twin.deadline = min(deadline, self.deadline)
        return twin

    def adapted(self, notes: tuple[str, ...]) -> "Context":
        """Branch with more adaptations to report."""
        twin = self._branch()
        twin.adaptations = self.adaptations + notes
        return twin

    def paused(self, pause: Pause) -> "Context":
        """Branch after a wait that the next call reports."""
        twin = self._branch()
        twin.pause = pause
        return twin

    def expiring(self, expiry: Expiry) -> "Context":
        """Branch with a time limit for one attempt."""
        twin = self._branch()
        twin.expiry = expiry
        return twin

    def bypassing(self) -> "Context":
        """Branch in which open breakers let requests through."""
        twin = self._branch()
        twin.bypass_breakers = True
        return twin

    def _branch(self) -> "Context":
        """Copy every field; written out, as a generic copy costs five times as much."""
        return Context(
            sender=self.sender,
            store=self.store,
            vault=self.vault,
            trace=self.trace,
            dice=self.dice,
            now=self.now,
            shared=self.shared,
            began=self.began,
            cache=self.cache,
            budget=self.budget,
            deadline=self.deadline,
            target=self.target,
            adapter=self.adapter,
            adaptations=self.adaptations,
            pause=self.pause,
            expiry=self.expiry,
            bypass_breakers=self.bypass_breakers,
        )
