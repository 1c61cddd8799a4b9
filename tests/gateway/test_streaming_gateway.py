"""Streaming: events as they come, signs of life between them, and an end that is told once."""

import json
from itertools import pairwise

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import TransportError
from router.gateway.keys import digest_of
from router.gateway.keys import written as digest
from router.testing import Scripted, Streamed, simulate, stream_answer, stream_event
from tests.gateway import drive
from tests.gateway.drive import KITE, OPENAI, ask, opened

STREAM = {**KITE, "stream": True, "partial_images": 2}
PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)
COMPLETED = stream_event("image_generation.completed")
WAITING = b": waiting\n\n"


def streamed(folder, *steps, headers=OPENAI, body=STREAM, leaves=None, sender=None):
    sender = sender or Scripted(*steps, repeat=True)

    async def main():
        gateway = opened(folder, sender=sender)
        return await ask(gateway, headers=headers, json_=body, leaves=leaves)

    return simulate(main)


def events(seen):
    """Return the events of a stream: each one's name, and its data."""
    found = []
    for block in seen.body.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def names(seen):
    return [name.rpartition(".")[2] for name, _ in events(seen)]


def test_events_go_out_as_they_come(tmp_path):
    seen = streamed(tmp_path, stream_answer(2, every=3.0))

    assert seen.status == 200
    assert seen.headers["content-type"].startswith("text/event-stream")
    assert names(seen) == ["partial_image", "partial_image", "completed"]
    assert [at for at, _ in seen.pieces] == [3.0, 6.0, 9.0]
    assert seen.ended == 9.0


def test_every_event_names_itself_and_holds_a_picture(tmp_path):
    for name, data in events(streamed(tmp_path, stream_answer(1))):
        assert data["type"] == name
        assert data["b64_json"]


@pytest.mark.parametrize("before", [0.0, 14.0])
def test_a_failure_before_the_first_sign_of_life_is_a_plain_status(tmp_path, before):
    seen = streamed(tmp_path, (before, 400))

    assert seen.status == 400
    assert seen.headers["content-type"] == "application/json"
    assert seen.error["message"] == "scripted 400"
    assert seen.headers["x-portkey-trace-id"]


def test_nothing_is_said_for_fifteen_seconds_and_then_a_comment(tmp_path):
    seen = streamed(tmp_path, (40, 200))

    assert seen.status == 200
    assert [at for at, piece in seen.pieces if piece == WAITING] == [15.0, 30.0]
    assert names(seen) == ["completed"]


def test_a_failure_after_a_sign_of_life_is_one_error_event(tmp_path):
    seen = streamed(tmp_path, (20, 400))

    assert seen.status == 200
    assert seen.pieces[0] == (15.0, WAITING)
    assert names(seen) == ["error"]
    [(_, data)] = events(seen)
    assert data["error"]["message"] == "scripted 400"
    assert seen.ended == 20.0


@pytest.mark.parametrize(
    "ending",
    [(), (TransportError("lost", sent=True),), (b"event: x\ndata: {\n\n",)],
    ids=["cut off", "lost", "broken"],
)
def test_a_stream_that_breaks_ends_in_one_error_and_is_not_completed(tmp_path, ending):
    sender = Scripted(Streamed((PARTIAL, *ending)), 200)
    config = json.dumps({"provider": "openai", "retry": {"attempts": 2}})

    seen = streamed(tmp_path, sender=sender, headers={"x-portkey-config": config})

    assert names(seen) == ["partial_image", "error"]
    assert seen.ended is not None
    assert len(sender.requests) == 1


def test_another_is_asked_until_the_first_event(tmp_path):
    config = {
        "strategy": {"mode": "fallback"},
        "targets": [{"provider": "openai"}, {"provider": "openai"}],
    }
    sender = Scripted(503, stream_answer(1))

    seen = streamed(tmp_path, sender=sender, headers={"x-portkey-config": json.dumps(config)})

    assert names(seen) == ["partial_image", "completed"]
    assert seen.headers["x-portkey-last-used-option-index"] == "config.targets[1]"


