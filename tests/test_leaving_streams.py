"""Streams whose caller leaves, is cancelled or lets go: the upstream call ends with them."""

import asyncio
import gc
import logging
from contextlib import asynccontextmanager, suppress

import anyio
import pytest

from router import (
    AsyncRouter,
    RoutingError,
)
from router.core.events import Partial
from router.core.images import Picture
from router.core.outcome import Failure, Kind
from router.testing import Scripted, Streamed, simulate, stream_answer
from router.trees import with_tree
from tests.watching import (
    COMPLETED,
    LOST,
    OPENAI,
    PARTIAL,
    watch,
    with_router,
)


def leaving(leave):
    """Take one event, leave, and return what was open before, after, and the attempts."""

    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        await anext(stream)
        before = sender.streaming
        await leave(stream)
        return before, sender.streaming, [(a.status, a.kind) for a in stream.trace.attempts]

    sender = Scripted(stream_answer(2, every=100.0))
    return with_router(work, sender)


async def close(stream):
    await stream.close()


async def aclose(stream):
    await stream.aclose()


async def close_twice(stream):
    await stream.close()
    await stream.close()


async def leave_its_context(stream):
    async with stream:
        pass


@pytest.mark.parametrize("leave", [close, aclose, close_twice, leave_its_context])
def test_leaving_a_stream_cancels_the_upstream_call_and_the_trace_shows_it(leave):
    assert leaving(leave) == (1, 0, [(499, Kind.CANCELLED)])


def test_a_stream_that_nobody_holds_is_cancelled():
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        trace = stream.trace
        del stream
        gc.collect()
        await anyio.sleep(1)
        return sender.streaming, [(a.status, a.kind) for a in trace.attempts]

    sender = Scripted(stream_answer(2, every=100.0))
    assert with_router(work, sender) == (0, [(499, Kind.CANCELLED)])


class Unhurried(Scripted):
    """A sender that needs a second to end a stream."""

    @asynccontextmanager
    async def stream(self, request):
        async with super().stream(request) as incoming:
            try:
                yield incoming
            finally:
                await anyio.sleep(1)


@pytest.mark.parametrize("hurried", [False, True], ids=["in peace", "cancelled"])
def test_closing_waits_until_the_attempt_is_recorded(hurried):
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        with anyio.CancelScope() as scope:
            if hurried:
                scope.cancel()
            await stream.close()
        return [attempt.status for attempt in stream.trace.attempts], anyio.current_time()

    assert with_router(work, Unhurried(stream_answer(2, every=100.0))) == ([499], 101.0)


class Stubborn:
    """A node of one's own that shows a picture, and ends when it likes."""

    path = "stubborn"

    async def execute(self, request, context):
        await context.delivery.emit(Partial(picture=Picture(url="https://8.8.8.8/a"), index=0))
        with suppress(asyncio.CancelledError):
            await anyio.sleep(60)
        await anyio.sleep(60)
        return Failure(kind=Kind.EMPTY, status=502, message="")


def test_closing_does_not_wait_for_ever():
    async def work(router):
        stream = await with_tree(router, Stubborn()).images.generate(prompt="a", stream=True)
        await anyio.sleep(1)
        await stream.close()
        return anyio.current_time()

    assert with_router(work, Scripted()) == 9.0


def test_a_stream_that_was_closed_says_so_to_who_reads_on():
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        await stream.close()
        kept = await anext(stream)
        with pytest.raises(RoutingError) as caught:
            await anext(stream)
        return kept.is_partial, caught.value, [event async for event in stream]

    kept, error, more = with_router(work, Scripted(stream_answer(2, every=100.0)))

    assert (kept, error.kind, error.status_code, more) == (True, Kind.CANCELLED, 499, [])
    assert error.message == "the stream was closed before its end"
    assert error.failure.local


def test_closing_a_stream_that_has_ended_changes_nothing():
    async def work(router):
        seen = await watch(router)
        await seen.stream.close()
        return seen.stream.answer, seen.stream.trace.served.status

    answer, status = with_router(work, Scripted(stream_answer(1)))

    assert (len(answer), status) == (1, 200)


