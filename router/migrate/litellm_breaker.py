"""LiteLLM's cooldowns: they become circuit breakers."""

from router.migrate.block import Block
from router.migrate.litellm_classes import COOLED_CLASSES, counts_of, strangers_in
from router.migrate.litellm_common import milliseconds
from router.migrate.litellm_settings import Settings
from router.migrate.part import Part

DEFAULT_COOLDOWN = 5.0  # seconds; litellm/constants.py, DEFAULT_COOLDOWN_TIME_SECONDS
DEFAULT_SHARE = 50  # percent; litellm/constants.py, DEFAULT_FAILURE_THRESHOLD_PERCENT
MORE_THAN_HALF = 50.001  # percent: a breaker opens at its share, LiteLLM's cooldown above it
DEFAULT_MINIMUM = 5  # requests; litellm/constants.py, DEFAULT_FAILURE_THRESHOLD_MINIMUM_REQUESTS
DEFAULT_ALLOWED = 3  # failures a minute; litellm.allowed_fails

COUNTED = (401, 404, 408, 429, 500, 502, 503, 504, 529)
"""Statuses after which LiteLLM thinks of a cooldown: litellm/router_utils/cooldown_handlers.py."""

UNPAID = 402
"""One more, in a group of several: a lone deployment is not left alone for it."""

NEVER = 1000  # allowed failures a minute: as good as none at all


def breaker(settings: Settings, own: float | None, targets: int) -> tuple[Block, tuple[str, ...]]:
    """Return the `cb_config` of a group, empty where it has none, and what to say of it.

    `own` is the cooldown of a deployment of its own, in seconds.
    """
    block = Block()
    if settings.router.flag("disable_cooldowns"):
        return block, ()
    cooldown, holder = settings.number("cooldown_time")
    interval = own if own is not None else cooldown
    if interval == 0:
        return block, ()
    allowed, _ = settings.number("allowed_fails")
    policy = settings.holder("allowed_fails_policy").part("allowed_fails_policy")
    if allowed is None and not policy.section.value:
        if targets == 1:
            return block, _lone(holder, interval)
        block.put("failure_threshold_percentage", MORE_THAN_HALF, "more than half, as there")
        block.put("minimum_requests", DEFAULT_MINIMUM)
        comments = [_at_once(holder)]
        codes = _counted(targets)
    else:
        counts, comments = _counts(policy, allowed, targets)
        if not counts:
            return block, tuple(comments)
        least = min(counts.values())
        codes = tuple(sorted(counts))
        block.put("failure_threshold", int(least) + 1)
        if len(set(counts.values())) > 1:
            message = "one number of failures opens a breaker, whatever their class"
            hint = f"the smallest is taken: more than {int(least)} in a minute"
            comments.append(policy.ledger.changed(policy.place, message, hint))
    block.put("cooldown_interval", milliseconds(interval or DEFAULT_COOLDOWN))
    block.put("failure_status_codes", list(codes))
    return block, tuple(comments)


def _counted(targets: int) -> tuple[int, ...]:
    return tuple(sorted((*COUNTED, UNPAID))) if targets > 1 else COUNTED


def _counts(
    policy: Part, allowed: float | None, targets: int
) -> tuple[dict[int, float], list[str]]:
    """Return how many failures are allowed by status."""
    default = DEFAULT_ALLOWED if allowed is None else allowed
    counts: dict[int, float] = dict.fromkeys(_counted(targets), default)
    comments: list[str] = []
    for name, codes, count, place in counts_of(policy, "AllowedFails", COOLED_CLASSES):
        if not codes:
            message = f"a {name} never counts for a cooldown, here or there"
            comments.append(policy.ledger.note(place, message))
        counts.update(dict.fromkeys(codes, count))
    comments += strangers_in(policy)
    return {code: count for code, count in counts.items() if count < NEVER}, comments


def _lone(holder: Part, interval: float | None) -> tuple[str, ...]:
    if interval is None or "cooldown_time" not in holder:
        return ()
    message = "a group of one is not cooled down by LiteLLM unless allowed_fails is set"
    return (holder.ledger.note(holder.at("cooldown_time"), message, "it has no breaker here"),)


def _at_once(holder: Part) -> str:
    """Tell of the failures that one breaker, which counts all alike, cannot single out."""
    message = "LiteLLM leaves a deployment alone at once after a 429, 401, 402 or 404"
    hint = (
        f"here after more than {DEFAULT_SHARE} % of {DEFAULT_MINIMUM} requests or more in a minute;"
        " failure_threshold: 1 instead does so after any failure"
    )
    place = holder.at("cooldown_time") if "cooldown_time" in holder else ("model_list",)
    return holder.ledger.changed(place, message, hint)
