"""The sandbox streams: in-process in virtual time, and over HTTP."""

import asyncio
import base64
import json

import anyio
import httpx
import pytest

from router.core.http import HttpRequest, HttpResponse, Part, TransportError
from router.core.ports import StreamingSender
from router.core.sse import EventReader
from router.emulators.drawing import fixed
from router.emulators.openai import OpenAI
from router.emulators.shape import asks_for_stream
from router.sandbox.in_process import SandboxSender
from router.sandbox.server import Sandbox
from router.testing import simulate
from tests.originals.pictures import PNG

URL = "https://api.openai.com/v1/images/generations"
AZURE = "https://r.openai.azure.com/openai/v1/images/generations"
JSON_LOGIN = {"authorization": "Bearer sk-sandbox", "content-type": "application/json"}
PARTIAL, COMPLETED = "image_generation.partial_image", "image_generation.completed"


def asked(url=URL, **params):
    said = {"model": "gpt-image-2", "prompt": "x", "stream": True, "partial_images": 3, **params}
    body = json.dumps({name: value for name, value in said.items() if value is not None})
    return HttpRequest(method="POST", url=url, headers=JSON_LOGIN, body=body.encode())


def ten_seconds(provider, model, serial):
    return 10.0


class Stream:
    """What came of one stream: its head, each event's name and time, and what broke it off."""

    def __init__(self):
        self.status = None
        self.began = None
        self.events = []
        self.bodies = []
        self.error = None
        self.body = b""


async def read(sender, request, most=None):
    found, reader = Stream(), EventReader()
    try:
        async with sender.stream(request) as incoming:
            found.status, found.began = incoming.status, anyio.current_time()
            found.type = incoming.headers["content-type"]
            async for piece in incoming.chunks:
                found.body += piece
                for event in reader.feed(piece):
                    found.events.append((event.name, anyio.current_time()))
                    found.bodies.append(json.loads(event.data))
                if most is not None and len(found.events) >= most:
                    break
    except TransportError as error:
        found.error = error
    return found


def streamed(request=None, *, most=None, **settings):
    async def main():
        sender = SandboxSender(**{"draw": fixed(PNG), **settings})
        found = await read(sender, request or asked(), most)
        return found, [entry.status for entry in sender.requests], anyio.current_time()

    return simulate(main)


def names(found):
    return [name for name, _ in found.events]


# In-process


def test_the_sandbox_can_stream():
    assert isinstance(SandboxSender(draw=fixed(PNG)), StreamingSender)


def test_the_events_of_a_stream_come_evenly_over_the_latency():
    found, statuses, _ = streamed(latency=ten_seconds)

    assert (found.status, found.began, found.type) == (
        200,
        0.0,
        "text/event-stream; charset=utf-8",
    )
    assert found.events == [(PARTIAL, 2.5), (PARTIAL, 5.0), (PARTIAL, 7.5), (COMPLETED, 10.0)]
    assert statuses == [200]


def test_azures_stand_in_streams_too():
    found, _, _ = streamed(asked(AZURE, output_format="jpeg"), latency=ten_seconds)

    assert names(found) == [PARTIAL] * 3 + [COMPLETED]
    assert {body["output_format"] for body in found.bodies} == {"jpeg"}


def test_a_sender_that_is_asked_for_all_of_a_stream_has_it_when_it_has_ended():
    async def main():
        sender = SandboxSender(draw=fixed(PNG), latency=ten_seconds)
        answer = await sender.send(asked())
        return answer.body.count(b"event: "), anyio.current_time()

    assert simulate(main) == (4, 10.0)


def test_what_is_no_stream_comes_whole_after_the_latency():
    found, _, _ = streamed(asked(stream=None), latency=ten_seconds)

    assert (found.status, found.began, found.events) == (200, 10.0, [])
    assert json.loads(found.body)["data"]


def test_an_error_in_place_of_a_stream_takes_as_long_as_any():
    found, statuses, _ = streamed(asked(size="1x1"), latency=ten_seconds)

    assert (found.status, found.began, statuses) == (400, 10.0, [400])


def test_several_pictures_in_one_stream_come_one_after_the_other():
    found, _, _ = streamed(asked(n=2, partial_images=1))
    alone, _, _ = streamed(asked(n=1, partial_images=1))

    assert names(found) == [PARTIAL, COMPLETED] * 2
    assert found.bodies[1]["usage"] == found.bodies[3]["usage"] == alone.bodies[1]["usage"]


def test_an_edit_asks_for_its_stream_in_a_form():
    parts = (
        Part(name="prompt", content=b"x"),
        Part(name="model", content=b"gpt-image-2"),
        Part(name="stream", content=b"true"),
        Part(name="partial_images", content=b"1"),
        Part(name="image", content=PNG, filename="a.png", content_type="image/png"),
    )
    request = HttpRequest(
        method="POST",
        url="https://api.openai.com/v1/images/edits",
        headers={"authorization": "Bearer sk-sandbox"},
        parts=parts,
    )

    found, _, _ = streamed(request, latency=ten_seconds)

    assert found.events == [("image_edit.partial_image", 5.0), ("image_edit.completed", 10.0)]


