"""Standing: how likely a request begins at each target, and why it would not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isclose

from router.config.masking import without_secrets
from router.config.places import short
from router.core.context import Context
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.outcome import Failure, Kind
from router.core.settlement import FINAL
from router.explain import wording
from router.explain.probe import Probe
from router.policies.aim import TakeAim
from router.policies.budget import WithinBudget
from router.policies.cache import Cache
from router.strategies.conditional import Conditional
from router.strategies.conditions import All, AnyOf, Compare, Condition, Exists, Matches, Not
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance, Share
from router.strategies.lookup import MISSING, Missing, Path, lookup
from router.trees import targets_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A condition, whether it held, and what the request has at the paths that it looks at.

    `is_asked` is False where one before it held already.
    """

    path: str
    number: int
    text: str
    holds: bool
    is_asked: bool
    chooses: str
    values: Mapping[str, JSON | Missing]


@dataclass(slots=True, kw_only=True)
class Standings:
    """The targets of one request: the `chances` that it begins there, and for others `why_not`.

    How it ends where nobody is asked is in `unasked`. All breakers are taken to be closed, and
    caches to be empty.
    """

    chances: dict[str, float] = field(default_factory=dict)
    why_not: dict[str, str] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)
    unasked: "list[Left]" = field(default_factory=list)


def unasked(standings: Standings) -> Mapping[int, float]:
    """Return how likely a budget ends a request before anybody is asked, by the status of that."""
    chances: dict[int, float] = {}
    for one in (one for one in standings.unasked if one.end.kind in FINAL):
        chances[one.end.status] = chances.get(one.end.status, 0.0) + one.chance
    return chances


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the chance where nobody was asked: how that ended, and how likely."""

    end: Failure
    chance: float


def standings_of(
    tree: Node, request: ImageRequest, context: Context, probes: Mapping[str, Probe]
) -> Standings:
    """Follow a request down the tree, as far as that is certain, and by chance from there."""
    found = Standings()
    found.unasked += _Follow(request, context, probes, found).into(tree, 1.0)
    return found


@dataclass(frozen=True, slots=True)
class _Follow:
    request: ImageRequest
    context: Context
    probes: Mapping[str, Probe]
    found: Standings

    def into(self, node: Node, chance: float) -> list[Left]:
        match node:
            case WithinBudget() | Cache():
                return self.into(node.child, chance)
            case TakeAim():
                return self._target(node, chance)
            case Fallback():
                return self._fallback(node, chance)
            case LoadBalance():
                self._spare(node)
                return self._drawn(node, node.candidates, chance)
            case Conditional():
                return self._conditional(node, chance)
        raise TypeError(f"{type(node).__name__} at {node.path} is no node of a config")

    def _target(self, node: TakeAim, chance: float) -> list[Left]:
        refusal = self.probes[node.path].refusal
        if refusal is not None:
            self.found.why_not[node.path] = refusal.message
            return [Left(refusal, chance)]
        self.found.chances[node.path] = self.found.chances.get(node.path, 0.0) + chance
        return []

    def _fallback(self, node: Fallback, chance: float) -> list[Left]:
        ended: list[Left] = []
        left = [Left(_UNASKED, chance)]
        before: Node = node
        is_over = False
        for child in node.children:
            going = sum(one.chance for one in left)
            if is_over:
                self._lose(child, f"never asked: a request that comes to {short(before.path)} ends")
                continue
            if going > 0:
                after = self.into(child, going)
                left = [one for one in after if node.goes_on(one.end)]
                ended += [one for one in after if one not in left]
            else:
                self._lose(child, f"asked after {short(before.path)} has failed")
                going, after = 1.0, self._aside().into(child, 1.0)
            before, is_over = child, _is_over(node, after, going)
        return ended + left

    def _aside(self) -> "_Follow":
        """Return one who follows where the request does not begin, and notes nothing."""
        return replace(self, found=Standings())

    def _drawn(self, node: LoadBalance, candidates: Sequence[Share], chance: float) -> list[Left]:
        """Share a chance out; who cannot be asked is drawn, too, and then another one."""
        ended: list[Left] = []
        parts = node.chances(candidates, self.request, self.context)
        for share, part in zip(candidates, parts, strict=True):
            if part == 0:
                self._lose(share.node, "not drawn first: this session belongs to another target")
                continue
            left = self.into(share.node, chance * part)
            others = [one for one in candidates if one is not share]
            for one in left:
                if others and node.goes_on(one.end):
                    ended += self._drawn(node, others, one.chance)
                else:
                    ended.append(one)
        return ended

    def _spare(self, node: LoadBalance) -> None:
        for share in node.shares:
            if share not in node.candidates:
                self._lose(share.node, "never drawn: its weight is 0")

    def _conditional(self, node: Conditional, chance: float) -> list[Left]:
        chosen = node.choose(self.request)
        child = node.default if chosen is None else chosen.node
        is_open = True
        for branch in node.branches:
            self.found.judgements.append(
                Judgement(
                    path=f"{node.path}.strategy.conditions[{branch.number}]",
                    number=branch.number,
                    text=wording.condition(branch.condition),
                    holds=branch.condition.holds(self.request),
                    is_asked=is_open,
                    chooses=branch.node.path,
                    values=dict(_values(branch.condition, self.request)),
                )
            )
            if branch.node.path != child.path:
                why = "does not hold" if is_open else "comes after one that holds"
                self._lose(branch.node, f"not for this request: conditions[{branch.number}] {why}")
            is_open = is_open and branch is not chosen
        if node.default.path != child.path:
            self._lose(node.default, "not for this request: a condition holds before the default")
        return self.into(child, chance)

    def _lose(self, node: Node, why: str) -> None:
        for target in targets_below(node):
            self.found.why_not.setdefault(target.path, why)


def _is_over(node: Fallback, after: Sequence[Left], going: float) -> bool:
    """Tell whether nobody was asked at a child, and nobody is after it."""
    unasked = sum(one.chance for one in after)
    return isclose(unasked, going) and not any(node.goes_on(one.end) for one in after)


_UNASKED = Failure(kind=Kind.UNSUPPORTED, status=501, message="", local=True)


def _values(condition: Condition, request: ImageRequest) -> Iterator[tuple[str, JSON | Missing]]:
    """Yield every path that a condition looks at, with what the request has there."""
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _values(part, request)
        case Not(part=part):
            yield from _values(part, request)
        case Compare(path=steps) | Exists(path=steps) | Matches(path=steps):
            yield _value(steps, request)


def _value(steps: Path, request: ImageRequest) -> tuple[str, JSON | Missing]:
    found = lookup(request, steps)
    name = wording.path(steps)
    return name, MISSING if isinstance(found, Missing) else without_secrets(found, name)
