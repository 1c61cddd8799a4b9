"""What every sender promises of an answer that it hands over as it comes, on real sockets."""

import asyncio
import contextlib
import socket
from dataclasses import replace
from functools import partial

import pytest

from router.core.files import held
from router.core.http import HttpRequest, Part, TransportError
from router.core.ports import StreamingSender
from tests.senders.test_sender_contract import (
    SENDERS,
    Hangup,
    Shelf,
    Upstream,
    answer,
    hang_up,
    hear,
    run,
    sending,
    serving,
)

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Request-Id: req_1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
LAST = b"0\r\n\r\n"
ASKED = HttpRequest(method="POST", url="https://127.0.0.1:1/v1", body=b"{}")


@pytest.fixture(params=SENDERS)
def make(request):
    return request.param


def chunk(content):
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def chunked(*contents):
    return HEAD + b"".join(map(chunk, contents)) + LAST


async def gathered(incoming):
    return b"".join([piece async for piece in incoming.chunks])


def stream(make, *answers, **given):
    """Stream one answer whole; return its head and its body, or the error and what came before."""

    async def scenario():
        async with Upstream(*answers) as upstream, sending(make()) as sender:
            came = []
            try:
                async with sender.stream(upstream.ask(**given)) as incoming:
                    async for piece in incoming.chunks:
                        came.append(piece)  # noqa: PERF401  what came before an error counts
                return incoming, b"".join(came), upstream
            except TransportError as error:
                return error, b"".join(came), upstream

    return run(scenario)


# As it comes


def test_a_sender_can_stream(make):
    assert isinstance(make(), StreamingSender)


def test_the_head_is_there_before_the_body_and_each_piece_before_the_next(make):
    """The server sends each part only when the one before has been handed over."""

    async def scenario():
        turns = [asyncio.Event() for _ in range(3)]

        async def serve(reader, writer):
            await hear(reader)
            for turn, said in zip(turns, [chunk(b"one"), chunk(b"two"), LAST], strict=True):
                writer.write(HEAD if turn is turns[0] else b"")
                await writer.drain()
                await turn.wait()
                writer.write(said)
                await writer.drain()

        came = []
        async with serving(serve) as port, sending(make()) as sender:
            asked = HttpRequest(method="POST", url=f"http://127.0.0.1:{port}/v1", body=b"{}")
            async with sender.stream(asked) as incoming:
                came.append(incoming.status)
                for turn in turns:
                    turn.set()
                    came.append(await anext(incoming.chunks, None))
        return came

    assert run(scenario) == [200, b"one", b"two", None]


def test_status_and_headers_are_those_of_a_whole_answer(make):
    said = answer(429, b"no", Retry_After="3", X_Thing="a")

    incoming, body, _ = stream(make, said)

    assert (incoming.status, body) == (429, b"no")
    assert (incoming.headers["retry-after"], incoming.headers["x-thing"]) == ("3", "a")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(chunked(b"one", b"two"), id="chunks"),
        pytest.param(answer(200, b"onetwo"), id="a length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwo", id="to the end"),
    ],
)
def test_a_body_is_whole_however_it_is_framed(make, said):
    last = Hangup(said) if b"close" in said else said

    assert stream(make, last)[1] == b"onetwo"


def test_an_empty_body_is_empty(make):
    assert stream(make, chunked())[1] == b""


def test_two_megabytes_arrive_to_the_byte(make):
    content = bytes(range(256)) * 8192

    assert stream(make, answer(200, content))[1] == content


def test_the_request_arrives_as_send_would_have_sent_it(make):
    headers = {"authorization": "Bearer sk-x", "accept": "text/event-stream"}

    _, _, upstream = stream(make, chunked(b"one"), headers=headers, body=b'{"stream": true}')

    (heard,) = upstream.heard
    assert (heard.method, heard.target, heard.body) == (
        "POST",
        "/v1/images/generations",
        b'{"stream": true}',
    )
    assert heard.headers["authorization"] == "Bearer sk-x"
    assert heard.headers["accept-encoding"] == "identity"


def test_a_form_arrives_and_its_file_is_closed_when_the_answer_has_ended(make):
    shelf = Shelf(b"PICTURE")

    _, body, upstream = stream(make, chunked(b"one"), body=b"", parts=(shelf.part,))

    assert body == b"one"
    assert b"PICTURE" in upstream.heard[0].body
    assert [file.closed for file in shelf.streams] == [True]


