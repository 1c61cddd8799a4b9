"""Retry: ask the same child again after a failure that may pass."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import anyio

from router.core.context import Context, Pause
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome, salvaged
from router.core.settlement import FINAL, is_retryable
from router.policies.backoff import LONGEST_SUM, Backoff
from router.policies.repeating import repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """At most `retries` attempts after the first."""

    path: str
    child: Node
    retries: int
    codes: AbstractSet[int]
    backoff: Backoff
    kinds: AbstractSet[Kind] = frozenset()

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        outcome = await self.child.execute(request, context)
        if not isinstance(outcome, Failure) or not self.repeats(outcome):
            return outcome
        return await _Episode(self, request, context, outcome).run()

    def repeats(self, outcome: Outcome) -> bool:
        return isinstance(outcome, Failure) and is_retryable(outcome, self.codes, self.kinds)


class _Episode:
    """The retries of one request, by the loop's clock and the request's dice."""

    def __init__(
        self, policy: Retry, request: ImageRequest, context: Context, first: Failure
    ) -> None:
        self._policy = policy
        self._request = request
        self._context = context
        self._last = first
        self._waited = 0.0

    async def run(self) -> Outcome:
        outcome: Outcome = await repeated(
            self._last,
            self._again,
            goes_on=self._policy.repeats,
            wait=self._wait,
            stop=self._stop,
        )
        # Where nobody was asked the last time (a breaker has opened), the real failure stands.
        return self._last if isinstance(outcome, Failure) else outcome

    async def _again(self, wait: float) -> Outcome:
        """Wait, unless the budget has nothing left to wait for, and ask the child."""
        seconds = wait if self._context.budget.affords() else 0.0
        self._waited += seconds
        pause = Pause(seconds, self._policy.backoff.reason(self._last))
        await anyio.sleep(seconds)
        outcome = await self._policy.child.execute(self._request, self._context.paused(pause))
        if isinstance(outcome, Failure) and not _is_unasked(outcome):
            self._last = outcome = salvaged(outcome, self._last)
        return outcome

    def _wait(self, retry: int) -> float:
        chance = self._context.rng.random()
        return self._policy.backoff.delay(retry, self._last, chance)

    def _stop(self, retry: int, wait: float) -> bool:
        """Stop when retries, patience or time are at an end; a wait too long is not begun."""
        if retry > self._policy.retries or self._waited + wait > LONGEST_SUM:
            return True
        late = self._context.time() + wait > self._context.deadline
        if late:
            self._last = replace(self._last, cut_short=True)
        return late


def _is_unasked(outcome: Failure) -> bool:
    return outcome.local and outcome.kind not in FINAL
