"""In-process: a sender that asks the emulators instead of the network."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from types import MappingProxyType
from urllib.parse import urlsplit

import anyio

from router.core.data_url import data_url
from router.core.http import HttpRequest, HttpResponse, TransportError, origin
from router.core.jsontypes import JSON
from router.core.ports import Incoming
from router.emulators.brief import Draw
from router.emulators.drawing import draw as draw_picture
from router.emulators.drawing import require_pillow
from router.emulators.emulator import Emulator, World
from router.emulators.registry import emulator, emulator_at, names
from router.emulators.shape import is_stream
from router.sandbox.course import course_of, play
from router.sandbox.fault import FaultKind
from router.sandbox.fault_script import parse_faults
from router.sandbox.faults import Fate, Faults
from router.sandbox.latency import Latency, none
from router.sandbox.log import Entry, RequestLog
from router.sandbox.reception import Reception, Visit, answer

KEYS = ("authorization", "api-key", "x-api-key", "x-goog-api-key")
"""Headers in which providers look for a key."""

BROKEN: Mapping[FaultKind | None, str] = MappingProxyType(
    {
        FaultKind.RESET: "the sandbox reset the connection",
        FaultKind.CUT: "the sandbox closed the connection within the answer",
    }
)

NO_HOSTS: Mapping[str, str] = MappingProxyType({})


def as_it_is(emulator: Emulator) -> Emulator:
    return emulator


class SandboxSender:
    """A Sender without a network: a request's host decides which emulator answers it.

    `faults` is a fault script; a `fate` decides in its place. `latency` is waited on the event
    loop's clock. `hosts` maps base URLs (`http://localhost:9000`) to the provider that is to answer
    at their origin, without a key if need be; of several the one does whose path begins most like
    the request's.
    `requests` is the log, which stays empty where the sandbox is `forgetful`. `staff` is given each
    emulator, and returns the one that is to do its work. It draws pictures on
    the caller's thread, so virtual time works; unless `now` is given, wall time passes as the event
    loop's does.
    Raises ImportError where they are to be drawn without Pillow.
    """

    def __init__(
        self,
        *,
        faults: JSON = None,
        fate: Fate | None = None,
        latency: Latency = none,
        hosts: Mapping[str, str] = NO_HOSTS,
        draw: Draw = draw_picture,
        now: Callable[[], float] | None = None,
        retired: bool = False,
        keys: frozenset[str] = frozenset(),
        seed: int = 0,
        told: Callable[[Entry], None] | None = None,
        forgetful: bool = False,
        staff: Callable[[Emulator], Emulator] = as_it_is,
    ) -> None:
        if draw is draw_picture:
            require_pillow()
        self.requests = RequestLog(told)
        self._seat = lru_cache(maxsize=1024)(self._find_seat)
        self._find_staff, self._staff = staff, dict[str, Emulator]()
        self._hosts: dict[str, dict[str, Emulator]] = {}
        for url, provider in hosts.items():
            self.host(url, provider)
        self._began: float | None = None
        self._epoch: float | None = None
        world = World(now=now or self._now, publish=data_url, draw=draw, retired=retired, keys=keys)
        self._reception = Reception(
            world=world,
            faults=Faults(parse_faults(faults), seed),
            latency=latency,
            requests=self.requests,
            fate=fate,
            forgetful=forgetful,
        )

    async def send(self, request: HttpRequest) -> HttpResponse:
        visit = self._admit(request)
        status = 0
        try:
            await asyncio.sleep(visit.whole)
            response = await _delivered(visit)
            status = response.status
        finally:
            self._reception.end(visit, status)
        return response

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[Incoming]:
        """Answer with events as they come, or whole where it is no stream."""
        visit = self._admit(request)
        status = 0
        try:
            await anyio.sleep(visit.wait)
            _check_way(visit, FaultKind.RESET)
            response = answer(visit)
            if not is_stream(response):
                await anyio.sleep(visit.span)
                response = await _arrived(response, visit)
            status = response.status
            async with aclosing(_chunks(response, visit)) as chunks:
                yield Incoming(status=status, headers=response.headers, chunks=chunks)
        finally:
            self._reception.end(visit, status)

    def host(self, url: str, provider: str) -> None:
        """Let a provider answer at a base URL, too. Raises ValueError where it is not known."""
        self._hosts.setdefault(origin(url), {})[urlsplit(url).path] = _known(provider)
        self._seat.cache_clear()

    def play(self, faults: JSON) -> None:
        """Play another fault script from now on; its times count from the next request."""
        self._reception.play(parse_faults(faults), 0.0)
        self._began = None

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""

    def _admit(self, request: HttpRequest) -> Visit:
        found, path = self._seat(request.url)
        at_home = request if path is None else _at_home(request, path)
        return self._reception.admit(found, at_home, self._elapsed(), data_url)

    def _now(self) -> float:
        """Unix seconds, by the loop's clock: what goes on remotely goes on in virtual time too."""
        if self._epoch is None:
            self._epoch = time.time() - anyio.current_time()
        return self._epoch + anyio.current_time()

    def _elapsed(self) -> float:
        """Seconds since the first request."""
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        return now - self._began

    def _find_seat(self, url: str) -> tuple[Emulator, str | None]:
        """Return who answers at a URL, and the path it has at home if it comes by another host.

        What stands before the provider's path is dropped, as proxies and gateways have it there.
        """
        found, split = self._staffed(self._emulator(url)), urlsplit(url)
        if found.serves(split.hostname or ""):
            return found, None
        starts = [split.path.find(root) for root in found.roots if root in split.path]
        return found, split.path[min(starts) :] if starts else split.path

    def _staffed(self, emulator: Emulator) -> Emulator:
        found = self._staff.get(emulator.provider)
        if found is None:
            found = self._staff[emulator.provider] = self._find_staff(emulator)
        return found

    def _emulator(self, url: str) -> Emulator:
        host = urlsplit(url).hostname or ""
        found = self._hosted(url) or emulator_at(host)
        if found is None:
            raise TransportError(
                f"the sandbox has no emulator for host {host!r}; it stands in for"
                f" {', '.join(names())}",
                sent=False,
            )
        return found

    def _hosted(self, url: str) -> Emulator | None:
        path = urlsplit(url).path
        by_path = self._hosts.get(origin(url), {})
        paths = tuple(by_path)  # another thread may be adding to them
        likest = max(paths, key=lambda base: _in_common(base, path), default=None)
        return None if likest is None else by_path[likest]


