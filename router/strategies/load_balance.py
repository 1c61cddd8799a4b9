"""Load balance: draw one child by weight."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from router.core.context import Context
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Outcome, salvaged
from router.core.settlement import NEVER_ASKED, moves_on
from router.strategies.sticky import Sticky
from router.strategies.telling import describe, most_telling, was_open
from router.strategies.top_up import TopUp, is_partly_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A child, its weight (0 is never drawn) and the name it is drawn by when sticky."""

    node: Node
    weight: float
    label: str
    reason: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", f"drawn by weight {self.weight:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalance:
    """Ask the child that was drawn; with `failover`, draw among the others when it fails.

    With `top_up` pictures of a child that failed count, and the next is asked for the others.
    After one that was never asked (open breaker, unsupported request) another is drawn in any case.
    `candidates` are the shares that may be drawn.
    """

    path: str
    shares: tuple[Share, ...]
    sticky: Sticky | None = None
    failover: bool = False
    codes: AbstractSet[int] | None = None
    refusals: bool = False
    last_resort: bool = False
    top_up: bool = False
    candidates: Sequence[Share] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        drawable = tuple(share for share in self.shares if share.weight > 0)
        object.__setattr__(self, "candidates", drawable)

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        outcome = await self._draw_until_settled(request, context)
        if self.last_resort and was_open(outcome) and not context.bypass_breakers:
            context.decide(self.path, "loadbalance", self.path, "every breaker is open")
            return await self._draw_until_settled(request, context.bypassing())
        return outcome

    async def _draw_until_settled(self, request: ImageRequest, context: Context) -> Outcome:
        candidates = self.candidates
        failures: list[Failure] = []
        top_up = TopUp(request, self.top_up)
        while True:
            share = self._draw(candidates, request, context)
            why = f" after one that {describe(failures[-1])}" if failures else ""
            context.decide(self.path, "loadbalance", share.node.path, share.reason + why)
            outcome = top_up.take(await share.node.execute(*top_up.ask(context)), context)
            if not isinstance(outcome, Failure):
                return outcome
            failures.append(salvaged(outcome, failures[-1] if failures else None))
            candidates = [other for other in candidates if other is not share]
            if not self.goes_on(outcome):
                return failures[-1]
            if not candidates:
                return salvaged(most_telling(failures), failures[-1])

    def goes_on(self, failure: Failure) -> bool:
        """Tell whether another child is drawn after such a failure."""
        if self.top_up and is_partly_refused(failure):
            return False
        if failure.kind in NEVER_ASKED and not failure.final:
            return True
        return self.failover and moves_on(failure, self.codes, refusals=self.refusals)

    def chances(
        self, among: Sequence[Share], request: ImageRequest, context: Context
    ) -> Sequence[float]:
        """Return how likely each of some candidates is drawn."""
        owner = None if self.sticky is None else _owner(self.sticky, among, request, context)
        if owner is not None:
            return [float(share is owner) for share in among]
        total = sum(share.weight for share in among)
        return [share.weight / total for share in among]

    def _draw(self, among: Sequence[Share], request: ImageRequest, context: Context) -> Share:
        owner = None if self.sticky is None else _owner(self.sticky, among, request, context)
        return _weighted(among, context.rng.random()) if owner is None else owner


def _owner(
    sticky: Sticky, among: Sequence[Share], request: ImageRequest, context: Context
) -> Share | None:
    """Return whose the request's session is; None where it has none."""
    key = sticky.key(request, context.now())
    if key is None:
        return None
    scores = sticky.scores(key, [(share.label, share.weight) for share in among])
    return among[scores.index(max(scores))]


def _weighted(among: Sequence[Share], chance: float) -> Share:
    """Pick by weight; `chance` is in [0, 1)."""
    point = chance * sum([share.weight for share in among])
    for share in among[:-1]:
        point -= share.weight
        if point < 0:
            return share
    return among[-1]
