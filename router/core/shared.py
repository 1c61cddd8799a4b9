"""Shared: what the requests of one router share besides the store: flights and lanes."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

import anyio

from router.core.outcome import Outcome


@dataclass(slots=True)
class Flight:
    """One call that several identical requests wait for. `waiters` counts them."""

    task: "asyncio.Task[Outcome]"
    trace_id: str
    waiters: int = 0


@dataclass(slots=True)
class Lane:
    """The traffic at one account: places for calls, and when the latest calls began (loop time).

    `driven` counts the calls that are under way or wait, `waiting` those that wait for a place.
    """

    places: anyio.Semaphore | None
    starts: deque[float]
    driven: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Shared:
    """Lives as long as its router and on its router's loop; `closed` at its end."""

    flights: dict[str, Flight] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    tasks: set["asyncio.Task[object]"] = field(default_factory=set)
    closed: bool = False
