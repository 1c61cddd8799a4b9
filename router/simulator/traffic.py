"""Traffic: when requests come, and what each of them asks for.

Both depend on the seed and the request's number alone, so every config meets the same.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from math import ceil, log
from random import Random
from typing import NamedTuple, TypeAlias, assert_never

from router.core.jsontypes import JSON
from router.options import RequestOptions
from router.simulator.delays import MICROSECONDS
from router.simulator.recording import times_of
from router.simulator.scenario import (
    FOREVER,
    Arrivals,
    Bursts,
    Constant,
    Pattern,
    Poisson,
    Recorded,
    Scenario,
)

PROMPT = "a red kite over the hills"

MOST = 10_000_000
"""Requests of a run: at the speed of one core more would take hours."""

DIGITS = len(str(MOST))

USERS_KEPT = 10_000  # whose options are not made anew for each of their requests


def arrivals(scenario: Scenario) -> Iterator[float]:
    """Yield the times at which requests come, ascending, before the scenario's end."""
    chance = Random(f"arrivals {scenario.seed}")
    for at in _times(scenario.arrivals, chance):
        if at >= scenario.duration:
            return
        yield at


def expected(scenario: Scenario) -> float:
    """Return how many requests come, about; those of a recording are not counted."""
    if isinstance(scenario.arrivals, Recorded):
        return 0.0
    number, begin = 0.0, 0.0
    for phase in scenario.arrivals:
        seconds = min(phase.lasting, max(0.0, scenario.duration - begin))
        number += _number(phase.pattern, seconds)
        begin += phase.lasting
    return number


def is_quiet(scenario: Scenario) -> bool:
    """Tell whether no request can come."""
    if isinstance(scenario.arrivals, Recorded):
        return next(times_of(scenario.arrivals), None) is None
    return expected(scenario) == 0


def phases_after(scenario: Scenario, end: float) -> Iterator[int]:
    """Yield the places of the phases that would begin when all is over."""
    if isinstance(scenario.arrivals, Recorded):
        return
    begins = accumulate((phase.lasting for phase in scenario.arrivals), initial=0.0)
    for place, (begin, _) in enumerate(zip(begins, scenario.arrivals, strict=False)):
        if end <= begin < FOREVER:
            yield place


def recorded_after(scenario: Scenario, end: float) -> int:
    """Count the recorded requests that would come when all is over."""
    if not isinstance(scenario.arrivals, Recorded):
        return 0
    return sum(1 for at in times_of(scenario.arrivals) if at >= end)


def _number(pattern: Pattern, seconds: float) -> float:
    match pattern:
        case Constant(rate=rate) | Poisson(rate=rate):
            return rate * seconds
        case Bursts():
            return pattern.size * ceil(seconds / pattern.every) if seconds else 0.0
    assert_never(pattern)


def _times(pattern: Arrivals, chance: Random) -> Iterator[float]:
    if isinstance(pattern, Recorded):
        yield from times_of(pattern)
        return
    begin = 0.0
    for phase in pattern:
        for after in _after(phase.pattern, chance):
            if after >= phase.lasting:
                break
            yield begin + after
        begin += phase.lasting


def _after(pattern: Pattern, chance: Random) -> Iterator[float]:
    """Yield times since the phase's beginning, for ever; none at a rate of zero."""
    match pattern:
        case Constant(rate=rate):
            return _constant(rate)
        case Poisson(rate=rate):
            return _poisson(rate, chance)
        case Bursts():
            return _bursts(pattern)
    assert_never(pattern)


def _constant(rate: float) -> Iterator[float]:
    number = 0
    while rate > 0:
        yield round(number / rate, MICROSECONDS)
        number += 1


def _poisson(rate: float, chance: Random) -> Iterator[float]:
    at = 0.0
    while rate > 0:
        at = round(at - log(1.0 - chance.random()) / rate, MICROSECONDS)
        yield at


def _bursts(pattern: Bursts) -> Iterator[float]:
    begin = 0.0
    while pattern.size > 0:
        for number in range(pattern.size):
            yield round(begin + pattern.over * number / pattern.size, MICROSECONDS)
        begin += pattern.every


Likeness: TypeAlias = tuple[int, int | None]
"""The kind of a request and its user: requests that agree in both differ in the prompt alone."""


class Wish(NamedTuple):
    """What one request asks for; what is in `extra_body` is in `params` as well.

    `mark` is what its prompt has that no other has, of the same length in all.
    """

    params: Mapping[str, JSON]
    extra_body: Mapping[str, JSON]
    options: RequestOptions
    like: Likeness
    mark: str


class Mix:
    """Draws what requests ask for, one after the other."""

    def __init__(self, scenario: Scenario) -> None:
        self._chance = Random(f"requests {scenario.seed}")
        self._kinds = scenario.requests
        self._bounds = tuple(accumulate(kind.weight for kind in scenario.requests))
        self._params = tuple({**kind.params, **kind.extra_body} for kind in scenario.requests)
        self._options = lru_cache(maxsize=USERS_KEPT)(self._options_of)

    def wish(self, number: int) -> Wish:
        """Return what request `number` asks for; they are to be asked for in order."""
        draw = self._chance.random
        place, user, prompt = self._place(draw()), draw(), draw()
        kind = self._kinds[place]
        who = None if kind.users is None else int(user * kind.users)
        which = number if kind.prompts is None else int(prompt * kind.prompts)
        words = kind.params.get("prompt", PROMPT)
        mark = f"#{which:0{DIGITS}}"
        params = {**self._params[place], "prompt": f"{words} {mark}"}
        return Wish(params, kind.extra_body, self._options(place, who), (place, who), mark)

    def _place(self, chance: float) -> int:
        if len(self._bounds) == 1:
            return 0
        return min(bisect_right(self._bounds, chance * self._bounds[-1]), len(self._bounds) - 1)

    def _options_of(self, place: int, who: int | None) -> RequestOptions:
        """Return the options of a request of one kind, for one of its users."""
        kind, options = self._kinds[place], RequestOptions()
        metadata = kind.metadata if who is None else {**kind.metadata, "user": f"u{who}"}
        if metadata:
            options["metadata"] = metadata
        if kind.deadline is not None:
            options["timeout"] = kind.deadline
        if kind.cache_namespace is not None:
            options["cache_namespace"] = kind.cache_namespace
        return options
