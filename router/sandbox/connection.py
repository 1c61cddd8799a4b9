"""Connection: one client's connection: its requests read, one after the other, within limits."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
import h11

from router.core.http import HttpRequest, HttpResponse, Part
from router.sandbox.delivery import Delivery, deliver
from router.sandbox.forms import read_form

HEADERS_LIMIT = 64 * 1024  # bytes
HEAD_PIECE = 4 * 1024  # bytes
BODY_PIECE = 256 * 1024  # bytes
# Small pieces for the head, since h11 notices that it is too large when a piece leaves it open.

BODY_LIMIT = 64 * 1024 * 1024  # bytes
IDLE = 60.0  # seconds
# For the next request to begin, and for the next piece of one under way.

WATCH = 0.1  # seconds
# How soon a client is missed: soon enough for a person who reads the log.

Respond = Callable[[HttpRequest], Awaitable[Delivery]]


class BadRequestError(Exception):
    """A request that HTTP itself does not allow, and the status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Connection:
    """Reads requests, has them answered, writes the answers; ends with the client or in error."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    respond: Respond

    async def serve(self) -> None:
        """Serve until the client leaves, is silent for too long or breaks the rules."""
        protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=HEADERS_LIMIT)
        try:
            while await self._exchange(protocol):
                protocol.start_next_cycle()
        except (ConnectionError, h11.LocalProtocolError):
            return  # the client has left

    async def _exchange(self, protocol: h11.Connection) -> bool:
        """Answer one request. Returns whether another can follow."""
        try:
            request = await self._read(protocol)
        except BadRequestError as error:
            await self._turn_away(error, protocol)
            return False
        if request is None:
            return False
        delivery = await self._answered(request)
        if delivery is None:
            return False
        usable = await deliver(delivery, protocol, self.writer)
        return usable and protocol.our_state is h11.DONE and protocol.their_state is h11.DONE

    async def _answered(self, request: HttpRequest) -> Delivery | None:
        """Have the request answered, unless the client leaves before: None then."""
        delivery = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, tasks.cancel_scope)
            delivery = await self.respond(request)
            tasks.cancel_scope.cancel()
        return delivery

    async def _watch(self, scope: anyio.CancelScope) -> None:
        """Cancel the scope when the client has closed its end."""
        while not self.reader.at_eof():  # noqa: ASYNC110  a reader tells nobody of its end
            await anyio.sleep(WATCH)
        scope.cancel()

    async def _turn_away(self, error: BadRequestError, protocol: h11.Connection) -> None:
        if protocol.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return
        response = HttpResponse(
            status=error.status,
            headers={"content-type": "text/plain; charset=utf-8"},
            body=f"{error}\n".encode(),
        )
        closing = Delivery(response=response, headers={"connection": "close"})
        await deliver(closing, protocol, self.writer)

    async def _read(self, protocol: h11.Connection) -> HttpRequest | None:
        """Read one whole request; None where the client has left or fallen silent."""
        head: h11.Request | None = None
        body: list[bytes] = []
        size = 0
        while True:
            event = await self._next(protocol)
            match event:
                case h11.Request():
                    head = event
                    await self._encourage(protocol)
                case h11.Data():
                    body.append(bytes(event.data))
                    size += len(event.data)
                    if size > BODY_LIMIT:
                        raise BadRequestError(413, "the body is larger than 64 MB")
                case h11.EndOfMessage() if head is not None:
                    return _request(head, b"".join(body))
                case _:
                    return None

    async def _encourage(self, protocol: h11.Connection) -> None:
        """Tell a client that waits before it sends its body to go on."""
        if protocol.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[])
            self.writer.write(protocol.send(go_on) or b"")
            await self.writer.drain()

    async def _next(self, protocol: h11.Connection) -> h11.Event | None:
        """The next event; None at the end of the connection."""
        try:
            event = protocol.next_event()
            while event is h11.NEED_DATA:
                with anyio.move_on_after(IDLE) as scope:
                    within_head = protocol.their_state is h11.IDLE
                    piece = HEAD_PIECE if within_head else BODY_PIECE
                    protocol.receive_data(await self.reader.read(piece))
                if scope.cancelled_caught:
                    return None
                event = protocol.next_event()
        except h11.RemoteProtocolError as error:
            raise BadRequestError(error.error_status_hint, str(error)) from error
        return event if isinstance(event, h11.Event) else None


def _request(head: h11.Request, body: bytes) -> HttpRequest:
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers
    }
    target = head.target.decode("latin-1")
    if not target.startswith("/"):
        raise BadRequestError(400, "the request's target is not a path")
    content_type = headers.get("content-type", "")
    parts: tuple[Part, ...] = ()
    if content_type.lower().startswith("multipart/form-data"):
        try:
            parts = read_form(content_type, body)
        except ValueError as error:
            raise BadRequestError(400, str(error)) from error
        body = b""
    return HttpRequest(
        method=head.method.decode("latin-1"),
        url=f"http://{headers.get('host', 'sandbox')}{target}",
        headers=headers,
        body=body,
        parts=parts,
    )
