"""LiteLLM's fallbacks: who is asked when a whole group has failed, or has refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from router.config.masking import shown
from router.config.places import Place
from router.core.jsontypes import JSON, is_list
from router.migrate.ledger import Ledger
from router.migrate.litellm_settings import Settings
from router.migrate.part import Part

EVERY = "*"
MOST = 5
"""How deep fallbacks of fallbacks are followed; litellm/constants.py, ROUTER_MAX_FALLBACKS."""


@dataclass(frozen=True, slots=True)
class Step:
    """One name in a list of fallbacks, and where it stands."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Those to be asked after a group, in turn. `comments` say what could not be kept."""

    names: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Fallbacks:
    """Lists of fallbacks by group. `groups` can be asked; `ids` name one target of a group.

    `has_policy` tells that refusals have fallbacks of their own: then the others are not for them.
    """

    groups: Sequence[str]
    aliases: Mapping[str, str]
    ids: Mapping[str, str]
    left_out: frozenset[str]
    ledger: Ledger
    most: int = MOST
    after_failures: Mapping[str, Sequence[Step]] = field(default_factory=dict)
    after_refusals: Mapping[str, Sequence[Step]] = field(default_factory=dict)
    has_policy: bool = False

    def chain(self, group: str) -> Chain:
        """Return whom a group's failures lead to, with the fallbacks of those."""
        walk = _Walk(self, [group])
        walk.follow(group, 0)
        return Chain(names=tuple(walk.seen[1:]), comments=tuple(dict.fromkeys(walk.comments)))

    def refused(self, group: str) -> Chain:
        """Return whom a group's refusals lead to."""
        if not self.has_policy:
            return self.chain(group)
        walk = _Walk(self, [group])
        walk.step(self.after_refusals.get(group, ()))
        return Chain(names=tuple(walk.seen[1:]), comments=tuple(walk.comments))

    def after(self, group: str) -> Sequence[Step]:
        """Return the list of a group's own, else the one for every group."""
        return self.after_failures.get(group, self.after_failures.get(EVERY, ()))

    def known(self, name: str) -> str | None:
        """Return the group, or the one target, that a name stands for."""
        found = self.aliases.get(name, name)
        return found if found in self.groups or found in self.ids else None

    def lost(self, step: Step) -> str:
        """Note a fallback that leads nowhere."""
        name = self.aliases.get(step.name, step.name)
        if name in self.left_out:
            message = f"the fallback to {shown(name)} is left out, as that group is"
        else:
            message = f"the fallback to {shown(name)} leads to no group of the list"
        return self.ledger.changed(step.place, message, at_key=False)


@dataclass(slots=True)
class _Walk:
    """Follows fallbacks: those that were `seen` are asked once."""

    lists: Fallbacks
    seen: list[str]
    comments: list[str] = field(default_factory=list)

    def follow(self, group: str, depth: int) -> None:
        for step in self.lists.after(group) if depth < self.lists.most else ():
            for name in self.step([step]):
                depth += 1
                self.follow(name, depth)

    def step(self, steps: Sequence[Step]) -> list[str]:
        """Go to each that is new; return those."""
        new: list[str] = []
        for one in steps:
            name = self.lists.known(one.name)
            if name is None:
                self.comments.append(self.lists.lost(one))
            elif name not in self.seen:
                self.seen.append(name)
                new.append(name)
        return new


def read_lists(settings: Settings, key: str, ledger: Ledger) -> dict[str, list[Step]]:
    """Read lists of fallbacks, each under the name of its group."""
    part = settings.holder(key)
    lists: dict[str, list[Step]] = {}
    for place, group, value in _entries(part, key):
        steps = list(_steps(place, value, ledger))
        lists.setdefault(group, steps)  # LiteLLM takes the first that fits
    return lists


def read_default(settings: Settings, ledger: Ledger) -> list[Step]:
    part = settings.holder("default_fallbacks")
    value = part.value("default_fallbacks")
    return [] if value is None else list(_steps(part.at("default_fallbacks"), value, ledger))


def _entries(part: Part, key: str) -> Iterator[tuple[Place, str, JSON]]:
    """Yield `(place, group, value)` of `[{group: value}, ...]`; a bare name is for every group."""
    value = part.value(key)
    if value is None:
        return
    if not is_list(value):
        part.ledger.wrong(part.at(key), f"is {shown(value)}; expected a list of mappings")
        return
    for i, one in enumerate(value):
        place = (*part.at(key), i)
        if isinstance(one, Mapping):
            yield from (((*place, name), name, below) for name, below in one.items())
        elif isinstance(one, str):
            yield place, EVERY, [one]
        else:
            part.ledger.wrong(place, f"is {shown(one)}; expected a mapping")


def _steps(place: Place, value: JSON, ledger: Ledger) -> Iterator[Step]:
    names: Sequence[JSON] = value if is_list(value) else [value]
    for i, one in enumerate(names):
        at = (*place, i) if is_list(value) else place
        model = one.get("model") if isinstance(one, Mapping) else one
        if not isinstance(model, str) or not model:
            ledger.wrong(at, f"is {shown(one)}; expected the name of a group")
            continue
        if isinstance(one, Mapping) and len(one) > 1:
            message = f"the parameters for the fallback to {shown(model)} are not carried over"
            ledger.changed(at, message, "write them into override_params there", at_key=False)
        yield Step(model, at)
