"""Streams of Router, for code that does not await: the same events, on a real loop."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from router import (
    APIConnectionError,
    BlockingImageStream,
    ContentPolicyError,
    RateLimitError,
    Router,
    RoutingError,
)
from router.core.http import HttpResponse
from router.core.ports import Incoming
from router.emulators.drawing import fixed
from router.sandbox.in_process import SandboxSender
from router.testing import Scripted, Streamed, stream_answer, stream_event
from tests.originals.pictures import PNG
from tests.test_sync import PATIENCE, Diary
from tests.watching import COMPLETED, LOST, OPENAI, PARTIAL, watched

NEVER = 3600.0  # seconds: nobody here waits for it
SECOND = stream_event("image_generation.partial_image", 2, partial_image_index=1)


class Held(Scripted):
    """A sender that tells when its stream has been ended."""

    def __init__(self, *steps):
        super().__init__(*steps)
        self.ended = threading.Event()

    @asynccontextmanager
    async def stream(self, request):
        try:
            async with super().stream(request) as incoming:
                yield incoming
        finally:
            self.ended.set()


def begin(router, **params):
    return router.images.generate(
        **{"prompt": "a red kite", "stream": True, "partial_images": 2, **params}
    )


def read(*steps, **params):
    with Router(OPENAI, sender=Scripted(*steps)) as router:
        return list(begin(router, **params))


# What comes


def test_the_events_are_those_of_the_async_router():
    events = read(stream_answer(2))
    others = watched(stream_answer(2)).events

    assert [event.type for event in events] == [event.type for event in others]
    assert [event.bytes() for event in events] == [event.bytes() for event in others]
    assert [event.usage for event in events] == [event.usage for event in others]


def test_the_sandbox_streams_edits_to_code_that_does_not_await():
    sender = SandboxSender(draw=fixed(PNG))
    with Router(OPENAI, sandbox=True, environment={}, sender=sender) as router:
        stream = router.images.edit(image=PNG, prompt="a hat", stream=True, partial_images=1)
        types = [event.type for event in stream]

    assert types == ["image_edit.partial_image", "image_edit.completed"]


def test_the_call_returns_when_the_first_event_is_there():
    sender = Scripted(Streamed((PARTIAL, NEVER)))
    with Router(OPENAI, sender=sender) as router, begin(router) as stream:
        first = next(stream)

        assert first.is_partial
        assert stream.answer is None
        assert [attempt.status for attempt in stream.trace.attempts] == [0]


def test_a_stream_comes_to_the_answer_of_a_call():
    with Router(OPENAI, sender=Scripted(stream_answer(1), 200)) as router:
        stream = begin(router)
        events = list(stream)
        whole = router.images.generate(prompt="a red kite")

    assert stream.answer.data[0].bytes() == whole.data[0].bytes() == events[-1].bytes()
    assert type(stream.answer.data[0]) is type(whole.data[0])
    assert stream.trace.served.status == 200
    assert repr(stream) == f"BlockingImageStream({stream.trace!r})"


def test_a_picture_that_comes_as_a_url_is_read_without_awaiting():
    link = b'data: {"type": "image_generation.completed", "url": "https://8.8.8.8/a.png"}\n\n'
    file = HttpResponse(status=200, headers={"content-type": "image/png"}, body=PNG)

    with Router(OPENAI, sender=Scripted(Streamed((link,)), file)) as router:
        (event,) = begin(router)

        assert event.url == "https://8.8.8.8/a.png"
        assert event.read() == PNG


def test_threads_share_a_stream_and_each_event_goes_to_one():
    with Router(OPENAI, sender=Scripted(stream_answer(3))) as router, ThreadPoolExecutor(4) as pool:
        stream = begin(router, partial_images=3)
        parts = [pool.submit(list, stream) for _ in range(4)]
        events = [event for part in parts for event in part.result(PATIENCE)]

    assert sorted(event.type.partition(".")[2] for event in events) == [
        "completed",
        *["partial_image"] * 3,
    ]


# What goes wrong


def test_a_failure_before_the_first_event_is_raised_by_the_call():
    with Router(OPENAI, sender=Scripted(429)) as router, pytest.raises(RateLimitError):
        begin(router)


def test_a_failure_after_the_first_event_is_raised_once_by_the_iteration():
    with Router(OPENAI, sender=Scripted(Streamed((PARTIAL, LOST)))) as router:
        stream = begin(router)
        assert next(stream).is_partial

        with pytest.raises(APIConnectionError) as caught:
            next(stream)
        assert list(stream) == []

    assert stream.answer is None
    assert [attempt.status for attempt in caught.value.trace.attempts] == [502]


def test_a_filtered_picture_is_a_refusal_after_the_unfinished_ones():
    sender = SandboxSender(draw=fixed(PNG))
    with Router(OPENAI, sandbox=True, environment={}, sender=sender) as router:
        stream = begin(router, prompt="[filter] a kite")
        assert [next(stream).is_partial for _ in range(2)] == [True, True]

        with pytest.raises(ContentPolicyError):
            next(stream)


# Who leaves


def close(stream):
    stream.close()


def close_twice(stream):
    stream.close()
    stream.close()


def leave_its_context(stream):
    with stream:
        pass


def leave_its_context_by_an_error(stream):
    with pytest.raises(ZeroDivisionError), stream:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    "leave", [close, close_twice, leave_its_context, leave_its_context_by_an_error]
)
def test_leaving_a_stream_cancels_the_upstream_call_and_the_trace_shows_it(leave):
    sender, diary = Held(Streamed((PARTIAL, NEVER))), Diary()

    with Router(OPENAI, sender=sender, observers=[diary]) as router:
        stream = begin(router)
        next(stream)
        leave(stream)

        assert sender.ended.is_set()
        assert diary.ended == [(499, "cancelled")]
        with pytest.raises(RoutingError, match="the stream was closed before its end"):
            next(stream)


def test_a_stream_that_nobody_holds_is_cancelled():
    sender = Held(Streamed((PARTIAL, NEVER)))

    with Router(OPENAI, sender=sender) as router:
        stream = begin(router)
        next(stream)
        del stream
        gc.collect()

        assert sender.ended.wait(PATIENCE)


def test_a_stream_holds_its_router():
    stream = begin(Router(OPENAI, sender=Scripted(stream_answer(2))))
    gc.collect()

    assert len(list(stream)) == 3


class Interrupting:
    """A sender whose provider is silent after one picture, and whose user presses Ctrl-C then."""

    def __init__(self):
        self.cancelled = threading.Event()

    @asynccontextmanager
    async def stream(self, request):
        async def chunks():
            yield PARTIAL
            os.kill(os.getpid(), signal.SIGINT)
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                raise

        yield Incoming(status=200, headers={"content-type": "text/event-stream"}, chunks=chunks())

    async def send(self, request):
        raise AssertionError("it can stream")

    async def aclose(self):
        pass


def test_an_interrupt_ends_the_stream():
    sender, diary = Interrupting(), Diary()

    with Router(OPENAI, sender=sender, observers=[diary]) as router:
        with pytest.raises(KeyboardInterrupt):
            list(begin(router))

        # The signal may come while `begin` returns; then it is the stream's end that cancels.
        assert sender.cancelled.wait(PATIENCE)

    assert diary.ended == [(499, "cancelled")]


def test_closing_the_router_ends_its_streams_and_says_so():
    sender = Held(Streamed((PARTIAL, NEVER)))
    router = Router(OPENAI, sender=sender)
    stream = begin(router)
    next(stream)
    router.close()

    assert sender.ended.is_set()
    assert [attempt.status for attempt in stream.trace.attempts] == [499]
    with pytest.raises(RuntimeError, match="this router is closed; make a new one"):
        next(stream)


def test_closing_a_stream_of_a_closed_router_is_no_error():
    with Router(OPENAI, sender=Scripted(Streamed((PARTIAL, NEVER)))) as router:
        stream = begin(router)

    with stream:
        pass
    stream.close()


def test_closing_the_router_tells_who_waits_for_an_event():
    sender = Held(Streamed((PARTIAL, NEVER)))
    router = Router(OPENAI, sender=sender)
    stream = begin(router)
    next(stream)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, stream)
        router.close()

        with pytest.raises((RuntimeError, RoutingError), match="closed"):
            waiting.result(PATIENCE)


def script(text):
    """Run a program of its own, so that its forks and its end are its own."""
    head = f"""
