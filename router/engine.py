"""Engine: executes one request after another; what they share lives here, not in the tree."""

import asyncio
import hashlib
import logging
import os
import secrets
import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from router.artefacts.convert import find_converter
from router.artefacts.stores import DataUrls
from router.asking import Wishes
from router.core.context import NO_WISH, CacheWish, Context, Dice
from router.core.delivery import Counter, Delivery
from router.core.finishing import ArtefactStore, Finishing, ReadableStore
from router.core.images import ImageRequest, Pictures
from router.core.outcome import Failure, Outcome
from router.core.ports import Sender, Store
from router.core.shared import Shared
from router.core.trace import Observer, Trace
from router.errors import routing_error
from router.feed import Feed
from router.fetch import fetch_picture
from router.policies.budget import in_time
from router.stores.memory import MemoryStore
from router.workspace import Loaded

log = logging.getLogger("router")


class Engine:
    """Belongs to the event loop of its first request, and after a fork to another one."""

    def __init__(
        self,
        *,
        sender: Sender | None = None,
        store: Store | None = None,
        seed: int | str | None = None,
        observers: Sequence[Observer] = (),
        now: Callable[[], float] = time.time,
        artefacts: ArtefactStore | None = None,
    ) -> None:
        self._sender = sender
        self._owns_sender = sender is None
        self._owns_store = store is None
        self._store: Store = MemoryStore() if store is None else store
        self._given_seed = seed
        self._seed = _seed(seed)
        self._series = _series(self._seed)
        self._observers = tuple(observers)
        self._now = now
        self._artefacts: ArtefactStore = DataUrls() if artefacts is None else artefacts
        self._finishing = lru_cache(maxsize=64)(self._make_finishing)  # a folder's configs
        self._shared = Shared()
        self._requests = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._pid = os.getpid()

    def renew(self) -> None:
        """Forget the loop, the connections and the calls of the process this was forked from.

        Draws begin anew unless a seed was given; trace ids do in any case, as they tell requests
        of all workers apart.
        """
        self._pid = os.getpid()
        self._loop = None
        self._seed = _seed(self._given_seed)
        self._series = _series(_digest(f"{self._seed}/{self._pid}"))
        self._shared = Shared()
        if self._owns_sender:
            self._sender = None
        if self._owns_store:
            self._store = MemoryStore()

    def stream(self, loaded: Loaded, request: ImageRequest, wishes: Wishes) -> Feed:
        """Execute a request in a task of its own, which hands over partial pictures."""
        counter = Counter()
        context = self.begin(loaded, wishes)
        context.delivery = Delivery(counter)
        work = self.run(loaded, request, wishes, context)
        task = asyncio.get_running_loop().create_task(work)
        self._shared.tasks.add(task)
        task.add_done_callback(self._end_stream)
        return Feed(task, counter, context.trace)

    async def run(
        self, loaded: Loaded, request: ImageRequest, wishes: Wishes, context: Context | None = None
    ) -> tuple[Pictures, Trace]:
        """Execute a request. Raises RoutingError where no target gave the pictures."""
        context = context or self.begin(loaded, wishes)
        if wishes.timeout is None:
            outcome = await loaded.tree.execute(request, context)
        else:
            outcome = await in_time(wishes.timeout, loaded.tree, request, context, context.budget)
        _report(outcome, context)
        if isinstance(outcome, Failure):
            context.trace.failed = True
            raise routing_error(outcome, context.trace)
        return outcome.pictures, context.trace

    async def fetch(self, url: str, *, own: frozenset[str]) -> bytes:
        """Return the picture behind a URL, be it one of our own store's. Raises FetchError.

        `own` are the origins of servers of one's own, which need not be public.
        """
        if isinstance(self._artefacts, ReadableStore):
            kept = await self._artefacts.get(url)
            if kept is not None:
                return kept
        return await fetch_picture(url, self.sender, own=own)

    @property
    def sender(self) -> Sender:
        """The sender, made when first needed: no HTTP client is loaded before."""
        self._notice_fork()
        return self._open_sender()

    def _open_sender(self) -> Sender:
        if self._sender is None:
            from router.senders.default import default_sender

            self._sender = default_sender()
        return self._sender

    def name_request(self) -> str:
        """Return a number for a request: unlike any other of this router, or of its forks."""
        self._notice_fork()
        self._requests += 1
        return self._id

    def begin_trace(self, wishes: Wishes) -> Trace:
        """Begin a request's record; its id is the caller's, or made from seed and number."""
        self._notice_fork()
        return self._next_trace(wishes)

    def _next_trace(self, wishes: Wishes) -> Trace:
        self._requests += 1
        return Trace(wishes.trace_id or self._id, self._observers)

    @property
    def _id(self) -> str:
        """The number of the latest request, in words."""
        return f"{self._series}-{self._requests:06x}"

    @property
    def _number(self) -> int:
        """The seed and the request's place in the series, in one number."""
        return self._seed << 64 | self._requests

    async def aclose(self) -> None:
        """End the calls under way and close the connections. Closing twice is no error."""
        self._closed = True
        self._shared.closed = True
        flights = tuple(self._shared.tasks)
        for flight in flights:
            flight.cancel()
        if flights:
            await asyncio.wait(flights)
        if self._owns_sender and self._sender is not None:
            await self._sender.aclose()

    def _end_stream(self, task: "asyncio.Task[tuple[Pictures, Trace]]") -> None:
        self._shared.tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen: whoever had asked may have left

    def begin(self, loaded: Loaded, wishes: Wishes) -> Context:
        """Make what `run` carries down the tree; its trace is there from the first moment."""
        self._claim_loop()
        trace = self._next_trace(wishes)
        return Context(
            sender=self._open_sender(),
            store=self._store,
            vault=loaded.vault,
            trace=trace,
            dice=Dice(self._number),
            now=self._now,
            shared=self._shared,
            began=asyncio.get_running_loop().time(),
            cache=_cache_wish(wishes),
            finishing=self._finishing(loaded.own),
            attempt_timeout=wishes.attempt_timeout,
            account=wishes.account,
        )

    def _make_finishing(self, own: frozenset[str]) -> Finishing:
        fetch = partial(self.fetch, own=own)
        return Finishing(fetch=fetch, store=self._artefacts, converter=find_converter())

    def _claim_loop(self) -> None:
        self._notice_fork()
        loop = asyncio.get_running_loop()
        if self._closed:
            raise RuntimeError("this router is closed; make a new one")
        if self._loop is None:
            self._loop = loop
        if self._loop is not loop:
            raise RuntimeError(
                "this AsyncRouter belongs to the event loop of its first request; "
                "make one per loop, or use Router, which any thread may call"
            )

    def _notice_fork(self) -> None:
        if self._pid != os.getpid():
            self.renew()


def _cache_wish(wishes: Wishes) -> CacheWish:
    namespace, refresh = wishes.cache_namespace, wishes.cache_force_refresh
    if namespace is None and not refresh and not wishes.tenant and not wishes.uncached:
        return NO_WISH
    return CacheWish(
        namespace=namespace, refresh=refresh, tenant=wishes.tenant, is_off=wishes.uncached
    )


def _series(number: int) -> str:
    """Write the first half of trace ids."""
    return f"{number:016x}"


def _seed(given: int | str | None) -> int:
    return secrets.randbits(64) if given is None else _digest(str(given))


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _report(outcome: Outcome, context: Context) -> None:
    """Write the request's one line to the log."""
    if not log.isEnabledFor(logging.INFO):
        return
    seconds = context.time() - context.began
    attempts = len(context.trace.attempts)
    if isinstance(outcome, Failure):
        log.info(
            "%s failed: %s %s after %d attempts in %.3f s",
            context.trace.id, outcome.status, outcome.kind, attempts, seconds,
        )  # fmt: skip
        return
    served = context.trace.served
    by = f"{served.provider} at {served.path}" if served else "the cache"
    log.info("%s served by %s: %d attempts, %.3f s", context.trace.id, by, attempts, seconds)
