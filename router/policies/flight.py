"""Flight: identical requests under way share one call."""

import asyncio

import anyio

from router.core.context import Context
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.core.shared import Flight, Shared

LANDING = 5.0  # seconds that a cancelled flight is given to record its attempts

ONES_OWN = frozenset({Kind.OUT_OF_BUDGET, Kind.CANCELLED})
"""Failures that come from the first caller's limits, and say nothing about the request."""


async def fly(
    key: str, child: Node, request: ImageRequest, context: Context, path: str
) -> tuple[Outcome, bool]:
    """Ask the child, or wait for who asks it already; True if this call was the first.

    The call is a task of the router, not of its first caller: it ends early only when the last
    who waits for it has left. Each waiter keeps its own deadline.
    """
    while True:
        flight = context.shared.flights.get(key)
        leads = flight is None
        if flight is None:
            flight = _take_off(key, child, request, context)
        else:
            reason = f"the same request is under way in trace {flight.trace_id}"
            context.decide(path, "cache", "joined", reason)
        outcome = await _wait(flight)
        if leads or not _is_ones_own(outcome):
            return outcome, leads


def _is_ones_own(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure) and outcome.kind in ONES_OWN


def _take_off(key: str, child: Node, request: ImageRequest, context: Context) -> Flight:
    shared = context.shared
    task = asyncio.get_running_loop().create_task(child.execute(request, context))
    flight = Flight(task=task, trace_id=context.trace.id)
    shared.flights[key] = flight
    shared.tasks.add(task)
    task.add_done_callback(lambda done: _land(key, done, shared))
    return flight


def _land(key: str, task: "asyncio.Task[Outcome]", shared: Shared) -> None:
    shared.tasks.discard(task)
    flight = shared.flights.get(key)
    if flight is not None and flight.task is task:
        del shared.flights[key]
    if not task.cancelled():
        task.exception()  # seen: every waiter may have left


async def _wait(flight: Flight) -> Outcome:
    """Wait for the flight to end."""
    flight.waiters += 1
    try:
        await asyncio.wait({flight.task})
    finally:
        flight.waiters -= 1
        if not flight.waiters and not flight.task.done():
            await _abandon(flight)
    if flight.task.cancelled():
        return Failure(kind=Kind.CANCELLED, status=499, message="cancelled", local=True)
    return flight.task.result()


async def _abandon(flight: Flight) -> None:
    """Cancel a call that nobody waits for, and let it record that it was cancelled."""
    flight.task.cancel()
    with anyio.CancelScope(shield=True, deadline=asyncio.get_running_loop().time() + LANDING):
        await asyncio.wait({flight.task})
