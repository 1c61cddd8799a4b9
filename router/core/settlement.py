"""Settlement: which failures are retried, which move on, which a breaker counts.

The one table behind retry, fallback, failover and the circuit breaker.
"""

from collections.abc import Set as AbstractSet

from router.core.outcome import Failure, Kind

DEFAULT_RETRY_CODES = frozenset({429, 500, 502, 503, 504, 529})

BY_STATUS = frozenset(
    {
        Kind.RATE_LIMITED,
        Kind.OVERLOADED,
        Kind.SERVER_ERROR,
        Kind.AUTH,
        Kind.BAD_REQUEST,
        Kind.TIMEOUT,
        Kind.CONNECTION,
    }
)
"""Kinds that a retry repeats when their status is listed."""

BY_KIND = BY_STATUS | {Kind.CONNECTION_LOST, Kind.EMPTY, Kind.INVALID_OUTPUT}
"""Kinds that a retry repeats when `on_kinds` names them: the last three may have been billed."""

NEVER_ASKED = frozenset({Kind.UNSUPPORTED, Kind.CIRCUIT_OPEN})
"""Nothing was asked, so the next target always may be."""

FINAL = frozenset({Kind.OUT_OF_BUDGET, Kind.CANCELLED})
"""Nobody else is asked after these."""

BROKEN = frozenset(
    {
        Kind.TIMEOUT,
        Kind.CONNECTION,
        Kind.CONNECTION_LOST,
        Kind.EMPTY,
        Kind.INVALID_OUTPUT,
    }
)
"""Kinds that a breaker counts whatever its list of status codes says."""

ANSWERED = frozenset(
    {
        Kind.RATE_LIMITED,
        Kind.OVERLOADED,
        Kind.SERVER_ERROR,
        Kind.QUOTA_EXHAUSTED,
        Kind.AUTH,
        Kind.BAD_REQUEST,
    }
)
"""Kinds that a breaker counts when their status is listed."""


def is_retryable(failure: Failure, codes: AbstractSet[int], kinds: AbstractSet[Kind]) -> bool:
    """Tell whether a retry with these lists may repeat the call."""
    if failure.local or failure.final:
        return False
    by_kind = failure.kind in kinds and failure.kind in BY_KIND
    return by_kind or (failure.kind in BY_STATUS and failure.status in codes)


def moves_on(failure: Failure, codes: AbstractSet[int] | None, *, refusals: bool) -> bool:
    """Tell whether the next target may be asked; `codes` None means any status."""
    if failure.final:
        return False
    if failure.kind in NEVER_ASKED:
        return True
    if failure.kind in FINAL:
        return False
    if failure.kind is Kind.REFUSED:
        return refusals
    return codes is None or failure.status in codes


def is_hurried(failure: Failure) -> bool:
    """Tell whether the provider had less time than it is due: it has shown nothing of itself."""
    return failure.kind is Kind.TIMEOUT and failure.cut_short


def is_breakage(failure: Failure, codes: AbstractSet[int] | None) -> bool:
    """Tell whether a breaker counts it; `codes` None means 408 and every 5xx."""
    if failure.local or is_hurried(failure):
        return False
    if failure.kind in BROKEN:
        return True
    if failure.kind not in ANSWERED:
        return False
    if codes is None:
        return failure.status == 408 or failure.status >= 500
    return failure.status in codes
