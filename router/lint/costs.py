"""Costs: targets that a budget of money never lets ask."""

import math
from collections.abc import Iterable, Iterator

from router.config.model import TargetRoute
from router.core.budget import DECIMALS, Budget
from router.lint.asked import costs_of, left_open, plain_cost_of, prices_of
from router.lint.rule import Finding, Rule
from router.lint.subject import Bound, Spot, Subject, shown_model
from router.lint.turns import ending

FEWEST = 3  # digits of a dollar that are written


def _unpaid(subject: Subject) -> Iterator[Finding]:
    for spot, route, bounds in _bounded(subject):
        found = _never_paid(subject, spot, route, bounds)
        if found is not None:
            yield found


def _unpaid_plain(subject: Subject) -> Iterator[Finding]:
    for spot, route, bounds in _bounded(subject):
        found = _too_dear_plain(subject, route, bounds)
        if found is not None and _never_paid(subject, spot, route, bounds) is None:
            yield found


def _bounded(subject: Subject) -> Iterator[tuple[Spot, TargetRoute, list[Bound]]]:
    """Yield the targets whose money is bounded, and by what."""
    for spot, route in subject.targets:
        bounds = [one for one in subject.bounds(spot) if one.budget.max_cost is not None]
        if bounds and _is_certain(subject, route):
            yield spot, route, bounds


def _never_paid(
    subject: Subject, spot: Spot, route: TargetRoute, bounds: list[Bound]
) -> Finding | None:
    found = _of_unknown_price(subject, spot, route, bounds)
    return found or _too_dear(subject, spot, route, bounds)


def _is_certain(subject: Subject, route: TargetRoute) -> bool:
    """Tell whether it is the config that says which model is asked."""
    if route.provider is None:
        return False
    named = route.settings.override_params.get("model")
    return isinstance(named, str) or subject.facts(route) is not None


def _of_unknown_price(
    subject: Subject, spot: Spot, route: TargetRoute, bounds: list[Bound]
) -> Finding | None:
    """Find a target of unknown price under a budget that asks nobody of unknown price."""
    strict = [bound for bound in bounds if not bound.budget.admits_unknown]
    if not strict or prices_of(route, subject.adapter(route.provider or "")):
        return None
    return Finding(
        place=subject.written(spot, ("override_params", "model")) or spot.place,
        harm="it is passed by on every request",
        message=f"{shown_model(route)} is never asked: its price is not known,"
        f" and the budget of {strict[0].spot.shown} has a max_cost",
        hint="tell its price in a catalog, or write on_unknown_price: allow",
    )


def _too_dear(
    subject: Subject, spot: Spot, route: TargetRoute, bounds: list[Bound]
) -> Finding | None:
    """Find a target whose cheapest picture may cost more than the budget has."""
    tightest, most = _tightest(bounds)
    least = _least_above(most, costs_of(route, subject.adapter(route.provider or "")))
    if least is None:
        return None
    enough, short = _apart(least, most)
    return Finding(
        place=(*tightest.spot.place, "budget", "max_cost"),
        message=f"{shown_model(route)} is never asked: its cheapest picture may cost"
        f" {enough}, and max_cost is {short}",
        harm=ending(spot),
        hint=f"allow {enough} or more, or ask a cheaper model",
    )


def _too_dear_plain(subject: Subject, route: TargetRoute, bounds: list[Bound]) -> Finding | None:
    """Find a target that is asked only by requests that choose something cheaper."""
    adapter = subject.adapter(route.provider or "")
    tightest, most = _tightest(bounds)
    cost = plain_cost_of(route, adapter)
    if cost is None or Budget(money=most).within_means(cost):
        return None
    enough, short = _apart(cost, most)
    names = left_open(route, adapter)
    fix = f", or say {' and '.join(names)} in default_params or override_params" if names else ""
    return Finding(
        place=(*tightest.spot.place, "budget", "max_cost"),
        message=f"a request that says its prompt alone may cost {enough} at {shown_model(route)},"
        f" and max_cost is {short}",
        hint=f"allow {enough} or more{fix}",
    )


def _tightest(bounds: list[Bound]) -> tuple[Bound, float]:
    tightest = min(bounds, key=lambda bound: bound.budget.max_cost or 0.0)
    return tightest, tightest.budget.max_cost or 0.0


def _least_above(most: float, costs: Iterable[float | None]) -> float | None:
    """Return the least of what a picture may cost; None if that may be within what there is."""
    least = math.inf
    for cost in costs:
        if cost is None or Budget(money=most).within_means(cost):
            return None
        least = min(least, cost)
    return least


def _apart(least: float, most: float) -> tuple[str, str]:
    """Write two amounts with as many digits as tell them apart, the first one rounded up."""
    found = ((_up(least, digits), f"${most:.{digits}f}") for digits in range(FEWEST, DECIMALS + 1))
    return next((pair for pair in found if pair[0] != pair[1]), (_up(least, DECIMALS), f"${most}"))


def _up(amount: float, digits: int) -> str:
    scale = 10**digits
    return f"${math.ceil(round(amount * scale, DECIMALS)) / scale:.{digits}f}"


UNPAID = Rule(
    code="unpaid-target",
    severity="warning",
    title="A target that a budget of money never lets ask",
    harm="a request that comes to it is not answered there, or not at all",
    remedy="allow more money, or tell its price",
    check=_unpaid,
)

UNPAID_PLAIN = Rule(
    code="unpaid-plain-request",
    severity="warning",
    title="A budget of money too small for a request that says only its prompt",
    harm="such a request is not begun there and ends, though a thriftier one would be answered",
    remedy="allow more money, or say what the price goes by",
    check=_unpaid_plain,
)
