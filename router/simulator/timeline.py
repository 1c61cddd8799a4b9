"""Timeline: a scenario's time in buckets of one width, at most 120 of them."""

import math
from dataclasses import dataclass

MOST = 120

WIDTHS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
"""Seconds that people count time in."""

ROUNDING = 1e-9
"""Of a bucket: what is this near to its end belongs to the next."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`count` buckets of `width` seconds. What happens after the end is counted in the last."""

    width: float
    count: int

    def place(self, at: float) -> int:
        """Return the bucket of a moment, which is never before the beginning."""
        place = int(at / self.width + ROUNDING)
        return place if place < self.count else self.count - 1

    def zeros(self) -> list[int]:
        return [0] * self.count

    def spread(self, seconds: list[float], begin: float, end: float) -> None:
        """Add the time from `begin` to `end` to the buckets that it falls into."""
        end = min(end, self.width * self.count)
        while begin < end:
            place = self.place(begin)
            stop = min(end, (place + 1) * self.width)
            seconds[place] += stop - begin
            begin = stop


def timeline_of(duration: float) -> Timeline:
    fitting = (width for width in WIDTHS if width * MOST >= duration)
    width = next(fitting, 3600.0 * math.ceil(duration / MOST / 3600.0))
    if duration < WIDTHS[0] * MOST / 2:
        width = duration / 60
    return Timeline(width, max(1, math.ceil(duration / width - ROUNDING)))