def test_a_caller_who_is_cancelled_before_the_first_event_leaves_nothing_open():
    async def work(router):
        with anyio.move_on_after(5):
            await router.images.generate(prompt="a cat", stream=True)
        return sender.streaming, anyio.current_time()

    sender = Scripted(Streamed((60.0, COMPLETED)))
    assert with_router(work, sender) == (0, 5.0)


def test_a_reader_who_is_cancelled_may_read_on_and_loses_no_event():
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        types = []
        while True:
            with anyio.move_on_after(3) as scope:
                event = await stream.next()
            if scope.cancelled_caught:
                continue
            if event is None:
                return types
            types.append(event.type.partition(".")[2])

    assert with_router(work, Scripted(stream_answer(2, every=10.0))) == [
        "partial_image",
        "partial_image",
        "completed",
    ]


def test_two_readers_share_a_stream_and_each_event_goes_to_one():
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)

        async def read():
            return [event.type async for event in stream]

        one, other = await asyncio.gather(read(), read())
        return sorted(one + other)

    assert with_router(work, Scripted(stream_answer(2, every=1.0))) == [
        "image_generation.completed",
        "image_generation.partial_image",
        "image_generation.partial_image",
    ]


def abandoned(config, *steps, pause):
    """Read one event and no more for `pause` seconds; return the sender and what came of it."""

    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=3)
        await anext(stream)
        await anyio.sleep(pause)
        error, events = None, []
        left = sender.streaming
        try:
            events = [event.type async for event in stream]
        except RoutingError as broken:
            error = broken
        return left, error, events

    sender = Scripted(*steps, repeat=True)
    return with_router(work, sender, config)


@pytest.mark.parametrize(("timeout", "patience"), [(60.0, 600), (900.0, 900)])
def test_a_picture_that_nobody_takes_ends_the_stream_and_its_reader_is_told(timeout, patience):
    config = {**OPENAI, "request_timeout": timeout * 1000}

    left, error, events = abandoned(config, stream_answer(3, every=1.0), pause=patience + 10)

    assert (left, events) == (0, [])
    assert (error.kind, error.status_code) == (Kind.CANCELLED, 499)
    assert error.message == f"nobody took a picture within {patience} s, so the stream was ended"
    (attempt,) = error.trace.attempts
    assert (attempt.status, attempt.billed) == (499, None)


def test_a_reader_who_is_only_slow_misses_nothing():
    left, error, events = abandoned(OPENAI, stream_answer(3, every=1.0), pause=590)

    assert (left, error, len(events)) == (1, None, 3)


def test_a_reader_who_stops_reading_keeps_no_lane():
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=3)
        await anext(stream)
        await anyio.sleep(300)
        await router.images.generate(prompt="a dog")
        return anyio.current_time(), stream

    config = {**OPENAI, "limit": {"concurrency": 1}}
    at, _ = with_router(work, Scripted(stream_answer(3, every=1.0), 200), config)

    assert at == 602.0


def test_closing_the_router_ends_its_streams():
    async def main():
        sender = Scripted(stream_answer(2, every=100.0))
        async with AsyncRouter(OPENAI, sender=sender) as router:
            stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
            await anext(stream)
        with pytest.raises(RoutingError) as caught:
            await anext(stream)
        return sender.streaming, caught.value.kind, len(asyncio.all_tasks())

    assert simulate(main) == (0, Kind.CANCELLED, 1)


def test_a_closed_router_streams_nothing():
    async def main():
        router = AsyncRouter(OPENAI, sender=Scripted())
        await router.aclose()
        with pytest.raises(RuntimeError, match="this router is closed"):
            await router.images.generate(prompt="a cat", stream=True)

    simulate(main)


def test_a_stream_whose_failure_nobody_reads_complains_to_nobody(caplog):
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        await anext(stream)
        await anyio.sleep(10)
        del stream
        gc.collect()
        await anyio.sleep(1)

    with caplog.at_level(logging.ERROR):
        with_router(work, Scripted(Streamed((PARTIAL, LOST))))

    assert caplog.records == []
