"""Testing: a sender that follows a script, and virtual time, for your own tests too.

    sender = Scripted((0.2, 503), (1.5, 200))
    async with AsyncRouter(config, sender=sender) as router: ...

Together with `MemoryStore` these are all the doubles there are.
"""

import base64
import json
import random
import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import anyio

from router.core.http import HttpRequest, HttpResponse, TransportError
from router.stores.memory import MemoryStore
from router.virtual_time import AsleepError, VirtualTimeLoop, simulate

__all__ = [
    "AsleepError",
    "MemoryStore",
    "Reply",
    "Scripted",
    "Step",
    "VirtualTimeLoop",
    "error_answer",
    "picture_answer",
    "simulate",
]

Reply: TypeAlias = int | HttpResponse | TransportError | Callable[[HttpRequest], HttpResponse]
"""What comes back. A status stands for `picture_answer()` if it is 200, else `error_answer()`."""

Step: TypeAlias = Reply | tuple[float, Reply]
"""A reply at once, or after that many seconds; infinity never answers."""

SIDE = 64  # pixels: so much noise is not parsed but cut out of the answer, as a real picture is


class Scripted:
    """A sender that answers the first request with the first step, the second with the second.

    `requests` holds what was asked and `times` when, on the loop's clock. A request after the last
    step raises AssertionError, unless `repeat` says that the last step goes on for ever. It opens
    no sockets.
    """

    def __init__(self, *steps: Step, repeat: bool = False) -> None:
        self.requests: list[HttpRequest] = []
        self.times: list[float] = []
        self.closed = False
        self._steps = steps
        self._repeat = repeat

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        self.times.append(anyio.current_time())
        step = self._step(len(self.requests), request)
        latency, reply = step if isinstance(step, tuple) else (0.0, step)
        await anyio.sleep(latency)
        if isinstance(reply, TransportError):
            raise TransportError(*reply.args, sent=reply.sent)
        return _answer(reply, request)

    async def aclose(self) -> None:
        self.closed = True

    def _step(self, number: int, request: HttpRequest) -> Step:
        if number <= len(self._steps):
            return self._steps[number - 1]
        if self._repeat and self._steps:
            return self._steps[-1]
        raise AssertionError(
            f"the script has {len(self._steps)} steps, and {request!r} is request {number}"
        )


def _answer(
    reply: int | HttpResponse | Callable[[HttpRequest], HttpResponse], request: HttpRequest
) -> HttpResponse:
    if isinstance(reply, HttpResponse):
        return reply
    if isinstance(reply, int):
        return picture_answer() if reply == 200 else error_answer(reply)
    return reply(request)


def picture_answer(n: int = 1) -> HttpResponse:
    """Return a 200 in OpenAI's shape with `n` different small pictures, each a valid PNG."""
    data = [{"b64_json": base64.b64encode(_png(number)).decode()} for number in range(n)]
    return HttpResponse(
        status=200,
        headers={"content-type": "application/json", "x-request-id": "req_scripted"},
        body=json.dumps({"created": 1700000000, "data": data}).encode(),
    )


def error_answer(
    status: int,
    *,
    code: str | None = None,
    message: str | None = None,
    retry_after: float | None = None,
) -> HttpResponse:
    """Return an error in OpenAI's shape; `retry_after` is in seconds."""
    headers = {"content-type": "application/json", "x-request-id": "req_scripted"}
    if retry_after is not None:
        headers["retry-after"] = f"{retry_after:g}"
    error = {
        "message": message or f"scripted {status}",
        "type": "server_error" if status >= 500 else "invalid_request_error",
        "param": None,
        "code": code,
    }
    return HttpResponse(status=status, headers=headers, body=json.dumps({"error": error}).encode())


@lru_cache(maxsize=16)
def _png(seed: int) -> bytes:
    """Draw noise: RGB, no filter, and nothing a compressor could shorten."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(3 * SIDE) for _ in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
