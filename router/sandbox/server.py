"""Server: the sandbox over real HTTP."""

import asyncio
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit

import anyio
import anyio.to_thread

from router.core.http import HttpRequest
from router.core.jsontypes import JSON
from router.emulators.brief import Draw
from router.emulators.drawing import draw as draw_picture
from router.emulators.drawing import require_pillow
from router.emulators.emulator import World
from router.emulators.registry import aliases
from router.emulators.shape import is_stream
from router.sandbox.connection import Connection
from router.sandbox.control import Control
from router.sandbox.delivery import Delivery
from router.sandbox.fault import FaultKind
from router.sandbox.fault_script import parse_faults
from router.sandbox.faults import Faults
from router.sandbox.latency import Latency, none
from router.sandbox.log import Entry, RequestLog
from router.sandbox.reception import Reception, answer
from router.sandbox.routes import BASES, Routed, base_of, route
from router.sandbox.shelf import Shelf

GRACE = 5.0  # seconds
# A picture being drawn is waited for, since a thread cannot be stopped; a client is not.

HEADERS: Mapping[str, str] = MappingProxyType({"server": "pixroute-sandbox"})

SAME_HOST = frozenset({"127.0.0.1", "localhost", "::1"})


class Sandbox:
    """Serves every provider from one port, until it is left.

        async with Sandbox(faults="openai: 503 x2") as sandbox:
            client = AsyncOpenAI(base_url=sandbox.base_url("openai"), api_key="sk-sandbox")

    Port 0 takes any free port. `requests` is the log, `told` is called for each request.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        faults: JSON = None,
        latency: Latency = none,
        draw: Draw = draw_picture,
        now: Callable[[], float] = time.time,
        retired: bool = False,
        keys: frozenset[str] = frozenset(),
        seed: int = 0,
        told: Callable[[Entry], None] | None = None,
    ) -> None:
        if draw is draw_picture:
            require_pillow()
        self.requests = RequestLog(told)
        self._address = (host, port)
        self._shelf = Shelf()
        self._url = ""
        self._began = 0.0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._reception = Reception(
            world=World(now=now, publish=self._publish, draw=draw, retired=retired, keys=keys),
            faults=Faults(parse_faults(faults), seed),
            latency=latency,
            requests=self.requests,
        )
        self._control = Control(self._reception, self._shelf, self.base_url, self._elapsed)

    @property
    def url(self) -> str:
        """Where it is, once it runs; without a slash at the end."""
        if not self._url:
            raise RuntimeError("the sandbox is not running; enter it with 'async with'")
        return self._url

    def base_url(self, provider: str) -> str:
        """What to give a provider's client as its base URL (Azure's: its endpoint)."""
        name = aliases().get(provider, provider)
        base = base_of(name)
        if base is None:
            raise ValueError(f"provider {provider!r} is not one of {', '.join(BASES)}")
        return self.url + base

    def play(self, faults: JSON) -> None:
        """Play another fault script from now on."""
        self._reception.play(parse_faults(faults), self._elapsed())

    async def __aenter__(self) -> Self:
        host, port = self._address
        try:
            self._server = await asyncio.start_server(self._accept, host, port)
        except OSError as error:
            raise OSError(
                error.errno,
                f"the sandbox cannot listen on {host}:{port} ({error.strerror}); choose another"
                " port, or 0 for any free one",
            ) from error
        bound: int = self._server.sockets[0].getsockname()[1]
        shown = "127.0.0.1" if host in {"", "0.0.0.0"} else host  # noqa: S104  compared, not bound
        self._url = f"http://[{shown}]:{bound}" if ":" in shown else f"http://{shown}:{bound}"
        self._began = anyio.current_time()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        with anyio.move_on_after(GRACE, shield=True):
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._server is not None:
                await self._server.wait_closed()

    def _elapsed(self) -> float:
        return anyio.current_time() - self._began

    def _publish(self, content: bytes, mime: str) -> str:
        return f"{self._url}/files/{self._shelf.put(content, mime)}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; the server runs it as a task of its own."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            await Connection(reader, writer, self._respond).serve()
        except asyncio.CancelledError:
            writer.transport.abort()  # the sandbox closes, whether the client reads on or not
        finally:
            writer.close()

    async def _respond(self, request: HttpRequest) -> Delivery:
        routed = route(request)
        if routed is None:
            return Delivery(response=self._control.handle(request), headers=HEADERS)
        return await self._emulated(routed, self._address_of(request))

    async def _emulated(self, routed: Routed, address: str) -> Delivery:
        def publish(content: bytes, mime: str) -> str:
            return f"{address}/files/{self._shelf.put(content, mime)}"

        visit = self._reception.admit(routed.emulator, routed.request, self._elapsed(), publish)
        status = 0
        try:
            await anyio.sleep(visit.wait)
            response = await anyio.to_thread.run_sync(answer, visit)
            if not is_stream(response):
                await anyio.sleep(visit.span)
            status = 0 if visit.manner is FaultKind.RESET else response.status
        finally:
            self._reception.end(visit, status)
        return Delivery(
            response=response,
            manner=visit.manner,
            seconds=visit.seconds,
            span=visit.span,
            headers=HEADERS,
        )

    def _address_of(self, request: HttpRequest) -> str:
        """Where this client can open files: by the name it used, if that is no provider's."""
        split = urlsplit(request.url)
        port = urlsplit(self._url).port
        if split.hostname in SAME_HOST and split.port == port:
            return f"http://{split.netloc}"
        return self._url


async def run(
    port: int,
    host: str = "127.0.0.1",
    *,
    faults: JSON = None,
    latency: Latency = none,
    ready: Callable[[Sandbox], None] | None = None,
    told: Callable[[Entry], None] | None = None,
) -> None:
    """Serve until cancelled; `ready` is called once, `told` for each request."""
    async with Sandbox(port=port, host=host, faults=faults, latency=latency, told=told) as sandbox:
        if ready is not None:
            ready(sandbox)
        await anyio.sleep_forever()
