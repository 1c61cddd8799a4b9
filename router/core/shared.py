"""Shared: what the requests of one router share besides the store: flights and lanes."""

import asyncio
from dataclasses import dataclass, field

from router.core.outcome import Outcome


@dataclass(slots=True)
class Flight:
    """One call that several identical requests wait for. `waiters` counts them."""

    task: "asyncio.Task[Outcome]"
    trace_id: str
    waiters: int = 0


@dataclass(slots=True)
class Lane:
    """The traffic at one account: calls under way, and when the latest ones began (loop time)."""

    running: int = 0
    starts: list[float] = field(default_factory=list)
    freed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Shared:
    """Lives as long as its router and on its router's loop."""

    flights: dict[str, Flight] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    tasks: set["asyncio.Task[Outcome]"] = field(default_factory=set)
