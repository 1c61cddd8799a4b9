"""Listening: one answer that is read event by event, while it comes."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from router.core.events import Event
from router.core.http import HttpRequest, HttpResponse, TransportError
from router.core.ports import Incoming, Sender, StreamingSender
from router.core.sse import EventReader, EventTooLargeError

EVENT_STREAM = "text/event-stream"


class Listening:
    """Asks for an answer, and keeps it open until it is closed.

    `received` counts the bytes of the body so far.
    """

    def __init__(self) -> None:
        self.received = 0
        self._open = AsyncExitStack()
        self._chunks: AsyncIterator[bytes] | None = None
        self._reader = EventReader()
        self._events: deque[Event] = deque()

    async def ask(self, sender: Sender, request: HttpRequest) -> HttpResponse:
        """Return the answer: whole, or without a body where events are to follow."""
        incoming = await self._begin(sender, request)
        head = HttpResponse(status=incoming.status, headers=incoming.headers)
        if 200 <= head.status < 300 and head.content_type == EVENT_STREAM:
            self._chunks = incoming.chunks
            return head
        body = b"".join([chunk async for chunk in incoming.chunks])
        self.received = len(body)
        return HttpResponse(status=head.status, headers=head.headers, body=body)

    @property
    def has_begun(self) -> bool:
        """Whether events are to follow."""
        return self._chunks is not None

    async def next(self) -> Event | None:
        """Return the next event; None at the end. Raises TransportError."""
        while not self._events and self._chunks is not None:
            await self._read(self._chunks)
        return self._events.popleft() if self._events else None

    async def close(self) -> None:
        """End the exchange, wherever it is."""
        await self._open.aclose()

    async def _begin(self, sender: Sender, request: HttpRequest) -> Incoming:
        if isinstance(sender, StreamingSender):
            return await self._open.enter_async_context(sender.stream(request))
        answer = await sender.send(request)
        return Incoming(status=answer.status, headers=answer.headers, chunks=_one(answer.body))

    async def _read(self, chunks: AsyncIterator[bytes]) -> None:
        chunk = await anext(chunks, None)
        try:
            if chunk is None:
                self._events += self._reader.finish()
            else:
                self.received += len(chunk)
                self._events += self._reader.feed(chunk)
        except EventTooLargeError as error:
            raise TransportError(str(error), sent=True) from None
        if chunk is None or self._reader.ended:
            self._chunks = None


async def _one(body: bytes) -> AsyncIterator[bytes]:
    yield body
