"""Split: more pictures than a model gives per call become several calls at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import anyio

from router.core.budget import Prepaid
from router.core.context import Aim, Context
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest, Picture, Pictures
from router.core.jsontypes import EMPTY, JSON
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome, Success
from router.core.pricing import estimate
from router.core.settlement import FINAL, NEVER_ASKED
from router.core.spending import facts_of, reserve
from router.policies.adapt import Mode, apply, find_changes

MOST_CALLS = 100  # for one request; more is a mistake, and would be an expensive one


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """All calls are reserved in the budget or none is sent. Call k is asked for `seed + k`."""

    path: str
    child: Node
    mode: Mode = "adapt"

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        if request.n == 1:
            return await self.child.execute(request, context)
        aim = context.aim
        try:
            per_call = guard(most_per_call, request, aim)
        except AdapterError as bug:
            return bug.failure(sent=False)
        if request.n <= per_call:
            return await self.child.execute(request, context)
        if request.n > MOST_CALLS * per_call:
            return _too_many(request.n, per_call)
        counts = plan(request.n, per_call)
        costs = [self._cost(_part(request, *part), context) for part in enumerate(counts)]
        refusal = reserve(context, cost=_sum_of(costs), request=request, calls=len(counts))
        if refusal is not None:
            return refusal
        outcome = combine(await self._ask_all(counts, costs, request, context), request.n)
        return context.ending(outcome) if isinstance(outcome, Failure) else outcome

    def _cost(self, part: ImageRequest, context: Context) -> float | None:
        """Return an upper bound for one call, as it will be asked; 0 where nobody counts money."""
        if not context.budget.counts_money:
            return 0.0
        try:
            changes = guard(find_changes, part, context.aim)
        except AdapterError:
            return None  # the call will say what is wrong
        said = part.with_params(apply(changes, part, self.mode))
        return estimate(facts_of(said, context), said)

    async def _ask_all(
        self,
        counts: Sequence[int],
        costs: Sequence[float | None],
        request: ImageRequest,
        context: Context,
    ) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}

        async def ask(number: int, count: int) -> None:
            purse = Prepaid(parent=context.budget, paid=1, purse=costs[number] or 0.0)
            branch = context.within(purse, context.deadline)
            part = _part(request, number, count)
            branch = branch.adapted(_notes(request, len(counts), number))
            if context.delivery is not None:
                branch = branch.delivering(context.delivery.placed(sum(counts[:number])))
            outcomes[number] = await self.child.execute(part, branch)
            context.budget.refund(purse.paid, purse.purse)

        try:
            async with anyio.create_task_group() as group:
                for number, count in enumerate(counts):
                    group.start_soon(ask, number, count)
        finally:
            ended = [outcomes[number] for number in range(len(counts)) if number in outcomes]
            if len(ended) < len(counts):  # a deadline has cut the others off
                context.trace.salvage(_pictures_of(ended))
        return ended


def most_per_call(request: ImageRequest, aim: Aim) -> int:
    """Return how many pictures one call gives.

    In a stream it is one: no event of OpenAI's says which of several pictures it shows.
    """
    is_asked = request.n > 1 and request.params.get("stream")
    if is_asked and aim.adapter.streams(request, aim.target):
        return 1
    return aim.adapter.pictures_per_call(request, aim.target)


def plan(n: int, per_call: int) -> tuple[int, ...]:
    """Divide `n` pictures into calls: 23 at 10 a call are 10, 10 and 3."""
    full, rest = divmod(n, per_call)
    return (per_call,) * full + ((rest,) if rest else ())


def combine(outcomes: Sequence[Outcome], n: int) -> Outcome:
    """Make one outcome of all calls: one answer, or the weightiest failure with what came."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    data = _pictures_of(outcomes)
    if failures:
        failure = max(failures, key=_weight)
        message = f"{len(data)} of {n} pictures came; {failure.message}"
        billed = True if data else failure.billed
        cut_short = any(one.cut_short for one in failures)
        return replace(failure, message=message, pictures=data, billed=billed, cut_short=cut_short)
    answers = [outcome.pictures for outcome in outcomes if isinstance(outcome, Success)]
    return Success(
        pictures=Pictures(created=answers[0].created, data=data, fields=_merged(answers))
    )


def _sum_of(costs: Sequence[float | None]) -> float | None:
    """Add up what is known, or return None where nothing is."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _part(request: ImageRequest, number: int, count: int) -> ImageRequest:
    params = {**request.params, "n": count}
    seed = request.params.get("seed")
    if isinstance(seed, int):
        params["seed"] = seed + number
    return request.with_params(params)


def _notes(request: ImageRequest, calls: int, number: int) -> tuple[str, ...]:
    note = f"n {request.n} -> {calls} calls"
    seed = request.params.get("seed")
    if isinstance(seed, int) and number > 0:
        return note, f"seed {seed} -> {seed + number} in call {number + 1}"
    return (note,)


def _weight(failure: Failure) -> int:
    """Let what ends the whole request come first, and what nobody was asked for last."""
    if failure.kind in FINAL or failure.kind is Kind.REFUSED:
        return 2
    return 0 if failure.kind in NEVER_ASKED else 1


def _pictures_of(outcomes: Sequence[Outcome]) -> tuple[Picture, ...]:
    return tuple(picture for outcome in outcomes for picture in _pictures(outcome))


def _pictures(outcome: Outcome) -> tuple[Picture, ...]:
    return outcome.pictures.data if isinstance(outcome, Success) else outcome.pictures


def _merged(answers: Sequence[Pictures]) -> Mapping[str, JSON]:
    """Keep the first answer's fields, and the sum of what every call used."""
    fields = dict(answers[0].fields)
    usages = [answer.fields.get("usage") for answer in answers]
    if all(isinstance(usage, Mapping) for usage in usages):
        total: JSON = EMPTY
        for usage in usages:
            total = _sum(total, usage)
        fields["usage"] = total
    return fields


def _sum(one: JSON, other: JSON) -> JSON:
    """Add numbers leaf by leaf."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = list(dict.fromkeys((*one, *other)))
        return {key: _sum(one.get(key), other.get(key)) for key in keys}
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one + other
    return one if other is None else other


def _too_many(n: int, per_call: int) -> Failure:
    most = MOST_CALLS * per_call
    return Failure(
        kind=Kind.BAD_REQUEST,
        status=400,
        message=f"n is {n}; expected at most {most}, which are {MOST_CALLS} calls here",
        local=True,
    )
