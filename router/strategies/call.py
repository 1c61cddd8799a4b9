"""Call: the leaf of the tree: one attempt at one target."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from router.core.context import Context
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest, Picture, Pictures
from router.core.outcome import Failure, Outcome, Success
from router.core.spending import Spending
from router.core.trace import Attempt
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
            conversation = guard(Conversation, request, context)
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
            attempt = conversation.closed(outcome, cost)
            surplus = _surplus(outcome.pictures, spending) if isinstance(outcome, Success) else 0
            context.trace.end(number, _noting(attempt, surplus) if surplus else attempt)
        if isinstance(outcome, Failure) and (conversation.sent or not outcome.local):
            context.trace.last_failure = outcome
            context.trace.salvage(outcome.pictures)
        if isinstance(outcome, Success) and surplus:
            return Success(pictures=_without(surplus, outcome.pictures))
        return outcome

    def _checked(self, outcome: Pictures | Failure, spending: Spending) -> Outcome:
        context = spending.context
        if isinstance(outcome, Pictures):
            # Not every provider says when; an answer always does.
            dated = outcome if outcome.created else _dated(outcome, context.now())
            wanted = _without(_surplus(dated, spending), dated)
            failure = self.check(spending.request, wanted)
            if failure is None:
                return Success(pictures=dated)
            return context.ending(spending.paid(failure, dated))
        if outcome.retry_after is None and outcome.retry_at is not None:
            outcome = replace(outcome, retry_after=max(0.0, outcome.retry_at - context.now()))
        if outcome.pictures:
            outcome = replace(outcome, pictures=_sound(outcome.pictures))
        return context.ending(outcome)


def _surplus(pictures: Pictures, spending: Spending) -> int:
    """Return how many pictures came that nobody has asked for."""
    if len(pictures.data) == 1:
        return 0
    if spending.context.aim.target.passthrough or _counts_otherwise(spending):
        return 0
    return max(0, len(pictures.data) - spending.request.n)


def _counts_otherwise(spending: Spending) -> bool:
    """Tell whether the number may have been said in words that only the provider knows."""
    request = spending.request
    return "n" not in request.params and (bool(request.verbatim) or spending.facts is None)


def _without(surplus: int, pictures: Pictures) -> Pictures:
    """Return an answer with the pictures that came first."""
    if not surplus:
        return pictures
    return replace(pictures, data=pictures.data[:-surplus], raw=None)


def _noting(attempt: Attempt, surplus: int) -> Attempt:
    """Return the attempt's record, which says that more came than goes on."""
    note = f"{surplus} more came than asked for -> dropped"
    return replace(attempt, adaptations=(*attempt.adaptations, note))


def _sound(pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
    """Return those of a failure's pictures that are whole."""
    return tuple(picture for picture in pictures if find_fault(picture) is None)


def _dated(pictures: Pictures, now: float) -> Pictures:
    """Return the answer with a date, which its body as it arrived does not have."""
    return replace(pictures, created=int(now), raw=None)
