"""Statuses: codes in lists that no failure of the targets they are for can have."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.config.editing import fix_for
from router.config.fixes import REMOVED, Change, Unfixed
from router.config.model import FallbackSettings, LoadBalanceSettings
from router.config.places import Place
from router.config.section import Section
from router.core.outcome import Failure
from router.core.settlement import is_breakage, is_retryable
from router.lint.failing import Asked, Counts, is_listed, matters, stuck
from router.lint.rule import Finding, Rule
from router.lint.subject import Spot, Subject
from router.providers.mishaps import STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """One list of codes: where it stands, whose failures it is for, and the group that reads it."""

    place: Place
    targets: tuple[Asked, ...]
    counts: Counts
    verb: str
    group: Spot | None = None


def _retries(failure: Failure, codes: AbstractSet[int]) -> bool:
    return is_retryable(failure, codes, frozenset())


def _breaks(failure: Failure, codes: AbstractSet[int]) -> bool:
    return is_breakage(failure, codes)


def _impossible(subject: Subject) -> Iterator[Finding]:
    for one in (*_of_strategies(subject), *_inherited(subject)):
        listed = _codes(subject, one.place)
        idle = {i: code for i, code in listed.items() if not _counts(one, code)}
        is_all = len(idle) == len(listed)
        if is_all and one.group is not None and stuck(subject, one.group) is not None:
            continue  # a fallback that is never asked is told by a rule of its own
        for i, code in idle.items():
            yield _finding(subject, one, i, code, is_all=is_all)


def _codes(subject: Subject, place: Place) -> Mapping[int, int]:
    """Return the codes of a list by where they stand in it, read as a config is."""
    *above, key = place
    section = Section(subject.source, subject.section(tuple(above)), tuple(above))
    return section.numbered(str(key)) or {}


def _counts(one: _List, code: int) -> bool:
    return matters(one.targets, code, {code}, one.counts)


def _finding(subject: Subject, one: _List, index: int, code: int, *, is_all: bool) -> Finding:
    place = (*one.place, index)
    removal = Change(place, REMOVED)
    return Finding(
        place=place,
        message=f"{code} is listed, and {_whose(one)} {one.verb} with it",
        harm="what it is meant for happens under another status, or never",
        hint=_instead(one, code),
        fix=NOTHING_LEFT if is_all else fix_for(subject.source, removal, f"removes {code}"),
    )


NOTHING_LEFT = Unfixed("the list would be empty")


def _whose(one: _List) -> str:
    names = dict.fromkeys(route.provider or "a target" for _, route in one.targets)
    return f"no failure of {' or '.join(names)}"


def _instead(one: _List, code: int) -> str:
    if code not in STATUSES:
        return f"remove it: failures have a status from {STATUSES[0]} to {STATUSES[-1]}"
    if code == 402 and one.counts is _retries:
        return "remove it: an account without money has none a second later"
    providers = {route.provider for _, route in one.targets}
    if code == 402 and providers <= {"openai", "azure-openai", "google"}:
        return "write 429, which is what it says of an account without money, too"
    return "remove it"


def _of_strategies(subject: Subject) -> Iterator[_List]:
    for spot, group in subject.groups:
        settings = group.strategy
        is_ordered = isinstance(settings, FallbackSettings)
        is_asked = is_ordered or (isinstance(settings, LoadBalanceSettings) and settings.failover)
        place = _own(subject, spot, ("strategy", "on_status_codes"), ("on_status_codes",))
        if not is_asked or place is None or len(spot.candidates) < 2:
            continue
        # The last one's failures move on to nobody.
        children = spot.candidates[:-1] if is_ordered else spot.candidates
        targets = tuple(target for child in children for target in child.targets())
        yield _List(place=place, targets=targets, counts=is_listed, verb="moves on", group=spot)


def _own(subject: Subject, spot: Spot, *paths: Place) -> Place | None:
    places = ((*spot.place, *path) for path in paths)
    return next((place for place in places if subject.value(place) is not None), None)


def _inherited(subject: Subject) -> Iterator[_List]:
    """Yield the lists of retries and breakers, each with the targets that inherit it."""
    retry: dict[Place, list[Asked]] = {}
    breaker: dict[Place, list[Asked]] = {}
    for spot, route in subject.root.targets():
        if route.settings.retry is not None and route.settings.retry.retries:
            _note(retry, subject.written(spot, ("retry",)), "on_status_codes", (spot, route))
        if route.settings.breaker is not None:
            place = subject.written(spot, ("strategy", "cb_config"), ("cb_config",))
            _note(breaker, place, "failure_status_codes", (spot, route))
    for found, counts, verb in ((retry, _retries, "is retried"), (breaker, _breaks, "counts")):
        for place, targets in found.items():
            yield _List(place=place, targets=tuple(targets), counts=counts, verb=verb)


def _note(found: dict[Place, list[Asked]], place: Place | None, key: str, target: Asked) -> None:
    if place is not None:
        found.setdefault((*place, key), []).append(target)


IMPOSSIBLE = Rule(
    code="impossible-status-code",
    severity="warning",
    title="A status code that no failure of the provider has",
    harm="what it is meant for happens under another status, or never",
    remedy="remove it, or write the status that the provider uses",
    check=_impossible,
    fixable=True,
)
