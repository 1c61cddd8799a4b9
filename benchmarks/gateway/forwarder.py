"""Forwarder: the least that a gateway in Python does; it passes bodies on and looks at nothing."""

import os
from collections.abc import Awaitable, Callable
from typing import TypedDict

import aiohttp


class Scope(TypedDict):
    path: str


class Message(TypedDict, total=False):
    type: str
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    more_body: bool


class Forwarder:
    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._session: aiohttp.ClientSession | None = None  # it belongs to the loop that serves

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        url, headers = self._upstream + scope["path"], {"content-type": "application/json"}
        async with self._session.post(url, data=body, headers=headers) as response:
            status, answer = response.status, await response.read()
        kind = [(b"content-type", response.content_type.encode())]
        await send({"type": "http.response.start", "status": status, "headers": kind})
        await send({"type": "http.response.body", "body": answer})


app = Forwarder(os.environ.get("UPSTREAM", ""))
