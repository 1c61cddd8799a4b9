"""Token bucket: who is let through, and when the others may come back."""

import math
from dataclasses import dataclass, field

from router.simulator.scenario import RateLimit

EARLY = 2e-6
"""Seconds before its token is there that a call is let through.

Times are rounded to microseconds, so calls at exactly the rate come up to one too early.
"""


@dataclass(slots=True)
class TokenBucket:
    """One account's, full at the beginning."""

    limit: RateLimit
    _tokens: float = field(init=False)
    _rate: float = field(init=False)
    _least: float = field(init=False)
    _since: float = 0.0

    def __post_init__(self) -> None:
        self._tokens = self.limit.burst
        self._rate = self.limit.per_minute / 60.0
        self._least = 1.0 - EARLY * self._rate

    def take(self, now: float) -> float | None:
        """Take a token and return None, or return the seconds until there is one."""
        limit = self.limit
        self._tokens = min(limit.burst, self._tokens + (now - self._since) * self._rate)
        self._since = now
        if self._tokens >= self._least:
            self._tokens -= 1.0
            return None
        if limit.rejected_count:
            self._tokens = max(-limit.burst, self._tokens - 1.0)
        return (1.0 - self._tokens) * 60.0 / limit.per_minute


def retry_after(seconds: float) -> float:
    """Return what a provider answers: whole seconds, and one at least."""
    return float(max(1, math.ceil(seconds)))
