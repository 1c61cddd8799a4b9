"""Virtual time: an event loop whose clock jumps to the next timer while everyone sleeps."""

import asyncio
import contextvars
import math
import selectors
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from heapq import heapify, heappop, heappush
from typing import NoReturn, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class HasFileno(Protocol):
    def fileno(self) -> int: ...


File: TypeAlias = int | HasFileno

SHOWN = 5  # sleeping tasks named in a message

MANY = 100  # timers that may have been cancelled and are still there


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
    """The loop that `simulate` runs on. Its limits are those of `simulate`.

    Timers that ring at the same time ring in the order in which they were set.
    """

    is_virtual = True  # for code that would use a thread only to keep a real loop free

    _ready: deque[asyncio.Handle]
    _stopping: bool

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        super().__init__(_NoFiles())
        self._now = 0.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._set_so_far = 0
        self._given_up = 0

    def time(self) -> float:
        """Seconds of virtual time since the loop was made."""
        return self._now

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: object,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        if when <= self._now:
            self._ready.append(timer)
        else:
            self._set_so_far += 1
            heappush(self._timers, (when, self._set_so_far, timer))
        return timer

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

    def _run_once(self) -> None:
        """Run what is ready; where nothing is, move the clock to the next timer first.

        The base class asks for one turn of the loop by this name.
        """
        ready = self._ready
        if not ready and not self._stopping:
            self._jump()
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()  # noqa: SLF001  a loop's part, as the base class has it

    def _jump(self) -> None:
        """Move the clock to the next timer, and make those ready that ring then.

        Raises AsleepError where there is none.
        """
        timers = self._timers
        while timers and timers[0][2].cancelled():
            heappop(timers)
        if not timers or timers[0][0] == math.inf:
            raise AsleepError(
                f"every task is asleep and no timer will wake one, at {self._now} s; "
                f"asleep: {self._sleepers()}"
            )
        self._now = timers[0][0]
        while timers and timers[0][0] == self._now:
            self._ready.append(heappop(timers)[2])

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Clear away the timers that were cancelled, now and then.

        A timer tells its loop by this name, even if it has rung.
        """
        del handle
        self._given_up += 1
        if self._given_up > max(MANY, len(self._timers) // 2):
            self._timers = [timer for timer in self._timers if not timer[2].cancelled()]
            heapify(self._timers)
            self._given_up = 0

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


class _NoFiles(selectors.BaseSelector):
    """Takes the loop's own wake-up pipe, which comes first, and nothing else."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return self._real.select(timeout)

    def register(self, fileobj: File, events: int, data: object = None) -> selectors.SelectorKey:
        if self._real.get_map():
            raise RuntimeError("virtual time has no sockets, pipes or processes")
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: File) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[File, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()
