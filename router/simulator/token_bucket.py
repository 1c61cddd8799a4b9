"""Token bucket: who is let through, and when the others may come back."""

import math
from dataclasses import dataclass, field

from router.simulator.scenario import RateLimit


@dataclass(slots=True)
class TokenBucket:
    """One account's, full at the beginning."""

    limit: RateLimit
    _tokens: float = field(init=False)
    _since: float = 0.0

    def __post_init__(self) -> None:
        self._tokens = self.limit.burst

    def take(self, now: float) -> float | None:
        """Take a token and return None, or return the seconds until there is one."""
        limit = self.limit
        gained = (now - self._since) * limit.per_minute / 60.0
        self._tokens = min(limit.burst, self._tokens + gained)
        self._since = now
        if self._tokens >= 1.0:
            self._tokens -= 1.0
            return None
        if limit.rejected_count:
            self._tokens = max(-limit.burst, self._tokens - 1.0)
        return (1.0 - self._tokens) * 60.0 / limit.per_minute


def retry_after(seconds: float) -> float:
    """Return what a provider answers: whole seconds, and one at least."""
    return float(max(1, math.ceil(seconds)))
