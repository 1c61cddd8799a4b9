"""Flight: identical requests under way share one call."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeAlias

import anyio

from router.core.context import Context
from router.core.outcome import Failure, Kind, Outcome
from router.core.shared import Flight, Shared

LANDING = 8.0  # seconds that a cancelled flight is given to undo its jobs (five) and record it

ONES_OWN = frozenset({Kind.OUT_OF_BUDGET, Kind.CANCELLED})
"""Failures that come from the first caller's limits, and say nothing about the request.

So does each that is `cut_short`.
"""

Work: TypeAlias = Callable[[], Coroutine[None, None, Outcome]]


async def fly(key: str, work: Work, context: Context, path: str) -> Outcome:
    """Do the work, or wait for who does it already.

    The work is a task of the router, not of its first caller: it ends early only when the last
    who waits for it has left. Each waiter keeps its own deadline.
    """
    while True:
        flight = context.shared.flights.get(key)
        leads = flight is None
        if flight is None:
            flight = _take_off(key, work, context)
        else:
            reason = f"the same request is under way in trace {flight.trace_id}"
            context.decide(path, "cache", "joined", reason)
        outcome = await _wait(key, flight, context.shared)
        if leads or context.shared.closed or not _is_ones_own(outcome):
            return outcome


def _is_ones_own(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure) and (outcome.kind in ONES_OWN or outcome.cut_short)


def _take_off(key: str, work: Work, context: Context) -> Flight:
    shared = context.shared
    task = asyncio.get_running_loop().create_task(work())
    flight = Flight(task=task, trace_id=context.trace.id)
    shared.flights[key] = flight
    shared.tasks.add(task)
    task.add_done_callback(lambda _: _land(key, flight, shared))
    return flight


def _land(key: str, flight: Flight, shared: Shared) -> None:
    _clear(key, flight, shared)
    shared.tasks.discard(flight.task)
    if not flight.task.cancelled():
        flight.task.exception()  # seen: every waiter may have left


def _clear(key: str, flight: Flight, shared: Shared) -> None:
    """Let nobody join the flight any more."""
    if shared.flights.get(key) is flight:
        del shared.flights[key]


async def _wait(key: str, flight: Flight, shared: Shared) -> Outcome:
    """Wait for the flight to end."""
    flight.waiters += 1
    try:
        await asyncio.wait({flight.task})
    finally:
        flight.waiters -= 1
        if not flight.waiters and not flight.task.done():
            _clear(key, flight, shared)
            await _abandon(flight)
    if flight.task.cancelled():
        return Failure(kind=Kind.CANCELLED, status=499, message="cancelled", local=True)
    return flight.task.result()


async def _abandon(flight: Flight) -> None:
    """Cancel a call that nobody waits for, and let it record that it was cancelled."""
    flight.task.cancel()
    with anyio.CancelScope(shield=True, deadline=asyncio.get_running_loop().time() + LANDING):
        await asyncio.wait({flight.task})
