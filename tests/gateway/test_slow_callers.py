"""Slow callers: who takes nothing in is cut off, and that is no bug of ours."""

import base64
import json

import anyio

from router.core.http import HttpResponse
from router.gateway.app import SEND_PATIENCE
from router.testing import simulate
from tests.gateway.drive import GENERATIONS, KITE, OPENAI, Told, opened

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60_000) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
LARGE = HttpResponse(
    status=200,
    body=json.dumps(
        {"created": 1, "data": [{"b64_json": base64.b64encode(PNG).decode()}]}
    ).encode(),
)


def test_a_caller_who_takes_nothing_in_is_cut_off_and_told_of_as_gone(tmp_path, caplog):
    told = Told()

    async def main():
        gateway = opened(tmp_path, LARGE, recorders=(told,))
        messages = iter([{"type": "http.request", "body": json.dumps(KITE).encode()}])

        async def receive():
            return next(messages, None) or await anyio.sleep_forever()

        async def send(message):
            if message.get("body"):
                await anyio.sleep_forever()

        headers = [(name.encode(), value.encode()) for name, value in OPENAI.items()]
        scope = {"type": "http", "method": "POST", "path": GENERATIONS, "headers": headers}
        await gateway(scope, receive, send)
        return anyio.current_time()

    assert simulate(main) == SEND_PATIENCE
    assert [(one.status, one.gone) for one in told] == [(499, True)]
    assert "bug" not in caplog.text
    assert "failed" not in caplog.text
