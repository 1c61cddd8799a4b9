"""Weights: shares that nobody draws by."""

from collections.abc import Iterator

from router.config.editing import fix_for
from router.config.fixes import REMOVED, Change, Unfixed
from router.config.model import GroupRoute, LoadBalanceSettings
from router.lint.rule import Finding, Rule
from router.lint.subject import Spot, Subject

NO_TRAFFIC = Unfixed("who wrote 0 may have wanted no traffic there")


def _idle(subject: Subject) -> Iterator[Finding]:
    for spot in subject.spots:
        place = (*spot.place, "weight")
        if subject.value(place) is None or _is_drawn(spot):
            continue
        hint = "remove it, or write strategy: {mode: loadbalance} above it"
        if spot.route.weight == 0:
            hint = "a target without traffic is taken out, or stands in a load balancer"
        yield Finding(
            place=place,
            message=f"'weight' has no effect {_where(subject, spot)}",
            hint=hint,
            at_key=True,
            fix=NO_TRAFFIC
            if spot.route.weight == 0
            else fix_for(subject.source, Change(place, REMOVED), "removes the weight"),
        )


def _is_drawn(spot: Spot) -> bool:
    above = None if spot.above is None else spot.above.route
    return isinstance(above, GroupRoute) and isinstance(above.strategy, LoadBalanceSettings)


def _where(subject: Subject, spot: Spot) -> str:
    if spot.above is None:
        return "at the top of a config"
    mode = subject.value((*spot.above.place, "strategy", "mode"))
    return f"where mode is {mode}"


IDLE_WEIGHT = Rule(
    code="idle-weight",
    severity="warning",
    title="A weight outside of a load balancer",
    harm="the target is asked as if it were not there, also where the weight is 0",
    remedy="remove it, or balance the load",
    check=_idle,
    fixable=True,
)
