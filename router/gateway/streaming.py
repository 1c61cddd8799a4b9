"""Streaming: partial pictures and finished ones as server-sent events, as OpenAI sends them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from router.core.images import Operation, Pictures
from router.core.jsontypes import JSON
from router.errors import RoutingError
from router.events import ImageEvent, completed_events, partial_event
from router.feed import Feed
from router.gateway.answers import error_of
from router.gateway.flights import GoneError, first_of
from router.gateway.reply import Reply, Send, error_object, json_bytes, start_of

HEARTBEAT = 15.0  # seconds without an event, after which a comment is sent
WAITING = b": waiting\n\n"
EVENT_STREAM = "text/event-stream; charset=utf-8"
CUT_OFF = error_object(
    message="the gateway ends, and this stream with it; its pictures may have been paid for",
    kind="server_error",
    param=None,
    code="cancelled",
)


@dataclass(slots=True, kw_only=True)
class Streaming:
    """One streamed answer. Until its first event a failure is a plain status, as `begun` tells.

    `headers` are asked for when it begins.
    """

    feed: Feed
    operation: Operation
    send: Send
    headers: Callable[[], Mapping[str, str]]
    fetch: Callable[[str], Awaitable[bytes]]
    begun: bool = False
    size: int = 0

    async def run(self, left: Callable[[], Awaitable[None]]) -> Pictures:
        """Send every event, and return what the request came to.

        Raises RoutingError, which a stream that has begun has told already, and GoneError where
        the caller leaves: nobody else can take the pictures, so they are cancelled.
        """
        watcher = asyncio.ensure_future(left())
        try:
            await self._partials(watcher)
            pictures = self.feed.result()
            for event in completed_events(pictures, self.operation, self.fetch):
                await self._write(_event(event))
        except RoutingError as error:
            await self._fail(error_of(error))
            raise
        finally:
            watcher.cancel()
            await self.feed.close()
        await self._end()
        return pictures

    async def _partials(self, watcher: "asyncio.Future[None]") -> None:
        """Send partial pictures until the last one is finished; tell whom a shutdown cuts off."""
        try:
            await self._hand_on(watcher)
        except asyncio.CancelledError:
            await self._fail(CUT_OFF)
            raise

    async def _hand_on(self, watcher: "asyncio.Future[None]") -> None:
        """Send partial pictures as they come, and signs of life where none do."""
        while True:
            coming = asyncio.ensure_future(self.feed.next())
            try:
                while not coming.done():
                    await first_of(watcher, coming, within=HEARTBEAT)
                    if watcher.done():
                        raise GoneError
                    if not coming.done():
                        await self._write(WAITING)
            finally:
                coming.cancel()
            partial = coming.result()
            if partial is None:
                return
            await self._write(_event(partial_event(partial, self.operation, self.fetch)))

    async def _write(self, piece: bytes) -> None:
        if not self.begun:
            self.begun = True
            headers = {**self.headers(), "cache-control": "no-cache"}
            await self.send(start_of(Reply(content_type=EVENT_STREAM, headers=headers)))
        self.size += len(piece)
        await self.send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _fail(self, error: Mapping[str, JSON]) -> None:
        """Tell of a failure, and end, where it is too late for a status."""
        if self.begun:
            said = json_bytes({"type": "error", **error})
            await self._write(b"event: error\ndata: " + said + b"\n\n")
            await self._end()

    async def _end(self) -> None:
        await self.send({"type": "http.response.body", "body": b""})


def _event(event: ImageEvent) -> bytes:
    """Write one event; its base64 text is copied, never decoded."""
    said: dict[str, JSON] = {
        **event.fields,
        "type": event.type,
        "created_at": event.created_at,
        "size": event.size,
        "output_format": event.output_format,
    }
    if event.partial_image_index is not None:
        said["partial_image_index"] = event.partial_image_index
    if event.url is not None:
        said["url"] = event.url
    told = {name: value for name, value in said.items() if value is not None}
    head = json_bytes(told)
    picture = event.picture.b64
    if picture is not None:
        head = head[:-1] + b',"b64_json":"' + bytes(picture) + b'"}'
    return b"event: " + event.type.encode() + b"\ndata: " + head + b"\n\n"
