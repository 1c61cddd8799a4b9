"""A request leaves nothing behind that a garbage collector would have to find."""

import asyncio
import gc
import json
from collections import Counter
from dataclasses import dataclass, field

import anyio
import pytest

from router.core.http import HttpResponse
from router.testing import simulate, stream_answer
from tests.gateway.drive import GENERATIONS, KITE, opened, written
from tests.gateway.test_bodies import KIND, PROMPT, file, form, text

EDITS = "/v1/images/edits"
CONFIG = {
    "strategy": {"mode": "fallback"},
    "retry": {"attempts": 1},
    "targets": [{"provider": "openai"}, {"provider": "openai", "override_params": {"n": 1}}],
}
UPLOAD = form(file("image"), PROMPT, text("model", "gpt-image-2"))
STREAM = {**KITE, "stream": True, "partial_images": 2}
LINK = HttpResponse(
    status=200, body=b'{"created": 1, "data": [{"url": "https://pictures.example/kite.png"}]}'
)
REQUESTS = 5


@dataclass(frozen=True)
class Case:
    """A request, and what the provider answers to it; who sends it may leave after a while."""

    steps: tuple
    statuses: tuple = (200,)
    body: bytes = json.dumps(KITE).encode()
    path: str = GENERATIONS
    kind: str = "application/json"
    leaves: float | None = None
    headers: dict = field(default_factory=dict)

    def scope(self):
        headers = {"content-type": self.kind, "x-portkey-config": "kites", **self.headers}
        return {
            "type": "http",
            "method": "POST",
            "path": self.path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }


async def ask(gateway, case):
    """Ask without a task of our own, which would leave garbage of its own."""
    messages = iter([{"type": "http.request", "body": case.body}])
    told = []

    async def receive():
        message = next(messages, None)
        if message is not None:
            return message
        if case.leaves is None:
            await anyio.sleep_forever()
        await anyio.sleep(case.leaves)
        return {"type": "http.disconnect"}

    async def send(message):
        told.append(message)

    await gateway(case.scope(), receive, send)
    return told[0]["status"] if told else None


def left_by_requests(folder, case, run):
    """Return the types of all that is garbage in cycles, and the answers' statuses."""

    async def main():
        gateway = opened(folder, *case.steps * (REQUESTS + 1))
        await ask(gateway, case)
        gc.collect()
        gc.freeze()  # what other tests leave behind is theirs, whenever it becomes garbage
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            statuses = {await ask(gateway, case) for _ in range(REQUESTS)}
            gc.collect()
            left = Counter(f"{type(one).__module__}.{type(one).__name__}" for one in gc.garbage)
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.unfreeze()
            gc.enable()
        return statuses, left

    return run(main)


def in_real_time(main):
    return asyncio.run(main())


CASES = {
    "a success": Case((200,)),
    "a bad request": Case((400,), statuses=(400,)),
    "a retry that serves": Case((503, 200)),
    "retries that are exhausted, then a fallback": Case((503, 503, 200)),
    "retries that are exhausted everywhere": Case((503, 503, 503, 503), statuses=(503,)),
    "a timeout": Case(
        ((9, 200), (9, 200)), statuses=(408,), headers={"x-portkey-request-timeout": "1000"}
    ),
    "a caller who has gone": Case(((3, 200),), leaves=0.5),
    "a caller who has gone during a retry's wait": Case((503, 200), leaves=0.1),
    "a caller who has gone for good during a repeated call": Case(
        (503, (3000, 200)), statuses=(None,), leaves=5
    ),
    "a stream": Case((stream_answer(2, every=1.0),), body=json.dumps(STREAM).encode()),
    "a stream after retries": Case((503, 503, stream_answer(2)), body=json.dumps(STREAM).encode()),
    "a stream whose caller has gone": Case(
        (stream_answer(2, every=1.0),), body=json.dumps(STREAM).encode(), leaves=1.5
    ),
    "downloads that fail": Case(
        (LINK, 500, 500, 500, LINK, 500, 500, 500),
        statuses=(502,),
        body=json.dumps({**KITE, "response_format": "b64_json"}).encode(),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_request_leaves_no_cycles(tmp_path, case):
    folder = written(tmp_path, kites=CONFIG)

    statuses, left = left_by_requests(folder, case, simulate)

    assert (statuses, left) == (set(case.statuses), Counter())


@pytest.mark.parametrize("steps", [(200,), (400,)], ids=["a success", "a failure"])
def test_an_edit_leaves_no_cycles(tmp_path, steps):
    """In real time, as an uploaded file is read in a thread."""
    folder = written(tmp_path, kites=CONFIG)
    case = Case(steps, statuses=steps, body=UPLOAD, path=EDITS, kind=KIND)

    statuses, left = left_by_requests(folder, case, in_real_time)

    assert (statuses, left) == (set(steps), Counter())
