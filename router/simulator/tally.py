"""Tally: what is counted while a simulation runs; its size does not grow with the requests."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from router.core.trace import Attempt, Decision
from router.lab.stage import Tried
from router.simulator.breakers import WatchedStore
from router.simulator.histogram import Histogram
from router.simulator.timeline import Timeline

FULL = 429


@dataclass(slots=True)
class TargetTally:
    """One target, or one of the models that were asked of it.

    `served` are the requests that it answered, `wasted` the dollars spent on calls of which
    nobody got a picture. `reasons` are what was said first of each kind of failure. Of `unsure`
    calls nobody knows whether they are billed. The lists are by bucket of the timeline.
    """

    path: str
    provider: str
    model: str
    timeline: Timeline
    calls: int = 0
    ok: int = 0
    served: int = 0
    rate_limited: int = 0
    cost: float = 0.0
    wasted: float = 0.0
    unpriced: int = 0
    unsure: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    latency: Histogram = field(default_factory=Histogram)
    calls_at: list[int] = field(default_factory=list)
    failed_at: list[int] = field(default_factory=list)
    full_at: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calls_at = self.timeline.zeros()
        self.failed_at = self.timeline.zeros()
        self.full_at = self.timeline.zeros()

    def take(self, attempt: Attempt, began: float, *, served: bool) -> None:
        """Count a call; `began` is when its request came."""
        place = self.timeline.place(began + attempt.started)
        self.calls += 1
        self.calls_at[place] += 1
        if attempt.ok:
            self.ok += 1
            self.latency.add(attempt.duration)
        else:
            self._take_failure(attempt, place)
        self.served += served
        self.unsure += attempt.billed is None
        if attempt.billed:
            self._pay(attempt.cost, served=served)

    def _take_failure(self, attempt: Attempt, place: int) -> None:
        kind = f"{attempt.status} {attempt.kind}"
        self.kinds[kind] += 1
        self.reasons.setdefault(kind, attempt.message)
        if attempt.status == FULL:
            self.rate_limited += 1
            self.full_at[place] += 1
        else:
            self.failed_at[place] += 1

    def _pay(self, cost: float | None, *, served: bool) -> None:
        if cost is None:
            self.unpriced += 1
            return
        self.cost += cost
        self.wasted += 0.0 if served else cost


class Tally:
    """Everything that is counted."""

    def __init__(self, timeline: Timeline, store: WatchedStore) -> None:
        self.timeline = timeline
        self.store = store
        self.arrived = 0
        self.ended = 0
        self.ok = 0
        self.failed = 0
        self.cached = 0
        self.fallbacks = 0
        self.waited = 0.0
        self.now = 0.0
        self.was_interrupted = False
        self.kinds: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}
        self.attempts: Counter[int] = Counter()
        self.latency = Histogram()
        self.latency_of_failures = Histogram()
        self.targets: dict[tuple[str, str, str | None], TargetTally] = {}
        self.arrived_at = timeline.zeros()
        self.failed_at = timeline.zeros()
        self.under_way_at = timeline.zeros()
        self.fallbacks_at = timeline.zeros()

    def arrive(self, at: float) -> int:
        """Count a request that comes, and return its bucket."""
        place = self.timeline.place(at)
        self.arrived += 1
        self.now = at
        self.arrived_at[place] += 1
        return place

    def end(self, at: float, under_way: Iterable[int]) -> None:
        """Note when the run ends, and in which buckets those came that are under way."""
        self.now = at
        for place in under_way:
            self.under_way_at[place] += 1
        for breaker in self.store.breakers.values():
            breaker.settle(at)

    def take(self, tried: Tried, place: int) -> None:
        """Count a request that has ended; `place` is the bucket in which it came."""
        attempts = tried.trace.attempts
        served = _served(attempts) if tried.error is None else None
        self.ended += 1
        self.attempts[len(attempts)] += 1
        if tried.error is None:
            self.ok += 1
            self.cached += not attempts
            self.latency.add(tried.seconds)
        else:
            self.failed += 1
            self.latency_of_failures.add(tried.seconds)
            self.failed_at[place] += 1
            kind = f"{tried.error.status_code} {tried.error.kind}"
            self.kinds[kind] += 1
            self.reasons.setdefault(kind, tried.error.message)
        for attempt in attempts:
            self.waited += attempt.waited
            self._target(attempt).take(attempt, tried.began, served=attempt is served)
        self._take_decisions(tried.trace.decisions, tried.began)

    def _take_decisions(self, decisions: Sequence[Decision], began: float) -> None:
        for decision in decisions:
            if decision.by == "fallback":
                self.fallbacks += 1
                self.fallbacks_at[self.timeline.place(began + decision.at)] += 1
                return

    def _target(self, attempt: Attempt) -> TargetTally:
        named = (attempt.path, attempt.provider, attempt.model)
        found = self.targets.get(named)
        if found is None:
            found = TargetTally(attempt.path, attempt.provider, attempt.model or "", self.timeline)
            self.targets[named] = found
        return found


def _served(attempts: Sequence[Attempt]) -> Attempt | None:
    """Return the attempt that gave a request its answer: the last that went well."""
    return next((attempt for attempt in reversed(attempts) if attempt.ok), None)