@pytest.mark.parametrize(
    ("request_", "asks"),
    [
        (asked(), True),
        (asked(stream=False), False),
        (asked(stream=None), False),
        (asked(stream="true"), False),
        (asked(stream=None, prompt='"stream"'), False),
        (HttpRequest(method="POST", url=URL, body=b'["stream"]'), False),
        (HttpRequest(method="POST", url=URL, body=b'{"stream": true'), False),
        (HttpRequest(method="POST", url=URL, parts=(Part(name="stream", content=b"true"),)), True),
        (HttpRequest(method="POST", url=URL, parts=(Part(name="stream", content=b"1"),)), False),
        (
            HttpRequest(
                method="POST",
                url=URL,
                parts=(Part(name="stream", content=b"true", filename="stream"),),
            ),
            False,
        ),
    ],
)
def test_a_stream_is_asked_for_by_a_word_and_by_nothing_else(request_, asks):
    assert asks_for_stream(request_) is asks


def test_leaving_a_stream_early_waits_for_nothing_more():
    found, statuses, took = streamed(latency=ten_seconds, most=1)

    assert (names(found), statuses, took) == ([PARTIAL], [200], 2.5)


def test_a_request_that_is_left_before_its_stream_begins_has_no_answer():
    async def main():
        sender = SandboxSender(draw=fixed(PNG), faults="openai: delay=60")
        with anyio.move_on_after(3):
            await read(sender, asked())
        return [entry.status for entry in sender.requests], anyio.current_time()

    assert simulate(main) == ([0], 3.0)


@pytest.mark.parametrize("stream", ["yes", 1, []])
def test_what_is_no_yes_or_no_asks_for_no_stream(stream):
    found, _, _ = streamed(asked(stream=stream))

    error = json.loads(found.body)["error"]
    assert (found.status, error["code"], error["param"]) == (400, "invalid_type", "stream")


def test_the_usage_of_a_stream_is_shorter_than_that_of_a_whole_answer():
    usage = streamed()[0].bodies[-1]["usage"]

    assert set(usage) == {
        "input_tokens",
        "input_tokens_details",
        "output_tokens",
        "total_tokens",
    }


def test_each_unfinished_picture_has_come_further_than_the_one_before():
    seen = []

    def draw(brief):
        seen.append(brief.finished)
        return PNG

    streamed(draw=draw)

    assert seen == [0, 1 / 3, 2 / 3, 1]


def test_whom_a_picture_is_for_is_said_in_its_last_event():
    found, _, _ = streamed(asked(safety_identifier="u_1"))

    assert ["safety_identifier" in body for body in found.bodies] == [False] * 3 + [True]


# Faults


def test_a_delay_comes_before_the_stream():
    found, _, _ = streamed(faults="openai: delay=5", latency=ten_seconds)

    assert (found.began, found.events[0], found.events[-1]) == (
        5.0,
        (PARTIAL, 7.5),
        (COMPLETED, 15.0),
    )


def test_a_cut_breaks_off_after_the_first_half_of_the_pictures():
    found, statuses, _ = streamed(faults="openai: cut", latency=ten_seconds)

    assert found.events == [(PARTIAL, 2.5), (PARTIAL, 5.0)]
    assert found.error.sent
    assert str(found.error) == "the sandbox closed the connection within the answer"
    assert statuses == [200]


def test_a_cut_of_what_is_no_stream_brings_nothing():
    found, _, _ = streamed(asked(stream=None), faults="openai: cut")

    assert (found.status, found.error.sent) == (None, True)


def test_a_reset_brings_nothing_and_draws_nothing():
    def draw(brief):
        raise AssertionError("nothing is drawn")

    found, statuses, _ = streamed(faults="openai: reset", draw=draw)

    assert (found.status, str(found.error)) == (None, "the sandbox reset the connection")
    assert statuses == [0]


def test_a_trickle_of_a_stream_takes_its_time_and_arrives_whole():
    found, _, took = streamed(faults="openai: trickle=20", latency=ten_seconds)

    assert names(found) == [PARTIAL] * 3 + [COMPLETED]
    assert found.events[0][1] > 10.0
    assert took == 30.0


def test_a_trickle_of_what_is_no_stream_takes_its_time():
    found, _, took = streamed(asked(stream=None), faults="openai: trickle=20")

    assert (found.status, took) == (200, 20.0)


@pytest.mark.parametrize("fault", ["503", "429 retry_after=2", "refusal"])
def test_an_error_comes_instead_of_a_stream(fault):
    found, _, _ = streamed(faults=f"openai: {fault}")

    assert found.status in {503, 429, 400}
    assert found.events == []
    assert "error" in json.loads(found.body)


@pytest.mark.parametrize("url", [URL, AZURE], ids=["openai", "azure"])
def test_an_empty_stream_has_no_picture_in_any_event(url):
    found, _, _ = streamed(asked(url), faults="*: empty")

    assert names(found) == [PARTIAL] * 3 + [COMPLETED]
    assert all("b64_json" not in body for body in found.bodies)
    assert "usage" in found.bodies[-1]


