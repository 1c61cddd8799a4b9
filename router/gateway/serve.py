"""Serve: starts the workers, puts another in the place of each that dies, and ends them."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from router.gateway.assignment import VARIABLE, Assignment
from router.gateway.serving import Serving

log = logging.getLogger("router")

NUMBERS = "PROMETHEUS_MULTIPROC_DIR"
WORKER = "router.gateway.worker"
MARGIN = 20.0  # seconds beside the drain, for farewells and logs; then a worker is killed
YOUNG = 5.0  # seconds; who lives no longer is replaced ever more slowly
LONGEST_PAUSE = 30.0  # seconds
INTERRUPTED = 130  # as shells have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is served, and how; see `Assignment` for what the fields mean.

    `environment` is that of the workers.
    """

    serving: Serving
    environment: Mapping[str, str]
    drain: float
    patience: float
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A worker that has been started, and the other end of its lifeline."""

    process: asyncio.subprocess.Process
    lifeline: socket.socket
    began: float


class Supervisor:
    """Keeps as many workers running as the plan says, all on one socket.

    `started` is called once, as soon as the first of them serves.
    """

    def __init__(
        self, plan: Plan, listener: socket.socket, started: Callable[[], None] = lambda: None
    ) -> None:
        self._plan = plan
        self._listener = listener
        self._started = started
        self._has_started = False
        self._is_killed = False
        self._ending = asyncio.Event()
        self._running: dict[int, Running] = {}
        self._greeting: asyncio.Future[None] | None = None

    async def run(self) -> int:
        """Serve until a signal comes, and return the exit code; a second one ends all at once."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signum, self._signalled)
        with TemporaryDirectory(prefix="pixroute-", ignore_cleanup_errors=True) as numbers:
            keepers = [
                asyncio.ensure_future(self._keep(number, numbers))
                for number in range(1, self._plan.serving.workers + 1)
            ]
            ending = asyncio.ensure_future(self._ending.wait())
            await asyncio.wait({ending, *keepers}, return_when=asyncio.FIRST_COMPLETED)
            await self._end(keepers)
            ending.cancel()
        if self._is_killed:
            return INTERRUPTED
        return 0 if self._has_started else 1

    def _signalled(self) -> None:
        if self._ending.is_set():
            self._kill()
            return
        self._ending.set()
        seconds = self._plan.drain
        log.warning("requests under way have %g s to be done; another signal ends them", seconds)

    def _kill(self) -> None:
        self._is_killed = True
        for worker in self._running.values():
            worker.process.kill()

    async def _end(self, keepers: "Sequence[asyncio.Future[None]]") -> None:
        """Let nobody in any more, and wait for the workers as long as they may take."""
        self._ending.set()
        self._listener.close()
        for worker in self._running.values():
            worker.process.terminate()
        _, late = await asyncio.wait(keepers, timeout=self._plan.drain + MARGIN)
        if late:
            what = "1 worker" if len(late) == 1 else f"{len(late)} workers"
            log.error("%s did not end in time: killed", what)
            self._kill()
            await asyncio.wait(late)

    async def _keep(self, number: int, numbers: str) -> None:
        """Have a worker of this number running until all ends, or the first one cannot start."""
        deaths = 0
        is_replacement = False
        while not self._ending.is_set():
            worker = await self._start(number, numbers, is_replacement=is_replacement)
            if await self._serves(worker):
                self._tell_started()
            code = await worker.process.wait()
            worker.lifeline.close()
            del self._running[number]
            _forget(worker.process.pid, numbers)
            if self._ending.is_set() or not self._has_started:
                return
            is_replacement = True
            is_young = asyncio.get_running_loop().time() - worker.began < YOUNG
            deaths = deaths + 1 if is_young else 0
            pause = min(LONGEST_PAUSE, 0.1 * 2.0**deaths) if deaths > 1 else 0.0
            log.error("worker %d has ended (%s); another takes its place", number, _how(code))
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        waiting = asyncio.ensure_future(self._ending.wait())
        await asyncio.wait({waiting}, timeout=seconds)
        waiting.cancel()

    async def _start(self, number: int, numbers: str, *, is_replacement: bool) -> Running:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        assignment = Assignment(
            serving=self._plan.serving,
            listener=self._listener.fileno(),
            lifeline=theirs.fileno(),
            drain=self._plan.drain,
            number=number,
            replacement=is_replacement,
            patience=self._plan.patience,
            quiet=self._plan.quiet,
        )
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                WORKER,
                stdin=asyncio.subprocess.DEVNULL,
                env=self._environment(assignment, numbers),
                pass_fds=(assignment.listener, assignment.lifeline),
                process_group=0,  # so that Ctrl-C is ours alone
            )
        began = asyncio.get_running_loop().time()
        worker = Running(process=process, lifeline=ours, began=began)
        self._running[number] = worker
        if self._ending.is_set():
            process.terminate()
        return worker

    def _environment(self, assignment: Assignment, numbers: str) -> dict[str, str]:
        """Return a worker's variables: it imports what this process would.

        Who is alone counts in its own memory: that costs a fraction of what a shared file does.
        """
        paths = [os.path.abspath(path) for path in sys.path]  # noqa: PTH100 - '' is the folder
        environment = {
            **self._plan.environment,
            "PYTHONPATH": os.pathsep.join(paths),
            VARIABLE: assignment.written(),
            NUMBERS: numbers,
        }
        if self._plan.serving.workers == 1:
            del environment[NUMBERS]
        return environment

    async def _serves(self, worker: Running) -> bool:
        """Wait until it says so; False where it has died before."""
        try:
            return bool(await asyncio.get_running_loop().sock_recv(worker.lifeline, 1))
        except OSError:
            return False

    def _tell_started(self) -> None:
        if not self._has_started:
            self._has_started = True
            self._greeting = asyncio.ensure_future(asyncio.to_thread(self._started))


def _forget(pid: int, numbers: str) -> None:
    """Let what a dead worker had under way not be counted any more."""
    from router.gateway.exposition import forget

    forget(pid, numbers)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def serve(plan: Plan, listener: socket.socket, started: Callable[[], None]) -> int:
    """Serve until a signal comes, and return the exit code."""
    logging.basicConfig(format="%(asctime)s %(levelname)s: %(message)s")

    async def run() -> int:
        return await Supervisor(plan, listener, started).run()

    return asyncio.run(run())
