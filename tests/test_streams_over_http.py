"""Streams over real sockets, from the provider's stand-in through either sender to the caller."""

import asyncio
import gc
from functools import partial

import pytest

from router import APIConnectionError, AsyncRouter, ContentPolicyError, NoImageError
from router.core.outcome import Kind
from router.emulators.drawing import fixed
from router.sandbox.server import Sandbox
from router.senders.aiohttp_sender import AiohttpSender
from router.senders.httpx_sender import HttpxSender
from tests.originals.pictures import PNG
from tests.senders.test_sender_contract import TRUST, hear, run, serving
from tests.senders.test_stream_contract import HEAD, chunk
from tests.watching import OPENAI, PARTIAL, watch

SENDERS = [
    pytest.param(partial(HttpxSender, library="httpx", verify=TRUST), id="httpx"),
    pytest.param(partial(HttpxSender, library="httpx2", verify=TRUST), id="httpx2"),
    pytest.param(partial(AiohttpSender, verify=TRUST), id="aiohttp"),
]


@pytest.fixture(params=SENDERS)
def make(request):
    return request.param


def at(url):
    return {**OPENAI, "custom_host": url}


def over_http(make, work, faults=None):
    """Run `work(router)` against the sandbox, over HTTP."""

    async def main():
        async with Sandbox(draw=fixed(PNG), faults=faults) as sandbox:
            sender = make()
            async with AsyncRouter(at(sandbox.base_url("openai")), sender=sender) as router:
                seen = await work(router)
            await sender.aclose()
            return seen

    return run(main)


@pytest.mark.parametrize("partials", [0, 1, 2, 3])
def test_unfinished_pictures_come_and_then_the_finished_one(make, partials):
    seen = over_http(make, lambda router: watch(router, partial_images=partials))

    assert seen.types == ["partial_image"] * partials + ["completed"]
    assert {event.bytes() for event in seen.events} == {PNG}


def test_edits_stream_too(make):
    seen = over_http(make, lambda router: watch(router, "edit", image=PNG))

    assert [event.type for event in seen.events] == [
        "image_edit.partial_image",
        "image_edit.partial_image",
        "image_edit.completed",
    ]


def test_the_trace_has_the_providers_request_id_and_every_byte(make):
    seen = over_http(make, watch)

    (attempt,) = seen.stream.trace.attempts
    assert attempt.request_id.startswith("req_")
    assert attempt.received > 3 * len(PNG)


@pytest.mark.parametrize(
    ("fault", "types", "error"),
    [
        ("cut", ["partial_image"], APIConnectionError),
        ("reset", [], APIConnectionError),
        ("empty", [], NoImageError),
        ("wrong_type", [], NoImageError),
        ("truncated", [], NoImageError),
        ("refusal", [], ContentPolicyError),
    ],
)
def test_what_breaks_is_one_error_after_what_came(make, fault, types, error):
    seen = over_http(make, watch, faults=f"openai: {fault}")

    assert (seen.types, type(seen.error)) == (types, error)


def test_a_slow_trickle_arrives_whole(make):
    seen = over_http(make, watch, faults="openai: trickle=50ms")

    assert seen.types == ["partial_image", "partial_image", "completed"]


async def close(stream):
    await stream.close()


async def forget(stream):
    """Do nothing: the caller lets go of it."""


@pytest.mark.parametrize("leave", [close, forget])
def test_leaving_a_stream_closes_its_connection(make, leave):
    async def main():
        departed = asyncio.Event()

        async def serve(reader, writer):
            await hear(reader)
            writer.write(HEAD + chunk(PARTIAL))
            await writer.drain()
            assert await reader.read() == b""
            departed.set()

        async with serving(serve) as port:
            sender = make()
            async with AsyncRouter(at(f"http://127.0.0.1:{port}/v1"), sender=sender) as router:
                stream = await router.images.generate(prompt="a cat", stream=True)
                trace = stream.trace
                await leave(stream)
                del stream
                gc.collect()
                await departed.wait()
            await sender.aclose()
            return [attempt.kind for attempt in trace.attempts]

    assert run(main) == [Kind.CANCELLED]
