"""Delivery: an answer on its way through a socket, in good order or not."""

import asyncio
import socket
import struct
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass

import h11

from router.core.http import HttpResponse
from router.emulators.shape import is_stream
from router.sandbox.course import Piece, course_of, play, trickled
from router.sandbox.fault import FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An answer and how it is to arrive. A trickle takes `seconds`, a stream's events `span`."""

    response: HttpResponse
    manner: FaultKind | None = None
    seconds: float = 0.0
    span: float = 0.0
    headers: Mapping[str, str]


async def deliver(
    delivery: Delivery, protocol: h11.Connection, writer: asyncio.StreamWriter
) -> bool:
    """Send the answer. Returns whether the connection can be used again."""
    match delivery.manner:
        case FaultKind.RESET:
            reset(writer)
            return False
        case FaultKind.WRONG_LENGTH:
            length = len(delivery.response.body) // 2
            await _send(_head(delivery, protocol, length), writer)
            await _send(delivery.response.body, writer)
            return False
        case _ if is_stream(delivery.response):
            if await _stream(delivery, protocol, writer):
                return False
        case FaultKind.CUT:
            await _send(_head(delivery, protocol), writer)
            body = delivery.response.body
            await _send(_data(body[: len(body) // 2], protocol), writer)
            return False
        case FaultKind.TRICKLE:
            await _send(_head(delivery, protocol), writer)
            await _play(trickled(delivery.response.body, delivery.seconds), protocol, writer)
        case _:
            head = _head(delivery, protocol)
            await _send(head + _data(delivery.response.body, protocol), writer)
    await _send(protocol.send(h11.EndOfMessage()) or b"", writer)
    return True


def reset(writer: asyncio.StreamWriter) -> None:
    """Close the connection with a TCP reset: closing a socket that does not linger sends one."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _stream(
    delivery: Delivery, protocol: h11.Connection, writer: asyncio.StreamWriter
) -> bool:
    """Send events, each in its time. Returns whether that is to break off."""
    course = course_of(
        delivery.response, delivery.manner, seconds=delivery.seconds, span=delivery.span
    )
    await _send(_head(delivery, protocol), writer)
    await _play(course.pieces, protocol, writer)
    return course.breaks


async def _play(
    pieces: Iterable[Piece], protocol: h11.Connection, writer: asyncio.StreamWriter
) -> None:
    async with aclosing(play(pieces)) as contents:
        async for content in contents:
            await _send(_data(content, protocol), writer)


def _head(delivery: Delivery, protocol: h11.Connection, length: int | None = None) -> bytes:
    """Status line and headers, declaring the body's length or a false one; a stream has none."""
    response = delivery.response
    declared = len(response.body) if length is None else length
    headers = {**delivery.headers, **response.headers, "content-length": str(declared)}
    if is_stream(response) and length is None:
        del headers["content-length"]
    event = h11.Response(
        status_code=response.status,
        headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    )
    return protocol.send(event) or b""


def _data(body: bytes, protocol: h11.Connection) -> bytes:
    return protocol.send(h11.Data(data=body)) or b""


async def _send(data: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(data)
    await writer.drain()
