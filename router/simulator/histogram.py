"""Histogram: how often each duration came, in a room of fixed size.

A duration is counted in a step of its own size: 128 steps to each doubling. So a percentile is at
most 0.8 % above the exact one, and no other machine counts otherwise: there is no logarithm in it.
"""

from collections import defaultdict
from collections.abc import Iterator
from math import ceil, frexp, ldexp

STEPS = 128  # of each doubling

SMALLEST = 0.001  # seconds; what is shorter counts as nothing


class Histogram:
    """Of seconds. `most` is exact."""

    __slots__ = ("_counts", "most")

    def __init__(self) -> None:
        self._counts: defaultdict[int, int] = defaultdict(int)
        self.most = 0.0

    def add(self, seconds: float) -> None:
        if seconds > self.most:  # noqa: PLR1730  `max` takes as long as all the rest
            self.most = seconds
        self._counts[_step(seconds)] += 1

    @property
    def count(self) -> int:
        return sum(self._counts.values())

    def percentile(self, percent: float) -> float | None:
        """Return the seconds that so many of 100 did not exceed; None where there were none."""
        wanted = ceil(self.count * percent / 100)
        if not wanted:
            return None
        seen = 0
        for step in sorted(self._counts):
            seen += self._counts[step]
            if seen >= wanted:
                return min(_end(step), self.most)
        return self.most

    def __iter__(self) -> Iterator[tuple[float, int]]:
        """Yield each step's end and its count, ascending."""
        for step in sorted(self._counts):
            yield min(_end(step), self.most), self._counts[step]


def _step(seconds: float) -> int:
    if seconds < SMALLEST:
        return ZERO
    fraction, exponent = frexp(seconds)
    return exponent * STEPS + int((fraction - 0.5) * 2 * STEPS)


def _end(step: int) -> float:
    if step == ZERO:
        return 0.0
    exponent, place = divmod(step, STEPS)
    return ldexp(0.5 + (place + 1) / (2 * STEPS), exponent)


ZERO = -(10**6)
"""The step of what is too short to count."""
