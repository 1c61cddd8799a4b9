"""A request leaves nothing behind that a garbage collector would have to find."""

import gc
import json

import anyio
import pytest

from router.testing import simulate
from tests.gateway.drive import GENERATIONS, KITE, opened, written

HEADERS = [(b"content-type", b"application/json"), (b"x-portkey-config", b"kites")]
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": GENERATIONS,
    "query_string": b"",
    "headers": HEADERS,
}
CONFIG = {
    "strategy": {"mode": "fallback"},
    "retry": {"attempts": 1},
    "targets": [{"provider": "openai"}, {"provider": "openai", "override_params": {"n": 1}}],
}


async def ask(gateway):
    messages = iter([{"type": "http.request", "body": json.dumps(KITE).encode()}])
    told = []

    async def receive():
        message = next(messages, None)
        if message is None:
            await anyio.sleep_forever()
        return message

    async def send(message):
        told.append(message)

    await gateway(dict(SCOPE), receive, send)
    return told[0]["status"]


def left_by_requests(folder, *steps):
    """Return the types of our own objects that are garbage in cycles, and the answers' status."""

    async def main():
        gateway = opened(folder, *steps)
        await ask(gateway)
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            statuses = {await ask(gateway) for _ in range(5)}
            gc.collect()
            ours = [type(one) for one in gc.garbage if type(one).__module__.startswith("router.")]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
        return statuses, ours

    return simulate(main)


@pytest.mark.parametrize("steps", [(200,), (503, 200)], ids=["a success", "after a fallback"])
def test_a_request_leaves_no_cycles(tmp_path, steps):
    folder = written(tmp_path, kites=CONFIG)

    statuses, ours = left_by_requests(folder, *steps)

    assert (statuses, ours) == ({200}, [])
