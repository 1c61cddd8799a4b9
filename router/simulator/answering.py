"""Answering: what a request's trace tells of its answer: who gave it, and who was left for it."""

from collections.abc import Sequence

from router.core.attempt import Attempt, Decision

HIT, JOINED = "hit", "joined"
"""What a cache decides where it has the answer itself, or another request's call will bring it."""


def call_that_answered(attempts: Sequence[Attempt]) -> Attempt | None:
    """Return the last call that went well; of a request that was answered."""
    for attempt in reversed(attempts):
        if attempt.ok:
            return attempt
    return None


def cache_that_answered(decisions: Sequence[Decision], call: Attempt | None) -> Decision | None:
    """Return the decision by which a cache answered; `call` is the last that went well.

    Nobody decides anything after an answer. What came of another's call may be a failure; then
    somebody else was chosen, or the cache has asked below it, after all.
    """
    last = decisions[-1]
    if last.by != "cache" or last.chosen not in {HIT, JOINED}:
        return None
    return last if call is None or not is_at(call.path, last.path) else None


def moved_on(decisions: Sequence[Decision]) -> float | None:
    """Return when a request left a strategy's first choice for good, in seconds; None if it stayed.

    A strategy that comes back to its first choice, past open breakers, has not left it.
    """
    if len(decisions) == 1 and decisions[0].by != "fallback":
        return None  # as most have it
    first: dict[str, str] = {}
    left: dict[str, float] = {}
    for decision in decisions:
        path, chosen = decision.path, decision.chosen
        if decision.by == "fallback":
            stays = is_at(chosen, f"{path}.targets[0]")
        elif decision.by == "loadbalance" and chosen != path:  # its own path: all are drawn anew
            stays = chosen == first.setdefault(path, chosen)
        else:
            continue
        if stays:
            left.pop(path, None)
        else:
            left.setdefault(path, decision.at)
    return min(left.values(), default=None)


def group_of(one: str, other: str) -> str:
    """Return the path of the group below which two paths part."""
    same = 0
    steps, others = one.split("."), other.split(".")
    while same < min(len(steps), len(others)) and steps[same] == others[same]:
        same += 1
    return ".".join(steps[:same])


def is_at(path: str, above: str) -> bool:
    """Tell whether a path is another one, or below it."""
    return path == above or path.startswith(f"{above}.")
