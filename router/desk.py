"""Desk: what the faces need of an open router, so that importing them loads no engine."""

from collections.abc import Awaitable, Mapping
from typing import Protocol, TypeAlias

from router.core.images import Operation, Pictures
from router.core.jsontypes import JSON
from router.core.trace import Trace
from router.options import RequestOptions
from router.originals.given import Given
from router.streams import Feed

Extras: TypeAlias = tuple[Mapping[str, str], Mapping[str, JSON]]
"""Headers, and what goes into the body as it is."""


class Prepared(Protocol):
    """A request that can be executed."""

    def run(self) -> Awaitable[tuple[Pictures, Trace]]: ...
    def stream(self) -> Feed: ...


class Desk(Protocol):
    """What takes the requests: a router that is open."""

    async def prepare(
        self,
        params: Mapping[str, JSON],
        extras: Extras,
        options: RequestOptions,
        operation: Operation,
        given: Given,
    ) -> Prepared: ...

    async def fetch(self, url: str) -> bytes: ...
