from contextlib import asynccontextmanager

import anyio
import pytest

from router.core.events import Event
from router.core.http import HttpRequest, HttpResponse, TransportError
from router.core.ports import Incoming
from router.strategies.listening import Listening
from router.testing import Scripted, Streamed, simulate

ASKED = HttpRequest(method="POST", url="https://a.test/v1/images")
ONE, TWO = b"data: 1\n\n", b"event: image\ndata: 2\n\n"
FIRST, SECOND = Event(name="message", data=b"1"), Event(name="image", data=b"2")


class Whole:
    """A sender that cannot hand an answer over as it comes."""

    def __init__(self, response):
        self._response = response

    async def send(self, request):
        return self._response

    async def aclose(self):
        pass


def heard(*pieces, sender=None):
    """Listen to a stream to its end; return its head, its events and how many bytes came."""

    async def main():
        listening = Listening()
        head = await listening.ask(sender or Scripted(Streamed(pieces)), ASKED)
        events = []
        while (event := await listening.next()) is not None:
            events.append(event)
        await listening.close()
        return head, events, listening.received

    return simulate(main)


def answered(response, sender=Scripted):
    """Ask for an answer that is no stream."""

    async def main():
        listening = Listening()
        answer = await listening.ask(sender(response), ASKED)
        nothing = await listening.next()
        await listening.close()
        return answer, listening.has_begun, nothing, listening.received

    return simulate(main)


def response(body, status=200, content_type="application/json"):
    return HttpResponse(status=status, headers={"content-type": content_type}, body=body)


def test_events_come_one_after_the_other():
    head, events, received = heard(ONE + TWO)

    assert (head.status, head.body) == (200, b"")
    assert events == [FIRST, SECOND]
    assert received == len(ONE + TWO)


def test_an_event_is_there_as_soon_as_its_last_byte_is():
    async def main():
        listening, sender = Listening(), Scripted(Streamed((2.0, ONE, 5.0, TWO)))
        await listening.ask(sender, ASKED)
        times = []
        while await listening.next() is not None:
            times.append(anyio.current_time())
        await listening.close()
        return times

    assert simulate(main) == [2.0, 7.0]


def test_an_event_may_come_in_many_pieces():
    assert heard(ONE[:3], ONE[3:], TWO[:-1], TWO[-1:])[1] == [FIRST, SECOND]


def test_a_piece_without_an_event_is_waited_past():
    assert heard(b": keep-alive\n\n", b"", ONE)[1] == [FIRST]


def test_an_event_that_the_end_of_the_stream_completes_comes_too():
    assert heard(ONE, TWO.rstrip())[1] == [FIRST, SECOND]


def test_a_stream_without_events_has_none():
    assert heard()[1:] == ([], 0)


def test_after_the_end_there_is_nothing_however_often_one_asks():
    async def main():
        listening = Listening()
        await listening.ask(Scripted(Streamed((ONE,))), ASKED)
        said = [await listening.next() for _ in range(3)]
        await listening.close()
        return said

    assert simulate(main) == [FIRST, None, None]


def test_nothing_is_read_after_a_stream_has_said_that_it_is_done():
    _, events, received = heard(ONE, b"data: [DONE]\n\n", TransportError("lost", sent=True))

    assert events == [FIRST]
    assert received == len(ONE + b"data: [DONE]\n\n")


def test_a_stream_that_breaks_off_raises_after_its_events():
    async def main():
        listening = Listening()
        await listening.ask(
            Scripted(Streamed((ONE, TransportError("it broke off", sent=True)))), ASKED
        )
        first = await listening.next()
        with pytest.raises(TransportError, match="it broke off"):
            await listening.next()
        await listening.close()
        return first

    assert simulate(main) == FIRST


def test_an_event_that_is_too_large_is_a_broken_exchange_that_was_sent():
    piece = b"x" * 1024 * 1024

    with pytest.raises(TransportError, match="an event is larger than 67108864 bytes") as caught:
        heard(b"data: ", *[piece] * 64)

    assert caught.value.sent


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(response(b"{}"), id="JSON"),
        pytest.param(response(b"no", status=503), id="an error"),
        pytest.param(
            response(ONE, status=500, content_type="text/event-stream"), id="a bad status"
        ),
        pytest.param(response(ONE, status=302, content_type="text/event-stream"), id="a redirect"),
        pytest.param(HttpResponse(status=200, body=b"{}"), id="of no type"),
        pytest.param(response(b"", status=204), id="empty"),
    ],
)
@pytest.mark.parametrize("sender", [Scripted, Whole])
def test_what_is_no_stream_comes_whole(answer, sender):
    came, has_begun, nothing, received = answered(answer, sender)

    assert (came.status, came.body, has_begun, nothing) == (answer.status, answer.body, False, None)
    assert dict(came.headers) == dict(answer.headers)
    assert received == len(answer.body)


@pytest.mark.parametrize(
    "kind", ["text/event-stream", "text/event-stream; charset=utf-8", "Text/Event-Stream ;x=y"]
)
def test_a_stream_is_known_by_its_media_type(kind):
    sender = Whole(response(ONE + TWO, content_type=kind))

    assert heard(sender=sender)[1:] == ([FIRST, SECOND], len(ONE + TWO))


def test_a_stream_is_known_by_any_status_of_success():
    sender = Scripted(response(ONE, status=201, content_type="text/event-stream"))

    assert heard(sender=sender)[1] == [FIRST]


def test_a_request_that_cannot_be_sent_raises_and_leaves_nothing_open():
    async def main():
        listening, sender = Listening(), Scripted(TransportError("refused", sent=False))
        with pytest.raises(TransportError, match="refused"):
            await listening.ask(sender, ASKED)
        await listening.close()
        return listening.has_begun, await listening.next(), sender.streaming

    assert simulate(main) == (False, None, 0)


def test_an_exchange_is_open_until_it_is_closed():
    async def main():
        listening, sender = Listening(), Scripted(Streamed((ONE, 100.0, TWO)))
        await listening.ask(sender, ASKED)
        await listening.next()
        while_open = sender.streaming
        await listening.close()
        return while_open, sender.streaming

    assert simulate(main) == (1, 0)


def test_closing_twice_or_before_anything_was_asked_is_no_error():
    async def main():
        listening = Listening()
        await listening.close()
        await listening.close()
        return listening.has_begun

    assert simulate(main) is False


def test_the_request_is_sent_as_it_is_and_once():
    async def main():
        listening, sender = Listening(), Scripted(Streamed((ONE,)))
        await listening.ask(sender, ASKED)
        await listening.close()
        return sender.requests

    assert simulate(main) == [ASKED]


def test_an_error_that_breaks_off_is_a_broken_exchange():
    class Breaking:
        async def send(self, request):
            raise AssertionError("it can stream")

        @asynccontextmanager
        async def stream(self, request):
            async def chunks():
                yield b"half"
                raise TransportError("lost", sent=True)

            yield Incoming(status=500, chunks=chunks())

        async def aclose(self):
            pass

    async def main():
        listening = Listening()
        with pytest.raises(TransportError, match="lost"):
            await listening.ask(Breaking(), ASKED)
        await listening.close()

    simulate(main)
