"""Streams: the pictures of one request as they come, partial ones first."""

from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self

from router.answer import AsyncImage, BlockingImage, Fetch, ImagesResponse, Run
from router.core.events import Partial
from router.core.images import Operation, Pictures
from router.core.trace import Trace
from router.errors import RoutingError
from router.events import AsyncImageEvent, BlockingImageEvent, completed_events, partial_event


class Feed(Protocol):
    """A streamed request under way."""

    @property
    def trace(self) -> Trace:
        """Complete when the request has ended."""
        ...

    async def next(self) -> Partial | None:
        """Return the next partial picture, or None when the request has ended."""
        ...

    def result(self) -> Pictures:
        """Return what it came to. Raises RoutingError."""
        ...

    async def close(self) -> None:
        """End it."""
        ...


class ImageStream:
    """Yields partial pictures, then each picture as it is when finished.

    A failure after the first event is raised by the iteration, once; one that ends without an
    error has yielded every finished picture. Closing it cancels the upstream call; so does
    leaving its context, or letting it go unread.
    """

    def __init__(self, feed: Feed, operation: Operation, fetch: Fetch) -> None:
        self._feed = feed
        self._operation = operation
        self._fetch = fetch
        self._events: deque[AsyncImageEvent] = deque()
        self._answer: ImagesResponse[AsyncImage] | None = None
        self._has_ended = False

    @property
    def trace(self) -> Trace:
        """Every decision and attempt so far; complete when the stream has ended."""
        return self._feed.trace

    @property
    def answer(self) -> ImagesResponse[AsyncImage] | None:
        """What the call would have returned without `stream`; None until that is there."""
        return self._answer

    async def begin(self) -> None:
        """Wait for the first event. Raises RoutingError where none comes, and closes the stream."""
        try:
            first = await self._await_event()
        except BaseException:
            await self.close()
            raise
        if first is not None:
            self._events.appendleft(first)

    async def next(self) -> AsyncImageEvent | None:
        """Return the next event, or None when there are no more. Raises RoutingError.

        May be cancelled, and called again, without losing one.
        """
        return self._events.popleft() if self._events else await self._await_event()

    async def close(self) -> None:
        """Cancel the upstream call, unless it has ended."""
        await self._feed.close()

    aclose = close

    def blocked(self, run: Run) -> "BlockingImageStream":
        """Return the same stream for code that does not await."""
        return BlockingImageStream(self, run)

    async def _await_event(self) -> AsyncImageEvent | None:
        partial = None if self._has_ended else await self._feed.next()
        if partial is not None:
            return partial_event(partial, self._operation, self._fetch)
        if not self._has_ended:
            self._end()
        return self._events.popleft() if self._events else None

    def _end(self) -> None:
        """Make the last events of what the request came to. Raises RoutingError."""
        self._has_ended = True
        pictures = self._feed.result()
        self._events.extend(completed_events(pictures, self._operation, self._fetch))
        data = tuple(AsyncImage(picture, self._fetch) for picture in pictures.data)
        self._answer = ImagesResponse(pictures, data, self.trace)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AsyncImageEvent:
        event = await self.next()
        if event is None:
            raise StopAsyncIteration
        return event

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.trace!r})"


class BlockingImageStream:
    """The same for code that does not await. Threads may share it: each event goes to one."""

    def __init__(self, core: ImageStream, run: Run) -> None:
        self._core = core
        self._run = run

    @property
    def trace(self) -> Trace:
        """Every decision and attempt so far; complete when the stream has ended."""
        return self._core.trace

    @property
    def answer(self) -> ImagesResponse[BlockingImage] | None:
        """What the call would have returned without `stream`; None until that is there."""
        answer = self._core.answer
        return None if answer is None else answer.blocked(self._run)

    def close(self) -> None:
        """Cancel the upstream call, unless it has ended."""
        with suppress(RuntimeError):  # a router that is closed has ended its streams
            self._run(self._core.close)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> BlockingImageEvent:
        try:
            event = self._run(self._core.next)
        except RoutingError:
            raise
        except BaseException:
            self.close()  # an interrupt: nobody waits for the picture any more
            raise
        if event is None:
            raise StopIteration
        return event.blocked(self._run)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.trace!r})"
