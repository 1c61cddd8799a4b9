"""Sizes: widths, heights and aspect ratios, and which of those on offer is nearest."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from router.core.jsontypes import JSON

SIZE = re.compile(r"([1-9][0-9]{0,6})x([1-9][0-9]{0,6})")
LONGEST = len("9999999x9999999")
RATIO = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Size:
    """A picture's size in pixels; `str` writes it as OpenAI does."""

    width: int
    height: int

    @property
    def ratio(self) -> float:
        return self.width / self.height

    @property
    def area(self) -> int:
        return self.width * self.height

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def parse_size(value: JSON) -> Size | None:
    """Read `1024x1536`; None where it is no size."""
    return _read_size(value) if isinstance(value, str) and len(value) <= LONGEST else None


@lru_cache(maxsize=1024)  # callers ask for few sizes, and often
def _read_size(text: str) -> Size | None:
    found = SIZE.fullmatch(text)
    return Size(int(found[1]), int(found[2])) if found else None


def parse_ratio(value: JSON) -> float | None:
    """Read `16:9` as width over height; None where it is no ratio."""
    found = RATIO.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) / int(found[2]) if found else None


def ratios_of(names: Iterable[str]) -> Mapping[str, float]:
    """Read several ratios by their names; what is none is left out."""
    return {name: ratio for name in names if (ratio := parse_ratio(name)) is not None}


def nearest_size(wanted: Size, offered: Iterable[Size]) -> Size:
    """Return the nearest shape, and of equal shapes the nearest area: a crop hurts most."""
    return min(offered, key=lambda size: _distance(wanted.ratio, wanted.area, size))


def nearest_ratio(wanted: float, offered: Mapping[str, float]) -> str:
    """Return the name of the nearest ratio; twice as wide is as far as twice as high."""
    return min(offered, key=lambda name: abs(math.log(offered[name] / wanted)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Every size whose edges are multiples of `step`, within bounds (pixels; `steepest`: w/h)."""

    step: int
    shortest: int
    longest: int
    least_area: int = 1
    most_area: int = 10**10
    steepest: float = math.inf

    def holds(self, size: Size) -> bool:
        short, long = sorted((size.width, size.height))
        return (
            size.width % self.step == size.height % self.step == 0
            and self.shortest <= short
            and long <= min(self.longest, short * self.steepest)
            and self.least_area <= size.area <= self.most_area
        )

    def slimmest(self) -> Iterator[Size]:
        """Yield the sizes, the smallest first, of which no other is as small and as slim."""
        kept: list[Size] = []
        for size in self._slim():
            if not any(one.area <= size.area and one.ratio >= size.ratio for one in kept):
                kept.append(size)
                yield size

    def _slim(self) -> Iterator[Size]:
        """Yield for each longer edge the size whose other edge is shortest."""
        first = math.ceil(self.shortest / self.step) * self.step
        for long in range(first, self.longest + 1, self.step):
            least = max(self.shortest, long / self.steepest, self.least_area / long)
            size = Size(long, math.ceil(least / self.step) * self.step)
            if size.height <= size.width and self.holds(size):
                yield size

    def nearest(self, wanted: Size) -> Size:
        """Return `wanted` if it may be, else the size with the nearest shape and area."""
        if self.holds(wanted):
            return wanted
        steepest = min(self.steepest, self.longest / self.shortest)
        ratio = min(max(wanted.ratio, 1 / steepest), steepest)
        area = self._area(wanted.area, ratio)
        rows = self._edges(math.sqrt(area / ratio))
        around = (Size(w, h) for w in self._edges(math.sqrt(area * ratio)) for h in rows)
        legal = [size for size in around if self.holds(size)]
        return min(legal, key=lambda size: _distance(ratio, area, size))

    def _area(self, wanted: float, ratio: float) -> float:
        """Return the nearest area that a picture of this shape may have."""
        slope = max(ratio, 1 / ratio)
        least = max(self.least_area, self.shortest**2 * slope)
        most = min(self.most_area, self.longest**2 / slope)
        return min(max(wanted, least), most)

    def _edges(self, length: float) -> list[int]:
        """Return the edges around `length`: two below it and two above."""
        below = math.floor(length / self.step)
        return [self.step * count for count in range(max(1, below - 1), below + 3)]


def _distance(ratio: float, area: float, size: Size) -> tuple[float, float]:
    return abs(math.log(size.ratio / ratio)), abs(math.log(size.area / area))
