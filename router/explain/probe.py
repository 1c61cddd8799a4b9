"""Probe: what a target would be asked for a request, found out by the nodes that serve.

The target's own nodes are executed down to where the call would be made, and no further.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from router.config.masking import masked
from router.core.adapter import Flow
from router.core.budget import Budget
from router.core.catalog import ModelFacts
from router.core.context import Aim, Context
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest, Picture, Pictures
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.core.pricing import estimate, settle, unforeseen
from router.core.spending import Spending
from router.explain.layers import Layers, layers_of
from router.policies.adapt import Adapt
from router.policies.aim import TakeAim
from router.policies.artefacts import PROMISES, Artefacts, find_wish
from router.policies.budget import WithinBudget
from router.policies.circuit_breaker import CircuitBreaker
from router.policies.limit import Limit
from router.policies.retry import Retry
from router.policies.split import Split
from router.policies.timeout import Timeout
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance
from router.trees import children_of

MOST_COUNTS = 100  # pictures that may be missing, and are looked at one number after the other

STOPPED = Failure(kind=Kind.CANCELLED, status=499, message="only looked at", local=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One call as it would be made. `most` is what it may cost, `usual` what it does, in dollars.

    Either is None where that is not known. `unforeseen` is counted afterwards and comes on top of
    the most. `seconds` is what the model typically takes.
    """

    request: ImageRequest
    model: str | None
    notes: tuple[str, ...]
    most: float | None
    usual: float | None
    unforeseen: tuple[str, ...]
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What would become of a request at a target: calls, or a `refusal` without any.

    `downloads` tells whether its pictures may have to be fetched, `streams` whether they would
    come one after the other. `deadline` is the nearest above, in seconds. `fewer` are the same for
    fewer pictures, where others may have given some before.
    """

    path: str
    layers: Layers
    aim: Aim | None
    parts: tuple[Part, ...] = ()
    refusal: Failure | None = None
    downloads: bool = False
    streams: bool = False
    deadline: float = inf
    fewer: tuple["Probe", ...] = ()

    @property
    def is_able(self) -> bool:
        """Whether any call would be made."""
        return any(one.parts for one in (self, *self.fewer))

    @property
    def costs(self) -> tuple[float, ...]:
        """What each call of a round may cost; what is not known counts as nothing."""
        able = next((one for one in (self, *self.fewer) if one.parts), self)
        return tuple(part.most or 0.0 for part in able.parts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is changed for this target, over all its calls."""
        notes = (masked(note) for part in self.parts for note in part.notes)
        return tuple(dict.fromkeys(notes))

    @property
    def most(self) -> float | None:
        """What one round of its calls may cost, short of what is unforeseen."""
        return _sum(tuple(part.most for part in self.parts))

    @property
    def is_open_ended(self) -> bool:
        """Whether some of what its calls cost is known afterwards only."""
        return any(part.unforeseen for part in self.parts)

    @property
    def usual(self) -> float | None:
        return _sum(tuple(part.usual for part in self.parts))

    @property
    def allowed(self) -> float:
        """What a call has until it is given up, in seconds."""
        return min(self.layers.timeout, self.deadline)

    @property
    def seconds(self) -> float | None:
        known = [part.seconds for part in self.parts if part.seconds is not None]
        return max(known) if known and len(known) == len(self.parts) else None


async def probe_all(tree: Node, request: ImageRequest, context: Context) -> Mapping[str, Probe]:
    """Look at every target of a tree, whether or not the request would come to it."""
    return {probe.path: probe async for probe in _probes(tree, request, context, _Above())}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Above:
    """What is above a target: budgets, none of which has been drawn from.

    `topped` means that others may have given some of the pictures before it is asked.
    """

    budgets: tuple[WithinBudget, ...] = ()
    topped: bool = False


async def _probes(
    tree: Node, request: ImageRequest, context: Context, above: _Above
) -> AsyncIterator[Probe]:
    if isinstance(tree, TakeAim):
        yield await _at_any_count(tree, request, context, above)
    if isinstance(tree, WithinBudget):
        above = replace(above, budgets=(*above.budgets, tree))
    if isinstance(tree, Fallback | LoadBalance) and tree.top_up:
        above = replace(above, topped=True)
    for child in children_of(tree):
        async for probe in _probes(child, request, context, above):
            yield probe


