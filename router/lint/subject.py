"""Subject: one config as rules look at it: its meaning, its text, and what is known of models."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from router.config.model import (
    BudgetSettings,
    ConditionalSettings,
    Document,
    GroupRoute,
    LoadBalanceSettings,
    Route,
    Single,
    TargetRoute,
)
from router.config.places import Place, shown_place
from router.config.source import Source
from router.core.adapter import Adapter
from router.core.catalog import ModelFacts
from router.core.jsontypes import EMPTY, JSON
from router.lint.asked import facts_of, losses
from router.lint.regions import parse
from router.providers.registry import adapter
from router.strategies.conditions import Condition
from router.workspace import informed


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A group or a target, where it is written, what stands above and below it.

    `candidates` are the children that a group may choose, whatever becomes of the others:
    `conditions` are those by which it chooses, in order.
    """

    route: Route
    place: Place = ()
    above: "Spot | None" = field(default=None, repr=False, compare=False)
    children: tuple["Spot", ...] = field(init=False, repr=False, compare=False)
    candidates: tuple["Spot", ...] = field(init=False, repr=False, compare=False)
    conditions: tuple[Condition, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        below = () if isinstance(self.route, TargetRoute) else self.route.targets
        children = tuple(
            Spot(route=child, place=(*self.place, "targets", i), above=self)
            for i, child in enumerate(below)
        )
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "candidates", tuple(_candidates(self.route, children)))
        object.__setattr__(self, "conditions", tuple(_conditions(self.route)))

    @property
    def number(self) -> int:
        """Its place among its siblings."""
        return self.place[-1] if self.place and isinstance(self.place[-1], int) else 0

    def walk(self) -> Iterator["Spot"]:
        """Yield this and everything below."""
        yield self
        for child in self.children:
            yield from child.walk()

    def upwards(self) -> Iterator["Spot"]:
        """Yield this and everything above."""
        yield self
        if self.above is not None:
            yield from self.above.upwards()

    def reached(self) -> Iterator["Spot"]:
        """Yield this and what may be asked below when this is."""
        yield self
        for child in self.candidates:
            yield from child.reached()

    def targets(self) -> Iterator[tuple["Spot", TargetRoute]]:
        """Yield the targets that may be asked when this is."""
        for spot in self.reached():
            if isinstance(spot.route, TargetRoute):
                yield spot, spot.route

    @property
    def shown(self) -> str:
        return shown_place(self.place, "config")


def _candidates(route: Route, children: Sequence[Spot]) -> Iterator[Spot]:
    """Yield the children that are asked at all: those of weight 0 are never drawn."""
    if not isinstance(route, GroupRoute):
        return
    match route.strategy:
        case LoadBalanceSettings():
            yield from (child for child in children if child.route.weight > 0)
        case Single():
            yield from children[:1]
        case ConditionalSettings(conditions=conditions, default=default):
            named = {default, *(one.then for one in conditions)}
            yield from (child for child in children if child.number in named)
        case _:
            yield from children


def _conditions(route: Route) -> Iterator[Condition]:
    if isinstance(route, GroupRoute) and isinstance(route.strategy, ConditionalSettings):
        yield from (parse(one.query) for one in route.strategy.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A budget and the spot that it is written at."""

    spot: Spot
    budget: BudgetSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`adapter_of` gives a provider's adapter by name."""

    source: Source
    document: Document
    adapter_of: Callable[[str], Adapter] = adapter
    root: Spot = field(init=False)
    _adapters: dict[str, Adapter] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Spot(route=self.document.route))

    @property
    def spots(self) -> Iterator[Spot]:
        return self.root.walk()

    @property
    def groups(self) -> Iterator[tuple[Spot, GroupRoute]]:
        for spot in self.spots:
            if isinstance(spot.route, GroupRoute):
                yield spot, spot.route

    @property
    def targets(self) -> Iterator[tuple[Spot, TargetRoute]]:
        for spot in self.spots:
            if isinstance(spot.route, TargetRoute):
                yield spot, spot.route

    def value(self, place: Place) -> JSON:
        """Return what is written at a place; None where nothing is."""
        return self.source.at(place)

    def section(self, place: Place) -> Mapping[str, JSON]:
        value = self.value(place)
        return value if isinstance(value, Mapping) else EMPTY

    def written(self, spot: Spot, *paths: Place) -> Place | None:
        """Return where something is written: at the spot, else at the nearest group above it."""
        for one in spot.upwards():
            for path in paths:
                if self.value((*one.place, *path)) is not None:
                    return (*one.place, *path)
        return None

    def bounds(self, spot: Spot) -> Iterator[Bound]:
        """Yield the budgets that a spot's calls are drawn from."""
        for one in spot.upwards():
            if one.route.budget is not None:
                yield Bound(spot=one, budget=one.route.budget)

    def facts(self, route: TargetRoute) -> ModelFacts | None:
        """Return what is known of the only model that a target asks for, if it is certain."""
        return None if route.provider is None else facts_of(route, self.adapter(route.provider))

    def losses(self, route: TargetRoute, *, with_defaults: bool) -> tuple[str, ...] | None:
        """Return what a target loses of the parameters that the config gives every request.

        None means that nobody knows: another host has abilities of its own.
        """
        if route.provider is None or route.base_url is not None or route.passthrough:
            return None
        return losses(route, self.adapter(route.provider), with_defaults=with_defaults)

    def adapter(self, provider: str) -> Adapter:
        """Return a provider's adapter, which knows the config's own models; made once."""
        if provider not in self._adapters:
            own = informed(self.adapter_of(provider), self.document.catalogs)
            self._adapters[provider] = own
        return self._adapters[provider]


def shown_model(route: TargetRoute) -> str:
    """Name a target by its provider, and its model or deployment."""
    model = route.settings.override_params.get("model") or route.options.get("deployment_id")
    provider = route.provider or "the target"
    return f"{provider} {model}" if isinstance(model, str) else provider