def _in_common(base: str, path: str) -> int:
    """Count the segments in which two paths begin alike."""
    pairs = zip(base.split("/"), path.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _known(provider: str) -> Emulator:
    found = emulator(provider)
    if found is None:
        raise ValueError(
            f"the sandbox has no emulator for provider {provider!r}; it stands in for"
            f" {', '.join(names())}"
        )
    return found


def _at_home(request: HttpRequest, path: str) -> HttpRequest:
    """The request as the provider's own host would get it.

    A host of one's own may ask for no key, so one is put in where there is none.
    """
    headers = request.headers
    if not any(name in headers for name in KEYS):
        headers = {**headers, "authorization": "Bearer sandbox", "x-api-key": "sandbox"}
    return replace(request, url=urlsplit(request.url)._replace(path=path).geturl(), headers=headers)


async def _delivered(visit: Visit) -> HttpResponse:
    """The answer as a client would see it that had it over a wire."""
    if visit.fault is None:
        return answer(visit)
    _check_way(visit, FaultKind.RESET, FaultKind.CUT)
    return await _arrived(answer(visit), visit)


async def _arrived(response: HttpResponse, visit: Visit) -> HttpResponse:
    """A whole answer, and what the way has done to it."""
    _check_way(visit, FaultKind.CUT)
    if visit.manner is FaultKind.TRICKLE:
        await anyio.sleep(visit.seconds)
    if visit.manner is FaultKind.WRONG_LENGTH:
        return replace(response, body=response.body[: len(response.body) // 2])
    return response


def _check_way(visit: Visit, *breaks: FaultKind) -> None:
    """Raise TransportError where one of these faults keeps the answer from coming."""
    if visit.manner in breaks:
        raise TransportError(BROKEN[visit.manner], sent=True)


async def _chunks(response: HttpResponse, visit: Visit) -> AsyncGenerator[bytes, None]:
    if not is_stream(response):
        yield response.body
        return
    course = course_of(response, visit.manner, seconds=visit.seconds, span=visit.span)
    async with aclosing(play(course.pieces)) as pieces:
        async for piece in pieces:
            yield piece
    if course.breaks:
        raise TransportError(BROKEN[FaultKind.CUT], sent=True)
