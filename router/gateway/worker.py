"""Worker: one process that serves: it takes connections until it is told to end.

It is started as `python -m router.gateway.worker`, with its assignment in the environment.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from router.gateway.app import Gateway
from router.gateway.assignment import VARIABLE, Assignment
from router.gateway.build import build_gateway
from router.gateway.draining import Draining
from router.gateway.http_server import HttpServer
from router.gateway.recorders import open_recorders

READY = b"+"
LOGS = 12.0  # seconds for what waits to be logged; with the farewell it is less than a margin
MANY = 10_000  # objects that come before it is looked for garbage; Python's own number is 700
FAREWELL = 5.0  # seconds for the answers of what is cancelled to go out

log = logging.getLogger("router")


@dataclass(slots=True)
class Tell:
    """Tells what is wrong with files; nothing of those that whoever came first has told of."""

    is_silent: bool

    def __call__(self, what: str) -> None:
        if not self.is_silent:
            log.error("%s", what)


async def work(assignment: Assignment) -> None:
    """Serve until a signal comes, or whoever started this has gone."""
    listener = socket.socket(fileno=assignment.listener)
    lifeline = socket.socket(fileno=assignment.lifeline)
    tell = Tell(is_silent=not assignment.replacement)
    gateway = _built(assignment, tell)
    tell.is_silent = False
    app = Draining(gateway)
    server = HttpServer(app, listener, patience=assignment.patience)
    await gateway.start()
    _spare_the_collector()
    told = _end_told(lifeline)
    serving = asyncio.ensure_future(server.serve())
    lifeline.send(READY)
    await _first(serving, told)
    server.stop()  # type: ignore[no-untyped-call]
    await _drain(app, serving, assignment.drain)
    with suppress(TimeoutError):
        async with asyncio.timeout(LOGS):
            await gateway.stop()


def _built(assignment: Assignment, tell: Tell) -> Gateway:
    """Build it, or end this process: what is missing now may be there for the next one."""
    try:
        return build_gateway(
            assignment.serving,
            opening=partial(open_recorders, quiet=assignment.quiet),
            tell=tell,
        )
    except OSError as error:
        log.error("the gateway cannot be built: %s", error)  # noqa: TRY400 - the message says it all
        logging.shutdown()
        os._exit(1)


def _spare_the_collector() -> None:
    """Keep what is here for good out of garbage collection, and collect seldom.

    A request leaves no cycles behind, as a test holds: the collector finds nothing, and while it
    looks through a whole process nobody is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MANY)


async def _drain(app: Draining, serving: "asyncio.Future[None]", seconds: float) -> None:
    """Wait for what is under way, also for those whose callers have left; then end the rest."""
    ending = asyncio.ensure_future(_ended(app, serving))
    await asyncio.wait({ending}, timeout=seconds)
    if ending.done():
        return
    cut = app.cancel()
    if cut:
        what = "1 request was" if cut == 1 else f"{cut} requests were"
        log.warning("%s not done after %g s, and cut off", what, seconds)
        await asyncio.wait({ending}, timeout=FAREWELL)


async def _ended(app: Draining, serving: "asyncio.Future[None]") -> None:
    await serving
    await app.ended()


async def _first(serving: "asyncio.Future[None]", told: asyncio.Event) -> None:
    waiting: asyncio.Future[bool] = asyncio.ensure_future(told.wait())
    either: set[asyncio.Future[None] | asyncio.Future[bool]] = {serving, waiting}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if serving.done():
        serving.result()


def _end_told(lifeline: socket.socket) -> asyncio.Event:
    """Return what is set when this process is to end."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, told.set)

    def cut() -> None:
        loop.remove_reader(lifeline)
        told.set()

    lifeline.setblocking(False)
    loop.add_reader(lifeline, cut)
    return told


def _set_up(assignment: Assignment) -> None:
    """Log to standard error, leave Ctrl-C to whoever started this, and allow many connections."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    who = f" worker {assignment.number}" if assignment.serving.workers > 1 else ""
    # It warns of what a caller sends, who is told in the answer.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    logging.basicConfig(format=f"%(asctime)s %(levelname)s{who}: %(message)s")
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _new_loop() -> asyncio.AbstractEventLoop:
    """Return uvloop's, which answers a sixth more requests, where there is one."""
    try:
        import uvloop
    except ImportError:  # on Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def main() -> None:
    assignment = Assignment.read(os.environ[VARIABLE])
    _set_up(assignment)
    # Neither loop nor interpreter is ended in order: that waits for threads, and one may be held
    # by a file that cannot be read, or by a caller who takes nothing in.
    _new_loop().run_until_complete(work(assignment))
    logging.shutdown()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
