import asyncio
import json
from contextlib import asynccontextmanager

import anyio
import pytest

from router.core.adapter import Emit, Send
from router.core.http import TransportError
from router.core.outcome import Kind
from router.core.ports import Incoming
from router.core.secret import Credentials, Secret
from router.testing import (
    Scripted,
    Streamed,
    simulate,
    stream_answer,
    stream_event,
)
from tests.strategies.test_call import UNDO, asked, cancelled, saying
from tests.strategies.test_conversation_streams import ASKED, REFUSED, heard
from tests.streaming import STREAMED, leaf, watched
from tests.toys import SECRET, Keys, context

PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)
COMPLETED = stream_event("image_generation.completed", usage={"total_tokens": 10})
CUT_PICTURE = (
    b'data: {"type": "image_generation.completed", "b64_json": "iVBORw0KGgoAAAANSUhE"}\n\n'
)
LOST = TransportError("it broke off", sent=True)


# What breaks


@pytest.mark.parametrize(
    ("step", "kind", "status", "billed"),
    [
        (TransportError("refused", sent=False), Kind.CONNECTION, 503, False),
        (TransportError("reset", sent=True), Kind.CONNECTION_LOST, 502, None),
        (Streamed((LOST,)), Kind.CONNECTION_LOST, 502, None),
        (Streamed((TransportError("odd", sent=False),)), Kind.CONNECTION_LOST, 502, None),
        (Streamed(()), Kind.EMPTY, 502, None),
        (Streamed((COMPLETED[: len(COMPLETED) // 2],)), Kind.INVALID_OUTPUT, 502, None),
        (Streamed((b"data: <html>\n\n",)), Kind.INVALID_OUTPUT, 502, None),
    ],
    ids=["refused", "reset", "no event", "sent, whatever is said", "empty", "cut", "no JSON"],
)
def test_a_stream_that_shows_nothing_is_a_failure_that_others_may_make_up_for(
    step, kind, status, billed
):
    outcome = watched(leaf(), step).outcome

    assert (outcome.kind, outcome.status, outcome.billed) == (kind, status, billed)
    assert not outcome.final


@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        ((LOST,), Kind.CONNECTION_LOST),
        ((), Kind.EMPTY),
        ((b"data: [DONE]\n\n",), Kind.EMPTY),
        ((COMPLETED[: len(COMPLETED) // 2],), Kind.INVALID_OUTPUT),
        ((b"data: <html>\n\n",), Kind.INVALID_OUTPUT),
        ((CUT_PICTURE,), Kind.INVALID_OUTPUT),
        ((b'data: {"type": "image_generation.completed"}\n\n',), Kind.EMPTY),
    ],
    ids=["lost", "the end", "done", "cut", "no JSON", "a broken picture", "no picture"],
)
def test_a_stream_that_ends_without_a_finished_picture_is_a_final_failure(rest, kind):
    result = watched(leaf(), Streamed((PARTIAL, *rest)))

    assert result.outcome.final
    assert (result.outcome.kind, result.outcome.billed) == (kind, None)
    assert result.places == [(0, 0)]


def test_an_event_that_is_too_large_is_a_lost_connection():
    piece = b"x" * 1024 * 1024

    outcome = watched(leaf(), Streamed((PARTIAL, b"data: ", *[piece] * 64))).outcome

    assert (outcome.kind, outcome.final) == (Kind.CONNECTION_LOST, True)
    assert outcome.message == "an event is larger than 67108864 bytes"


def test_a_bug_of_an_adapter_ends_the_exchange():
    def conversation(request, target):
        yield Send(request=ASKED, stream=True)
        raise ZeroDivisionError

    result = watched(saying(conversation), stream_answer(2))

    assert result.outcome.kind is Kind.INVALID_OUTPUT
    assert result.sender.streaming == 0


def test_an_adapter_that_fails_while_it_is_ended_costs_nothing_more():
    def conversation(request, target):
        try:
            yield Send(request=ASKED, stream=True)
        finally:
            yield Emit()

    (attempt,) = cancelled(saying(conversation), Scripted(Streamed((60.0,))), 3)

    assert (attempt.kind, attempt.duration) == (Kind.CANCELLED, 3.0)


# Who leaves


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5])
def test_a_cancelled_stream_is_closed_at_once_and_recorded(seconds):
    async def main():
        sender = Scripted((1.0, stream_answer(2, every=1.0)))
        ctx = context(sender)
        task = asyncio.ensure_future(leaf().execute(STREAMED, ctx))
        await anyio.sleep(seconds)
        open_before = sender.streaming
        task.cancel()
        await asyncio.wait({task})
        return open_before, sender.streaming, ctx.trace.attempts

    open_before, open_after, (attempt,) = simulate(main)

    assert (open_before, open_after) == (int(seconds > 1), 0)
    assert (attempt.status, attempt.kind, attempt.billed) == (499, Kind.CANCELLED, None)
    assert attempt.duration == seconds


def test_what_has_come_before_a_cancellation_is_counted():
    result = watched(leaf(), Streamed((PARTIAL, 60.0, COMPLETED)), most=1)

    (attempt,) = result.attempts
    assert (attempt.kind, attempt.received) == (Kind.CANCELLED, len(PARTIAL))


def test_a_streamed_job_that_is_cancelled_is_undone_once():
    def conversation(request, target):
        event = yield Send(request=ASKED, stream=True, undo=UNDO)
        while event is not None:
            event = yield Emit()
        return REFUSED

    sender = Scripted(Streamed((b"data: 1\n\n", 60.0)), 200)
    (attempt,) = cancelled(saying(conversation), sender, 3)

    assert attempt.kind is Kind.CANCELLED
    assert asked(sender) == ["POST /v1/images", "POST /job/cancel"]


class Slow:
    """A sender that never gives an event, and needs some seconds to end an exchange."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.ended_at = None

    @asynccontextmanager
    async def stream(self, request):
        async def chunks():
            await anyio.sleep(60)
            yield b""

        try:
            yield Incoming(
                status=200, headers={"content-type": "text/event-stream"}, chunks=chunks()
            )
        finally:
            await anyio.sleep(self.seconds)
            self.ended_at = anyio.current_time()

    async def send(self, request):
        raise AssertionError("it can stream")

    async def aclose(self):
        pass


def test_an_exchange_that_takes_a_moment_to_end_is_given_it():
    result = watched(leaf(timeout=3.0), sender=Slow(1.0))

    assert (result.outcome.kind, result.sender.ended_at) == (Kind.TIMEOUT, 4.0)


def test_an_exchange_that_does_not_end_is_given_two_seconds():
    result = watched(leaf(timeout=3.0), sender=Slow(60.0))

    assert (result.outcome.kind, result.took, result.sender.ended_at) == (Kind.TIMEOUT, 5.0, None)


def test_an_exchange_that_breaks_when_it_is_ended_costs_no_picture():
    class Breaking(Scripted):
        @asynccontextmanager
        async def stream(self, request):
            async with super().stream(request) as incoming:
                yield incoming
            raise LOST

    result = watched(leaf(), sender=Breaking(stream_answer(1)))

    assert (result.status, result.statuses) == (200, [200])


# Secrets


def test_a_secret_in_an_event_is_masked_before_the_adapter_reads_it():
    def talk():
        return [(yield Send(request=ASKED, stream=True)), (yield Emit())]

    seen, _ = heard(Streamed([f"data: {SECRET} {SECRET}\n\n".encode()] * 2), conversation=talk)

    assert [event.data for event in seen] == [b"*** ***"] * 2


def test_an_event_that_echoes_nothing_reaches_the_adapter_as_it_came():
    result = watched(leaf(), stream_answer(1))

    assert result.partials[0].fields["quality"] == "low"


def test_a_secret_in_a_streams_error_is_masked():
    error = {"message": f"cannot authenticate with {SECRET}", "code": SECRET}

    result = watched(leaf(), Streamed((f"data: {json.dumps({'error': error})}\n\n".encode(),)))

    assert (result.outcome.message, result.outcome.code) == ("cannot authenticate with ***", "***")
    assert result.attempts[0].message == "cannot authenticate with ***"


def test_an_error_as_large_as_a_picture_is_masked_before_it_is_cut():
    vault = Keys(key=Credentials(key=Secret("open-sesame-swordfish")))
    said = "x" * 160 + " open-sesame-swordfish " + "x" * 300_000
    event = f"data: {json.dumps({'error': {'message': said}})}\n\n".encode()

    result = watched(leaf(), Streamed((event,)), vault=vault)

    assert "open" not in result.outcome.message


def test_a_secret_in_a_broken_stream_is_masked():
    lost = TransportError(f"illegal header value b'Bearer {SECRET}'", sent=True)

    result = watched(leaf(), Streamed((PARTIAL, lost)))

    assert result.outcome.message == "illegal header value b'Bearer ***'"


def test_a_secret_in_the_head_of_a_stream_is_masked():
    class Echo(Scripted):
        @asynccontextmanager
        async def stream(self, request):
            headers = {"content-type": "text/event-stream", "x-request-id": SECRET}
            async with super().stream(request) as incoming:
                yield Incoming(status=200, headers=headers, chunks=incoming.chunks)

    result = watched(leaf(), sender=Echo(stream_answer(1)))

    assert result.attempts[0].request_id == "***"


def test_a_large_event_is_a_picture_and_is_not_searched():
    picture = f"{'A' * 150_000}{SECRET}{'A' * 150_000}"
    picture += "A" * (-len(picture) % 4)
    event = f'data: {{"type": "image_edit.partial_image", "b64_json": "{picture}"}}\n\n'.encode()

    result = watched(leaf(), Streamed((event, COMPLETED)))

    assert bytes(result.partials[0].picture.b64) == picture.encode()


# The credential


def test_a_stream_without_a_credential_is_not_asked_for():
    class Nobody(Keys):
        async def credentials(self, name):
            raise LookupError

    result = watched(leaf(), vault=Nobody())

    assert (result.outcome.kind, result.outcome.message) == (
        Kind.AUTH,
        "the credential cannot be had",
    )
    assert result.sender.requests == []
