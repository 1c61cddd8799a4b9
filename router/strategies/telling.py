"""Telling: putting failures into words, and picking the one that tells most."""

from collections.abc import Sequence

from router.core.outcome import Failure, Kind, Outcome
from router.core.settlement import NEVER_ASKED


def describe(failure: Failure) -> str:
    """Say what happened, for the reason of a decision."""
    if failure.kind in NEVER_ASKED:
        return f"was not asked: {failure.message}"
    return f"answered {failure.status} {failure.kind}"


def most_telling(failures: Sequence[Failure]) -> Failure:
    """Return the last failure of a provider that was asked; else an open breaker's, else any."""
    return max(reversed(failures), key=_weight)


def was_open(outcome: Outcome) -> bool:
    """Tell whether nothing was asked because of open breakers."""
    is_open = isinstance(outcome, Failure) and outcome.kind is Kind.CIRCUIT_OPEN
    return is_open and not outcome.pictures


def _weight(failure: Failure) -> int:
    if failure.kind is Kind.UNSUPPORTED:
        return 0
    return 1 if failure.kind in NEVER_ASKED else 2
