"""Circuit breaker: leave a provider alone that keeps failing, and try it again later."""

import logging
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

import anyio

from router.core.context import Context
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.core.ports import StoreError
from router.core.settlement import is_breakage, is_hurried
from router.policies.breaker_state import BreakerRules, BreakerState, Verdict

STORE_TIMEOUT = 1.0  # seconds for giving a probe back after a cancellation

log = logging.getLogger("router")


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """Ask the child only while its account's breaker lets calls through.

    A store that cannot be reached counts as a closed breaker.
    """

    path: str
    child: Node
    rules: BreakerRules
    codes: AbstractSet[int] | None = None

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        state = BreakerState(
            key=context.state_key, rules=self.rules, store=context.store, now=context.now
        )
        verdict = await self._ask(state)
        if verdict is Verdict.OPEN and not context.bypass_breakers:
            return _left_alone(context.aim.target.provider, self.rules.cooldown)
        try:
            outcome = await self.child.execute(request, context)
        except BaseException:
            await self._release(state, verdict, context)
            raise
        await self._record(outcome, state, verdict, context)
        return outcome

    async def _ask(self, state: BreakerState) -> Verdict:
        try:
            return await state.ask()
        except StoreError as error:
            log.debug("%s: the breaker has no store: %s", self.path, error)
            return Verdict.CLOSED

    async def _record(
        self, outcome: Outcome, state: BreakerState, verdict: Verdict, context: Context
    ) -> None:
        try:
            if isinstance(outcome, Failure) and (outcome.local or is_hurried(outcome)):
                await self._release(state, verdict, context)
            elif isinstance(outcome, Failure) and is_breakage(outcome, self.codes):
                if await state.failed(verdict):
                    reason = f"{outcome.status} {outcome.kind}"
                    context.decide(self.path, "circuit_breaker", self.path, f"opened: {reason}")
            else:
                await state.succeeded(verdict)
        except StoreError as error:
            log.debug("%s: the breaker has no store: %s", self.path, error)

    async def _release(self, state: BreakerState, verdict: Verdict, context: Context) -> None:
        if verdict is not Verdict.PROBE:
            return
        with anyio.CancelScope(shield=True, deadline=context.time() + STORE_TIMEOUT):
            try:
                await state.release()
            except StoreError as error:
                log.debug("%s: the probe could not be given back: %s", self.path, error)


@lru_cache(maxsize=256)  # in an outage nearly every request meets it
def _left_alone(provider: str, cooldown: float) -> Failure:
    return Failure(
        kind=Kind.CIRCUIT_OPEN,
        status=503,
        message=f"the circuit breaker of {provider} is open",
        local=True,
        retry_after=cooldown,  # an upper bound: what is left of it is not known
    )