def test_a_file_that_is_gone_is_not_sent(make, tmp_path):
    gone = replace(held(b"cat", "cat.png"), open=(tmp_path / "gone").open)
    part = Part(name="image", content=gone, filename="cat.png")

    error, _, upstream = stream(make, chunked(b"one"), body=b"", parts=(part,))

    assert isinstance(error, TransportError)
    assert (error.sent, upstream.connections) == (False, 0)


def test_a_redirect_is_handed_over_and_not_followed(make):
    incoming, _, upstream = stream(make, answer(307, b"", Location="/elsewhere"), chunked(b"no"))

    assert (incoming.status, len(upstream.heard)) == (307, 1)


# What breaks


BREAKS = [
    pytest.param(Hangup(HEAD + chunk(b"one")), id="cut between chunks"),
    pytest.param(Hangup(HEAD + chunk(b"one") + b"9\r\ntw"), id="cut within a chunk"),
    pytest.param(Hangup(answer(200, b"one" + b"x" * 100)[:-100]), id="cut before its length"),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("hangup", BREAKS)
def test_an_answer_that_is_cut_off_raises_after_what_came(make, hangup, method):
    error, came, upstream = stream(make, hangup, chunked(b"again"), method=method)

    assert isinstance(error, TransportError)
    assert error.sent
    assert came.startswith(b"one")
    assert len(upstream.heard) == 1


def test_a_reset_in_the_middle_raises_after_what_came(make):
    """The reset comes when the first piece is in the caller's hands, so it cannot overtake it."""

    async def scenario():
        taken = asyncio.Event()

        async def serve(reader, writer):
            await hear(reader)
            writer.write(HEAD + chunk(b"one"))
            await writer.drain()
            await taken.wait()
            await hang_up(writer, Hangup(reset=True))

        async with serving(serve) as port, sending(make()) as sender:
            asked = HttpRequest(method="POST", url=f"http://127.0.0.1:{port}/v1?key=hush")
            async with sender.stream(asked) as incoming:
                first = await anext(incoming.chunks)
                taken.set()
                with pytest.raises(TransportError) as caught:
                    await anext(incoming.chunks)
        return first, caught.value.sent, str(caught.value), port

    first, sent, told, port = run(scenario)
    assert (first, sent) == (b"one", True)
    assert told.startswith(f"127.0.0.1:{port} broke off before a whole answer came")
    assert "hush" not in told


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "hangup",
    [Hangup(), Hangup(reset=True), Hangup(b"I am no HTTP server\r\n\r\n")],
    ids=["closed", "reset", "not HTTP"],
)
def test_where_no_answer_begins_entering_raises(make, hangup, method):
    error, came, upstream = stream(make, hangup, chunked(b"again"), method=method)

    assert isinstance(error, TransportError)
    assert (error.sent, came, len(upstream.heard)) == (True, b"", 1)


def test_a_refused_connection_has_sent_nothing(make):
    async def scenario():
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            asked = HttpRequest(method="POST", url=f"http://127.0.0.1:{taken.getsockname()[1]}/")
            async with sending(make()) as sender:
                with pytest.raises(TransportError) as caught:
                    async with sender.stream(asked):
                        pass
        return caught.value.sent

    assert run(scenario) is False


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://", "https://user:hush@127.0.0.1/"])
def test_a_url_that_nobody_can_ask_has_sent_nothing(make, url):
    async def scenario():
        async with sending(make()) as sender:
            with pytest.raises(TransportError) as caught:
                async with sender.stream(HttpRequest(method="POST", url=url)):
                    pass
        return caught.value.sent

    assert run(scenario) is False


def test_a_host_that_is_not_public_is_not_streamed_from_where_it_must_be(make):
    async def scenario():
        async with Upstream(chunked(b"one")) as upstream, sending(make()) as sender:
            with pytest.raises(TransportError, match="no public address"):
                async with sender.stream(upstream.ask(public=True)):
                    pass
            return upstream.connections

    assert run(scenario) == 0


@pytest.mark.parametrize(
    "said", [answer(200, b"x" * 2000), chunked(b"x" * 500, b"x" * 1500)], ids=["said", "chunks"]
)
@pytest.mark.parametrize(
    ("senders", "asked"), [(1000, None), (4000, 1000), (1000, 4000)], ids=["own", "asked", "less"]
)
def test_an_answer_larger_than_allowed_is_an_error_that_was_sent(make, said, senders, asked):
    error, came, _ = stream(partial(make, max_body=senders), said, max_body=asked)

    assert isinstance(error, TransportError)
    assert error.sent
    assert "larger than 1000 bytes" in str(error)
    assert len(came) <= 1000


