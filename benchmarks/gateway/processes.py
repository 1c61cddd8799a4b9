"""Processes: a server in a session of its own, stopped whole; nobody else's is touched."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.contender import HOST, Launch, Unfit
from gateway.sessions import members

PATIENCE = 120.0  # seconds until a server has to answer
GRACE = 10.0  # seconds to end by itself
GLANCE = 0.005  # seconds between two looks at whether it answers
TAIL = 400  # characters of what it said last


class Process:
    """`session` holds the process and all that it has started."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, began: float) -> None:
        self.session = process.pid
        self._process = process
        self._log = log
        self._began = began

    def wait_until(self, is_ready: Callable[[], bool]) -> float:
        """Return how many seconds it took from its start until that was so."""
        while not is_ready():
            if self._process.poll() is not None:
                raise Unfit(f"it ended by itself: {self._said()}")
            if time.perf_counter() - self._began > PATIENCE:
                raise Unfit(f"no answer within {PATIENCE:g} s: {self._said()}")
            time.sleep(GLANCE)
        return time.perf_counter() - self._began

    def wait_for(self, port: int) -> None:
        self.wait_until(lambda: _listens(port))

    def _said(self) -> str:
        return self._log.read_text(errors="replace")[-TAIL:].strip()


@contextmanager
def running(launch: Launch, folder: Path) -> Iterator[Process]:
    """Start it; what it says goes to a file in the folder. At the end, stop what was started."""
    log = folder / "said.txt"
    with log.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            launch.command,
            cwd=folder,
            env={**_environment(), **launch.environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Process(process, log, began)
        finally:
            _stop(process)


def free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _environment() -> dict[str, str]:
    """Return ours without proxies: everything here is on loopback."""
    return {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    for member in members(process.pid):
        with suppress(ProcessLookupError):
            os.kill(int(member.name), signal.SIGKILL)
    process.wait()
