"""Model: a file of routing tests as typed values. Times are in seconds."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from router.config.places import Place
from router.config.source import Source
from router.core.images import Operation
from router.core.jsontypes import JSON
from router.options import RequestOptions
from router.sandbox.fault import Fault

PROMPT = "a red kite"
NOBODY = "nobody"
CACHE = "cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From `low` to `high`, both included; equal ones ask for exactly that."""

    low: float = -math.inf
    high: float = math.inf

    def hold(self, value: float, tolerance: float = 0.0) -> bool:
        return self.low - tolerance <= value <= self.high + tolerance

    def __str__(self) -> str:
        """Write it as people say it: `3`, `at most 3`, `1 to 3`."""
        if self.low == self.high:
            return f"{self.low:g}"
        if self.low == -math.inf:
            return f"at most {self.high:g}"
        return (
            f"at least {self.low:g}" if self.high == math.inf else f"{self.low:g} to {self.high:g}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request of a test, or several that are the same.

    `at` is when, since the test began; None is when the one before has ended. Repetitions with an
    `at` begin `every` so many seconds, the others one after the other.
    """

    params: Mapping[str, JSON]
    extra_body: Mapping[str, JSON] = field(default_factory=dict)
    options: RequestOptions = field(default_factory=RequestOptions)
    operation: Operation = "generate"
    mask: bool = False
    at: float | None = None
    repeat: int = 1
    every: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a request is to come to; None says nothing. `place` is where it is written.

    `asked` has a word for each attempt. `served_by` may be `nobody` or `cache`. `share` and
    `asked_first` are about all repetitions together.
    """

    place: Place
    asked: tuple[str, ...] | None = None
    not_asked: tuple[str, ...] = ()
    served_by: str | None = None
    model: str | None = None
    status: int | None = None
    kind: str | None = None
    waited: Bounds | None = None
    waited_at_most: float | None = None
    attempts: Bounds | None = None
    adaptations: tuple[str, ...] | None = None
    cost: Bounds | None = None
    cost_at_most: float | None = None
    pictures: Bounds | None = None
    size: str | None = None
    format: str | None = None
    cache: str | None = None
    share: Mapping[str, Bounds] = field(default_factory=dict)
    asked_first: Mapping[str, Bounds] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test. `line` is where it begins in its file; None where nobody can know.

    `given` has what each word's targets answer, in order. `expected` has one for each of `asks`,
    or one for all of them together.
    """

    name: str
    line: int | None
    given: Mapping[str, tuple[Fault, ...]]
    latency: Mapping[str, float]
    seed: int | str | None
    asks: tuple[Ask, ...]
    expected: tuple[Expected, ...]

    @property
    def is_about_all(self) -> bool:
        """Whether one expectation stands for every request."""
        return len(self.expected) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The tests in one file, and the config that they are about."""

    source: Source
    file: Path
    config: Path
    cases: tuple[Case, ...]
