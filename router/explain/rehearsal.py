"""Rehearsal: the worst courses are played on the stage, so that a bound is not only claimed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from router.core.images import Operation
from router.core.jsontypes import JSON
from router.core.outcome import Failure
from router.core.trace import Attempt, Observer
from router.emulators.brief import Draw
from router.emulators.drawing import drawn_once
from router.explain.course import Course, Stop
from router.explain.direction import SHORT, Direction, Lingering, Pace, Usual
from router.explain.probe import Probe
from router.explain.steering import steered
from router.explain.worst import Bound, Measure
from router.lab.stage import Stage, Tried
from router.options import RequestOptions
from router.originals.given import Given
from router.sandbox.faults import Fate
from router.trees import targets_below
from router.workspace import Loaded, Loader

SECOND = 0.05  # how far below its bound a run may stay that has met it, for each of its calls
DOLLAR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request, as it is asked of a stage."""

    params: Mapping[str, JSON]
    operation: Operation = "generate"
    options: RequestOptions
    files: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What a run came to. Calls of which nobody knows whether they are billed count as billed."""

    attempts: int = 0
    seconds: float = 0.0
    dollars: float = 0.0

    def most(self, other: "Took") -> "Took":
        return Took(
            attempts=max(self.attempts, other.attempts),
            seconds=max(self.seconds, other.seconds),
            dollars=max(self.dollars, other.dollars),
        )

    def meets(self, bound: Bound) -> bool:
        return (
            self.attempts == bound.most("attempts")
            and meets_seconds(self.seconds, bound)
            and self.dollars >= bound.most("dollars") - DOLLAR
        )


def meets_seconds(seconds: float, bound: Bound) -> bool:
    """Tell whether a run took as long as the bound has it, but for a moment before each timeout.

    A wait without Retry-After is drawn up to a quarter shorter than the bound counts it.
    """
    worst = bound.worst("seconds")
    return seconds >= worst.longest - worst.drawn - SECOND * (1 + bound.most("attempts"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Theatre:
    """Plays requests to one config; to be used within `simulate`."""

    loaded: Loaded
    loader: Loader
    question: Question
    probes: Mapping[str, Probe]
    draw: Draw = field(default_factory=drawn_once)

    async def overruns(self) -> Mapping[str, float]:
        """Return how long each target's call may go on after its timeout, in seconds."""
        found: dict[str, float] = {}
        for target in targets_below(self.loaded.tree):
            alone = replace(self.loaded, tree=target)
            tried = await self._ask(alone, Lingering(), ())
            timeout = self.probes[target.path].layers.timeout
            over = [one.duration - timeout for one in tried.trace.attempts]
            found[target.path] = max([one for one in over if one > SHORT], default=0.0)
        return found

    async def rebuffs(self) -> Mapping[str, Failure]:
        """Return how targets fail where all is well: their provider does not take the request."""
        found: dict[str, Failure] = {}
        for target in targets_below(self.loaded.tree):
            if not self.probes[target.path].parts:
                continue
            tried = await self._ask(replace(self.loaded, tree=target), None, ())
            if tried.error is not None and tried.trace.attempts:
                found[target.path] = tried.error.failure
        return found

    async def beginning_at(self, path: str, seconds: Mapping[str, float]) -> Tried:
        """Play a run in which all is well, and that target is drawn first if one is drawn.

        Calls take so many `seconds`, by the paths of targets.
        """
        first = Stop(path=path, lanes=1, calls=1, seconds=0.0)
        loaded = replace(self.loaded, tree=steered(self.loaded.tree, (first,)))
        usual = Usual(seconds)
        return await self._ask(loaded, usual, (usual,))

    async def rehearse(self, bound: Bound) -> Took:
        """Return the most that any played run came to, in each measure."""
        took = Took()
        for course, pace, manner in _runs(bound):
            direction = Direction(stops=course.stops, pace=pace, manner=manner)
            loaded = replace(self.loaded, tree=steered(self.loaded.tree, course.stops))
            tried = await self._ask(loaded, direction, (direction,))
            took = took.most(self.measured(tried))
            if took.meets(bound):
                break
        return took

    def measured(self, tried: Tried) -> Took:
        attempts = self.calls(tried)
        return Took(
            attempts=len(attempts),
            seconds=tried.seconds,
            dollars=sum(self._spent(attempts)),
        )

    def calls(self, tried: Tried) -> list[Attempt]:
        """Return the attempts, but for what an adapter has refused before it sent anything."""
        return [one for one in tried.trace.attempts if self.probes[one.path].is_able]

    def _spent(self, attempts: Sequence[Attempt]) -> Iterator[float]:
        """Yield what each call has cost, or may have where nobody knows."""
        seen: dict[str, int] = {}
        for attempt in attempts:
            number = seen[attempt.path] = seen.get(attempt.path, 0) + 1
            costs = self.probes[attempt.path].costs or (0.0,)
            if attempt.cost is not None:
                yield attempt.cost
            elif attempt.billed is not False:
                yield costs[number - 1] if number <= len(costs) else max(costs)

    async def _ask(self, loaded: Loaded, fate: Fate | None, observers: Sequence[Observer]) -> Tried:
        stage = Stage(
            loaded=loaded,
            loader=self.loader,
            fate=fate,
            observers=observers,
            draw=self.draw,
        )
        return await stage.ask(
            self.question.params,
            options=self.question.options,
            operation=self.question.operation,
            files=self.question.files,
        )


def _runs(bound: Bound) -> Iterator[tuple[Course, Pace, int]]:
    """Yield each worst course at every pace and in every manner."""
    courses: list[Course] = []
    for measure in get_args(Measure):
        worst = bound.worst(measure)
        if worst.stops and not any(worst is one for one in courses):
            courses.append(worst)
    for course in courses:
        manners = max(len(stop.manners) for stop in course.stops)
        for manner in range(manners):
            for pace in Pace:
                yield course, pace, manner