@pytest.mark.parametrize("leaves", [1.0, 4.0, 17.0])
def test_who_leaves_ends_the_call(tmp_path, leaves):
    sender = Scripted(Streamed((2.0, PARTIAL, 60.0, COMPLETED)))

    async def main():
        gateway = opened(tmp_path, sender=sender)
        seen = await ask(gateway, headers=OPENAI, json_=STREAM, leaves=leaves)
        return seen, anyio.current_time(), gateway.desk.admission.running

    seen, now, running = simulate(main)

    assert now == leaves
    assert (sender.streaming, running) == (0, 0)
    assert b"completed" not in seen.body


class Told:
    """A recorder that keeps what it is told."""

    def __init__(self):
        self.exchanges = []

    def begin(self):
        pass

    def end(self, exchange):
        self.exchanges.append((exchange, exchange.trace.attempts))


def test_the_call_of_one_who_left_is_recorded_as_cancelled(tmp_path):
    told = Told()

    async def main():
        gateway = opened(tmp_path, Streamed((60.0, COMPLETED)), recorders=(told,))
        return await ask(gateway, headers=OPENAI, json_=STREAM, leaves=4)

    simulate(main)

    [(exchange, attempts)] = told.exchanges
    assert (exchange.gone, exchange.status) == (True, 499)
    assert [one.status for one in attempts] == [499]


def test_a_provider_that_cannot_stream_gives_the_finished_picture(tmp_path):
    seen = streamed(tmp_path, 200)

    assert names(seen) == ["completed"]
    assert seen.status == 200


def test_an_edit_streams_under_its_own_name(tmp_path):
    body = {"prompt": "a kite", "model": "gpt-image-2", "stream": True}
    body["images"] = [{"file_id": "file-1"}]
    answer = stream_answer(0, operation="image_edit")

    async def main():
        return await ask(opened(tmp_path, answer), "/v1/images/edits", headers=OPENAI, json_=body)

    assert [name for name, _ in events(simulate(main))] == ["image_edit.completed"]


def test_headers_of_a_stream_tell_of_what_was_asked(tmp_path):
    headers = {**OPENAI, "x-portkey-trace-id": "mine"}

    seen = streamed(tmp_path, stream_answer(1, every=20.0), headers=headers)

    assert seen.headers["x-portkey-trace-id"] == "mine"
    assert seen.headers["x-portkey-cache-status"] == "DISABLED"
    assert seen.headers["cache-control"] == "no-cache"


def test_a_key_of_the_gateways_is_in_no_event(tmp_path):
    drive.written(tmp_path, gateway={"keys": {"app": {"digest": digest(digest_of("pxr-app"))}}})
    headers = {**OPENAI, "authorization": "Bearer pxr-app"}

    assert b"pxr-app" not in streamed(tmp_path, stream_answer(2), headers=headers).body


PAUSES = st.lists(st.floats(0, 40), min_size=1, max_size=4)


@given(PAUSES, st.booleans())
def test_there_is_always_a_sign_of_life_and_one_end(tmp_path_factory, pauses, completes):
    folder = tmp_path_factory.mktemp("gateway")
    pieces = [piece for pause in pauses for piece in (pause, PARTIAL)]
    last = COMPLETED if completes else TransportError("lost", sent=True)

    seen = streamed(folder, Streamed((*pieces, last)))

    times = [at for at, _ in seen.pieces]
    assert times[0] <= 15.0
    assert all(later - at <= 15.0 + 1e-6 for at, later in pairwise(times))
    assert names(seen)[-1] == ("completed" if completes else "error")
    assert len(set(names(seen)) & {"completed", "error"}) == 1
    assert names(seen).count("partial_image") == len(pauses)
