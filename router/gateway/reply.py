"""Reply: a whole answer as it goes out."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from typing import Required, TypeAlias, TypedDict

import orjson

from router.core.http import NO_HEADERS
from router.core.jsontypes import JSON
from router.core.light_value import light_value
from router.gateway.refusal import Refusal, type_of


class Message(TypedDict, total=False):
    """What ASGI's server and application tell each other."""

    type: Required[str]
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    more_body: bool


Send: TypeAlias = Callable[[Message], Awaitable[None]]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

JSON_TYPE = "application/json"
LONGEST_HEADER = 1024  # bytes
NO_CONTENT = 204  # an answer that may not tell a length (RFC 9110, 8.6)
PIECE = 4 * 1024 * 1024  # bytes that are sent at once; nearly every answer is one


class SlowCallerError(Exception):
    """The caller does not take its answer in."""


@light_value
class Reply:
    status: int = 200
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS)
    body: bytes = b""


async def send_reply(reply: Reply, send: Send, *, is_head: bool = False) -> None:
    """Send an answer, a large one in pieces: `send` may have a limit of time for each."""
    body = b"" if is_head else reply.body
    length = None if reply.status == NO_CONTENT else len(reply.body)
    await send(start_of(reply, length=length))
    if len(body) > PIECE:
        body = await _send_but_last(body, send)
    await send({"type": "http.response.body", "body": body})


async def _send_but_last(body: bytes, send: Send) -> bytes:
    """Send a large body, and return its last piece."""
    for at in range(0, len(body) - PIECE, PIECE):
        piece = body[at : at + PIECE]
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    return body[(len(body) - 1) // PIECE * PIECE :]


def start_of(reply: Reply, length: int | None = None) -> Message:
    """Return the message that begins an answer; without a length its end is told at the end."""
    headers = [(b"content-type", reply.content_type.encode("latin-1"))]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    said = reply.headers
    if not _is_plain("".join(said.values())):
        said = {name: _plain(said[name]) for name in said}
    headers += [(name.encode(), value.encode()) for name, value in said.items()]
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


def _is_plain(values: str) -> bool:
    """Tell what any client reads: printable ASCII, without what would begin another header."""
    return len(values) <= LONGEST_HEADER and values.isascii() and values.isprintable()


def _plain(value: str) -> str:
    """Return a value as any client reads it."""
    plain = value if _is_plain(value) else "".join(map(_legible, value))
    return plain[:LONGEST_HEADER]


def _legible(character: str) -> str:
    return character if " " <= character <= "~" else "?"


def json_reply(value: JSON, *, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> Reply:
    return Reply(status=status, headers=headers, body=json_bytes(value))


def json_bytes(value: JSON) -> bytes:
    """Write JSON. Half a character, or a number that is too long, makes it slow, not wrong."""
    try:
        return orjson.dumps(value, default=dict)
    except TypeError:
        return json.dumps(value, default=dict).encode()


def error_reply(refusal: Refusal, headers: Mapping[str, str] = NO_HEADERS) -> Reply:
    """Write a refusal as OpenAI does."""
    error = error_object(
        message=refusal.message,
        kind=type_of(refusal.status),
        param=refusal.param,
        code=refusal.code,
    )
    return json_reply(error, status=refusal.status, headers={**headers, **refusal.headers})


def error_object(
    *, message: str, kind: str, param: str | None, code: str | None
) -> dict[str, JSON]:
    """Return an error as OpenAI's bodies have it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
