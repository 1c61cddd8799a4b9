"""Tally: what is counted while a simulation runs; its size does not grow with the requests."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from router.core.trace import Attempt, Decision
from router.errors import RoutingError
from router.lab.stage import Tried
from router.simulator.answering import (
    HIT,
    cache_that_answered,
    call_that_answered,
    group_of,
    moved_on,
)
from router.simulator.breakers import WatchedStore
from router.simulator.histogram import Histogram
from router.simulator.layout import Layout
from router.simulator.passage import Passage
from router.simulator.timeline import Timeline

FULL = 429


@dataclass(slots=True)
class TargetTally:
    """One target, or one of the models that were asked of it.

    `served` are the requests that it answered, `wasted` the dollars spent on calls whose pictures
    are in no answer. `reasons` are what was said first of each kind of failure. Of `unsure`
    calls nobody knows whether they are billed. The lists are by bucket of the timeline.
    """

    path: str
    provider: str
    model: str
    timeline: Timeline
    calls: int = 0
    served: int = 0
    rate_limited: int = 0
    cost: float = 0.0
    wasted: float = 0.0
    unpriced: int = 0
    unsure: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    latency: Histogram = field(default_factory=Histogram)
    calls_at: list[int] = field(init=False)
    failed_at: list[int] = field(init=False)
    full_at: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.calls_at = self.timeline.zeros()
        self.failed_at = self.timeline.zeros()
        self.full_at = self.timeline.zeros()

    def take(self, attempt: Attempt, place: int, *, is_served: bool, is_given: bool) -> None:
        """Count a call that began in a bucket: has it answered its request, or a part of it?"""
        self.calls += 1
        self.calls_at[place] += 1
        if attempt.ok:
            self.latency.add(attempt.duration)
        else:
            self._take_failure(attempt, place)
        if is_served:
            self.served += 1
        if attempt.billed:
            self._pay(attempt.cost, is_given=is_given)
        elif attempt.billed is None:
            self.unsure += 1

    def _take_failure(self, attempt: Attempt, place: int) -> None:
        kind = f"{attempt.status} {attempt.kind}"
        self.kinds[kind] += 1
        self.reasons.setdefault(kind, attempt.message)
        if attempt.status == FULL:
            self.rate_limited += 1
            self.full_at[place] += 1
        else:
            self.failed_at[place] += 1

    def _pay(self, cost: float | None, *, is_given: bool) -> None:
        if cost is None:
            self.unpriced += 1
            return
        self.cost += cost
        if not is_given:
            self.wasted += cost


class Tally:
    """Everything that is counted."""

    def __init__(self, timeline: Timeline, layout: Layout) -> None:
        self.timeline = timeline
        self.store = WatchedStore(timeline, layout.places)
        self._layout = layout
        self.arrived = 0
        self.ended = 0
        self.ok = 0
        self.failed = 0
        self.cached = 0
        self.joined = 0
        self.fallbacks = 0
        self.waited = 0.0
        self.now = 0.0
        self.is_over = False
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

    def unasked(self) -> Iterator[TargetTally]:
        """Yield the targets that no call was made to, with nothing counted."""
        asked = {target.path for target in self.targets.values()}
        for one in self._layout.targets:
            if one.path not in asked:
                yield TargetTally(one.path, one.provider, one.model, self.timeline)

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
        self.is_over = True
        for place in under_way:
            self.under_way_at[place] += 1
        for breaker in self.store.breakers.values():
            breaker.settle(at)

    def take(self, tried: Tried, passage: Passage) -> None:
        """Count a request that has ended. Its calls that have not are counted when they do."""
        attempts, decisions = tried.trace.attempts, tried.trace.decisions
        passage.has_ended = True
        self.ended += 1
        self.attempts[len(attempts)] += 1
        answer = ""
        served: Attempt | None = None
        if tried.error is not None:
            self._take_failure(tried.error, tried.seconds, passage.place)
        else:
            self.ok += 1
            self.latency.add(tried.seconds)
            served = call_that_answered(attempts)
            cache = cache_that_answered(decisions, served) if decisions else None
            if cache is not None:
                self._take_cached(cache)
                answer, served = cache.path, None
            elif served is not None:
                answer = served.path
        for attempt in attempts:
            if attempt.status:
                is_given = attempt is served or (attempt.ok and self._gives(attempt.path, answer))
                self._take_call(attempt, passage, is_served=attempt is served, is_given=is_given)
        if decisions:
            self._take_moves(decisions, passage)

    def take_late(self, attempt: Attempt, passage: Passage) -> None:
        """Count a call that has outlived its request: others have waited for it."""
        if not self.is_over:  # else it is the end of the run that has cancelled it
            self._take_call(attempt, passage, is_served=False, is_given=attempt.ok)

    def _take_failure(self, error: RoutingError, seconds: float, place: int) -> None:
        self.failed += 1
        self.latency_of_failures.add(seconds)
        self.failed_at[place] += 1
        kind = f"{error.status_code} {error.kind}"
        self.kinds[kind] += 1
        self.reasons.setdefault(kind, error.message)

    def _take_cached(self, cache: Decision) -> None:
        if cache.chosen == HIT:
            self.cached += 1
        else:
            self.joined += 1

    def _gives(self, path: str, answer: str) -> bool:
        """Tell whether what came at a place is in the answer that was given at another."""
        return path == answer or (
            bool(answer and self._layout.topping) and group_of(path, answer) in self._layout.topping
        )

    def _take_call(
        self, attempt: Attempt, passage: Passage, *, is_served: bool, is_given: bool
    ) -> None:
        place = passage.place
        if attempt.started:
            place = self.timeline.place(passage.arrived + attempt.started)
        self.waited += attempt.waited
        target = self.targets.get((attempt.path, attempt.provider, attempt.model))
        if target is None:
            target = self._new_target(attempt)
        target.take(attempt, place, is_served=is_served, is_given=is_given)

    def _take_moves(self, decisions: Sequence[Decision], passage: Passage) -> None:
        moved = moved_on(decisions)
        if moved is not None:
            self.fallbacks += 1
            self.fallbacks_at[self.timeline.place(passage.arrived + moved)] += 1

    def _new_target(self, attempt: Attempt) -> TargetTally:
        made = TargetTally(attempt.path, attempt.provider, attempt.model or "", self.timeline)
        self.targets[attempt.path, attempt.provider, attempt.model] = made
        return made
