"""Budget: bound the calls, the time and the money that a subtree may spend on one request."""

import math
from dataclasses import dataclass, replace

from router.core.budget import Budget, out_of_budget
from router.core.context import Context
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Outcome
from router.core.scope import scope_until


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinBudget:
    """`attempts` counts calls, the first included; `deadline` is in seconds from now.

    `max_cost` is in US dollars. With it a target of unknown price is asked only if
    `admits_unknown`.
    """

    path: str
    child: Node
    attempts: int | None = None
    deadline: float | None = None
    max_cost: float | None = None
    admits_unknown: bool = False

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        purse = Budget(self.attempts, context.budget, self.max_cost, self.admits_unknown)
        if self.deadline is None:
            return await self.child.execute(request, context.within(purse, math.inf))
        return await in_time(self.deadline, self.child, request, context, purse)


async def in_time(
    seconds: float, child: Node, request: ImageRequest, context: Context, purse: Budget
) -> Outcome:
    """Ask a child, which has so many seconds and spends from `purse`."""
    ends = context.time() + seconds
    outcome: Outcome | None = None
    with scope_until(ends):
        outcome = await child.execute(request, context.within(purse, ends))
    if outcome is not None:
        return outcome
    why = f"the deadline of {seconds:g} s has passed"
    failure = out_of_budget(why, context.trace, status=408)
    # The nodes that were cut off can hand nothing up any more.
    bought = failure.billed or any(attempt.billed for attempt in context.trace.attempts)
    return replace(failure, pictures=context.trace.salvaged, billed=bought)
