"""Context: what one request carries down the tree."""

import asyncio
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import anyio

from router.core.adapter import Adapter
from router.core.budget import Budget
from router.core.delivery import Delivery
from router.core.finishing import Finishing
from router.core.light_value import light_value
from router.core.outcome import Failure
from router.core.ports import Sender, Store, Vault
from router.core.shared import Shared
from router.core.target import Target
from router.core.trace import Decision, Trace

UNIT = 2.0**53  # how many doubles [0, 1) is divided into


@dataclass(slots=True)
class Pause:
    """A wait before the next call, in seconds, and why."""

    seconds: float
    reason: str


@dataclass(slots=True)
class Expiry:
    """The time limit of one attempt: `scope` is cancelled when its time is up.

    `between` is how many seconds a stream may take from one picture to the next. `sent` tells
    whether anything has left, and `heard` whether a partial picture has come.
    """

    scope: anyio.CancelScope
    between: float
    sent: bool = False
    heard: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the time was up before there was an outcome."""
        return self.scope.cancel_called

    def suspend(self) -> None:
        """Let the time not count: it is the caller who is waited for."""
        self.scope.deadline = math.inf

    def renew(self, now: float) -> None:
        """Count again, from now on: the caller has the picture."""
        self.heard = True
        self.scope.deadline = now + self.between


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Whom a branch asks: the target, the adapter that speaks to it, and where its secret may go.

    `state_key` names the account in the store and in lanes, whatever its place in the config.
    """

    target: Target
    adapter: Adapter
    origins: frozenset[str]
    state_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account that one request has brought the key of; `digest` tells such keys apart.

    It is asked wherever the `credential` of that name is meant.
    """

    credential: str
    digest: str


class Dice:
    """Chance for one request, from the router's seed and the request's number.

    So a request's draws do not depend on how requests interleave. A hash of seed and draw costs a
    quarter of what seeding a generator does, and few requests draw more than once.
    """

    __slots__ = ("_drawn", "_seed")

    def __init__(self, seed: int | str) -> None:
        self._seed = seed
        self._drawn = 0

    def random(self) -> float:
        """Draw from [0, 1)."""
        self._drawn += 1
        draw = hashlib.blake2b(f"{self._seed}:{self._drawn}".encode(), digest_size=8).digest()
        return (int.from_bytes(draw, "big") >> 11) / UNIT


@light_value
class CacheWish:
    """What the caller wants of caches."""

    namespace: str | None = None
    refresh: bool = False
    tenant: str = ""
    is_off: bool = False


NO_WISH = CacheWish()


@dataclass(kw_only=True)
class Context:
    """One request's ports, trace, chance and clock, and what its branch of the tree added.

    `now` gives wall time in Unix seconds; every other time is the event loop's. `began` is when
    the request began and `deadline` when it must have ended. `delivery` is where partial pictures
    go, None where the caller did not ask for a stream. `finishing` does to pictures what providers
    cannot; None leaves them as they come. A node that changes a field for its child makes a
    `branch`; siblings never see it. `attempt_timeout` is the caller's own, in seconds, and stands
    in for the config's. `account` is the caller's own, too, where it has brought a key.
    """

    sender: Sender
    store: Store
    vault: Vault
    trace: Trace
    dice: Dice
    now: Callable[[], float]
    shared: Shared
    began: float
    cache: CacheWish = field(default_factory=lambda: NO_WISH)
    budget: Budget = field(default_factory=Budget)
    deadline: float = math.inf
    aimed_at: Aim | None = None
    adaptations: tuple[str, ...] = ()
    pause: Pause | None = None
    expiry: Expiry | None = None
    delivery: Delivery | None = None
    finishing: Finishing | None = None
    bypass_breakers: bool = False
    attempt_timeout: float | None = None
    account: Account | None = None

    @property
    def rng(self) -> Dice:
        return self.dice

    @property
    def aim(self) -> Aim:
        """Whom the branch asks. Raises LookupError above the node that decides it."""
        if self.aimed_at is None:
            raise LookupError("this branch of the tree has no target yet")
        return self.aimed_at

    @property
    def state_key(self) -> str:
        """Name the account that is asked: the aim's, or the one that the request has brought."""
        aim, brought = self.aim, self.account
        if brought is None or brought.credential != aim.target.credential:
            return aim.state_key
        return f"{aim.state_key}/{brought.digest}"

    def time(self) -> float:
        """Loop time, in seconds."""
        return asyncio.get_running_loop().time()

    def decide(self, path: str, by: str, chosen: str, reason: str) -> None:
        """Record a decision in the trace."""
        at = self.time() - self.began
        self.trace.decide(Decision(path=path, by=by, chosen=chosen, reason=reason, at=at))

    def aiming(self, aim: Aim) -> "Context":
        """Branch towards one target."""
        twin = self._branch()
        twin.aimed_at = aim
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

    def delivering(self, delivery: Delivery | None) -> "Context":
        """Branch whose partial pictures go elsewhere."""
        twin = self._branch()
        twin.delivery = delivery
        return twin

    def ending(self, failure: Failure) -> Failure:
        """Return a failure: a final one if the caller has been given partial pictures."""
        if self.delivery is None or not self.delivery.handed_over:
            return failure
        return replace(failure, final=True)

    def bypassing(self) -> "Context":
        """Branch in which open breakers let requests through."""
        twin = self._branch()
        twin.bypass_breakers = True
        return twin

    def _branch(self) -> "Context":
        """Copy all fields at once, as field by field takes three times as long."""
        twin = object.__new__(Context)
        twin.__dict__.update(self.__dict__)
        return twin
