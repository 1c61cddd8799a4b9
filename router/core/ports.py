"""Ports: what the engine needs from outside: a sender, a store, a vault."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from router.core.http import HttpRequest, HttpResponse
from router.core.secret import Credentials


class Sender(Protocol):
    """Sends one request once. It never retries, follows no redirect and keeps no cookie."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Raise TransportError where no whole answer came."""
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An answer whose body is still on its way. Header names are lower case.

    Reading `chunks` raises TransportError where the answer breaks off or is too large.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: AsyncIterator[bytes]


@runtime_checkable
class StreamingSender(Protocol):
    """What a sender can be besides: one that hands an answer over as it comes.

    Without it, what a provider streams is read when all of it is there.
    """

    def stream(self, request: HttpRequest) -> AbstractAsyncContextManager[Incoming]:
        """Send one request once; leaving the context early ends the exchange.

        Entering raises TransportError where no answer begins.
        """
        ...


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
