"""Incoming: a request's body as it comes, within limits of size and of time."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import anyio

from router.gateway.refusal import Refusal
from router.gateway.reply import Message, Receive

PATIENCE = 30.0  # seconds from one piece of a body to the next


class DisconnectedError(Exception):
    """The caller has gone before all of its request was here."""


class Incoming:
    """Reads what one caller sends. Who sends too much, or too slowly, is refused."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self.size = 0

    def check(self, headers: Mapping[str, str]) -> None:
        """Raise Refusal where the head says already that the body is too large."""
        told = headers.get("content-length", "0")
        if not told.isdecimal() or int(told[:20]) > self._most:
            raise self._too_large()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body piece by piece. Raises Refusal and DisconnectedError."""
        more = True
        while more:
            message = await self._next()
            if message["type"] == "http.disconnect":
                raise DisconnectedError
            piece = message.get("body", b"")
            more = message.get("more_body", False)
            if piece:
                self.size += len(piece)
                if self.size > self._most:
                    raise self._too_large()
                yield piece

    async def whole(self) -> bytes:
        """Return the whole body. Raises as `chunks` does."""
        return b"".join([piece async for piece in self.chunks()])

    async def left(self) -> None:
        """Return when the caller has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _next(self) -> Message:
        with anyio.CancelScope(deadline=asyncio.get_running_loop().time() + PATIENCE):
            return await self._receive()
        raise Refusal(408, f"nothing more of the body came within {PATIENCE:g} s")

    def _too_large(self) -> Refusal:
        return Refusal(413, f"the body is larger than {self._most} bytes, as much as may be sent")