async def _at_any_count(
    tree: TakeAim, request: ImageRequest, context: Context, above: _Above
) -> Probe:
    """Look at a target for all pictures, and for every smaller number that may be missing."""
    whole = await _probe(tree, request, _within(context, above.budgets))
    counts = range(min(request.n - 1, MOST_COUNTS), 0, -1) if above.topped else ()
    fewer = [
        await _probe(
            tree,
            request.with_params({**request.params, "n": count}),
            _within(context, above.budgets),
        )
        for count in counts
    ]
    deadlines = (one.deadline for one in above.budgets if one.deadline is not None)
    return replace(whole, fewer=tuple(fewer), deadline=min(deadlines, default=inf))


def _within(context: Context, budgets: Sequence[WithinBudget]) -> Context:
    for one in budgets:
        purse = Budget(one.attempts, context.budget, one.max_cost, one.admits_unknown)
        context = context.within(purse, context.deadline)
    return context


async def _probe(aim: TakeAim, request: ImageRequest, context: Context) -> Probe:
    calls, promises = _Sink(), _Sink()
    outcome = await _down_to(aim, calls).execute(request, context)
    await _short_of_artefacts(aim, promises).execute(request, context)
    layers = layers_of(aim)
    refusal = outcome if isinstance(outcome, Failure) and not calls.came else None
    if calls.refusal is not None:
        refusal = calls.refusal
    reached = promises.came[0] if promises.came else None
    return Probe(
        path=aim.path,
        layers=layers,
        aim=reached[1].aim if reached else aim.aim,
        parts=() if refusal else tuple(_part(*one) for one in calls.came),
        refusal=refusal and replace(refusal, message=masked(refusal.message)),
        downloads=reached is not None and _downloads(*reached),
        streams=any(_streams(*one) for one in calls.came),
    )


@dataclass(slots=True)
class _Sink:
    """Stands where the call is, and notes what comes to it."""

    path: str = "probe"
    came: list[tuple[ImageRequest, Context]] = field(default_factory=list)
    refusal: Failure | None = None

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        self.came.append((request, context))
        self.refusal = self.refusal or Spending(request, context).begin()
        self.refusal = self.refusal or _unsent(request, context)
        return STOPPED


def _unsent(request: ImageRequest, context: Context) -> Failure | None:
    """Return why the adapter would send nothing at all; None where it sends."""
    aim = context.aim
    try:
        step = guard(_first, aim.adapter.flow(request, aim.target))
    except AdapterError:
        return None  # a bug is no rule of a provider's
    return step if isinstance(step, Failure) and step.local else None


def _first(flow: Flow) -> object:
    """Return the first that an adapter wants to send, or what it gives instead."""
    try:
        return next(flow)
    except StopIteration as end:
        return end.value
    finally:
        flow.close()


def _down_to(node: Node, end: Node) -> Node:
    """Return a target's nodes with something else in the place of its call.

    Those that only decide when and how often it is made are left out.
    """
    match node:
        case TakeAim() | Artefacts() | Split() | Adapt():
            return replace(node, child=_down_to(node.child, end))
        case Retry() | CircuitBreaker() | Limit() | Timeout():
            return _down_to(node.child, end)
    return end


def _short_of_artefacts(aim: TakeAim, end: Node) -> Node:
    return replace(aim, child=end)


def _downloads(request: ImageRequest, context: Context) -> bool:
    """Tell whether what the provider gives may have to be fetched from a URL."""
    is_promised = not PROMISES.isdisjoint(request.params)
    if context.finishing is None or not is_promised or context.aim.target.passthrough:
        return False
    try:
        wish = guard(find_wish, request, context.aim)
    except AdapterError:
        return False
    return wish.form == "b64_json" or wish.reencodes


def _streams(request: ImageRequest, context: Context) -> bool:
    is_asked = bool(request.params.get("stream"))
    return is_asked and context.aim.adapter.streams(request, context.aim.target)


def _part(request: ImageRequest, context: Context) -> Part:
    aim = context.aim
    facts = aim.adapter.facts(request, aim.target)
    most = estimate(facts, request)
    return Part(
        request=request,
        model=aim.adapter.model(request, aim.target),
        notes=context.adaptations,
        most=most,
        usual=_usual(facts, request),
        unforeseen=unforeseen(facts),
        seconds=None if facts is None else facts.seconds,
    )


def _usual(facts: ModelFacts | None, request: ImageRequest) -> float | None:
    """Return what the listed prices make of as many pictures as are asked for."""
    return settle(facts, request, Pictures(created=0, data=(Picture(),) * request.n))


def _sum(amounts: tuple[float | None, ...]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
