"""Incoming: a request's body as it comes, within limits of size and of time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import anyio

from router.gateway.alarms import Alarms
from router.gateway.refusal import Refusal
from router.gateway.reply import Message, Receive

PATIENCE = 30.0  # seconds from one piece of a body to the next
SLOWEST = 2048  # bytes a second of the whole, once the patience is over: less than any modem's
LAST_PATIENCE = 1.0  # seconds from one piece to the next of what nobody wants
LAST_SECONDS = 10.0  # seconds for all of that
MOST_DIGITS = 20  # of a length: as many as the largest number of 64 bits has


class DisconnectedError(Exception):
    """The caller has gone before all of its request was here."""


class Incoming:
    """Reads what one caller sends. Who sends too much, or too slowly, is refused.

    `patience` has the alarms of all who send, each of which is as long. `take` is told of each
    piece's bytes, and may raise Refusal.
    """

    def __init__(
        self,
        receive: Receive,
        most: int,
        patience: Alarms,
        take: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._receive = receive
        self._most = most
        self._patience = patience
        self.take = take
        self._began = asyncio.get_running_loop().time()
        self._has_begun = False
        self._is_over = False
        self._told: int | None = None
        self.size = 0

    def check(self, headers: Mapping[str, str]) -> None:
        """Raise Refusal where the head says already that the body cannot be taken in."""
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding != "identity":
            raise Refusal(415, f"a body in {encoding[:20]!r} is not taken in; send it as it is")
        told = headers.get("content-length")
        if told is None:
            return
        if not told.isdecimal():
            raise Refusal(400, f"content-length is {told[:40]!r}; expected a number of bytes")
        if _is_beyond(told, self._most):
            raise self._too_large()
        if "transfer-encoding" not in headers:  # where both are there, the length says nothing
            self._told = int(told)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body piece by piece. Raises Refusal and DisconnectedError."""
        while not self._is_over:
            piece = await self._piece()
            if piece:
                yield piece

    async def whole(self) -> bytes:
        """Return the whole body. Raises as `chunks` does."""
        whole = await self._piece()
        if self._is_over:
            return whole
        return b"".join([whole, *[piece async for piece in self.chunks()]])

    async def left(self) -> None:
        """Return when the caller has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def discard(self, headers: Mapping[str, str]) -> None:
        """Take in what is left of a body that nobody wants, as far as that is reasonable.

        Many clients look for an answer only when all is sent: where the connection is closed on
        them before that they never see it. Those that `expect` it have sent nothing yet.
        """
        told = headers.get("content-length", "")
        is_hopeless = told.isdecimal() and _is_beyond(told, 2 * self._most)
        if is_hopeless or "expect" in headers:
            return
        loop = asyncio.get_running_loop()
        left, until = self._most, loop.time() + LAST_SECONDS
        while not self._is_over and left > 0:
            message = await self._within(min(loop.time() + LAST_PATIENCE, until))
            if message is None:
                return
            left -= len(message.get("body", b""))
            self._is_over = not message.get("more_body", False)

    async def _piece(self) -> bytes:
        """Return the next piece, which may be empty. Raises Refusal and DisconnectedError."""
        message = await (self._rest() if self._has_begun else self._first())
        self._has_begun = True
        if message is None:
            self._is_over = True  # nobody waits for the rest
            raise Refusal(408, f"the body comes too slowly: {self.size} bytes are here")
        if message["type"] == "http.disconnect":
            self._is_over = True
            raise DisconnectedError
        piece = message.get("body", b"")
        self.size += len(piece)
        # Servers tell the end apart from the last piece: there is no need to wait for it.
        self._is_over = self.size == self._told or not message.get("more_body", False)
        if self.size > self._most:
            raise self._too_large()
        self.take(len(piece))
        return piece

    async def _first(self) -> Message | None:
        """Return what comes within the patience.

        Nearly all bodies come at once, and a scope with a deadline costs ten times as much. What is
        cancelled here is the server's `receive` alone, whatever that makes of it.
        """
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("requests are served in tasks")
        alarm = self._patience.set(task.cancel)
        try:
            return await self._receive()
        except asyncio.CancelledError:
            if alarm.has_rung and task.cancelling() == 1:  # by the alarm alone
                return None
            raise
        finally:
            alarm.stop()
            if alarm.has_rung:
                task.uncancel()

    async def _rest(self) -> Message | None:
        slowest = self._began + PATIENCE + self.size / SLOWEST
        now = asyncio.get_running_loop().time()
        return await self._within(min(now + PATIENCE, slowest))

    async def _within(self, deadline: float) -> Message | None:
        """Return what comes until then, in loop time."""
        with anyio.CancelScope(deadline=deadline):
            return await self._receive()
        return None

    def _too_large(self) -> Refusal:
        return Refusal(413, f"the body is larger than {self._most} bytes, as much as may be sent")


def _is_beyond(told: str, most: int) -> bool:
    """Tell whether a length is too large; one of very many digits is, be they zeros."""
    return len(told) > MOST_DIGITS or int(told) > most
