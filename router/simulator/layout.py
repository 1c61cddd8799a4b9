"""Layout: what is counted by depends on the config: whose each breaker is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from router.config.model import targets_of
from router.trees import targets_below
from router.workspace import Loaded


@dataclass(frozen=True, slots=True)
class Place:
    """A target, and the provider that is asked there."""

    path: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`places` are where an account's breaker is asked, by the account's name in the store."""

    places: Mapping[str, Sequence[Place]]


def layout_of(loaded: Loaded) -> Layout:
    return Layout(places=_places(loaded))


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
