"""Loop thread: an engine, and the thread whose event loop it lives on."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

import anyio
from anyio.from_thread import BlockingPortal

from router.engine import Engine

FAREWELL = 5.0  # seconds that closing waits for the calls under way to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A loop that runs. `end` may be called from any thread, its own too, and does not wait."""

    portal: BlockingPortal
    thread: threading.Thread
    end: Callable[[], None]


class LoopThread:
    """Starts its thread at the first call. It does not keep a program from ending.

    After a fork the thread is gone. The child forgets it, as nothing of it would ever answer, and
    starts one of its own.
    """

    def __init__(self, engine: Engine, *, patience: float = FAREWELL) -> None:
        self._engine = engine
        self._patience = patience
        self._locks: dict[int, threading.Lock] = {}
        self._running: Running | None = None
        self._pid = os.getpid()
        self._closed = False

    def portal(self) -> BlockingPortal:
        """Return the way into the running loop."""
        with self._lock():
            if self._closed:
                raise RuntimeError("this router is closed; make a new one")
            if self._pid != os.getpid():
                self._running, self._pid = None, os.getpid()
            if self._running is None:
                self._running = start(self._engine)
            return self._running.portal

    def close(self) -> None:
        """End the calls under way and the thread. Closing twice, or after a fork, is no error.

        It waits up to 5 s for them; a call that takes longer to end does so behind our back. On
        the loop's own thread, where the garbage collector may bring it, it does not wait at all.
        """
        with self._lock():
            self._closed = True
            running, self._running = self._running, None
        if running is None or self._pid != os.getpid():
            return
        running.end()
        if running.thread is not threading.current_thread():
            running.thread.join(self._patience)

    def _lock(self) -> threading.Lock:
        """Return this process's lock: one that a fork caught while held would never be free."""
        return self._locks.setdefault(os.getpid(), threading.Lock())


def start(engine: Engine) -> Running:
    """Start a thread with an event loop for the engine, and return the way into it."""
    ready: Future[Running] = Future()

    async def live() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def end() -> None:
            with suppress(RuntimeError):  # the loop may be closed
                loop.call_soon_threadsafe(ended.set)

        async with BlockingPortal() as portal:
            ready.set_result(Running(portal=portal, thread=thread, end=end))
            await ended.wait()
            await portal.stop(cancel_remaining=True)
        await engine.aclose()

    def run() -> None:
        try:
            anyio.run(live)
        except OSError as error:  # no loop could be made
            ready.set_exception(error)

    thread = threading.Thread(target=run, name="pixroute", daemon=True)
    thread.start()
    return ready.result()
