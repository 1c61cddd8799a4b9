"""Delays: how long a model takes, as a distribution that a number in [0, 1) draws from.

Seconds are rounded to microseconds, so that another machine's logarithm makes no other run.
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist
from typing import Protocol

from router.sandbox.latency import typical

MICROSECONDS = 6  # decimals of a second

P95 = NormalDist().inv_cdf(0.95)

STANDARD = NormalDist()


class Delay(Protocol):
    """A distribution of seconds."""

    def at(self, chance: float, provider: str, model: str) -> float:
        """Return the seconds that stand at `chance`, in [0, 1), of the distribution."""
        ...


@dataclass(frozen=True, slots=True)
class Always:
    seconds: float

    def at(self, chance: float, provider: str, model: str) -> float:
        del chance, provider, model
        return self.seconds


@dataclass(frozen=True, slots=True)
class Uniform:
    least: float
    most: float

    def at(self, chance: float, provider: str, model: str) -> float:
        del provider, model
        return round(self.least + (self.most - self.least) * chance, MICROSECONDS)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Half of all answers take `median` seconds at most, and 95 of 100 `p95`."""

    median: float
    p95: float
    _spread: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_spread", math.log(self.p95 / self.median) / P95)

    def at(self, chance: float, provider: str, model: str) -> float:
        del provider, model
        return round(self.median * math.exp(self._spread * _normal(chance)), MICROSECONDS)


@dataclass(frozen=True, slots=True)
class Empirical:
    """One of the `seconds` that were measured, each as likely as the others."""

    seconds: tuple[float, ...]

    def at(self, chance: float, provider: str, model: str) -> float:
        del provider, model
        return self.seconds[int(chance * len(self.seconds))]


@dataclass(frozen=True, slots=True)
class Plausible:
    """About as long as the real model takes, as far as anyone knows."""

    def at(self, chance: float, provider: str, model: str) -> float:
        return _usual(provider, model).at(chance, provider, model)


@lru_cache(maxsize=1024)
def _usual(provider: str, model: str) -> LogNormal:
    middle = typical(provider, model)
    return LogNormal(middle, middle * TAIL)


TAIL = 1.8  # the 95th of 100 over the median; what users report of image models, rounded

PLAUSIBLE = Plausible()


def _normal(chance: float) -> float:
    """Return the place on the bell curve; its ends, at 0 and 1, are left out."""
    return STANDARD.inv_cdf(min(max(chance, 1e-12), 1 - 1e-12))
