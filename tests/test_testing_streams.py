"""The doubles for streams that router.testing has for everybody's tests."""

import json

import anyio
import pytest

from router.core.http import HttpRequest, HttpResponse, TransportError
from router.core.ports import StreamingSender
from router.core.sse import EventReader
from router.testing import (
    Scripted,
    Streamed,
    picture_answer,
    simulate,
    stream_answer,
    stream_event,
)

ASKED = HttpRequest(method="POST", url="https://a.test/v1")


def events_of(streamed):
    reader = EventReader()
    pieces = [piece for piece in streamed.pieces if isinstance(piece, bytes)]
    return [(event.name, json.loads(event.data)) for p in pieces for event in reader.feed(p)]


def read(sender, most=None):
    async def main():
        pieces = []
        async with sender.stream(ASKED) as incoming:
            async for piece in incoming.chunks:
                pieces.append((piece, anyio.current_time()))
                if len(pieces) == most:
                    break
            open_now = sender.streaming
        return incoming, pieces, open_now, sender.streaming

    return simulate(main)


def test_a_scripted_sender_can_stream():
    assert isinstance(Scripted(), StreamingSender)


@pytest.mark.parametrize("partials", [0, 1, 3])
def test_a_streamed_answer_has_unfinished_pictures_and_the_one_of_a_whole_answer(partials):
    events = events_of(stream_answer(partials))

    (item,) = json.loads(picture_answer().body)["data"]
    assert [name for name, _ in events] == [
        *["image_generation.partial_image"] * partials,
        "image_generation.completed",
    ]
    assert all(name == body["type"] for name, body in events)
    assert [body["partial_image_index"] for _, body in events[:-1]] == list(range(partials))
    assert events[-1][1]["b64_json"] == item["b64_json"]
    assert events[-1][1]["usage"]["total_tokens"] == 10


def test_a_streamed_answer_may_be_an_edits():
    assert [name for name, _ in events_of(stream_answer(1, operation="image_edit"))] == [
        "image_edit.partial_image",
        "image_edit.completed",
    ]


def test_an_event_may_say_more_or_something_else():
    ((name, body),) = events_of(Streamed((stream_event("x", size="1x1", seed=7),)))

    assert (name, body["size"], body["seed"]) == ("x", "1x1", 7)


def test_pieces_come_in_their_time_and_are_counted_while_they_come():
    incoming, pieces, open_now, after = read(Scripted(Streamed((1.0, b"a", b"b", 2.0, b"c"))))

    assert incoming.status == 200
    assert incoming.headers["content-type"] == "text/event-stream"
    assert pieces == [(b"a", 1.0), (b"b", 1.0), (b"c", 3.0)]
    assert (open_now, after) == (1, 0)


def test_a_stream_may_be_left_early():
    _, pieces, _, after = read(Scripted(Streamed((b"a", 60.0, b"b"))), most=1)

    assert (pieces, after) == ([(b"a", 0.0)], 0)


def test_what_is_no_stream_comes_in_one_piece():
    said = HttpResponse(status=429, headers={"retry-after": "3"}, body=b"no")

    incoming, pieces, _, _ = read(Scripted((2.0, said)))

    assert (incoming.status, incoming.headers["retry-after"]) == (429, "3")
    assert pieces == [(b"no", 2.0)]


def test_who_asks_for_all_of_a_stream_has_it_in_the_end():
    async def main():
        answer = await Scripted(Streamed((1.0, b"a", 2.0, b"b"))).send(ASKED)
        return answer.status, answer.content_type, answer.body, anyio.current_time()

    assert simulate(main) == (200, "text/event-stream", b"ab", 3.0)


@pytest.mark.parametrize("step", [TransportError("no", sent=False), Streamed((b"a",))])
def test_a_step_that_is_played_again_is_the_same(step):
    sender = Scripted(step, repeat=True)

    def once():
        try:
            return [piece for piece, _ in read(sender)[1]]
        except TransportError as error:
            return str(error), error.sent

    assert once() == once()


def test_a_stream_that_breaks_off_says_whether_anything_was_sent():
    broken = TransportError("lost", sent=True)
    sender = Scripted(Streamed((b"a", broken)))

    with pytest.raises(TransportError) as caught:
        read(sender)

    assert (str(caught.value), caught.value.sent, sender.streaming) == ("lost", True, 0)
    assert caught.value is not broken
