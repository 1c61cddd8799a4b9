"""The wall: what is no proper request is refused in order, nothing hangs, and all is served on."""

import json
import select
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import pytest
from gateway_process import PATIENCE, served, until
from slow_upstream import upstream_running

IMPATIENT = 1.0  # seconds for the head of a request
HOST = b"Host: gateway\r\n"
HEAD = (
    b"POST /v1/images/generations HTTP/1.1\r\nContent-Type: application/json\r\n"
    b"x-portkey-config: own\r\n" + HOST
)
HIDDEN = b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n"
SETTINGS = "max_body: 1 MiB\nlog: {path: requests.db}\n"


@pytest.fixture(scope="module")
def upstream():
    with upstream_running() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(upstream, tmp_path_factory):
    folder = tmp_path_factory.mktemp("walled") / "configs"
    folder.mkdir()
    (folder / "own.yaml").write_text(upstream.config)
    (folder / "gateway.yaml").write_text(SETTINGS)
    with served(folder, patience=IMPATIENT) as gateway:
        workers = until(gateway.workers)
        yield gateway
        assert gateway.ask().status == 200
        assert gateway.workers() == workers
        assert "Traceback" not in gateway.told


@pytest.fixture
def say(gateway):
    """Send bytes on a connection of its own; return all that comes until it is closed."""

    def said(*pieces, ends=False):
        with gateway.connect() as connection:
            for piece in pieces:
                connection.sendall(piece)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    return said


def read_all(connection):
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def status_of(answer):
    return int(answer.split(b" ", 2)[1])


