"""Fallback: ask the children in order until one settles the request."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.core.context import Context
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Outcome, salvaged
from router.core.settlement import moves_on
from router.strategies.telling import describe, most_telling, was_open
from router.strategies.top_up import TopUp, is_partly_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """`codes` limits which failures move on; None means all that may.

    With `top_up` pictures of a child that failed count, and the next is asked for the others.
    `last_resort` asks the children past their open breakers when every one of them is open.
    """

    path: str
    children: tuple[Node, ...]
    codes: AbstractSet[int] | None = None
    refusals: bool = False
    last_resort: bool = False
    top_up: bool = False

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        outcome = await self._in_turn(request, context)
        if self.last_resort and was_open(outcome) and not context.bypass_breakers:
            context.decide(self.path, "fallback", self.children[0].path, "every breaker is open")
            return await self._in_turn(request, context.bypassing())
        return outcome

    async def _in_turn(self, request: ImageRequest, context: Context) -> Outcome:
        failures: list[Failure] = []
        top_up = TopUp(request, self.top_up)
        for child in self.children:
            if failures:
                reason = f"{self.children[len(failures) - 1].path} {describe(failures[-1])}"
                context.decide(self.path, "fallback", child.path, reason)
            outcome = top_up.take(await child.execute(*top_up.ask(context)), context)
            if not isinstance(outcome, Failure):
                return outcome
            failures.append(salvaged(outcome, failures[-1] if failures else None))
            if not self.goes_on(outcome):
                return failures[-1]
        return salvaged(most_telling(failures), failures[-1])

    def goes_on(self, failure: Failure) -> bool:
        """Tell whether the next child is asked after such a failure."""
        if self.top_up and is_partly_refused(failure):
            return False
        return moves_on(failure, self.codes, refusals=self.refusals)