def test_a_stream_of_a_wrong_type_comes_whole():
    found, _, _ = streamed(faults="openai: wrong_type", latency=ten_seconds)

    assert (found.type, found.began) == ("text/html; charset=utf-8", 10.0)


def test_a_stream_of_a_wrong_length_ends_too_early():
    found, _, _ = streamed(asked(partial_images=0), faults="openai: wrong_length")

    assert (found.events, found.error) == ([], None)


def test_broken_base64_breaks_every_picture_of_a_stream():
    found, _, _ = streamed(faults="openai: broken_base64", draw=fixed(PNG * 20))

    assert all("!*" in body["b64_json"] for body in found.bodies)


def test_truncated_pictures_are_cut_in_a_stream_too():
    found, _, _ = streamed(faults="openai: truncated")

    assert {base64.b64decode(body["b64_json"]) for body in found.bodies} == {PNG[: len(PNG) // 2]}


def test_a_filtered_picture_is_an_error_after_the_unfinished_ones():
    found, _, _ = streamed(asked(prompt="[filter] x"), latency=ten_seconds)

    assert found.events == [(PARTIAL, 2.5), (PARTIAL, 5.0), (PARTIAL, 7.5), ("error", 10.0)]
    assert found.bodies[-1]["error"]["code"] == "moderation_blocked"


def test_emptying_leaves_alone_what_is_no_event():
    kept = HttpResponse(
        status=200, headers={"content-type": "text/event-stream"}, body=b": comment\n\n"
    )

    assert OpenAI().emptied(kept).body == b": comment\n\n"


# Over HTTP


def over_http(work, **settings):
    async def main():
        async with Sandbox(**{"draw": fixed(PNG), **settings}) as sandbox:
            limits = {"base_url": sandbox.url, "trust_env": False, "timeout": 20}
            async with httpx.AsyncClient(**limits) as client:
                return await work(sandbox, client)

    return anyio.run(main)


async def pieces_of(client, request=None):
    """Read a stream over HTTP; return its head, its pieces, and what broke it off."""
    sent = request or asked()
    path = "/openai/v1/images/generations"
    pieces = []
    async with client.stream("POST", path, headers=JSON_LOGIN, content=sent.body) as response:
        try:
            async for piece in response.aiter_raw():
                pieces.append(piece)  # noqa: PERF401  what came before an error counts
        except httpx.TransportError as error:
            return response, pieces, error
    return response, pieces, None


def test_a_stream_over_http_is_chunked_and_says_so():
    async def work(sandbox, client):
        return await pieces_of(client)

    response, pieces, error = over_http(work)

    assert error is None
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in response.headers
    assert b"".join(pieces).count(b"event: ") == 4


def test_the_head_of_a_stream_is_there_before_its_first_picture_is_due():
    """With a latency of an hour nothing would be here if the head waited for an event."""

    async def work(sandbox, client):
        async with client.stream(
            "POST", "/openai/v1/images/generations", headers=JSON_LOGIN, content=asked().body
        ) as response:
            return response.status_code

    assert over_http(work, latency=lambda provider, model, serial: 3600.0) == 200


def test_a_connection_serves_another_request_after_a_stream():
    async def work(sandbox, client):
        for _ in range(3):
            await pieces_of(client)
        return [entry.status for entry in sandbox.requests]

    assert over_http(work) == [200, 200, 200]


def test_a_client_of_an_older_protocol_has_its_stream_to_the_end():
    async def work(sandbox, client):
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        body = asked().body
        head = f"POST /v1/images/generations HTTP/1.0\r\ncontent-length: {len(body)}\r\n"
        head += "content-type: application/json\r\nauthorization: Bearer sk-sandbox\r\n\r\n"
        writer.write(head.encode() + body)
        said = await reader.read()
        writer.close()
        return said

    said = over_http(work)

    assert said.count(b"event: ") == 4
    assert b"chunked" not in said.lower()


def test_a_cut_over_http_shows_the_first_half_and_breaks():
    async def work(sandbox, client):
        return await pieces_of(client)

    _, pieces, error = over_http(work, faults="openai: cut")

    assert b"".join(pieces).count(b"\n\n") == 2
    assert error is not None


def test_a_trickle_over_http_knows_no_events():
    async def work(sandbox, client):
        return await pieces_of(client)

    _, pieces, _ = over_http(work, faults="openai: trickle=100ms")

    assert len(pieces) > 5
    assert b"".join(pieces).count(b"\n\n") == 4


def test_a_client_that_leaves_ends_its_stream_and_no_other():
    async def work(sandbox, client):
        async with client.stream(
            "POST", "/openai/v1/images/generations", headers=JSON_LOGIN, content=asked().body
        ) as response:
            async for _ in response.aiter_raw():
                break
        _, pieces, error = await pieces_of(client)
        return b"".join(pieces).count(b"event: "), error

    assert over_http(work) == (4, None)