def error_of(answer):
    """Return the error in an answer; a body of any other shape fails the test."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower()
    error = json.loads(body)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


def lengths(*values):
    return b"".join(b"Content-Length: " + value + b"\r\n" for value in values)


CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(lengths(b"2", b"3"), id="two-lengths"),
        pytest.param(lengths(b"2, 3"), id="list-of-lengths"),
        pytest.param(lengths(b"+2"), id="signed"),
        pytest.param(lengths(b"-2"), id="negative"),
        pytest.param(lengths(b"0x2"), id="hexadecimal"),
        pytest.param(lengths(b"9" * 30), id="astronomic"),
        pytest.param(b"Transfer-Encoding: identity\r\n", id="other-encoding"),
        pytest.param(b"Transfer-Encoding: xchunked\r\n", id="misspelt-encoding"),
        pytest.param(b"Transfer-Encoding: chunked, identity\r\n", id="encoding-not-last"),
        pytest.param(b"Transfer-Encoding : chunked\r\n", id="space-before-colon"),
        pytest.param(b"X-A: a\rX-B: b\r\n", id="bare-cr"),
        pytest.param(b"X-A: a\r\n b\r\n", id="folded"),
        pytest.param(b"X-A: a\0b\r\n", id="nul"),
        pytest.param(b"X-\xe9: a\r\n", id="name-not-ascii"),
        pytest.param(b"no colon\r\n", id="no-colon"),
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(say, headers):
    answer = say(HEAD, headers, b"\r\nab", HIDDEN)

    assert status_of(answer) == 400
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(lengths(b"5") + CHUNKED, id="length-first"),
        pytest.param(CHUNKED + lengths(b"5"), id="length-last"),
    ],
)
def test_nothing_can_hide_behind_a_body_with_two_ends(say, headers):
    answer = say(HEAD, headers, b"\r\n0\r\n\r\n", HIDDEN)

    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer.lower()
    assert error_of(answer)


def test_a_bare_lf_ends_a_header_and_is_no_part_of_its_value(say):
    body = b'{"prompt": "a kite 0"}'
    headers = b"x-portkey-trace-id: mine\nConnection: close\r\n"

    answer = say(HEAD, headers, lengths(b"%d" % len(body)), b"\r\n", body)

    assert status_of(answer) == 200
    assert b"x-portkey-trace-id: mine\r\n" in answer


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"POST /v1/images/gen", id="half-a-line"),
        pytest.param(HEAD, id="half-a-head"),
    ],
)
def test_who_does_not_end_a_head_is_cut_off(say, head):
    assert say(head) == b""


def test_a_trickled_head_is_cut_off_in_all(gateway):
    with gateway.connect() as connection:
        connection.settimeout(0.1)
        sent = 0
        try:
            for sent in range(1000):
                connection.sendall(b"X" if sent else HEAD)
                try:
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    continue
        except (BrokenPipeError, ConnectionResetError):
            pass

    assert sent < 200


def test_a_body_may_trickle_while_it_is_no_slower_than_that(say, upstream):
    body = json.dumps({"prompt": "drop by drop 0"}).encode()

    answer = say(
        HEAD, b"Connection: close\r\n", lengths(b"%d" % len(body)), b"\r\n", *map(bytes, zip(body))
    )

    assert status_of(answer) == 200
    assert "drop by drop 0" in upstream.asked


def test_a_head_of_40_kb_passes(say):
    config = json.dumps({"provider": "openai", "padding": "x" * 32_000}).encode()
    wide = b"x-other: " + b"y" * 8_000 + b"\r\n"

    answer = say(HEAD, wide, b"x-not-a-config: ", config, b"\r\nConnection: close\r\n\r\n")

    assert status_of(answer) == 400
    assert "JSON" in error_of(answer)["message"]


def test_a_head_without_end_is_refused_when_it_is_too_large(gateway):
    with gateway.connect() as connection:
        connection.sendall(HEAD + b"x-other: ")
        sent = 0
        while sent < 300_000 and not is_readable(connection, 0.02):
            connection.sendall(b"y" * 10_000)
            sent += 10_000
        answer = connection.recv(65536)

    assert status_of(answer) == 431
    assert sent > 50_000


def is_readable(connection, seconds):
    return bool(select.select([connection], [], [], seconds)[0])


def test_a_body_of_a_gigabyte_is_refused_before_it_comes(say):
    answer = say(HEAD, lengths(b"1000000000"), b"\r\n", b"x" * 100_000)

    assert status_of(answer) == 413
    assert error_of(answer)["type"] == "request_too_large"


def test_who_asks_whether_to_send_a_gigabyte_is_told_not_to(say):
    answer = say(HEAD, lengths(b"1000000000"), b"Expect: 100-continue\r\n\r\n")

    assert status_of(answer) == 413


@pytest.mark.parametrize("size", [1_500_000, 2_000_000])
def test_who_sends_too_much_hears_so_after_the_last_byte(say, size):
    answer = say(HEAD, b"Connection: close\r\n", lengths(b"%d" % size), b"\r\n", b"x" * size)

    assert status_of(answer) == 413
    assert "1048576 bytes" in error_of(answer)["message"]


def test_chunks_without_end_are_refused_where_it_is_too_much(gateway):
    with gateway.connect() as connection:
        connection.sendall(HEAD + CHUNKED + b"\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        try:
            for _ in range(1000):
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            pytest.fail("it took 64 MB in")


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(CHUNKED + b"\r\nzz\r\nabc\r\n", id="chunk-without-size"),
        pytest.param(CHUNKED + b"\r\nfffffffffffffffff\r\nabc\r\n", id="chunk-too-large-to-count"),
        pytest.param(CHUNKED + b"\r\n5\r\nabc", id="cut-within-a-chunk"),
        pytest.param(CHUNKED + b"\r\n3\r\nabc\r\n", id="no-last-chunk"),
        pytest.param(lengths(b"100") + b'\r\n{"prompt": ', id="shorter-than-its-length"),
    ],
)
def test_a_body_that_is_not_as_its_head_says_is_refused(say, rest):
    answer = say(HEAD, rest, ends=True)

    assert status_of(answer) == 400
    assert "cut off" in error_of(answer)["message"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"prompt": ', id="cut"),
        pytest.param(b"[]", id="list"),
        pytest.param(b'"a kite"', id="text"),
        pytest.param(b"\xff\xfe\x00", id="no-utf8"),
        pytest.param(b'{"prompt": "\xed\xa0\x80"}', id="surrogate"),
        pytest.param(b'{"prompt": "\\ud800"}', id="escaped-surrogate"),
        pytest.param(b'{"prompt": NaN}', id="nan"),
        pytest.param(b'{"n": 1e999, "prompt": "x"}', id="infinite"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, id="deep-object"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_body_that_is_no_request_is_refused(say, body):
    answer = say(HEAD, b"Connection: close\r\n", lengths(b"%d" % len(body)), b"\r\n", body)

    assert status_of(answer) == 400
    assert error_of(answer)["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"multipart/form-data", id="no-boundary"),
        pytest.param(b"multipart/form-data; boundary=", id="empty-boundary"),
        pytest.param(b"multipart/form-data; boundary=other", id="other-boundary"),
        pytest.param(b"text/plain", id="text"),
        pytest.param(b"application/json; charset=utf-7", id="charset"),
    ],
)
def test_a_form_that_is_none_is_refused_and_told_to_nobody_else(gateway, say, content):
    body = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na kite\r\n'
    head = HEAD.replace(b"generations", b"edits").replace(b"application/json", content)

    answer = say(head, b"Connection: close\r\n", lengths(b"%d" % len(body)), b"\r\n", body)

    assert status_of(answer) in {400, 415}
    assert error_of(answer)["message"]
    assert "WARNING" not in gateway.told


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /nowhere HTTP/1.1\r\n", 404),
        (b"GET /%ff%fe HTTP/1.1\r\n", 404),
        (b"DELETE /v1/images/generations HTTP/1.1\r\n", 405),
        (b"CONNECT other:443 HTTP/1.1\r\n", 405),
        (b"POST /v1/images/generations?%ff=%zz HTTP/1.1\r\n", 400),
    ],
)
def test_what_is_not_here_is_said_as_openai_says_it(say, head, status):
    answer = say(head, HOST, b"Connection: close\r\n\r\n")

    assert status_of(answer) == status
    assert error_of(answer)["message"]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40, id="tls"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="http2"),
        pytest.param(b"GET /health\r\n\r\n", id="http0.9"),
        pytest.param(b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", id="long-address"),
        pytest.param(b"\0" * 5_000, id="zeros"),
    ],
)
def test_other_languages_are_not_spoken(say, words):
    answer = say(words)

    assert not answer or status_of(answer) in {400, 414}


def test_a_caller_who_resets_costs_nobody_else_anything(gateway, upstream):
    for number in range(20):
        with gateway.connect() as connection:
            body = json.dumps({"prompt": f"reset {number} 0.2"}).encode()
            connection.sendall(HEAD + lengths(b"%d" % len(body)) + b"\r\n" + body)
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    assert gateway.ask().status == 200


def test_who_closes_its_half_is_let_go_and_the_picture_is_still_fetched(gateway, upstream):
    body = json.dumps({"prompt": "half 2"}).encode()

    with gateway.connect() as connection:
        connection.sendall(HEAD + lengths(b"%d" % len(body)) + b"\r\n" + body)
        upstream.wait_for("half 2")
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == b""

    until(lambda: "half 2" in upstream.done)


def test_who_closes_its_half_at_once_is_let_go(say):
    body = json.dumps({"prompt": "at once 0.3"}).encode()

    assert say(HEAD, lengths(b"%d" % len(body)), b"\r\n", body, ends=True) == b""


def test_hundreds_of_silent_callers_keep_nobody_waiting(gateway):
    silent = [gateway.connect() for _ in range(300)]
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: gateway.ask().status, range(40)))
    finally:
        for connection in silent:
            connection.close()

    assert answers == [200] * 40


def test_requests_in_a_row_on_one_connection_are_answered_in_order(gateway):
    body = json.dumps({"prompt": "in a row 0"}).encode()
    one = HEAD + lengths(b"%d" % len(body)) + b"\r\n" + body
    with gateway.connect() as connection:
        connection.settimeout(PATIENCE)
        connection.sendall(one * 3)

        assert read_all(connection).count(b"HTTP/1.1 200 OK") == 3
