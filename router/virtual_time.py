"""Virtual time: an event loop whose clock jumps to the next timer while everyone sleeps."""

import asyncio
import contextvars
import math
import selectors
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class HasFileno(Protocol):
    def fileno(self) -> int: ...


File: TypeAlias = int | HasFileno

SHOWN = 5  # sleeping tasks named in a message

LOOKS = 64
"""Turns of the loop to one look at its wake-up pipe: a signal has done its work by then, and what
it has written there is only to be cleared."""


class AsleepError(RuntimeError):
    """Every task is asleep and no timer will wake one."""


def simulate(main: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run `main()` in virtual time and return its result: an hour of waiting takes no time.

    The clock starts at 0.0 and stands still while code runs. When every task sleeps it jumps to
    the next timer, so what happens in which order depends on the program alone, and
    `anyio.current_time()` gives exact numbers.

    Raises AsleepError where a real loop would hang for ever; a timer at infinity counts as asleep.
    There are no threads and no sockets in virtual time: asking for one raises RuntimeError. Called
    while a loop runs in this thread (a notebook), it uses a thread of its own.
    """
    if not _in_a_loop():
        return _run(main)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="virtual-time") as thread:
        return thread.submit(contextvars.copy_context().run, _run, main).result()


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run(main: Callable[[], Coroutine[object, object, T]]) -> T:
    with asyncio.Runner(debug=False, loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main())


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """The loop that `simulate` runs on. Its limits are those of `simulate`."""

    is_virtual = True  # for code that would use a thread only to keep a real loop free

    _scheduled: list[asyncio.TimerHandle]
    _clock_resolution: float

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        super().__init__(_Clockwork(self.jump))
        self._set(0.0)

    def time(self) -> float:
        """Seconds of virtual time since the loop was made."""
        return self._now

    def jump(self) -> None:
        """Move the clock to the next timer. Raises AsleepError where there is none."""
        next_timer = self._scheduled[0].when() if self._scheduled else math.inf
        if next_timer == math.inf:
            raise AsleepError(
                f"every task is asleep and no timer will wake one, at {self._now} s; "
                f"asleep: {self._sleepers()}"
            )
        self._set(max(self._now, next_timer))

    def run_forever(self) -> None:
        self._thread = threading.get_ident()
        super().run_forever()

    def call_soon_threadsafe(
        self,
        callback: Callable[..., object],
        *args: object,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        if threading.get_ident() != self._thread:
            raise RuntimeError("virtual time has no other threads: nobody may wake its loop")
        return super().call_soon_threadsafe(callback, *args, context=context)

    def run_in_executor(
        self, executor: object, func: Callable[..., object], *args: object
    ) -> NoReturn:
        del executor, args
        name = getattr(func, "__qualname__", type(func).__qualname__)
        raise RuntimeError(f"virtual time has no threads; {name} asked for one")

    def _set(self, now: float) -> None:
        """Set the clock; a timer is due when it is before now and one resolution."""
        self._now = now
        self._clock_resolution = math.ulp(now)

    def _sleepers(self) -> str:
        """Name the tasks that sleep, and where, as far as anyone knows."""
        tasks = sorted(asyncio.all_tasks(self), key=lambda task: task.get_name())
        shown = ", ".join(_whereabouts(task) for task in tasks[:SHOWN])
        more = len(tasks) - SHOWN
        return f"{shown} and {more} more" if more > 0 else shown


def _whereabouts(task: "asyncio.Task[object]") -> str:
    stack = task.get_stack(limit=1)
    if not stack:
        return task.get_name()
    code = stack[0].f_code
    return f"{task.get_name()} in {code.co_qualname} (line {stack[0].f_lineno})"


class _Clockwork(selectors.BaseSelector):
    """Asked to wait, it moves the clock instead."""

    def __init__(self, jump: Callable[[], None]) -> None:
        self._jump = jump
        self._turns = 0
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._turns += 1
        woken = [] if self._turns % LOOKS else self._real.select(0)
        if not woken and (timeout is None or timeout > 0):
            self._jump()
        return woken

    def register(self, fileobj: File, events: int, data: object = None) -> selectors.SelectorKey:
        """Take the loop's own wake-up pipe, which comes first, and nothing else."""
        if self._real.get_map():
            raise RuntimeError("virtual time has no sockets, pipes or processes")
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: File) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[File, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()
