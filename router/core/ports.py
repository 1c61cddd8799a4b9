"""Ports: what the engine needs from outside: a sender, a store, a vault."""

from typing import Protocol

from router.core.http import HttpRequest, HttpResponse
from router.core.secret import Credentials


class Sender(Protocol):
    """Sends one request once. It never retries, follows no redirect and keeps no cookie."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Raise TransportError where no whole answer came."""
        ...

    async def aclose(self) -> None: ...


class StoreError(Exception):
    """The store could not be reached. It may cost a feature, never a request."""


class Store(Protocol):
    """Expiring state that several requests share. `ttl` is in seconds. Raises StoreError only."""

    async def get(self, key: str) -> bytes | None:
        """Return None where there is no such key, or no longer."""
        ...

    async def set(self, key: str, value: bytes, ttl: float) -> None: ...

    async def increment(self, key: str, ttl: float) -> int:
        """Add one and return the sum; `ttl` counts from the first."""
        ...

    async def delete(self, key: str) -> None:
        """Delete the key; one that does not exist is no error."""
        ...


class Vault(Protocol):
    """Turns a credential's name into the credential, at call time."""

    async def credentials(self, name: str) -> Credentials:
        """Raise LookupError, with a message for people, where it cannot be had."""
        ...
