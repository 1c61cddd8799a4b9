"""Abilities: targets that cannot do what they are asked for, or what their siblings can."""

from collections.abc import Iterator, Mapping, Sequence

from router.config.model import FallbackSettings, LoadBalanceSettings, TargetRoute
from router.config.places import Place
from router.core.catalog import ModelFacts
from router.core.images import Operation
from router.lint.reach import operations
from router.lint.rule import Finding, Rule
from router.lint.subject import Spot, Subject, shown_model
from router.providers.abilities import DOING

REFUSED = {
    "skip": "every request is passed by",
    "error": "every request fails before anything is sent",
}


def _unable(subject: Subject) -> Iterator[Finding]:
    for spot, route in subject.targets:
        found = _wrong_operation(subject, spot, route) or _wrong_parameters(subject, spot, route)
        if found is not None:
            yield found


def _wrong_operation(subject: Subject, spot: Spot, route: TargetRoute) -> Finding | None:
    """Find a target that gets only requests for what its model does not do."""
    facts = subject.facts(route)
    asked = frozenset() if facts is None else operations(spot)
    if facts is None or not asked or asked & facts.operations:
        return None
    return Finding(
        place=_model_place(subject, spot),
        message=f"{facts.name} cannot {_doing(asked)}, and is asked for nothing else",
        harm="every request that comes here fails",
        hint="ask a model that can, or correct the conditions on url.pathname",
    )


def _doing(asked: frozenset[Operation]) -> str:
    return " or ".join(words for operation, words in DOING.items() if operation in asked)


def _wrong_parameters(subject: Subject, spot: Spot, route: TargetRoute) -> Finding | None:
    """Find a target that may not adapt what the config makes every request ask of it."""
    mode = route.settings.on_unsupported
    lost = subject.losses(route, with_defaults=False) if mode in REFUSED else None
    if not lost or "generate" not in operations(spot):
        return None
    return Finding(
        place=_model_place(subject, spot),
        message=f"{shown_model(route)} cannot do what the config asks: {lost[0]}",
        harm=f"{REFUSED[mode]} here, as on_unsupported is {mode}",
        hint="ask for what it can, or write on_unsupported: adapt",
    )


def _model_place(subject: Subject, spot: Spot) -> Place:
    places = ((*spot.place, *path) for path in (("override_params", "model"), ("provider",)))
    return next((place for place in places if subject.value(place) is not None), spot.place)


UNABLE = Rule(
    code="unable-target",
    severity="warning",
    title="A target that cannot do what it is asked for",
    harm="every request that comes here fails",
    remedy="ask a model that can",
    check=_unable,
)


def _uneven(subject: Subject) -> Iterator[Finding]:
    for spot, group in subject.groups:
        if isinstance(group.strategy, FallbackSettings | LoadBalanceSettings):
            yield from _among(subject, spot)


def _among(subject: Subject, spot: Spot) -> Iterator[Finding]:
    asked = operations(spot)
    able = [(child, _able(subject, child, asked)) for child in spot.candidates]
    first = _firsts(able)
    exact = _exact(subject, spot)
    for child, own in able:
        if own is None or not isinstance(child.route, TargetRoute):
            continue
        lacking = tuple(word for word in first if word not in own)
        if lacking:
            better = min((first[word] for word in lacking), key=lambda other: other.number)
            yield _weaker(subject, child, better, lacking)
        elif exact is not None and (lost := _lost(subject, child.route)):
            yield _changing(subject, child, exact, lost)


def _firsts(able: Sequence[tuple[Spot, Sequence[str] | None]]) -> Mapping[str, Spot]:
    """Return what can be done by any, each with the first who can."""
    found: dict[str, Spot] = {}
    for child, words in able:
        for word in words or ():
            found.setdefault(word, child)
    return found


def _exact(subject: Subject, spot: Spot) -> TargetRoute | None:
    """Return the first target of a group that loses nothing of what the config asks."""
    routes = (child.route for child in spot.candidates if isinstance(child.route, TargetRoute))
    return next((route for route in routes if _lost(subject, route) == ()), None)


def _lost(subject: Subject, route: TargetRoute) -> tuple[str, ...] | None:
    return subject.losses(route, with_defaults=True)


def _able(subject: Subject, spot: Spot, asked: frozenset[Operation]) -> tuple[str, ...] | None:
    """Say what the targets below can do; None where one of them is not known."""
    known: dict[str, None] = {}
    for _, route in spot.targets():
        facts = subject.facts(route)
        if facts is None:
            return None
        known |= dict.fromkeys(_words(facts, asked))
    return tuple(known)


def _words(facts: ModelFacts, asked: frozenset[Operation]) -> Iterator[str]:
    if "edit" in facts.operations & asked:
        yield "edit"
        if facts.takes_mask:
            yield "take a mask"
    if "variation" in facts.operations & asked:
        yield "make variations"
    if facts.streams:
        yield "stream"
    if facts.per_call > 1:
        yield "give several pictures in one call"


def _weaker(subject: Subject, child: Spot, better: Spot, lacking: Sequence[str]) -> Finding:
    name, other = _name(child), _name(better)
    return Finding(
        place=_model_place(subject, child),
        message=f"{name} cannot {_listed(lacking)}, and {other} can",
        harm="a request for that has one target less than it seems, or gets less than it wanted",
        hint="if callers send such requests, give them a fallback that can",
    )


def _name(spot: Spot) -> str:
    return shown_model(spot.route) if isinstance(spot.route, TargetRoute) else spot.shown


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _changing(subject: Subject, child: Spot, exact: TargetRoute, lost: Sequence[str]) -> Finding:
    """Describe a target that changes a parameter which a sibling takes as it is."""
    return Finding(
        place=_model_place(subject, child),
        message=f"{_name(child)} cannot do what the config asks, and"
        f" {shown_model(exact)} can: {lost[0]}",
        harm="pictures differ by who was asked",
        hint="ask for what all of them can, or write the parameter at those that can",
    )


UNEVEN = Rule(
    code="uneven-targets",
    severity="note",
    title="A target that cannot do what its siblings can",
    harm="a request for that has one target less than it seems",
    remedy="if callers send such requests, give them a fallback that can",
    check=_uneven,
)
