"""Draining: knows which requests are under way, waits for them at the end, and ends the rest."""

import asyncio
from typing import Protocol

from router.gateway.app import Scope
from router.gateway.reply import Receive, Send


class App(Protocol):
    """An ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Draining:
    """An application around another. A caller who has left may still have a request under way."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._running: set[asyncio.Task[object]] = set()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("requests are served in tasks")
        self._running.add(task)
        self._is_idle.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._running.discard(task)
            if not self._running:
                self._is_idle.set()

    async def ended(self) -> None:
        """Return when nothing is under way."""
        await self._is_idle.wait()

    def cancel(self) -> int:
        """End what is under way: its callers are told so. Return how many there were."""
        for task in self._running:
            task.cancel()
        return len(self._running)
