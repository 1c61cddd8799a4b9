"""Streams whose caller leaves, is cancelled or lets go: the upstream call ends with them."""

import asyncio
import gc
import logging

import anyio
import pytest

from router import (
    AsyncRouter,
    RoutingError,
)
from router.core.outcome import Kind
from router.testing import Scripted, Streamed, simulate, stream_answer
from tests.watching import (
    COMPLETED,
    LOST,
    OPENAI,
    PARTIAL,
    watch,
    with_router,
)


def leaving(leave, steps=2):
    """Take one event, leave, and return what was open before, after, and the attempts."""

    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        await anext(stream)
        before, trace = sender.streaming, stream.trace
        await leave(stream)
        del stream
        gc.collect()
        await anyio.sleep(1)
        return before, sender.streaming, [(a.status, a.kind) for a in trace.attempts]

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


async def forget(stream):
    """Do nothing: the caller lets go of it."""


@pytest.mark.parametrize("leave", [close, aclose, close_twice, leave_its_context, forget])
def test_leaving_a_stream_cancels_the_upstream_call_and_the_trace_shows_it(leave):
    assert leaving(leave) == (1, 0, [(499, Kind.CANCELLED)])


def test_a_stream_that_was_closed_says_so_to_who_reads_on():
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        await stream.close()
        kept = await anext(stream)
        with pytest.raises(RoutingError) as caught:
            await anext(stream)
        return kept.is_partial, caught.value, [event async for event in stream]

    kept, error, more = with_router(work, Scripted(stream_answer(2, every=100.0)))

    assert (kept, error.kind, error.message, more) == (
        True,
        Kind.CANCELLED,
        "the stream was closed before its end",
        [],
    )


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
