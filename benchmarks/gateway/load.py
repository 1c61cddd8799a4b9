"""Load: what one contender does in one round, in fresh processes."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway import footprint, wrk
from gateway.answers import body, check_whole, picture
from gateway.contender import HOST, Contender, Place, Question, Unfit
from gateway.others import Watch
from gateway.processes import free_port, running
from gateway.upstream import Upstream

LOADS = {"small": 16, "big": 8}
"""Connections that are kept busy, by the size of the answers."""

BURST = 64  # connections, each with a big answer on it
BURST_SECONDS = 6
WARM_UP = 5  # seconds
# Node compiles what it sees often; in its first seconds Portkey's gateway doubles its rate.


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A contender that has answered: `start` is how many seconds that took it."""

    contender: Contender
    place: Place
    session: int
    start: float

    def load(self, size: str, *, connections: int, seconds: int) -> wrk.Told:
        question = self.contender.question(self.place, size)
        return wrk.run(self.place.port, question, connections=connections, seconds=seconds)


@contextmanager
def serving(contender: Contender, upstream: Upstream) -> Iterator[Server]:
    with TemporaryDirectory() as folder:
        place = Place(folder=Path(folder), port=free_port(), upstream=upstream.port)
        first = contender.question(place, "small")
        with running(contender.launch(place), place.folder) as process:
            start = process.wait_until(lambda: _ask(place.port, first)[0] == 200)
            yield Server(contender=contender, place=place, session=process.session, start=start)


def check_fit(contender: Contender, upstream: Upstream) -> None:
    """Raise `Unfit` unless it passes on both pictures whole, and asks for each as often as asked.

    That it has run once is worth something, too: everything is compiled and cached by now.
    """
    with serving(contender, upstream) as server:
        for size in LOADS:
            before = upstream.calls()
            for _ in range(2):
                status, answer = _ask(server.place.port, contender.question(server.place, size))
                if status != 200:
                    raise Unfit(f"answered {status} to {size!r}: {answer[:200]!r}")
                check_whole(size, answer)
            check_calls(upstream.calls() - before, requests=2)


def measure(contender: Contender, upstream: Upstream, seconds: int) -> Mapping[str, float]:
    """Return one round's figures: seconds, bytes, requests, requests a second, and shares."""
    watch = Watch()
    told = {**_burst(contender, upstream), **_loads(contender, upstream, seconds)}
    told["others"] = watch.share()
    return {f"{contender.name}.{name}": figure for name, figure in told.items()}


def check_calls(calls: int, *, requests: int, unfinished: int = 0) -> None:
    """Raise `Unfit` unless each request was one call; `unfinished` may have been begun besides."""
    if not requests <= calls <= requests + unfinished:
        raise Unfit(f"the upstream had {calls} calls for {requests} requests")


def check_length(size: str, told: wrk.Told) -> None:
    """Raise `Unfit` where answers were too short to have held the picture."""
    least = len(picture(size)) * 4 // 3
    if told.size < (told.requests - told.failed) * least:
        raise Unfit(f"{told.requests} answers had {told.size} bytes: less than their pictures")


def _burst(contender: Contender, upstream: Upstream) -> dict[str, float]:
    """Measure what many big answers at once need, in a process that has seen small ones only."""
    with serving(contender, upstream) as server:
        server.load("small", connections=LOADS["small"], seconds=WARM_UP)
        idle = footprint.resident(server.session)
        footprint.forget_peaks(server.session)
        told = server.load("big", connections=BURST, seconds=BURST_SECONDS)
        peak = footprint.peak(server.session)
    check_length("big", told)
    return {
        "start": server.start,
        "burst.idle": idle,
        "burst.peak": peak,
        "burst.ratio": (peak - idle) / (BURST * len(body("big"))),
        "burst.answers": told.requests,
        "burst.failed": told.failed,
        "burst.broken": told.broken,
    }


def _loads(contender: Contender, upstream: Upstream, seconds: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    with serving(contender, upstream) as server:
        for size, connections in LOADS.items():
            server.load(size, connections=connections, seconds=WARM_UP)
            footprint.forget_peaks(server.session)
            before = upstream.calls()
            told = server.load(size, connections=connections, seconds=seconds)
            peak = footprint.peak(server.session)
            calls = upstream.calls() - before
            check_calls(calls, requests=told.requests, unfinished=connections)
            check_length(size, told)
            figures |= {f"{size}.{name}": figure for name, figure in _figures(told).items()}
            figures[f"{size}.peak"] = peak
    return figures


def _figures(told: wrk.Told) -> dict[str, float]:
    return {
        "rate": told.rate,
        "median": told.median,
        "p99": told.p99,
        "failed": told.failed,
        "broken": told.broken,
    }


def _ask(port: int, question: Question) -> tuple[int, bytes]:
    """Ask once; status 0 where nobody is there yet."""
    connection = http.client.HTTPConnection(HOST, port)
    try:
        connection.request("POST", question.path, question.body, dict(question.headers))
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
