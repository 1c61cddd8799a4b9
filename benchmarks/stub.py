"""Stub: an upstream of its own process, as fast as Python can be; the path says which answer.

Prints its port and serves until its standard input ends: python benchmarks/stub.py
"""

import asyncio
import sys

from payloads import SIDES, answer

BACKLOG = 512


def reply(body: bytes) -> bytes:
    """Write the answer out whole, once."""
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: req_benchmark\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Answering(asyncio.Protocol):
    """Reads a request up to its last byte, then writes the answer."""

    def __init__(self, replies: dict[bytes, bytes]) -> None:
        self._replies = replies
        self._read = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._read = b""
        assert self._transport is not None
        self._transport.write(self._replies[head.split(b"/", 2)[1]])


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def main() -> None:
    replies = {size.encode(): reply(answer(size)) for size in SIDES}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(replies), "127.0.0.1", 0, backlog=BACKLOG)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
