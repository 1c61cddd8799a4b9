"""Streams that are cut off: when the gateway ends, a stream under way says so."""

import asyncio
import json

import anyio
import pytest

from router.gateway.draining import Draining
from router.testing import Scripted, Streamed, simulate, stream_event
from tests.gateway import drive

STREAM = {**drive.KITE, "stream": True, "partial_images": 1}
PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)


def cut_off(folder, *pieces, at):
    """Return what a caller sees of a stream when the gateway's time is up."""
    sender = Scripted(Streamed(pieces))

    async def main():
        app = Draining(drive.opened(folder, sender=sender))
        asking = asyncio.ensure_future(drive.ask(app, headers=drive.OPENAI, json_=STREAM))
        await anyio.sleep(at)
        app.cancel()
        return await asking

    seen = simulate(main)
    assert sender.streaming == 0
    return seen


@pytest.mark.parametrize("pieces", [(PARTIAL, 600.0), (600.0,)], ids=["picture", "sign of life"])
def test_a_stream_that_has_begun_ends_in_an_error(tmp_path, pieces):
    seen = cut_off(tmp_path, *pieces, at=20)

    *_, last, nothing = seen.body.decode().split("\n\n")
    name, data = last.splitlines()
    assert (name, nothing) == ("event: error", "")
    assert json.loads(data.removeprefix("data: "))["error"]["code"] == "cancelled"
    assert seen.ended == 20.0


def test_one_that_has_not_is_refused_as_any_request(tmp_path):
    seen = cut_off(tmp_path, 600.0, at=5)

    assert (seen.status, seen.headers["x-should-retry"]) == (503, "false")
    assert seen.error["type"] == "server_error"
