"""Contender: somebody who forwards requests for pictures, and can be started and asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

HOST = "127.0.0.1"


class Unfit(Exception):
    """A contender cannot be measured, or what was measured is not what was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a contender is started: an empty folder, its port, and the upstream's port."""

    folder: Path
    port: int
    upstream: int

    def upstream_url(self, size: str) -> str:
        return f"http://{HOST}:{self.upstream}/{size}/v1"


@dataclass(frozen=True, slots=True)
class Launch:
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """The request for one picture, said so that this contender understands it."""

    path: str
    headers: Mapping[str, str]
    body: str


class Contender(Protocol):
    """`name` stands in figures, `title` in tables."""

    name: str
    title: str

    def obstacle(self) -> str:
        """Say why it cannot be had here, having tried to install it; empty if it can."""
        ...

    def version(self) -> str: ...

    def launch(self, place: Place) -> Launch:
        """Write what it reads into its folder, and return how it is started."""
        ...

    def question(self, place: Place, size: str) -> Question: ...
