"""Backoff: how long to wait before a retry."""

from dataclasses import dataclass

from router.core.outcome import Failure

JITTER = 0.25  # of the wait, downwards only, so that clients that failed together part
LONGEST_SUM = 60.0  # seconds that one retry waits in one request, all waits together


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """2^(k-1) seconds before retry k, or what the provider asked for where that is longer."""

    use_retry_after: bool = True

    def delay(self, retry: int, failure: Failure, chance: float) -> float:
        """Seconds to wait before retry number `retry` (1-based); `chance` is in [0, 1)."""
        own = float(2 ** (retry - 1)) * (1.0 - JITTER * chance)
        if self.use_retry_after and failure.retry_after is not None:
            return max(own, failure.retry_after)
        return own

    def least(self, retries: int) -> float:
        """Return the seconds that so many waits come to at least, all together."""
        return _doubled(retries) * (1.0 - JITTER)

    def most(self, retries: int, *, is_told: bool) -> float:
        """Return the seconds that they come to at most; `is_told` means that answers say when."""
        if retries and is_told and self.use_retry_after:
            return LONGEST_SUM
        return min(LONGEST_SUM, _doubled(retries))

    def reason(self, failure: Failure) -> str:
        if self.use_retry_after and failure.retry_after is not None:
            return f"{failure.status} {failure.kind} with Retry-After"
        return f"backoff after {failure.status} {failure.kind}"


def _doubled(retries: int) -> float:
    """Return the seconds of so many waits of our own, without any luck."""
    return float(2**retries - 1)
