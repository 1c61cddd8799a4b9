"""App: the gateway as an ASGI application: it finds who answers a path, and no more."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Required, TypedDict

import anyio

from router.core.beside import beside
from router.core.ports import Sender
from router.gateway.arrival import Arrival, arrival_of
from router.gateway.call import Call, Desk
from router.gateway.callers import caller_of
from router.gateway.cors import Cors
from router.gateway.folder import Folder, State
from router.gateway.instructions import LONGEST_ID, PREFIX
from router.gateway.openapi.replies import docs_reply, document_reply
from router.gateway.pages import home, model, models, ready
from router.gateway.refusal import Refusal
from router.gateway.reply import (
    Message,
    Receive,
    Reply,
    Send,
    SlowCallerError,
    error_reply,
    json_reply,
    send_reply,
)
from router.gateway.routes import (
    ArtefactPath,
    ChatPath,
    ImagePath,
    ModelPath,
    Page,
    PagePath,
    path_of,
)

log = logging.getLogger("router")

LOOK_EVERY = 1.0  # seconds between two looks at the folder
SWEEP_EVERY = 600.0  # seconds between two looks for pictures that no link leads to any more
SEND_PATIENCE = 30.0  # seconds a caller may take to take in one piece of an answer


TRACE_ID = f"{PREFIX}trace-id".encode()
BUFFERED = 32 * 1024  # bytes that a connection takes without anybody reading them


class Scope(TypedDict, total=False):
    """What ASGI's server says of a connection."""

    type: Required[str]
    method: str
    path: str
    query_string: bytes
    headers: Iterable[tuple[bytes, bytes]]


@dataclass(slots=True, kw_only=True)
class Gateway:
    """One worker's application. `metrics` gives the page of that name: a body and its type.

    `sender` and `closing` are closed at the end, after the engine.
    """

    folder: Folder
    desk: Desk
    workers: int = 1
    metrics: Callable[[], tuple[bytes, str]] | None = None
    sender: Sender | None = None
    closing: tuple[Callable[[], object], ...] = ()
    _looking: "asyncio.Task[None] | None" = field(default=None, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            with suppress(SlowCallerError):
                await self._answer(scope, receive, _patiently(send))

    async def start(self) -> None:
        """Begin to look at the folder."""
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """End everything, the log last. Requests under way are the server's to wait for."""
        if self._looking is not None:
            self._looking.cancel()
        await self.desk.engine.aclose()
        if self.sender is not None:
            await self.sender.aclose()
        for close in self.closing:
            await beside(close)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _look(self) -> None:
        loop, swept = asyncio.get_running_loop(), -math.inf
        while True:
            await anyio.sleep(LOOK_EVERY)
            if self.desk.links is not None and loop.time() - swept > SWEEP_EVERY:
                swept = loop.time()
                await beside(self.desk.links.sweep)
            try:
                if await beside(self.folder.refresh):
                    self.desk.chooser.forget()
            except OSError as error:
                log.warning("the folder of configs cannot be read: %s", error)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = self.folder.state
        cors = Cors(origins=state.settings.cors_origins)
        try:
            query = scope.get("query_string", b"")
            arrival = arrival_of(scope["method"], scope["path"], query, scope["headers"])
            if arrival.method == "OPTIONS":
                await send_reply(cors.preflight(arrival), send)
                return
            send = cors.allowing(arrival, send)
            path = path_of(arrival)
            if isinstance(path, ImagePath | ChatPath):
                if not state.settings.needs_key:
                    cors.check(arrival)
                await Call(self.desk, state, path, arrival).serve(receive, send)
                return
            reply = await self._page(path, arrival)
        except Refusal as refusal:
            reply = error_reply(refusal, self._ids(scope))
        await send_reply(reply, send, is_head=scope["method"] == "HEAD")

    def _ids(self, scope: Scope) -> Mapping[str, str]:
        """Return the headers by which an error is found again, the caller's own id among them."""
        request_id = self.desk.engine.name_request()
        given = (value for name, value in scope["headers"] if name.lower() == TRACE_ID)
        trace_id = next(given, b"").decode("latin-1").strip()[:LONGEST_ID] or request_id
        return {"x-request-id": request_id, f"{PREFIX}trace-id": trace_id}

    async def _page(self, path: ModelPath | ArtefactPath | PagePath, arrival: Arrival) -> Reply:
        state = self.folder.state
        if isinstance(path, ModelPath):
            caller_of(arrival.headers, state.settings)
            return models() if path.name is None else model(path.name)
        if isinstance(path, ArtefactPath):
            if self.desk.links is None:
                raise Refusal(404, "no pictures are kept here")
            return await self.desk.links.reply(path.name, arrival.query)
        if path.page == "/metrics" and self.metrics is not None:
            body, kind = await beside(self.metrics)
            return Reply(content_type=kind, body=body)
        return self._own_page(path.page, state)

    def _own_page(self, page: Page, state: State) -> Reply:
        if page == "/":
            return home(state)
        if page == "/health":
            return json_reply({"status": "ok"})
        if page == "/ready":
            return ready(state, self.workers)
        if page == "/openapi.json":
            return document_reply()
        if page == "/docs":
            return docs_reply()
        raise Refusal(404, f"there is no {page!r} here")


def _patiently(send: Send) -> Send:
    """Return a `send` with a limit of time, so that a slow caller holds nothing for ever."""

    def patient(message: Message) -> Awaitable[None]:
        is_short = len(message.get("body", b"")) <= BUFFERED
        return send(message) if is_short else limited(message)

    async def limited(message: Message) -> None:
        with anyio.CancelScope(deadline=asyncio.get_running_loop().time() + SEND_PATIENCE):
            await send(message)
            return
        raise SlowCallerError

    return patient
