"""Testing: a sender that follows a script, and virtual time, for your own tests too.

    sender = Scripted((0.2, 503), (1.5, 200))
    async with AsyncRouter(config, sender=sender) as router: ...

Together with `MemoryStore` these are all the doubles there are.
"""

import base64
import json
import random
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import anyio

from router.core.http import HttpRequest, HttpResponse, TransportError
from router.core.jsontypes import JSON
from router.core.png import RGB, write_png
from router.core.ports import Incoming
from router.stores.memory import MemoryStore
from router.virtual_time import AsleepError, VirtualTimeLoop, simulate

__all__ = [
    "AsleepError",
    "MemoryStore",
    "Reply",
    "Scripted",
    "Step",
    "Streamed",
    "VirtualTimeLoop",
    "error_answer",
    "picture_answer",
    "simulate",
    "stream_answer",
    "stream_event",
]


@dataclass(frozen=True, slots=True)
class Streamed:
    """A 200 whose server-sent events come in pieces.

    A number among the pieces is so many seconds to wait, a TransportError breaks the answer off.
    """

    pieces: tuple[bytes | float | TransportError, ...]

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes, each in its time."""
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            elif isinstance(piece, TransportError):
                raise TransportError(*piece.args, sent=piece.sent)
            else:
                await anyio.sleep(piece)


Reply: TypeAlias = (
    int | HttpResponse | Streamed | TransportError | Callable[[HttpRequest], HttpResponse]
)
"""What comes back. A status stands for `picture_answer()` if it is 200, else `error_answer()`."""

Step: TypeAlias = Reply | tuple[float, Reply]
"""A reply at once, or after that many seconds; infinity never answers."""

HEADERS = {"content-type": "application/json", "x-request-id": "req_scripted"}
STREAM_HEADERS = {**HEADERS, "content-type": "text/event-stream"}

SIDE = 64  # pixels: so much noise is not parsed but cut out of the answer, as a real picture is


class Scripted:
    """A sender that answers the first request with the first step, the second with the second.

    `requests` holds what was asked and `times` when, on the loop's clock; `streaming` is how many
    answers are being read piece by piece now. A request after the last
    step raises AssertionError, unless `repeat` says that the last step goes on for ever. It opens
    no sockets.
    """

    def __init__(self, *steps: Step, repeat: bool = False) -> None:
        self.requests: list[HttpRequest] = []
        self.times: list[float] = []
        self.closed = False
        self.streaming = 0
        self._steps = steps
        self._repeat = repeat

    async def send(self, request: HttpRequest) -> HttpResponse:
        reply = await self._reply(request)
        if isinstance(reply, HttpResponse):
            return reply
        body = b"".join([chunk async for chunk in reply.chunks()])
        return HttpResponse(status=200, headers=STREAM_HEADERS, body=body)

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[Incoming]:
        """Answer piece by piece where the script says so, else at once."""
        reply = await self._reply(request)
        status, headers = 200, STREAM_HEADERS
        if isinstance(reply, HttpResponse):
            status, headers = reply.status, dict(reply.headers)
            reply = Streamed((reply.body,))
        self.streaming += 1
        try:
            async with aclosing(reply.chunks()) as chunks:
                yield Incoming(status=status, headers=headers, chunks=chunks)
        finally:
            self.streaming -= 1

    async def _reply(self, request: HttpRequest) -> HttpResponse | Streamed:
        """Play the next step. Raises TransportError where it says so."""
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
    reply: int | HttpResponse | Streamed | Callable[[HttpRequest], HttpResponse],
    request: HttpRequest,
) -> HttpResponse | Streamed:
    if isinstance(reply, HttpResponse | Streamed):
        return reply
    if isinstance(reply, int):
        return picture_answer() if reply == 200 else error_answer(reply)
    return reply(request)


def picture_answer(n: int = 1) -> HttpResponse:
    """Return a 200 in OpenAI's shape with `n` different small pictures, each a valid PNG."""
    data = [{"b64_json": _b64(number)} for number in range(n)]
    return HttpResponse(
        status=200,
        headers=HEADERS,
        body=json.dumps({"created": 1700000000, "data": data}).encode(),
    )


def stream_answer(
    partials: int = 2, *, every: float = 0.0, operation: str = "image_generation"
) -> Streamed:
    """Return a stream in OpenAI's shape: partial pictures, then the one of `picture_answer()`.

    Each event comes `every` so many seconds.
    """
    pieces: list[bytes | float] = []
    for index in range(partials):
        partial = stream_event(f"{operation}.partial_image", index + 1, partial_image_index=index)
        pieces += (every, partial)
    usage = {"input_tokens": 4, "output_tokens": 6, "total_tokens": 10}
    return Streamed((*pieces, every, stream_event(f"{operation}.completed", usage=usage)))


def stream_event(type_: str, picture: int = 0, **fields: JSON) -> bytes:
    """Return one server-sent event in OpenAI's shape with a small picture in it."""
    about = {"created_at": 1700000000, "size": f"{SIDE}x{SIDE}", "quality": "low"}
    about |= {"background": "opaque", "output_format": "png"}
    data = json.dumps({"type": type_, "b64_json": _b64(picture), **about, **fields})
    return f"event: {type_}\ndata: {data}\n\n".encode()


def error_answer(
    status: int,
    *,
    code: str | None = None,
    message: str | None = None,
    retry_after: float | None = None,
) -> HttpResponse:
    """Return an error in OpenAI's shape; `retry_after` is in seconds."""
    headers = dict(HEADERS)
    if retry_after is not None:
        headers["retry-after"] = f"{retry_after:g}"
    error = {
        "message": message or f"scripted {status}",
        "type": "server_error" if status >= 500 else "invalid_request_error",
        "param": None,
        "code": code,
    }
    return HttpResponse(status=status, headers=headers, body=json.dumps({"error": error}).encode())


def _b64(number: int) -> str:
    return base64.b64encode(_png(number)).decode()


@lru_cache(maxsize=16)
def _png(seed: int) -> bytes:
    """Draw noise: RGB, no filter, and nothing a compressor could shorten."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(3 * SIDE) for _ in range(SIDE))
    return write_png(SIDE, SIDE, zlib.compress(rows), colour=RGB)
