"""What every sender promises, on real sockets. A new sender is one more line in SENDERS."""

import asyncio
import contextlib
import gzip
import io
import random
import socket
import ssl
import struct
import traceback
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from python_multipart import parse_form

from router.core.files import held
from router.core.http import HttpRequest, Part, TransportError
from router.senders.aiohttp_sender import AiohttpSender
from router.senders.httpx_sender import HttpxSender

CERTIFICATE = Path(__file__).parent / "localhost.pem"  # its own authority, for localhost alone
TRUST = ssl.create_default_context(cafile=CERTIFICATE)
# Made once: reading the usual authorities would take longer than most of these tests.

SENDERS = [
    pytest.param(partial(HttpxSender, library="httpx", verify=TRUST), id="httpx"),
    pytest.param(partial(HttpxSender, library="httpx2", verify=TRUST), id="httpx2"),
    pytest.param(partial(AiohttpSender, verify=TRUST), id="aiohttp"),
]

PATIENCE = 20  # seconds until a test that hangs is called a failure


@pytest.fixture(params=SENDERS)
def make(request):
    return request.param


# The other side


@dataclass(frozen=True)
class Heard:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def answer(status=200, body=b"{}", **headers):
    """A whole answer on a connection that is kept alive."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Hangup:
    """Say `first`, then close: politely, or with a reset."""

    def __init__(self, first=b"", *, reset=False):
        self.first = first
        self.reset = reset


@contextlib.asynccontextmanager
async def serving(handler, tls=None):
    """Serve with `handler(reader, writer)`; yields the port, and leaves nothing behind."""
    talks = set()

    async def welcome(reader, writer):
        talks.add(asyncio.current_task())
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(welcome, "127.0.0.1", 0, ssl=tls, backlog=256)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    await turns()


async def turns():
    """Let the loop notice what has happened to its sockets."""
    for _ in range(10):
        await asyncio.sleep(0)


class Upstream:
    """A server that answers request after request as told; the last answer goes on for ever."""

    def __init__(self, *answers, tls=None):
        self.answers = answers
        self.tls = tls
        self.heard = []
        self.connections = 0
        self.arrived = asyncio.Event()
        self.departed = asyncio.Event()
        self.all_here = None
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self):
        self.port = await self._stack.enter_async_context(serving(self._welcome, self.tls))
        return self

    async def __aexit__(self, *_):
        await self._stack.aclose()

    def ask(self, path="/v1/images/generations", method="POST", body=b"{}", **given):
        scheme = "https" if self.tls else "http"
        url = f"{scheme}://127.0.0.1:{self.port}{path}"
        return HttpRequest(method=method, url=url, body=body, **given)

    async def _welcome(self, reader, writer):
        self.connections += 1
        try:
            await self._talk(reader, writer)
        finally:
            self.departed.set()

    async def _talk(self, reader, writer):
        while True:
            self.heard.append(await hear(reader))
            self.arrived.set()
            if self.all_here is not None:
                await self.all_here.wait()
            said = self.answers[min(len(self.heard), len(self.answers)) - 1]
            if isinstance(said, Hangup):
                await hang_up(writer, said)
                return
            if said is None:
                assert await reader.read() == b""
                return
            writer.write(said)
            await writer.drain()


async def hear(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    pairs = [line.split(": ", 1) for line in lines]
    headers = {name.lower(): value for name, value in pairs}
    assert len(headers) == len(pairs), "a header came twice"
    method, target, _ = first.split(" ")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Heard(method, target, headers, body)


async def hang_up(writer, hangup):
    writer.write(hangup.first)
    await writer.drain()
    if hangup.reset:
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


def run(scenario):
    async def limited():
        async with asyncio.timeout(PATIENCE):
            return await scenario()

    return asyncio.run(limited())


@contextlib.asynccontextmanager
async def sending(sender):
    try:
        yield sender
    finally:
        await sender.aclose()


def talk(make, upstream_answers, *, requests=1, **given):
    """Send `requests` times; return what came back or was raised, and what was heard."""

    async def scenario():
        async with Upstream(*upstream_answers) as upstream, sending(make()) as sender:
            outcomes = [await attempt(sender, upstream.ask(**given)) for _ in range(requests)]
            return outcomes, upstream

    return run(scenario)


async def attempt(sender, request):
    try:
        return await sender.send(request)
    except TransportError as error:
        return error


# One request is one request


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 408, 425, 429, 500, 502, 503, 529])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_one_request_is_one_request_whatever_its_status(make, status, method):
    body = b"" if status in {204, 304} else b"said"

    (got,), upstream = talk(make, [answer(status, body, Retry_After=0)], method=method)

    assert (got.status, got.body, len(upstream.heard)) == (status, body, 1)


HANGUPS = [
    pytest.param(Hangup(), id="closed_before_the_answer"),
    pytest.param(Hangup(reset=True), id="reset_before_the_answer"),
    pytest.param(Hangup(b"HTTP/1.1 200 OK\r\nContent-"), id="cut_in_the_head"),
    pytest.param(Hangup(answer(200, b"x" * 100)[:-10]), id="cut_in_the_body"),
    pytest.param(Hangup(answer(200, b"x" * 100)[:-10], reset=True), id="reset_in_the_body"),
    pytest.param(
        Hangup(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        id="cut_between_chunks",
    ),
    pytest.param(Hangup(b"I am no HTTP server\r\n\r\n"), id="not_http"),
]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("hangup", HANGUPS)
def test_a_broken_answer_is_not_asked_for_again(make, hangup, method):
    (got,), upstream = talk(make, [hangup, answer()], method=method)

    assert isinstance(got, TransportError)
    assert got.sent
    assert len(upstream.heard) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_kept_connection_that_breaks_repeats_nothing(make, method, reset):
    answers = [answer(), Hangup(reset=reset), answer()]

    (first, second), upstream = talk(make, answers, requests=2, method=method)

    assert first.status == 200
    assert isinstance(second, TransportError)
    assert second.sent
    assert (len(upstream.heard), upstream.connections) == (2, 1)


def test_a_connection_that_was_closed_while_idle_is_replaced(make):
    async def scenario():
        upstream = Upstream(Hangup(answer()), answer())
        async with upstream, sending(make()) as sender:
            first = await sender.send(upstream.ask())
            await upstream.departed.wait()
            await turns()
            second = await sender.send(upstream.ask())
            return first.status, second.status, upstream.connections, len(upstream.heard)

    assert run(scenario) == (200, 200, 2, 2)


def test_requests_in_a_row_share_one_connection(make):
    outcomes, upstream = talk(make, [answer()], requests=5)

    assert [outcome.status for outcome in outcomes] == [200] * 5
    assert (len(upstream.heard), upstream.connections) == (5, 1)


def test_a_hundred_and_fifty_requests_do_not_wait_for_each_other(make):
    async def scenario():
        async with Upstream(answer()) as upstream, sending(make()) as sender:
            upstream.all_here = asyncio.Barrier(150)
            answers = await asyncio.gather(*(sender.send(upstream.ask()) for _ in range(150)))
            return {got.status for got in answers}, len(upstream.heard)

    assert run(scenario) == ({200}, 150)


# Nothing goes where it was not sent


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_returned_and_not_followed(make, status, method):
    async def scenario():
        async with Upstream(answer()) as other, sending(make()) as sender:
            there = f"http://127.0.0.1:{other.port}/steal"
            async with Upstream(answer(status, Location=there)) as upstream:
                request = upstream.ask(method=method, headers={"api-key": "hush"})
                got = await sender.send(request)
                return got.status, got.headers["location"] == there, other.connections

    assert run(scenario) == (status, True, 0)


def test_a_cookie_that_one_answer_sets_does_not_come_with_the_next_request(make):
    _, upstream = talk(make, [answer(Set_Cookie="tenant=alice; Path=/")], requests=2)

    assert all("cookie" not in heard.headers for heard in upstream.heard)


def test_proxies_of_the_environment_are_ignored(make, monkeypatch):
    async def scenario():
        async with Upstream(answer(502)) as proxy, Upstream(answer()) as upstream:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
                monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{proxy.port}")
            async with sending(make()) as sender:
                got = await sender.send(upstream.ask())
                return got.status, proxy.connections

    assert run(scenario) == (200, 0)


def test_passwords_of_the_environment_are_ignored(make, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login alice password hush\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    _, upstream = talk(make, [answer()])

    assert "authorization" not in upstream.heard[0].headers


def test_a_proxy_that_was_asked_for_is_used(make):
    async def scenario():
        async with Upstream(answer()) as proxy:
            url = f"http://127.0.0.1:{proxy.port}"
            async with sending(make(proxy=url)) as sender:
                request = HttpRequest(method="GET", url="http://pictures.invalid/cat.png")
                got = await sender.send(request)
                return got.status, proxy.heard[0].target

    assert run(scenario) == (200, "http://pictures.invalid/cat.png")


def test_a_proxy_that_refuses_the_tunnel_has_sent_nothing(make):
    async def scenario():
        async with Upstream(Hangup(answer(407))) as proxy:
            url = f"http://127.0.0.1:{proxy.port}"
            async with sending(make(proxy=url)) as sender:
                request = HttpRequest(method="POST", url="https://pictures.invalid/", body=b"{}")
                got = await attempt(sender, request)
                return isinstance(got, TransportError) and got.sent, proxy.heard[0].method

    assert run(scenario) == (False, "CONNECT")


# What goes out


def test_the_request_arrives_as_it_was_written_and_nothing_is_added_but_the_defaults(make):
    headers = {"authorization": "Bearer hush", "content-type": "application/json", "x-own": "1"}

    _, upstream = talk(make, [answer()], body=b'{"prompt": "cat"}', headers=headers)

    assert upstream.heard == [
        Heard(
            method="POST",
            target="/v1/images/generations",
            body=b'{"prompt": "cat"}',
            headers={
                **headers,
                "host": f"127.0.0.1:{upstream.port}",
                "content-length": "17",
                "user-agent": "pixroute",
                "accept": "*/*",
                "accept-encoding": "identity",
            },
        )
    ]


def test_a_request_may_name_its_own_client_and_encoding(make):
    headers = {"user-agent": "mine", "accept": "image/*", "accept-encoding": "gzip"}

    _, upstream = talk(make, [answer()], headers=headers)

    assert headers.items() <= upstream.heard[0].headers.items()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_request_without_a_body_says_nothing_of_a_length(make, method):
    _, upstream = talk(make, [answer()], method=method, body=b"")

    assert upstream.heard[0].headers.get("content-length", "0") == "0"
    assert "transfer-encoding" not in upstream.heard[0].headers


def test_a_post_without_a_body_says_that_its_length_is_zero(make):
    _, upstream = talk(make, [answer()], body=b"")

    assert upstream.heard[0].headers["content-length"] == "0"


@pytest.mark.parametrize(
    "header", [{"content-length": "1"}, {"transfer-encoding": "chunked"}, {"connection": "close"}]
)
def test_a_caller_cannot_reframe_a_request(make, header):
    _, upstream = talk(make, [answer()], body=b"12345", headers=header)

    assert upstream.heard[0].body == b"12345"
    assert upstream.heard[0].headers["content-length"] == "5"
    assert "transfer-encoding" not in upstream.heard[0].headers


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/a%2Fb%20c?sig=aB%2F%2B%3D%3D&se=2026-01-01T00%3A00%3A00Z&r=~x!*'()",
        "/a;b=c/@d:e?x=1&y=&z",
        "/plus+plus?q=a+b",
        "/?q=%7B%22a%22%3A%5B1%5D%7D",
    ],
    ids=["signed", "reserved", "plus", "json"],
)
def test_a_url_arrives_to_the_letter_as_a_signature_covers_it(make, path):
    _, upstream = talk(make, [answer()], method="GET", path=path, body=b"")

    assert upstream.heard[0].target == path


def test_a_url_that_is_not_ascii_is_encoded(make):
    _, upstream = talk(make, [answer()], method="GET", path="/b\u00e4r me?q=\u00fc", body=b"")

    assert upstream.heard[0].target == "/b%C3%A4r%20me?q=%C3%BC"


def test_two_megabytes_arrive_to_the_byte_in_both_directions(make):
    there, back = random.Random(1).randbytes(2_000_001), random.Random(2).randbytes(2_000_003)

    (got,), upstream = talk(make, [answer(200, back)], body=there)

    assert upstream.heard[0].body == there
    assert got.body == back
    assert type(got.body) is bytes


PARTS = (
    Part(
        name="image[]", content=b"\x89PNG\r\n\x1a\n--", filename="cat.png", content_type="image/png"
    ),
    Part(name="prompt", content='Lucy \u2601 & "diamonds"\r\n--x'.encode()),
    Part(name="image[]", content=bytes(range(256)) * 300, filename="b\u00e4r 2.webp"),
    Part(name="n", content=b""),
    Part(name="extra", content=b'{"a": 1}', content_type="application/json"),
)


def parse(heard):
    """Read a form as python-multipart understands it: (name, filename, content) in its order."""
    read = []

    def on_field(field):
        read.append((field.field_name.decode(), None, field.value or b""))

    def on_file(file):
        file.file_object.seek(0)
        read.append((file.field_name.decode(), file.file_name.decode(), file.file_object.read()))

    headers = {
        "Content-Type": heard.headers["content-type"].encode(),
        "Content-Length": heard.headers["content-length"].encode(),
    }
    parse_form(headers, io.BytesIO(heard.body), on_field, on_file)
    return read


def test_a_form_arrives_part_by_part_the_texts_before_the_files(make):
    _, upstream = talk(make, [answer()], body=b"", parts=PARTS)

    assert parse(upstream.heard[0]) == [
        ("prompt", None, PARTS[1].content),
        ("n", None, b""),
        ("extra", None, b'{"a": 1}'),
        ("image[]", "cat.png", PARTS[0].content),
        ("image[]", "b\u00e4r 2.webp", PARTS[2].content),
    ]


def test_the_content_types_of_a_form_are_kept(make):
    _, upstream = talk(make, [answer()], body=b"", parts=PARTS)

    body = upstream.heard[0].body.lower()
    assert body.count(b"content-type: image/png\r\n") == 1
    assert body.count(b"content-type: image/webp\r\n") == 1
    assert body.count(b"content-type: application/json") == 1


def test_a_form_of_texts_alone_is_multipart_too(make):
    headers = {"content-type": "multipart/form-data"}

    _, upstream = talk(make, [answer()], body=b"", parts=PARTS[1:2], headers=headers)

    assert upstream.heard[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert parse(upstream.heard[0]) == [("prompt", None, PARTS[1].content)]


class Shelf:
    """A file of zeros that remembers every stream that was opened."""

    def __init__(self, content):
        self.streams = []
        self.upload = replace(held(content, "cat.png"), open=self.open)
        self.content = content

    def open(self):
        self.streams.append(io.BytesIO(self.content))
        return self.streams[-1]

    @property
    def part(self):
        return Part(name="image", content=self.upload, filename="cat.png", content_type="image/png")


def test_a_file_is_opened_for_each_sending_and_closed_after_it(make):
    shelf = Shelf(random.Random(3).randbytes(300_001))

    _, upstream = talk(make, [answer()], requests=2, body=b"", parts=(shelf.part,))

    arrived = [parse(heard) for heard in upstream.heard]
    assert arrived == [[("image", "cat.png", shelf.content)]] * 2
    assert [stream.closed for stream in shelf.streams] == [True, True]


@pytest.mark.parametrize("hangup", [Hangup(), Hangup(reset=True)], ids=["closed", "reset"])
def test_a_file_is_closed_where_no_answer_comes(make, hangup):
    shelf = Shelf(bytes(100_000))

    (got,), _ = talk(make, [hangup], body=b"", parts=(shelf.part,))

    assert isinstance(got, TransportError)
    assert [stream.closed for stream in shelf.streams] == [True]


def test_an_answer_that_comes_before_the_file_is_sent_is_an_answer(make):
    shelf = Shelf(bytes(30_000_000))

    async def scenario():
        async def refuse(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(413, b"too large"))
            await writer.drain()
            while await reader.read(65536):
                pass

        async with serving(refuse) as port, sending(make()) as sender:
            url = f"http://127.0.0.1:{port}/"
            request = HttpRequest(method="POST", url=url, parts=(shelf.part,))
            return (await sender.send(request)).status

    assert run(scenario) == 413
    assert [stream.closed for stream in shelf.streams] == [True]


def test_a_file_that_is_gone_is_not_sent(make, tmp_path):
    gone = replace(held(b"cat", "cat.png"), open=(tmp_path / "gone").open)
    part = Part(name="image", content=gone, filename="cat.png")

    (got,), upstream = talk(make, [answer()], body=b"", parts=(part,))

    assert isinstance(got, TransportError)
    assert (got.sent, upstream.connections) == (False, 0)
    assert "a file for 127.0.0.1" in str(got)
    assert "No such file" in str(got)


# What comes back


def test_header_names_are_lower_case_and_repeated_ones_are_joined(make):
    said = answer(200, b"{}", X_Request_ID="req_1", Warning='199 - "a"', WARNING='199 - "b"')

    (got,), _ = talk(make, [said])

    assert got.headers["x-request-id"] == "req_1"
    assert got.headers["warning"] == '199 - "a", 199 - "b"'
    assert all(name == name.lower() for name in got.headers)


def test_a_compressed_body_is_left_as_it_is(make):
    squeezed = gzip.compress(b"{}" * 1000)

    (got,), _ = talk(make, [answer(200, squeezed, Content_Encoding="gzip")])

    assert got.body == squeezed


def test_chunks_are_joined(make):
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"

    (got,), _ = talk(make, [said])

    assert got.body == b"hello!"


def test_a_body_that_ends_with_the_connection_is_whole(make):
    (got,), _ = talk(make, [Hangup(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")])

    assert got.body == b"hello"


def test_an_interim_answer_is_not_the_answer(make):
    (got,), upstream = talk(make, [b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(200, b"picture")])

    assert (got.status, got.body, len(upstream.heard)) == (200, b"picture", 1)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(answer(200, b"x" * 1001), id="declared"),
        pytest.param(CHUNKED + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n", id="chunked"),
        pytest.param(Hangup(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001), id="until_the_end"),
    ],
)
def test_an_answer_larger_than_allowed_is_an_error_that_was_sent(make, said):
    (got,), upstream = talk(partial(make, max_body=1000), [said])

    assert str(got) == f"the answer of 127.0.0.1:{upstream.port} is larger than 1000 bytes"
    assert got.sent


@pytest.mark.parametrize(("senders", "asked"), [(4000, 1000), (1000, 4000)])
def test_of_the_senders_limit_and_the_requests_the_smaller_one_counts(make, senders, asked):
    said = [answer(200, b"x" * 1000), answer(200, b"x" * 1001)]

    (whole, cut), _ = talk(partial(make, max_body=senders), said, requests=2, max_body=asked)

    assert whole.body == b"x" * 1000
    assert str(cut).endswith("is larger than 1000 bytes")


def test_an_answer_above_the_limit_is_not_waited_for(make):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"

    async def scenario():
        async def promise(reader, writer):
            writer.write(head)
            await reader.read()

        async with serving(promise) as port, sending(make()) as sender:
            request = HttpRequest(method="GET", url=f"http://127.0.0.1:{port}/", max_body=1000)
            return await attempt(sender, request)

    assert "is larger than 1000 bytes" in str(run(scenario))


def test_an_answer_as_large_as_allowed_is_none(make):
    (got,), _ = talk(partial(make, max_body=1000), [answer(200, b"x" * 1000)])

    assert got.body == b"x" * 1000


def test_a_length_that_is_no_number_is_a_broken_answer(make):
    (got,), _ = talk(make, [b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx"])

    assert isinstance(got, TransportError)
    assert got.sent


# Nothing was sent


BAD_URLS = [
    "ftp://127.0.0.1/",
    "/v1/images",
    "http:///v1",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "http://alice:hush@127.0.0.1/",
    "",
]


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def try_url(make, url, **given):
    async def scenario():
        async with sending(make()) as sender:
            return await attempt(sender, HttpRequest(method="POST", url=url, **given))

    return run(scenario)


def test_a_refused_connection_has_sent_nothing_and_says_so(make):
    port = closed_port()

    got = try_url(make, f"http://127.0.0.1:{port}/?key=hush")

    assert str(got) == f"could not connect to 127.0.0.1:{port}: Connection refused"
    assert not got.sent


def test_an_unknown_host_has_sent_nothing(make):
    got = try_url(make, "http://nonexistent.invalid/?key=hush")

    assert str(got).startswith("could not connect to nonexistent.invalid: ")
    assert not got.sent


async def speak_plainly(reader, writer):
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await reader.read()


def test_tls_with_a_port_that_speaks_none_has_sent_nothing(make):
    async def scenario():
        async with serving(speak_plainly) as port, sending(make()) as sender:
            request = HttpRequest(method="POST", url=f"https://127.0.0.1:{port}/", body=b"{}")
            return await attempt(sender, request), port

    got, port = run(scenario)

    assert str(got).startswith(f"could not connect to 127.0.0.1:{port}: TLS: ")
    assert not got.sent


def tls():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.mark.parametrize(
    ("verify", "status"),
    [
        pytest.param(True, None, id="usual_authorities"),
        pytest.param(str(CERTIFICATE), 200, id="path"),
        pytest.param(CERTIFICATE, 200, id="Path"),
        pytest.param(TRUST, 200, id="context"),
        pytest.param(False, 200, id="everyone"),
    ],
)
def test_only_whom_verify_trusts_is_spoken_to(make, verify, status):
    async def scenario():
        async with (
            Upstream(answer(), tls=tls()) as upstream,
            sending(make(verify=verify)) as sender,
        ):
            return await attempt(sender, upstream.ask()), len(upstream.heard)

    got, heard = run(scenario)

    if status is None:
        assert "TLS: certificate verify failed" in str(got)
        assert (got.sent, heard) == (False, 0)
    else:
        assert (got.status, heard) == (status, 1)


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_nobody_can_ask_has_sent_nothing(make, url):
    got = try_url(make, url)

    assert "malformed URL" in str(got)
    assert not got.sent


@pytest.mark.parametrize(
    "headers",
    [{"api-key": "hush\r\nx-evil: 1"}, {"x-evil\r\nx": "hush"}, {"api-key": "hush\0"}],
    ids=["value", "name", "nul"],
)
def test_a_header_that_would_be_two_is_never_sent(make, headers):
    (got,), upstream = talk(make, [answer()], headers=headers)

    assert "malformed URL, header or form" in str(got)
    assert (got.sent, upstream.heard) == (False, [])


SECRET_REQUEST = {"path": "/v1?key=hush", "headers": {"authorization": "Bearer hush"}}


@pytest.mark.parametrize("hangup", HANGUPS)
def test_an_error_shows_neither_headers_nor_query_not_even_in_its_traceback(make, hangup):
    (got,), upstream = talk(make, [hangup], **SECRET_REQUEST)

    assert str(got).startswith(f"127.0.0.1:{upstream.port} broke off before a whole answer came: ")
    assert "hush" not in "".join(traceback.format_exception(got))


# Lifetime


def test_a_cancelled_request_closes_its_connection(make):
    async def scenario():
        async with Upstream(None) as upstream, sending(make()) as sender:
            task = asyncio.create_task(sender.send(upstream.ask()))
            await upstream.arrived.wait()
            task.cancel()
            await upstream.departed.wait()
            return (await asyncio.gather(task, return_exceptions=True))[0]

    assert isinstance(run(scenario), asyncio.CancelledError)


def test_a_request_cancelled_in_the_middle_of_its_answer_closes_its_connection(make):
    async def scenario():
        gone = asyncio.Event()

        async def trickle(reader, writer):
            writer.write(answer(200, b"x" * 1000)[:-500])
            await writer.drain()
            task.cancel()
            with contextlib.suppress(ConnectionError):
                await reader.read()
            gone.set()

        async with serving(trickle) as port, sending(make()) as sender:
            url = f"http://127.0.0.1:{port}/"
            task = asyncio.create_task(sender.send(HttpRequest(method="GET", url=url)))
            await gone.wait()
            return (await asyncio.gather(task, return_exceptions=True))[0]

    assert isinstance(run(scenario), asyncio.CancelledError)


def test_the_connection_of_a_cancelled_request_serves_nobody_else(make):
    async def scenario():
        async with Upstream(None, answer(200, b"mine")) as upstream, sending(make()) as sender:
            task = asyncio.create_task(sender.send(upstream.ask()))
            await upstream.arrived.wait()
            task.cancel()
            await asyncio.wait([task])
            got = await sender.send(upstream.ask())
            return got.body, upstream.connections

    assert run(scenario) == (b"mine", 2)


def test_a_closed_sender_says_that_it_is_closed(make):
    async def scenario():
        async with Upstream(answer()) as upstream:
            sender = make()
            await sender.send(upstream.ask())
            await sender.aclose()
            await sender.aclose()
            with pytest.raises(RuntimeError, match="this sender is closed; make a new one"):
                await sender.send(upstream.ask())
            return len(upstream.heard)

    assert run(scenario) == 1


def test_a_sender_that_was_never_used_can_be_closed(make):
    async def scenario():
        await make().aclose()
        return "closed"

    assert run(scenario) == "closed"


def test_closing_closes_the_connections(make):
    async def scenario():
        async with Upstream(answer()) as upstream:
            sender = make()
            await sender.send(upstream.ask())
            await sender.aclose()
            await upstream.departed.wait()
            return "departed"

    assert run(scenario) == "departed"


def test_a_sender_made_outside_a_loop_belongs_to_the_loop_of_its_first_request(make):
    sender = make()

    async def first():
        async with Upstream(answer()) as upstream:
            return (await sender.send(upstream.ask())).status

    async def second():
        with pytest.raises(RuntimeError, match="belongs to another event loop"):
            await sender.send(HttpRequest(method="GET", url="http://127.0.0.1/"))

    with asyncio.Runner() as one, asyncio.Runner() as another:
        assert one.run(first()) == 200
        another.run(second())
        one.run(sender.aclose())
