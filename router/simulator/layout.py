"""Layout: what of a config one has to know to count what becomes of its requests."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.config.model import TargetRoute, targets_of
from router.policies.aim import split_slug
from router.policies.cache import Cache
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance
from router.trees import nodes_of, targets_below
from router.workspace import Loaded


@dataclass(frozen=True, slots=True)
class Place:
    """A target, and the provider that is asked there."""

    path: str
    provider: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A target as its config has it: its provider and its model, as far as that tells them."""

    path: str
    provider: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`targets` are all that may be asked.

    `places` are where an account's breaker is asked, by the account's name in the store.

    `topping` are the paths of the groups whose targets add to each other's pictures. `has_cache`
    means that calls may outlive the requests that began them.
    """

    targets: Sequence[Planned]
    places: Mapping[str, Sequence[Place]]
    topping: AbstractSet[str]
    has_cache: bool


def layout_of(loaded: Loaded) -> Layout:
    nodes = list(nodes_of(loaded.tree))
    return Layout(
        targets=tuple(map(_planned, targets_of(loaded.document.route))),
        places=_places(loaded),
        topping={
            node.path for node in nodes if isinstance(node, Fallback | LoadBalance) and node.top_up
        },
        has_cache=any(isinstance(node, Cache) for node in nodes),
    )


def _planned(route: TargetRoute) -> Planned:
    settings = route.settings
    params = {**settings.default_params, **settings.override_params}
    asked = params.get("model")
    _, model = split_slug(asked if isinstance(asked, str) else None)
    return Planned(route.path, route.provider or "", model if isinstance(model, str) else "")


def _places(loaded: Loaded) -> Mapping[str, Sequence[Place]]:
    guarded = {
        target.path
        for target in targets_of(loaded.document.route)
        if target.settings.breaker is not None
    }
    places: dict[str, list[Place]] = {}
    for node in targets_below(loaded.tree):
        aims = node.aims.values() if node.aim is None else (node.aim,)
        for aim in aims if node.path in guarded else ():
            place = Place(node.path, aim.target.provider)
            places.setdefault(aim.state_key, []).append(place)
    return places
