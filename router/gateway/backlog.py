"""Backlog: what is to be written, and the one thread that writes it, beside the event loop."""

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

CAPACITY = 4096  # items that wait
BATCH = 32  # items in one turn: about 2 ms in which the event loop may have to wait
LINGER = 0.1  # seconds to wait for more, so that a busy loop is not disturbed for each item
BREATH = 0.001  # seconds between two full batches, in which the event loop has the interpreter
IDLE = 5.0  # seconds without an item after which there is a turn all the same

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Work(Protocol[T_contra]):
    """What the thread does. Nobody else calls it."""

    def write(self, batch: Sequence[T_contra]) -> int:
        """Write items in order and return how many were lost; without items, tidy up."""
        ...

    def close(self) -> None: ...


class Backlog(Generic[T]):
    """Takes items on the event loop, without ever waiting, and has a thread write them.

    What finds no room is dropped and counted, and so is what could not be written.
    """

    def __init__(
        self,
        name: str,
        work: Work[T],
        *,
        capacity: int = CAPACITY,
        batch: int = BATCH,
        linger: float = LINGER,
        idle: float = IDLE,
    ) -> None:
        self._work = work
        self._capacity = capacity
        self._batch = batch
        self._linger = linger
        self._idle = idle
        self._queue: SimpleQueue[T | None] = SimpleQueue()  # None is the end
        self._hurry = threading.Event()
        self._progress = threading.Condition()
        self._is_closed = False
        self._has_given_up = False
        # Each number has one thread that writes it, so neither needs a lock.
        self._taken = self._refused = 0
        self._done = self._lost = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Items that will not be written."""
        left = self._taken - self._done if self._has_given_up else 0
        return self._refused + self._lost + left

    def offer(self, item: T) -> bool:
        """Take an item, unless there is no room or it is closed; never waits."""
        if self._is_closed or self._queue.qsize() >= self._capacity:
            self._refused += 1
            return False
        self._taken += 1
        self._queue.put(item)
        return True

    def flush(self, timeout: float) -> bool:
        """Wait until all that was taken is written; False where that took too long."""
        taken = self._taken
        self._hurry.set()
        with self._progress:
            return self._progress.wait_for(lambda: self._done >= taken, timeout)

    def close(self, timeout: float) -> bool:
        """Write what waits, and end; False where that took too long and the rest is dropped."""
        if not self._is_closed:
            self._is_closed = True
            self._hurry.set()
            self._queue.put(None)
        self._thread.join(timeout)
        self._has_given_up = self._thread.is_alive()
        return not self._has_given_up

    def _run(self) -> None:
        while not self._has_given_up and self._turn():
            pass
        with suppress(Exception):
            self._work.close()

    def _turn(self) -> bool:
        """Write what waits. Nothing of it is held on to when this returns: pictures are large."""
        batch, is_open = self._next()
        try:
            self._lost += self._work.write(batch)
        except Exception:
            self._lost += len(batch)
            logging.getLogger("router").exception("%s failed", self._thread.name)
        with self._progress:
            self._done += len(batch)
            self._progress.notify_all()
        return is_open

    def _next(self) -> tuple[list[T], bool]:
        """Wait for items; return them in order, and whether there may be more."""
        batch: list[T] = []
        with suppress(Empty):
            item = self._queue.get(timeout=self._idle)
            if item is not None:
                self._pause()
            while item is not None:
                batch.append(item)
                if len(batch) == self._batch:
                    return batch, True
                item = self._queue.get_nowait()
            return batch, False
        return batch, True

    def _pause(self) -> None:
        """Wait for more items, unless they make a batch already or somebody waits for these."""
        is_full = self._queue.qsize() + 1 >= self._batch
        self._hurry.wait(min(BREATH, self._linger) if is_full else self._linger)
        if not self._is_closed:
            self._hurry.clear()
