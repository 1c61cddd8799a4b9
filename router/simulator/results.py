"""Results: what a run has shown, as values. Seconds and US dollars throughout."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.config.places import short
from router.core.trace import DECIMALS
from router.simulator.breakers import Breaker
from router.simulator.histogram import Histogram
from router.simulator.layout import Place
from router.simulator.scenario import Scenario
from router.simulator.tally import Tally, TargetTally

NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles: at most 0.8 % above the exact ones; `most` is exact. None: there were none."""

    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResult:
    """One target, though it may never have been asked.

    `share` is that of the requests that it answered, of those that targets did.
    Where several targets gave a part of the pictures, the last has answered. Neither a cache's
    answers count here nor those that came by another request's call. `wasted` is what was paid for
    calls whose pictures are in no answer. `reasons` are what was said
    first of each kind of failure. `latency` is of the calls that went well. `unpriced` calls were
    billed nobody knows what; `unsure` ones, such as timeouts, may have been billed.
    """

    path: str
    provider: str
    model: str
    calls: int
    served: int
    share: float
    rate_limited: int
    failures: Mapping[str, int]
    reasons: Mapping[str, str]
    latency: Latency
    cost: float
    wasted: float
    unpriced: int
    unsure: int
    calls_at: Sequence[int]
    failed_at: Sequence[int]
    full_at: Sequence[int]

    @property
    def place(self) -> Place:
        return Place(self.path, self.provider)

    @property
    def name(self) -> str:
        """Its place, and what is asked there."""
        return " ".join(filter(None, (short(self.path), self.provider, self.model)))

    @property
    def failed(self) -> int:
        """The calls that failed, but for those that were answered with 429."""
        return sum(self.failures.values()) - self.rate_limited


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerResult:
    """One account's breaker: `path` is the first of its targets that was asked.

    Seconds are those up to the end of the run. Lists are by bucket.
    """

    path: str
    provider: str
    opened: int
    first_opened: float
    open_seconds: float
    half_open_seconds: float
    open_at: Sequence[float]
    half_open_at: Sequence[float]

    @property
    def place(self) -> Place:
        return Place(self.path, self.provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`seconds` is the virtual time that was played; lists are by bucket of `width` seconds.

    `calls` are attempts as the engine counts them: a request that is split into several, for many
    pictures, makes as many. `rate_limited` of them were answered with 429. `waited` are seconds
    that requests spent in pauses before calls. A cache had the answers of `cached` requests, and
    `joined` ones got that of a call under way for another. `fallbacks` are requests that a strategy
    sent elsewhere than to its first choice in the end. `latency_bars` are the histogram of
    `latency`: the end of each step in seconds, and how many requests fell into it. `under_way_at`
    are those that had not ended when the run was interrupted.
    """

    config: str
    scenario: str
    description: str
    seed: int
    duration: float
    seconds: float
    was_interrupted: bool
    requests: int
    ok: int
    failed: int
    cached: int
    joined: int
    failures: Mapping[str, int]
    reasons: Mapping[str, str]
    latency: Latency
    latency_of_failures: Latency
    latency_bars: Sequence[tuple[float, int]]
    calls: int
    attempts: Mapping[int, int]
    fallbacks: int
    waited: float
    rate_limited: int
    cost: float
    wasted: float
    unpriced: int
    unsure: int
    width: float
    arrived_at: Sequence[int]
    failed_at: Sequence[int]
    under_way_at: Sequence[int]
    fallbacks_at: Sequence[int]
    targets: Sequence[TargetResult]
    breakers: Sequence[BreakerResult]

    def breakers_of(self, target: TargetResult) -> Sequence[BreakerResult]:
        """Return the breakers to show with a target: with the first row of its place."""
        first = next((one for one in self.targets if one.place == target.place), None)
        if first is not target:
            return ()
        return [one for one in self.breakers if one.place == target.place]

    @property
    def ended(self) -> int:
        return self.ok + self.failed

    @property
    def answered_at(self) -> Sequence[int]:
        counts = zip(self.arrived_at, self.failed_at, self.under_way_at, strict=True)
        return [came - failed - left for came, failed, left in counts]

    @property
    def success_rate(self) -> float | None:
        return self.ok / self.ended if self.ended else None

    @property
    def amplification(self) -> float | None:
        """Calls for each request."""
        return self.calls / self.ended if self.ended else None

    @property
    def rate_limit_waste(self) -> float | None:
        """The share of calls that were answered with 429."""
        return self.rate_limited / self.calls if self.calls else None


def result_of(tally: Tally, scenario: Scenario, config: str) -> Result:
    """Return what was counted."""
    every = (*tally.targets.values(), *tally.unasked())
    targets = sorted(every, key=lambda target: _order(target.path))
    served = sum(target.served for target in targets)
    return Result(
        config=config,
        scenario=scenario.name,
        description=scenario.description,
        seed=scenario.seed,
        duration=scenario.duration,
        seconds=tally.now,
        was_interrupted=tally.was_interrupted,
        requests=tally.arrived,
        ok=tally.ok,
        failed=tally.failed,
        cached=tally.cached,
        joined=tally.joined,
        failures=dict(tally.kinds.most_common()),
        reasons=dict(tally.reasons),
        latency=_latency(tally.latency),
        latency_of_failures=_latency(tally.latency_of_failures),
        latency_bars=tuple(tally.latency),
        calls=sum(target.calls for target in targets),
        attempts=dict(sorted(tally.attempts.items())),
        fallbacks=tally.fallbacks,
        waited=tally.waited,
        rate_limited=sum(target.rate_limited for target in targets),
        cost=_dollars(target.cost for target in targets),
        wasted=_dollars(target.wasted for target in targets),
        unpriced=sum(target.unpriced for target in targets),
        unsure=sum(target.unsure for target in targets),
        width=tally.timeline.width,
        arrived_at=tuple(tally.arrived_at),
        failed_at=tuple(tally.failed_at),
        under_way_at=tuple(tally.under_way_at),
        fallbacks_at=tuple(tally.fallbacks_at),
        targets=tuple(_target(target, served) for target in targets),
        breakers=tuple(_breakers(tally)),
    )


def _order(path: str) -> tuple[int, ...]:
    """Put targets into the order of their config: `targets[10]` after `targets[9]`."""
    return tuple(int(number) for number in NUMBER.findall(path))


def _dollars(amounts: Iterable[float]) -> float:
    return round(math.fsum(amounts), DECIMALS)


def _latency(found: Histogram) -> Latency:
    return Latency(
        p50=found.percentile(50),
        p90=found.percentile(90),
        p95=found.percentile(95),
        p99=found.percentile(99),
        most=found.most if found.count else None,
    )


def _target(target: TargetTally, served: int) -> TargetResult:
    return TargetResult(
        path=target.path,
        provider=target.provider,
        model=target.model,
        calls=target.calls,
        served=target.served,
        share=target.served / served if served else 0.0,
        rate_limited=target.rate_limited,
        failures=dict(target.kinds.most_common()),
        reasons=dict(target.reasons),
        latency=_latency(target.latency),
        cost=round(target.cost, DECIMALS),
        wasted=round(target.wasted, DECIMALS),
        unpriced=target.unpriced,
        unsure=target.unsure,
        calls_at=tuple(target.calls_at),
        failed_at=tuple(target.failed_at),
        full_at=tuple(target.full_at),
    )


def _breakers(tally: Tally) -> Sequence[BreakerResult]:
    asked = {Place(target.path, target.provider) for target in tally.targets.values()}
    found = (_breaker(breaker, asked) for breaker in tally.store.breakers.values())
    return sorted(found, key=lambda one: _order(one.path))


def _breaker(breaker: Breaker, asked: AbstractSet[Place]) -> BreakerResult:
    seen = [place for place in breaker.places if place in asked]
    place = (seen or breaker.places)[0]
    return BreakerResult(
        path=place.path,
        provider=place.provider,
        opened=breaker.opened,
        first_opened=breaker.first_opened,
        open_seconds=breaker.open_seconds,
        half_open_seconds=breaker.half_open_seconds,
        open_at=tuple(breaker.open_at),
        half_open_at=tuple(breaker.half_open_at),
    )
