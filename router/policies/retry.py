"""Retry: ask the same child again after a failure that may pass."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Protocol

import anyio

from router.core.context import Context, Pause
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome, salvaged
from router.core.settlement import FINAL, is_retryable
from router.policies.backoff import LONGEST_SUM, Backoff


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


class _Ended(Protocol):
    """How one call ended, as tenacity records it; `failed` means by an exception."""

    @property
    def failed(self) -> bool: ...
    def result(self) -> Outcome: ...


class _State(Protocol):
    """What we read of tenacity's state."""

    attempt_number: int
    upcoming_sleep: float

    @property
    def outcome(self) -> _Ended | None: ...


class _Episode:
    """The retries of one request, driven by tenacity.

    tenacity's own stops and waits read the system's clock and the global random generator; ours
    read the loop's and the request's.
    """

    def __init__(
        self, policy: Retry, request: ImageRequest, context: Context, first: Failure
    ) -> None:
        self._policy = policy
        self._request = request
        self._context = context
        self._last = first
        self._pause: Pause | None = None
        self._waited = 0.0

    async def run(self) -> Outcome:
        # Imported here: a request that succeeds at once never needs it.
        import tenacity

        retrying = tenacity.AsyncRetrying(
            sleep=self._sleep,
            stop=self._stop,
            wait=self._wait,
            retry=self._goes_on,
            retry_error_callback=lambda _: self._last,
        )
        outcome: Outcome = await retrying(self._ask)
        # Where nobody was asked the last time (a breaker has opened), the real failure stands.
        return self._last if _is_unasked(outcome) else outcome

    async def _ask(self) -> Outcome:
        """Hand out the first failure at tenacity's first call, and ask the child after that."""
        if self._pause is None:
            return self._last
        context = self._context.paused(self._pause)
        outcome = await self._policy.child.execute(self._request, context)
        if not isinstance(outcome, Failure) or _is_unasked(outcome):
            return outcome
        self._last = salvaged(outcome, self._last)
        return self._last

    def _goes_on(self, state: _State) -> bool:
        """Tell whether the call may be repeated; a cancellation, which tenacity keeps, may not."""
        ended = state.outcome
        return ended is not None and not ended.failed and self._policy.repeats(ended.result())

    def _wait(self, state: _State) -> float:
        chance = self._context.rng.random()
        return self._policy.backoff.delay(state.attempt_number, self._last, chance)

    def _stop(self, state: _State) -> bool:
        """Stop when retries, patience or time are at an end; a wait too long is not begun."""
        wait = state.upcoming_sleep
        if state.attempt_number > self._policy.retries or self._waited + wait > LONGEST_SUM:
            return True
        late = self._context.time() + wait > self._context.deadline
        if late:
            self._last = replace(self._last, cut_short=True)
        return late

    async def _sleep(self, seconds: float) -> None:
        """Wait, unless the budget has nothing left to wait for."""
        seconds = seconds if self._context.budget.affords() else 0.0
        self._waited += seconds
        self._pause = Pause(seconds, self._policy.backoff.reason(self._last))
        await anyio.sleep(seconds)


def _is_unasked(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure) and outcome.local and outcome.kind not in FINAL
