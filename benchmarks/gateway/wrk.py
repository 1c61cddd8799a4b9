"""wrk: a load that keeps so many connections busy, and what came of it."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.contender import HOST, Question

BINARY = shutil.which("wrk") or ""
SCRIPT = Path(__file__).with_name("wrk.lua")
TIMEOUT = 60  # seconds; an answer that takes longer is an error


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What wrk tells of one run. `median` and `p99` are in seconds.

    `failed` are answers with a status of 400 or more; `broken` are connections that could not be
    made, read or written, and answers that took too long.
    """

    requests: int
    seconds: float
    size: int
    median: float
    p99: float
    failed: int
    broken: int

    @property
    def rate(self) -> float:
        """Requests that were answered with a picture, a second."""
        return (self.requests - self.failed) / self.seconds


def run(port: int, question: Question, *, connections: int, seconds: int) -> Told:
    done = subprocess.run(
        [
            BINARY,
            "--threads=1",
            f"--connections={connections}",
            f"--duration={seconds}s",
            f"--timeout={TIMEOUT}s",
            f"--script={SCRIPT}",
            f"http://{HOST}:{port}{question.path}",
            "--",
            question.body,
            *_headers(question),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return parsed(done.stdout)


def parsed(output: str) -> Told:
    """Read the line that the script has printed below wrk's own report."""
    # {"requests": int, "microseconds": int, "bytes": int, "median": int, "p99": int, ...}
    told: dict[str, int] = json.loads(output.strip().splitlines()[-1])
    return Told(
        requests=told["requests"],
        seconds=told["microseconds"] / 1e6,
        size=told["bytes"],
        median=told["median"] / 1e6,
        p99=told["p99"] / 1e6,
        failed=told["failed"],
        broken=told["broken"],
    )


def version() -> str:
    said = subprocess.run([BINARY, "--version"], check=False, capture_output=True, text=True)
    return said.stdout.split()[1]


def _headers(question: Question) -> Iterator[str]:
    for name, value in question.headers.items():
        yield from (name, value)
