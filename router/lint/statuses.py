"""Statuses: codes in lists that no failure of the targets they are for can have."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.config.editing import fix_for
from router.config.fixes import REMOVED, Change, Unfixed
from router.config.model import FallbackSettings, LoadBalanceSettings, TargetRoute
from router.config.places import Place
from router.core.outcome import Failure, Kind
from router.core.settlement import is_breakage, is_retryable, moves_on
from router.lint.rule import Finding, Rule
from router.lint.subject import Spot, Subject
from router.providers.failures import kind_of
from router.providers.statuses import statuses_of

Counts = Callable[[Failure, AbstractSet[int]], bool]
"""Whether a list of codes makes a difference to a failure: the engine's own table."""

TIMED_OUT = Failure(kind=Kind.TIMEOUT, status=408, message="")

LOCAL = (
    TIMED_OUT,
    Failure(kind=Kind.CONNECTION, status=503, message=""),
    Failure(kind=Kind.CONNECTION_LOST, status=502, message=""),
    Failure(kind=Kind.EMPTY, status=502, message=""),
    Failure(kind=Kind.INVALID_OUTPUT, status=502, message=""),
)
"""What may go wrong with any provider, without a word of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """One list of codes: where it stands, and whose failures it is for."""

    place: Place
    targets: tuple[Spot, ...]
    counts: Counts
    verb: str


def failures(route: TargetRoute, status: int) -> Iterator[Failure]:
    """Yield the failures of a target that have a status."""
    yield from (failure for failure in LOCAL if failure.status == status)
    provider = route.provider
    known = None if provider is None or route.base_url else statuses_of(provider)
    if known is None or status in known:
        yield Failure(kind=kind_of(status), status=status, message="")
        if status < 500:
            # Words decide, as where 406 means that there is no money.
            yield Failure(kind=Kind.QUOTA_EXHAUSTED, status=status, message="")


def may_move_on(spot: Spot, codes: AbstractSet[int]) -> bool:
    """Tell whether some failure of the targets below is one of the listed."""
    return any(_matters(spot.targets(), status, codes, _moves_on) for status in codes)


def _matters(targets: Iterator[Spot], status: int, codes: AbstractSet[int], counts: Counts) -> bool:
    return any(
        counts(failure, codes)
        for spot in targets
        if isinstance(spot.route, TargetRoute)
        for failure in failures(spot.route, status)
    )


def _moves_on(failure: Failure, codes: AbstractSet[int]) -> bool:
    return moves_on(failure, codes, refusals=False)


def _retries(failure: Failure, codes: AbstractSet[int]) -> bool:
    return is_retryable(failure, codes, frozenset())


def _breaks(failure: Failure, codes: AbstractSet[int]) -> bool:
    return is_breakage(failure, codes)


def _impossible(subject: Subject) -> Iterator[Finding]:
    for one in (*_of_strategies(subject), *_inherited(subject)):
        listed = _codes(subject, one.place)
        idle = {i: code for i, code in listed.items() if not _counts(one, code)}
        if len(idle) == len(listed) and one.counts is _moves_on:
            continue  # a fallback that is never asked is told by a rule of its own
        for i, code in idle.items():
            yield _finding(subject, one, i, code, is_all=len(idle) == len(listed))


def _codes(subject: Subject, place: Place) -> dict[int, int]:
    value = subject.value(place)
    items = enumerate(value) if isinstance(value, list) else ()
    return {i: int(code) for i, code in items if isinstance(code, int) and code >= 400}


def _counts(one: _List, code: int) -> bool:
    return _matters(iter(one.targets), code, {code}, one.counts)


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
    names = list(
        dict.fromkeys(
            spot.route.provider or "a target"
            for spot in one.targets
            if isinstance(spot.route, TargetRoute)
        )
    )
    return f"no failure of {' or '.join(names)}"


def _instead(one: _List, code: int) -> str:
    providers = {spot.route.provider for spot in one.targets if isinstance(spot.route, TargetRoute)}
    if code == 402 and one.counts is _retries:
        return "remove it: an account without money has none a second later"
    if code == 402 and providers <= {"openai", "azure-openai", "google"}:
        return "write 429, which is what it says of an account without money, too"
    return "remove it"


def _of_strategies(subject: Subject) -> Iterator[_List]:
    for spot, group in subject.groups:
        settings = group.strategy
        is_asked = isinstance(settings, FallbackSettings) or (
            isinstance(settings, LoadBalanceSettings) and settings.failover
        )
        place = _own(subject, spot, ("strategy", "on_status_codes"), ("on_status_codes",))
        if not is_asked or place is None or len(spot.children) < 2:
            continue
        # The last one's failures move on to nobody.
        is_ordered = isinstance(settings, FallbackSettings)
        children = spot.children[:-1] if is_ordered else spot.children
        targets = tuple(target for child in children for target in child.targets())
        yield _List(place=place, targets=targets, counts=_moves_on, verb="moves on")


def _own(subject: Subject, spot: Spot, *paths: Place) -> Place | None:
    places = ((*spot.place, *path) for path in paths)
    return next((place for place in places if subject.value(place) is not None), None)


def _inherited(subject: Subject) -> Iterator[_List]:
    """Yield the lists of retries and breakers, each with the targets that inherit it."""
    retry: dict[Place, list[Spot]] = {}
    breaker: dict[Place, list[Spot]] = {}
    for spot, route in subject.targets:
        if route.settings.retry is not None and route.settings.retry.retries:
            _note(retry, subject.written(spot, ("retry",)), "on_status_codes", spot)
        if route.settings.breaker is not None:
            place = subject.written(spot, ("strategy", "cb_config"), ("cb_config",))
            _note(breaker, place, "failure_status_codes", spot)
    for found, counts, verb in ((retry, _retries, "is retried"), (breaker, _breaks, "counts")):
        for place, spots in found.items():
            yield _List(place=place, targets=tuple(spots), counts=counts, verb=verb)


def _note(found: dict[Place, list[Spot]], place: Place | None, key: str, spot: Spot) -> None:
    if place is not None:
        found.setdefault((*place, key), []).append(spot)


IMPOSSIBLE = Rule(
    code="impossible-status-code",
    severity="warning",
    title="A status code that no failure of the provider has",
    harm="what it is meant for happens under another status, or never",
    remedy="remove it, or write the status that the provider uses",
    check=_impossible,
    fixable=True,
)
