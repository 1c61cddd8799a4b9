"""Loop thread: an engine, and the thread whose event loop it lives on."""

import os
import threading
from concurrent.futures import Future

import anyio
from anyio.from_thread import BlockingPortal

from router.engine import Engine


class LoopThread:
    """Starts its thread at the first call. It does not keep a program from ending.

    After a fork the thread is gone. The child forgets it, as nothing of it would ever answer, and
    starts one of its own.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._locks: dict[int, threading.Lock] = {}
        self._portal: BlockingPortal | None = None
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        self._closed = False

    def portal(self) -> BlockingPortal:
        """Return the way into the running loop."""
        with self._lock():
            if self._closed:
                raise RuntimeError("this router is closed; make a new one")
            if self._pid != os.getpid():
                self._engine.renew()
                self._portal, self._pid = None, os.getpid()
            if self._portal is None:
                self._portal, self._thread = start(self._engine)
            return self._portal

    def close(self) -> None:
        """End the calls under way and the thread. Closing twice, or after a fork, is no error."""
        with self._lock():
            self._closed = True
            portal, thread = self._portal, self._thread
            self._portal = self._thread = None
        if portal is not None and thread is not None and self._pid == os.getpid():
            portal.call(portal.stop, True)
            thread.join()

    def _lock(self) -> threading.Lock:
        """Return this process's lock: one that a fork caught while held would never be free."""
        return self._locks.setdefault(os.getpid(), threading.Lock())


def start(engine: Engine) -> tuple[BlockingPortal, threading.Thread]:
    """Start a thread with an event loop for the engine, and return the way into it."""
    ready: Future[BlockingPortal] = Future()

    async def live() -> None:
        async with BlockingPortal() as portal:
            ready.set_result(portal)
            await portal.sleep_until_stopped()
        await engine.aclose()

    def run() -> None:
        try:
            anyio.run(live)
        except OSError as error:  # no loop could be made
            ready.set_exception(error)

    thread = threading.Thread(target=run, name="pixroute", daemon=True)
    thread.start()
    return ready.result(), thread
