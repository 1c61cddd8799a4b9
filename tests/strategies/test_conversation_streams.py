import json

import pytest

from router.core.adapter import Emit, Send, exchange
from router.core.events import Event, Partial
from router.core.http import BEARER, HttpRequest
from router.core.outcome import Failure, Kind, Success
from router.testing import (
    Scripted,
    Streamed,
    picture_answer,
    stream_answer,
)
from tests.strategies.test_call import saying
from tests.streaming import STREAMED, leaf, picture, watched
from tests.toys import SECRET, run

ASKED = HttpRequest(method="POST", url="https://a.test/v1/images", auth=BEARER)
REFUSED = Failure(kind=Kind.REFUSED, status=400, message="no")


def body_of(request):
    return json.loads(request.body)


def heard(*pieces, conversation, **more):
    """Hold a conversation that returns its outcome; give what it heard along the way."""
    seen = []

    def talk(request, target):
        seen.extend((yield from conversation()))
        return REFUSED

    result = watched(saying(talk), *pieces, **more)
    return seen, result


# What comes


def test_partial_pictures_are_handed_over_and_the_finished_one_is_the_answer():
    result = watched(leaf(), stream_answer(2, every=1.0))

    assert result.places == [(0, 0), (0, 1)]
    assert result.times == (1.0, 2.0)
    assert isinstance(result.outcome, Success)
    assert result.outcome.pictures.data[0].b64 == picture_of(picture_answer())
    assert result.outcome.pictures.fields["usage"]["total_tokens"] == 10


def picture_of(answer):
    return json.loads(answer.body)["data"][0]["b64_json"].encode()


def test_a_stream_is_one_attempt_that_ends_with_it():
    (attempt,) = watched(leaf(), (1.0, stream_answer(2, every=1.0))).attempts

    assert (attempt.status, attempt.kind, attempt.started, attempt.duration) == (200, None, 0, 4.0)
    assert (attempt.request_id, attempt.billed) == ("req_scripted", True)


def test_every_byte_of_a_stream_is_counted():
    answer = stream_answer(2)

    (attempt,) = watched(leaf(), answer).attempts

    assert attempt.received == sum(len(p) for p in answer.pieces if isinstance(p, bytes))


def test_the_bytes_of_an_answer_that_is_no_stream_are_counted():
    (attempt,) = watched(leaf(), 200).attempts

    assert attempt.received == len(picture_answer().body)


def test_the_provider_is_asked_for_a_stream():
    sender = watched(leaf(), stream_answer(1)).sender

    (request,) = sender.requests
    assert body_of(request)["stream"] is True
    assert request.headers["authorization"] == f"Bearer {SECRET}"


def test_nothing_further_is_read_while_the_caller_has_a_picture_in_hand():
    result = watched(leaf(), stream_answer(2, every=1.0), takes=10.0)

    assert result.times == (1.0, 11.0)


def test_a_whole_answer_to_a_request_for_a_stream_is_an_answer():
    result = watched(leaf(), 200)

    assert (result.status, result.places) == (200, [])


def test_an_error_to_a_request_for_a_stream_is_read_as_ever():
    result = watched(leaf(), 429)

    assert (result.outcome.kind, result.outcome.final) == (Kind.RATE_LIMITED, False)


def test_where_nobody_waits_for_partial_pictures_the_finished_one_comes_all_the_same():
    result = run(leaf(), stream_answer(2, every=1.0), request=STREAMED)

    assert (result.status, result.took) == (200, 3.0)


def test_a_sender_that_cannot_stream_gives_every_picture_at_the_end():
    class Buffering:
        def __init__(self, *steps):
            self._sender = Scripted(*steps)

        async def send(self, request):
            return await self._sender.send(request)

        async def aclose(self):
            pass

    result = watched(leaf(), sender=Buffering(stream_answer(2, every=1.0)))

    assert (result.status, result.times) == (200, (3.0, 3.0))


# What an adapter may say


def test_an_adapter_is_handed_one_event_after_the_other_and_none_at_the_end():
    def talk():
        heard = [(yield Send(request=ASKED, stream=True))]
        while heard[-1] is not None:
            heard.append((yield Emit()))
        return heard

    seen, _ = heard(Streamed((b"data: 1\n\nevent: x\ndata: 2\n\n",)), conversation=talk)

    assert seen == [Event(name="message", data=b"1"), Event(name="x", data=b"2"), None]


def test_a_stream_without_an_event_is_answered_by_none():
    def talk():
        return [(yield Send(request=ASKED, stream=True)), (yield Emit())]

    assert heard(Streamed(()), conversation=talk)[0] == [None, None]


def test_an_adapter_that_asks_for_events_before_it_has_asked_for_a_stream_gets_none():
    def talk():
        return [(yield Emit(Partial(picture=picture(), index=0)))]

    seen, result = heard(conversation=talk)

    assert seen == [None]
    assert result.places == [(0, 0)]


def test_an_adapter_may_wait_before_it_asks_for_a_stream():
    def talk():
        yield Send(request=ASKED, stream=True, after=2.0)
        return []

    _, result = heard(stream_answer(0), conversation=talk)

    assert (result.sender.times, result.took) == ([2.0], 2.0)


def test_an_adapter_may_ask_for_a_second_stream_which_ends_the_first():
    open_at_once = []

    def talk():
        first = yield Send(request=ASKED, stream=True)
        second = yield Send(request=ASKED, stream=True)
        open_at_once.append(sender.streaming)
        return [first, second]

    sender = Scripted(Streamed((b"data: 1\n\n", 9.0)), Streamed((b"data: 22\n\n",)))
    seen, result = heard(conversation=talk, sender=sender)

    assert [event.data for event in seen] == [b"1", b"22"]
    assert open_at_once == [1]
    assert result.attempts[0].received == len(b"data: 1\n\ndata: 22\n\n")


def test_a_whole_exchange_is_never_answered_by_an_event():
    def talk():
        yield Send(request=ASKED, stream=True)
        return [(yield from exchange(ASKED))]

    seen, _ = heard(stream_answer(0), 200, conversation=talk)

    assert [answer.status for answer in seen] == [200]


def test_an_exchange_that_is_handed_an_event_says_so():
    flow = exchange(ASKED)
    next(flow)

    with pytest.raises(TypeError, match="a whole answer was expected, and Event came"):
        flow.send(Event(name="x", data=b""))


def test_the_request_id_of_a_streams_head_is_the_failures_too():
    error = b'data: {"error": {"message": "no", "code": "server_error"}}\n\n'

    result = watched(leaf(), Streamed((error,)))

    assert result.outcome.request_id == result.attempts[0].request_id == "req_scripted"


def test_a_request_id_that_the_adapter_has_found_is_kept():
    def conversation(request, target):
        yield Send(request=ASKED, stream=True)
        return Failure(kind=Kind.REFUSED, status=400, message="no", request_id="req_found")

    assert watched(saying(conversation), stream_answer(0)).outcome.request_id == "req_found"
