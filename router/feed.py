"""Feed: a streamed request under way: a task of its own that hands over partial pictures."""

import asyncio
import weakref
from contextlib import suppress
from typing import TypeAlias

import anyio

from router.core.delivery import Counter
from router.core.events import Partial
from router.core.images import Pictures
from router.core.outcome import Failure, Kind
from router.core.trace import Trace
from router.errors import routing_error

LANDING = 8.0  # seconds that a cancelled request is given to undo its jobs (five) and record it

Work: TypeAlias = "asyncio.Task[tuple[Pictures, Trace]]"


class Feed:
    """Belongs to the loop it is made on. Where nobody holds it any more, its task is cancelled."""

    def __init__(self, task: Work, counter: Counter, trace: Trace) -> None:
        self.trace = trace
        self._task = task
        self._counter = counter
        task.add_done_callback(lambda _: counter.close())
        abandon = weakref.finalize(self, _abandon, task, asyncio.get_running_loop())
        abandon.atexit = False

    async def next(self) -> Partial | None:
        """Return the next partial picture, or None when the request has ended.

        May be cancelled, and called again, without losing one.
        """
        return await self._counter.take()

    def result(self) -> Pictures:
        """Return what an ended request has come to. Raises RoutingError."""
        if self._task.cancelled():
            gone = Failure(
                kind=Kind.CANCELLED,
                status=499,
                message="the stream was closed before its end",
                billed=None,
                local=True,
            )
            raise routing_error(gone, self.trace)
        return self._task.result()[0]

    async def close(self) -> None:
        """End the request, and wait until its last attempt is recorded."""
        self._task.cancel()
        late = asyncio.get_running_loop().time() + LANDING
        with anyio.CancelScope(shield=True, deadline=late):
            await asyncio.wait({self._task})


def _abandon(task: Work, loop: asyncio.AbstractEventLoop) -> None:
    """Cancel a request that nobody will hear of; the garbage collector runs in any thread."""
    if not task.done():
        with suppress(RuntimeError):  # the loop may be closed
            loop.call_soon_threadsafe(task.cancel)