def test_an_answer_as_large_as_allowed_is_none(make):
    assert len(stream(partial(make, max_body=2000), answer(200, b"x" * 2000))[1]) == 2000


# Who leaves


def test_an_answer_that_was_read_to_its_end_leaves_a_connection_for_the_next(make):
    async def scenario():
        async with Upstream(chunked(b"one")) as upstream, sending(make()) as sender:
            for _ in range(3):
                async with sender.stream(upstream.ask()) as incoming:
                    await gathered(incoming)
            await sender.send(upstream.ask())
            return len(upstream.heard), upstream.connections

    assert run(scenario) == (4, 1)


@pytest.mark.parametrize("reads", [0, 1])
def test_leaving_early_closes_the_connection(make, reads):
    async def scenario():
        departed = asyncio.Event()

        async def serve(reader, writer):
            await hear(reader)
            writer.write(HEAD + chunk(b"one"))
            await writer.drain()
            assert await reader.read() == b""
            departed.set()

        async with serving(serve) as port, sending(make()) as sender:
            asked = HttpRequest(method="POST", url=f"http://127.0.0.1:{port}/v1")
            async with sender.stream(asked) as incoming:
                for _ in range(reads):
                    await anext(incoming.chunks)
            await departed.wait()

    run(scenario)


def test_leaving_by_an_error_closes_the_connection_and_passes_the_error_on(make):
    async def scenario():
        async with Upstream(Hangup(HEAD + chunk(b"one"))) as upstream, sending(make()) as sender:
            with pytest.raises(ZeroDivisionError):
                async with sender.stream(upstream.ask()):
                    raise ZeroDivisionError
            await upstream.departed.wait()

    run(scenario)


@pytest.mark.parametrize("said", [b"", HEAD, HEAD + chunk(b"one")], ids=["no head", "head", "one"])
def test_a_cancelled_stream_closes_its_connection(make, said):
    async def scenario():
        came, departed = asyncio.Event(), asyncio.Event()

        async def serve(reader, writer):
            await hear(reader)
            writer.write(said)
            await writer.drain()
            came.set()
            with contextlib.suppress(ConnectionError):
                await reader.read()
            departed.set()

        async with serving(serve) as port, sending(make()) as sender:
            asked = HttpRequest(method="POST", url=f"http://127.0.0.1:{port}/v1")
            reading = asyncio.create_task(read(sender, asked))
            await came.wait()
            reading.cancel()
            await asyncio.wait({reading})
            await departed.wait()
            return reading.cancelled()

    async def read(sender, asked):
        async with sender.stream(asked) as incoming:
            return await gathered(incoming)

    assert run(scenario)


def test_a_connection_that_was_left_serves_nobody_else(make):
    async def scenario():
        async with Upstream(chunked(b"one", b"two")) as upstream, sending(make()) as sender:
            async with sender.stream(upstream.ask()) as incoming:
                await anext(incoming.chunks)
            async with sender.stream(upstream.ask()) as incoming:
                return await gathered(incoming)

    assert run(scenario) == b"onetwo"


def test_many_streams_do_not_wait_for_each_other(make):
    async def scenario():
        async def one(sender, upstream):
            async with sender.stream(upstream.ask()) as incoming:
                return await gathered(incoming)

        async with Upstream(chunked(b"one")) as upstream, sending(make()) as sender:
            upstream.all_here = asyncio.Barrier(50)
            return await asyncio.gather(*(one(sender, upstream) for _ in range(50)))

    assert run(scenario) == [b"one"] * 50


# Whose sender it is


def test_a_closed_sender_says_that_it_is_closed(make):
    async def scenario():
        sender = make()
        await sender.aclose()
        with pytest.raises(RuntimeError, match="this sender is closed"):
            async with sender.stream(ASKED):
                pass

    run(scenario)


def test_a_sender_belongs_to_the_loop_of_its_first_stream(make):
    sender = make()

    async def first():
        upstream = Upstream(chunked(b"one"))
        async with upstream, sender.stream(upstream.ask()) as incoming:
            return await gathered(incoming)

    async def second():
        with pytest.raises(RuntimeError, match="belongs to another event loop"):
            async with sender.stream(ASKED):
                pass

    with asyncio.Runner() as one, asyncio.Runner() as another:
        assert one.run(first()) == b"one"
        another.run(second())
        one.run(sender.aclose())
