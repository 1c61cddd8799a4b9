"""Spending: what a call may cost is set aside before it is made, and settled after it."""

from dataclasses import dataclass, replace

from router.core.budget import Budget, out_of_budget
from router.core.catalog import ModelFacts
from router.core.context import Context
from router.core.dollars import dollars
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest, Picture, Pictures
from router.core.outcome import Failure, Kind, Outcome, Success
from router.core.pricing import estimate, says_usage, settle


def facts_of(request: ImageRequest, context: Context) -> ModelFacts | None:
    """Return what is known of the model that would be asked; an adapter's bug knows nothing."""
    aim = context.aim
    try:
        return guard(aim.adapter.facts, request, aim.target)
    except AdapterError:
        return None


def reserve(
    context: Context, *, cost: float | None, request: ImageRequest, calls: int = 1
) -> Failure | None:
    """Take calls and their cost from every budget above; return why not, where one has too little.

    A model of unknown price fails as unsupported, so that somebody else may be asked.
    """
    budget = context.budget
    if cost is None and budget.refuses_unknown:
        model = request.model or context.aim.target.provider
        message = f"the price of {model} is not known, and the budget has a max_cost"
        return Failure(kind=Kind.UNSUPPORTED, status=501, message=message, local=True)
    if budget.reserve(calls, cost):
        return None
    if budget.affords(calls):
        why = _too_dear(budget, cost, calls)
    elif calls == 1:
        why = "no attempts are left in the budget"
    else:
        why = f"{request.n} pictures take {calls} calls, and the budget has fewer"
    return out_of_budget(why, context.trace, status=402)


def _too_dear(budget: Budget, cost: float | None, calls: int) -> str:
    price = "an unknown price" if cost is None else f"up to {dollars(cost)}"
    what = "the call has" if cost is None else "the call costs" if calls == 1 else "the calls cost"
    left = dollars(max(0.0, budget.least_money or 0.0))
    return f"{what} {price}, and {left} of the budget's max_cost is left"


@dataclass(slots=True)
class Spending:
    """One attempt and its money: `aside` is what was set aside for it, None if that is unknown."""

    request: ImageRequest
    context: Context
    facts: ModelFacts | None = None
    aside: float | None = 0.0

    def begin(self) -> Failure | None:
        """Reserve the attempt; return why it may not be made."""
        self.facts = facts_of(self.request, self.context)
        if self.context.budget.counts_money:
            self.aside = estimate(self.facts, self.request)
        return reserve(self.context, cost=self.aside, request=self.request)

    def call_off(self) -> None:
        """Give everything back: nothing was sent."""
        self.context.budget.refund(1, self.aside or 0.0)

    def end(self, outcome: Outcome | None, *, sent: bool) -> float | None:
        """Settle the attempt and return its cost; None where nobody knows.

        What is unknown stays reserved: it may have been spent.
        """
        if isinstance(outcome, Failure) and outcome.local and not sent:
            self.call_off()
            return 0.0
        cost = self._cost(outcome, sent=sent)
        if cost is not None and self.context.budget.counts_money:
            self.context.budget.refund(0, (self.aside or 0.0) - cost)
        return cost

    def _cost(self, outcome: Outcome | None, *, sent: bool) -> float | None:
        if isinstance(outcome, Success):
            return settle(self.facts, self.request, outcome.pictures)
        if not sent or (outcome is not None and outcome.billed is False):
            return 0.0
        if outcome is None or outcome.billed is None:
            return None
        return self._billed(outcome)

    def _billed(self, failure: Failure) -> float | None:
        """Return what a billed failure has cost: what came, or all that was asked for."""
        if failure.cost is not None:
            return failure.cost
        pictures = failure.pictures or (Picture(),) * self.request.n
        return settle(self.facts, self.request, Pictures(created=0, data=pictures))

    def paid(self, failure: Failure, pictures: Pictures) -> Failure:
        """Return what is wrong with an answer; one that says what it has used was billed."""
        if not says_usage(pictures):
            return failure
        cost = settle(self.facts, self.request, pictures)
        return replace(failure, billed=True, cost=cost)
