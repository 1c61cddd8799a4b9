"""Limit: keep within what an account allows, by waiting here rather than being refused there."""

from collections import deque
from dataclasses import dataclass
from itertools import islice

import anyio

from router.core.context import Context, Pause
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.core.shared import Lane

SPARE = 0.01  # seconds before the deadline: the limit is told, rather than the deadline
LOOKS = 2  # lanes that are looked at for each one that is made
NOTICEABLE = 0.001  # seconds; below that nobody was waited for
MINUTE = 60.0  # seconds
REASON = "limit of this target"
LONGEST_WAIT = 600.0  # seconds, where no deadline is nearer


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `concurrency` calls at once, and `per_minute` begun within any 60 seconds."""

    path: str
    child: Node
    concurrency: int | None = None
    per_minute: int | None = None

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        if not context.budget.affords():
            # Nobody waits for a call that cannot be paid: the call itself says so.
            return await self.child.execute(request, context)
        lane = self._lane(context)
        lane.driven += 1
        try:
            return await self._drive(lane, request, context)
        finally:
            lane.driven -= 1

    async def _drive(self, lane: Lane, request: ImageRequest, context: Context) -> Outcome:
        """Ask the child when there is a place."""
        arrived = context.time()
        latest = min(context.deadline - SPARE, arrived + LONGEST_WAIT)
        if lane.places is None:
            return await self._in_turn(lane, latest, arrived, request, context)
        if self.per_minute is not None:
            start = _next_start(lane, self.per_minute, arrived, before=lane.waiting)
            if start > latest:
                return self._late(start - arrived)
        lane.waiting += 1
        with anyio.CancelScope(deadline=latest) as waiting:
            try:
                await lane.places.acquire()
            finally:
                lane.waiting -= 1
        if waiting.cancelled_caught:
            return self._full(f"{self.concurrency} calls are under way", 1.0)
        try:
            return await self._in_turn(lane, latest, arrived, request, context)
        finally:
            lane.places.release()

    async def _in_turn(
        self, lane: Lane, latest: float, arrived: float, request: ImageRequest, context: Context
    ) -> Outcome:
        """Ask the child when its minute has come; a call that is not made uses up nothing."""
        if self.per_minute is None:
            return await self.child.execute(request, self._told(context, arrived))
        start = _next_start(lane, self.per_minute, context.time())
        if start > latest:
            return self._late(start - arrived)
        lane.starts.append(start)
        made = False
        try:
            await anyio.sleep(max(0.0, start - context.time()))
            made = True
            outcome = await self.child.execute(request, self._told(context, arrived))
            made = not (isinstance(outcome, Failure) and outcome.local)
        finally:
            if not made and start in lane.starts:
                lane.starts.remove(start)
        return outcome

    def _lane(self, context: Context) -> Lane:
        """One lane an account, made when first driven on."""
        lanes = context.shared.lanes
        key = f"{context.state_key}/{self.concurrency}/{self.per_minute}"
        if key not in lanes:
            _clear(lanes, context.time())
            places = None if self.concurrency is None else anyio.Semaphore(self.concurrency)
            lanes[key] = Lane(places=places, starts=deque())
        return lanes[key]

    def _told(self, context: Context, arrived: float) -> Context:
        waited = context.time() - arrived
        if waited < NOTICEABLE:
            return context
        if context.pause is None:
            return context.paused(Pause(waited, REASON))
        before = context.pause
        return context.paused(Pause(before.seconds + waited, f"{before.reason}, then {REASON}"))

    def _late(self, wait: float) -> Failure:
        return self._full(f"{self.per_minute} calls a minute are made", wait)

    def _full(self, why: str, retry_after: float) -> Failure:
        return Failure(
            kind=Kind.RATE_LIMITED,
            status=429,
            message=f"the limit of {self.path} is reached: {why}",
            local=True,
            retry_after=retry_after,
            cut_short=True,
        )


def _clear(lanes: dict[str, Lane], now: float) -> None:
    """Look at the lanes that were looked at longest ago, and drop those that are done with.

    Two for each one that is made: so all are seen before there are twice as many.
    """
    for key in tuple(islice(lanes, LOOKS)):
        lane = lanes.pop(key)
        if lane.driven or any(start + MINUTE > now for start in lane.starts):
            lanes[key] = lane  # at the end: it is looked at last


def _next_start(lane: Lane, per_minute: int, now: float, before: int = 0) -> float:
    """Return when a call may begin at the earliest, and forget those of minutes ago.

    `before` calls, of which it is not known when they begin, come first.
    """
    starts = lane.starts
    while starts and starts[0] + MINUTE <= now:
        starts.popleft()
    place, minutes = len(starts) + before, 0
    while place >= len(starts) and place >= per_minute:
        place -= per_minute
        minutes += 1
    begins = starts[place] if place < len(starts) else now
    return begins + minutes * MINUTE
