"""Unreachable: targets that no request gets to, and conditions that never hold."""

import json
from collections.abc import Iterator, Mapping

from router.config.masking import shown
from router.config.model import (
    ConditionalSettings,
    GroupRoute,
    LoadBalanceSettings,
)
from router.core.images import PATHNAMES
from router.core.jsontypes import JSON
from router.lint.failing import stuck
from router.lint.reach import above, reach, rivals
from router.lint.regions import can_hold, of_any_pathname
from router.lint.rule import Finding, Rule
from router.lint.subject import Spot, Subject
from router.strategies.conditions import All, Condition


def _unreachable(subject: Subject) -> Iterator[Finding]:
    for spot, group in subject.groups:
        if isinstance(group.strategy, ConditionalSettings):
            yield from _never_named(spot, group.strategy)


def _never_named(spot: Spot, settings: ConditionalSettings) -> Iterator[Finding]:
    named = {settings.default, *(one.then for one in settings.conditions)}
    for child in spot.children:
        if child.number not in named:
            yield Finding(
                place=child.place,
                message="this target is never asked: no condition leads to it",
                hint="write a condition whose 'then' names it, or take it out",
            )
    elsewhere = {one.then for one in settings.conditions}
    if (
        not can_hold(reach(spot), unless=above(spot.conditions, len(spot.conditions)))
        and settings.default not in elsewhere
    ):
        yield Finding(
            place=(*spot.place, "strategy", "default"),
            message="the default is never asked: some condition holds for every request",
            hint="make the conditions narrower, if there should be a default at all",
        )


UNREACHABLE = Rule(
    code="unreachable-target",
    severity="warning",
    title="A target that no request gets to",
    harm="whoever counts on it finds out on the day it is needed",
    remedy="lead requests to it, or take it out",
    check=_unreachable,
)


def _drained(subject: Subject) -> Iterator[Finding]:
    for spot, group in subject.groups:
        for child in spot.children if isinstance(group.strategy, LoadBalanceSettings) else ():
            if child.route.weight == 0:
                yield Finding(
                    place=(*child.place, "weight"),
                    message="this target is never drawn: its weight is 0",
                    at_key=True,
                )


DRAINED = Rule(
    code="drained-target",
    severity="note",
    title="A target without a share of the load",
    harm="it gets no traffic, not even when the others fail",
    remedy="give it a weight again, or put it into a fallback behind this group",
    check=_drained,
)


def _dead(subject: Subject) -> Iterator[Finding]:
    for spot, group in subject.groups:
        if isinstance(group.strategy, ConditionalSettings):
            yield from _never_hold(spot, group, group.strategy)


def _never_hold(spot: Spot, group: GroupRoute, settings: ConditionalSettings) -> Iterator[Finding]:
    given, found = reach(spot), spot.conditions
    firsts: dict[str, int] = {}
    for i, (condition, before) in enumerate(zip(found, rivals(found), strict=True)):
        same = firsts.setdefault(_canonical(settings.conditions[i].query), i)
        earlier = {number: found[number] for number in before}
        why = _why_dead(condition, earlier, given, same if same < i else None)
        if why is None:
            continue
        message, hint = why
        name = group.targets[settings.conditions[i].then].name
        yield Finding(
            place=(*spot.place, "strategy", "conditions", i, "query"),
            message=message,
            harm=f"it sends nobody to {shown(name)}",
            hint=hint,
            at_key=True,
        )


def _canonical(query: Mapping[str, JSON]) -> str:
    """Write a query so that equal ones have equal texts."""
    return json.dumps(dict(query), sort_keys=True)


def _why_dead(
    condition: Condition, earlier: Mapping[int, Condition], given: Condition, same: int | None
) -> tuple[str, str] | None:
    """Say why a condition never holds, and what to do; None where it may hold.

    `same` is the number of the first that is equal to it.
    """
    if not can_hold(condition):
        return _why_impossible(condition)
    here = All((given, condition))
    if not can_hold(here):
        return (
            "this condition never holds: what leads to this group rules it out",
            "correct it, or take it out",
        )
    if same is None and can_hold(here, unless=earlier.values()):
        return None
    alone = (i for i, one in earlier.items() if not can_hold(here, unless=[one]))
    lone = next(alone, None) if same is None else same
    by = "those above take" if lone is None else f"conditions[{lone}] takes"
    return (
        f"this condition never decides: {by} every request that it would",
        "move it up, or make what stands above it narrower",
    )


def _why_impossible(condition: Condition) -> tuple[str, str]:
    if can_hold(of_any_pathname(condition)):
        known = ", ".join(PATHNAMES.values())
        return (
            "this condition never holds: no request for pictures has such a url.pathname",
            f"correct it, or take it out; they have {known}",
        )
    return "this condition never holds: it contradicts itself", "correct it, or take it out"


DEAD_CONDITION = Rule(
    code="dead-condition",
    severity="warning",
    title="A condition that never decides anything",
    harm="the requests that it is meant for go somewhere else",
    remedy="correct it, move it up, or take it out",
    check=_dead,
)


def _never_moved_on(subject: Subject) -> Iterator[Finding]:
    for spot, group in subject.groups:
        found = stuck(subject, spot)
        if found is not None:
            yield _stuck(subject, spot, group, *found)


def _stuck(subject: Subject, spot: Spot, group: GroupRoute, first: Spot, behind: Spot) -> Finding:
    codes = subject.written(spot, ("strategy", "on_status_codes"), ("on_status_codes",))
    is_empty = subject.value(codes or ()) == []
    who, why = f"{first.shown} moves on to {behind.shown}", "it can fail with none of the codes"
    if isinstance(group.strategy, LoadBalanceSettings):
        who, why = "any target moves on to another", "they can fail with none of the codes"
    return Finding(
        place=codes or spot.place,
        message=f"no answer of {who}: {'on_status_codes is empty' if is_empty else why}",
        hint="list codes that it can fail with, or leave 'on_status_codes' out",
        at_key=True,
    )


UNREACHABLE_FALLBACK = Rule(
    code="unreachable-fallback",
    severity="warning",
    title="A fallback behind a target that cannot fail as listed",
    harm="when the first one is down its callers get the error, and nobody else is asked",
    remedy="list codes that it can fail with",
    check=_never_moved_on,
)
