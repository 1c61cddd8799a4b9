"""Reception: takes requests in, decides what goes wrong with them, has them answered."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from functools import lru_cache

from router.core.http import HttpRequest, HttpResponse
from router.core.light_value import light_value
from router.emulators import shape
from router.emulators.emulator import Emulator, World
from router.sandbox import damage
from router.sandbox.fault import Fault, FaultKind
from router.sandbox.faults import Fate, Faults
from router.sandbox.latency import Latency
from router.sandbox.log import Entry, RequestLog

REMEMBERED = 10_000  # different requests, before counting their repeats begins anew

Publish = Callable[[bytes, str], str]


@light_value
class Visit:
    """One request taken in, and its entry in the log, if one is kept. `latency` is in seconds."""

    emulator: Emulator
    request: HttpRequest
    world: World
    entry: Entry | None
    latency: float
    fault: Fault | None

    @property
    def whole(self) -> float:
        """Seconds until all of the answer is there."""
        return self.latency + self.fault.delay if self.fault else self.latency

    @property
    def wait(self) -> float:
        """Seconds before it is answered."""
        return self.whole - self.span

    @property
    def span(self) -> float:
        """Seconds over which the events of a stream come, as the pictures are made meanwhile."""
        return self.latency if shape.asks_for_stream(self.request) else 0.0

    @property
    def manner(self) -> FaultKind | None:
        """What is wrong, for those who deliver the answer."""
        return self.fault.kind if self.fault else None

    @property
    def seconds(self) -> float:
        """How long a trickle takes."""
        return self.fault.seconds if self.fault else 0.0


class Reception:
    """The part of a sandbox that is the same in-process and over HTTP.

    One that is `forgetful` logs nothing and counts no repeats: the very same request gets the very
    same picture.
    """

    def __init__(
        self,
        *,
        world: World,
        faults: Faults,
        latency: Latency,
        requests: RequestLog,
        fate: Fate | None = None,
        forgetful: bool = False,
    ) -> None:
        self.faults = faults
        self._fate: Fate = faults if fate is None else fate
        self.requests = requests
        self._is_forgetful = forgetful
        self._world = world
        self._latency = latency
        self._serial = 0
        self._seen: Counter[bytes] = Counter()
        self._script_began = 0.0

    def play(self, script: tuple[Fault, ...], at: float) -> None:
        """Play another script; its times count from `at`."""
        self.faults.replace(script)
        self._script_began = at

    def admit(self, emulator: Emulator, request: HttpRequest, at: float, publish: Publish) -> Visit:
        """Number the request, draw its fault and note it; `at` is when, since the beginning."""
        self._serial += 1
        provider, model = emulator.provider, emulator.model(request)
        fault = self._fate.strike(provider, model, self._serial, at - self._script_began)
        latency = self._latency(provider, model, self._serial)
        entry, repeat = None, 0
        if not self._is_forgetful:
            entry = Entry(
                serial=self._serial,
                at=at,
                provider=provider,
                model=model,
                method=request.method,
                path=shape.path(request),
                fault=str(fault) if fault else "",
            )
            self.requests.begin(entry)
            repeat = self._repeat(request)
        return Visit(
            emulator=emulator,
            request=request,
            world=self._world.at(self._serial, repeat, publish),
            entry=entry,
            latency=latency,
            fault=fault,
        )

    def end(self, visit: Visit, status: int) -> None:
        """Note how a request has ended; `status` is 0 where no answer was sent."""
        if visit.entry is not None:
            self.requests.end(visit.entry, status)

    def _repeat(self, request: HttpRequest) -> int:
        """Count how often the very same request came before."""
        content = (request.body, *(part.name.encode() + part.read() for part in request.parts))
        name = hashlib.blake2b(
            b"\0".join((request.url.encode(), *content)), digest_size=16
        ).digest()
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen[name] += 1
        return self._seen[name] - 1


def answer(visit: Visit) -> HttpResponse:
    """Have the request answered, with what the fault does to the answer itself.

    It draws pictures, which takes a while; it touches nothing shared, so a thread may do it.
    """
    response = _answer(visit)
    date = _date(int(visit.world.now()))
    return HttpResponse(
        status=response.status, headers={**response.headers, "date": date}, body=response.body
    )


@lru_cache(maxsize=16)
def _date(now: int) -> str:
    return formatdate(now, usegmt=True)


def _answer(visit: Visit) -> HttpResponse:
    emulator, request, world = visit.emulator, visit.request, visit.world
    if visit.fault is None:
        return emulator.handle(request, world)
    match visit.fault.kind:
        case FaultKind.STATUS:
            failed = emulator.failure(visit.fault.status, visit.fault.code, request, world)
            return replace(failed, headers={**failed.headers, **_retry_after(visit.fault)})
        case FaultKind.REFUSAL:
            return emulator.refusal(request, world)
        case FaultKind.TRUNCATED:
            world = replace(world, draw=damage.truncating(world.draw))
        case FaultKind.BROKEN_BASE64:
            world = replace(world, publish=damage.spoiling(world.publish))
    return _damaged(emulator.handle(request, world), visit)


def _damaged(response: HttpResponse, visit: Visit) -> HttpResponse:
    match visit.manner:
        case FaultKind.EMPTY:
            return visit.emulator.emptied(response)
        case FaultKind.WRONG_TYPE:
            return damage.with_type(response, "text/html; charset=utf-8")
        case FaultKind.BROKEN_BASE64:
            return damage.with_broken_base64(response)
        case _:
            return response


def _retry_after(fault: Fault) -> Mapping[str, str]:
    return {} if fault.retry_after is None else {"retry-after": f"{fault.retry_after:g}"}