import os, sys
from router import Router
from router.testing import Scripted, Streamed, stream_answer
CONFIG = {OPENAI!r}
PARTIAL = {PARTIAL!r}
def begin(*steps):
    router = Router(CONFIG, sender=Scripted(*steps))
    return router.images.generate(prompt="a cat", stream=True, partial_images=1)
"""
    return subprocess.run(  # noqa: PLW1510  the test looks at the code
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", head + text],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(
    "text",
    [
        "stream = begin(Streamed((PARTIAL, 3600.0)))",
        "stream = begin(Streamed((PARTIAL, 3600.0))); next(stream)",
        "next(begin(Streamed((PARTIAL, 3600.0))))",
        "stream = begin(Streamed((PARTIAL, 3600.0))); next(stream); raise SystemExit(0)",
    ],
    ids=["unread", "held", "dropped", "exit"],
)
def test_a_program_that_never_ends_its_stream_ends(text):
    done = script(text)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_forked_child_that_drops_a_stream_leaves_the_parents_alone():
    done = script("""
stream = begin(stream_answer(1))
next(stream)
child = os.fork()
if not child:
    del stream
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(status, [event.type for event in stream])
""")

    assert (done.stdout, done.stderr, done.returncode) == (
        "0 ['image_generation.completed']\n",
        "",
        0,
    )


def test_a_stream_is_a_blocking_one_where_nobody_awaits():
    with Router(OPENAI, sender=Scripted(Streamed((COMPLETED,)))) as router:
        assert type(begin(router)) is BlockingImageStream
