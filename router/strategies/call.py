"""Call: the leaf of the tree: one attempt at one target."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from router.core.context import Context
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest, Picture, Pictures
from router.core.outcome import Failure, Outcome, Success
from router.core.spending import Spending
from router.core.wholeness import find_fault
from router.strategies.conversation import Conversation

Check: TypeAlias = Callable[[ImageRequest, Pictures], Failure | None]
"""Looks at an answer: None if it is as good as it claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Ask the target once: spend one attempt, hold the adapter's conversation, record it."""

    path: str
    check: Check

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        spending = Spending(request, context)
        refusal = spending.begin()
        if refusal is not None:
            return refusal
        try:
            conversation = guard(lambda: Conversation(request, context))
        except AdapterError as bug:
            spending.call_off()
            return bug.failure(sent=False)
        number = context.trace.begin(conversation.opened)
        outcome: Outcome | None = None
        try:
            outcome = self._checked(await conversation.hold(), spending)
        finally:
            # Without an outcome the caller or a timeout has cancelled the conversation.
            cost = spending.end(outcome, sent=conversation.sent)
            context.trace.end(number, conversation.closed(outcome, cost))
        if isinstance(outcome, Failure) and (conversation.sent or not outcome.local):
            context.trace.last_failure = outcome
            context.trace.salvage(outcome.pictures)
        return outcome

    def _checked(self, outcome: Pictures | Failure, spending: Spending) -> Outcome:
        context = spending.context
        if isinstance(outcome, Pictures):
            # Not every provider says when; an answer always does.
            dated = outcome if outcome.created else _dated(outcome, context.now())
            failure = self.check(spending.request, dated)
            if failure is None:
                return Success(pictures=dated)
            return context.ending(spending.paid(failure, dated))
        if outcome.retry_after is None and outcome.retry_at is not None:
            outcome = replace(outcome, retry_after=max(0.0, outcome.retry_at - context.now()))
        if outcome.pictures:
            outcome = replace(outcome, pictures=_sound(outcome.pictures))
        return context.ending(outcome)


def _sound(pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
    """Return those of a failure's pictures that are whole."""
    return tuple(picture for picture in pictures if find_fault(picture) is None)


def _dated(pictures: Pictures, now: float) -> Pictures:
    """Return the answer with a date, which its body as it arrived does not have."""
    return replace(pictures, created=int(now), raw=None)
