"""Worst: how much a request may come to, whatever its providers do: a bound that no run exceeds.

The compiled tree is walked, and what its nodes make of the courses below them is worked out by the
rules that serve (`core/settlement.py`). Groups add, draws choose, budgets and deadlines cap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure
from router.explain.course import NOTHING, Course, Stop, pruned
from router.explain.probe import Part, Probe
from router.explain.target_courses import Above, Goes, TargetCourses
from router.policies.aim import TakeAim
from router.policies.backoff import JITTER
from router.policies.budget import WithinBudget
from router.policies.cache import Cache
from router.policies.timeout import NEXT_PICTURE
from router.strategies.conditional import Conditional
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance
from router.strategies.telling import was_open
from router.trees import targets_below

Measure = Literal["attempts", "seconds", "dollars"]

DECIMALS = 9  # of a dollar: what amounts are exact to


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbounded:
    """Why a measure has no bound, and the node that is the reason."""

    measure: Measure
    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """All that may become of a request below a node. What is `unbounded` comes on top of it."""

    courses: tuple[Course, ...]
    unbounded: tuple[Unbounded, ...] = ()

    def worst(self, measure: Measure) -> Course:
        """Return the course that comes to most."""
        return max(self.courses, key=lambda course: _measured(course, measure))

    def most(self, measure: Measure) -> float:
        return _measured(self.worst(measure), measure)

    @property
    def alone(self) -> float:
        """Seconds at most, where no other request is waited for."""
        return max(course.alone for course in self.courses)

    def why_not(self, measure: Measure) -> tuple[Unbounded, ...]:
        return tuple(one for one in self.unbounded if one.measure == measure)


def _measured(course: Course, measure: Measure) -> float:
    match measure:
        case "attempts":
            return course.attempts
        case "seconds":
            return course.longest
        case "dollars":
            return course.dollars


def bound_of(
    tree: Node,
    request: ImageRequest,
    probes: Mapping[str, Probe],
    overruns: Mapping[str, float],
) -> Bound:
    """Return the bound of a request. `overruns` are seconds, by the path of a target."""
    walk = _Walk(request=request, probes=probes, overruns=overruns)
    courses = walk.below(tree, Above())
    return Bound(courses=tuple(courses) or (NOTHING,), unbounded=tuple(dict.fromkeys(walk.reasons)))


@dataclass(slots=True, kw_only=True)
class _Walk:
    request: ImageRequest
    probes: Mapping[str, Probe]
    overruns: Mapping[str, float]
    reasons: list[Unbounded] = field(default_factory=list)

    def below(self, node: Node, above: Above) -> list[Course]:
        courses = self._courses(node, above)
        return pruned(courses, above.key, capped=above.caps)

    def _courses(self, node: Node, above: Above) -> Iterable[Course]:
        match node:
            case TakeAim():
                return self._target(node, above)
            case WithinBudget():
                return self._budget(node, above)
            case Cache():
                return self._cache(node, above)
            case Fallback():
                return self._fallback(node, above)
            case LoadBalance():
                return self._load_balance(node, above)
            case Conditional():
                branch = node.choose(self.request)
                return self.below(node.default if branch is None else branch.node, above)
        raise TypeError(f"{type(node).__name__} at {node.path} is no node of a config")

    def _target(self, node: TakeAim, above: Above) -> Iterable[Course]:
        probe = self.probes[node.path]
        parts = [part for one in (probe, *probe.fewer) for part in one.parts]
        whys = dict.fromkeys(filter(None, map(_open_ended, parts)))
        self.reasons += (Unbounded(measure="dollars", path=node.path, why=why) for why in whys)
        if any(one.streams for one in (probe, *probe.fewer)):
            why = (
                f"in a stream each further picture has {NEXT_PICTURE:g} s or more, and its reader "
                "as long to take it"
            )
            self.reasons.append(Unbounded(measure="seconds", path=node.path, why=why))
        overrun = self.overruns.get(node.path, 0.0)
        return TargetCourses(probe=probe, above=above, overrun=overrun).all()

    def _cache(self, node: Cache, above: Above) -> Iterable[Course]:
        why = "while the same request is under way for others, they are waited for, one by one"
        self.reasons.append(Unbounded(measure="seconds", path=node.path, why=why))
        return self.below(node.child, above)

    def _budget(self, node: WithinBudget, above: Above) -> Iterable[Course]:
        before = len(self.reasons)
        courses = self.below(node.child, replace(above, caps=True))
        if node.deadline is not None:
            reasons = self.reasons[before:]
            self.reasons[before:] = [one for one in reasons if one.measure != "seconds"]
        overrun = max(
            (self.overruns.get(target.path, 0.0) for target in targets_below(node)), default=0.0
        )
        return [
            _capped(one, node, overrun, goes_on=any(above.sign(one.end)))
            for one in courses
            if _fits(one, node)
        ] or [NOTHING]

    def _fallback(self, node: Fallback, above: Above) -> Iterable[Course]:
        goes = node.goes_on
        inner = replace(above, groups=(*above.groups, goes))
        children = [self.below(child, inner) for child in node.children]
        ended: list[Course] = []
        going = [NOTHING]
        for number, courses in enumerate(children):
            going = [one.then(other) for one in going for other in courses]
            if number < len(children) - 1:
                ended += [one for one, end in _last_ends(going, courses) if not _goes(end, goes)]
                going = [one for one, end in _last_ends(going, courses) if _goes(end, goes)]
                going = pruned(going, inner.key, capped=above.caps)
        return self._bypassed(node, [*ended, *going])

    def _load_balance(self, node: LoadBalance, above: Above) -> Iterable[Course]:
        goes = node.goes_on
        inner = replace(above, groups=(*above.groups, goes))
        children = [self.below(share.node, inner) for share in node.candidates]
        ended: list[Course] = []
        before = _Drawn.each(children, goes, inner)
        after = _Drawn.each(children[::-1], goes, inner)[::-1]
        for courses, earlier, later in zip(children, before, after, strict=True):
            some = pruned(_joined(earlier.some, later.some), inner.key, capped=above.caps)
            every = pruned(_joined(earlier.every, later.every), inner.key, capped=above.caps)
            ended += _joined(some, [one for one in courses if not _goes(one.end, goes)])
            ended += _joined(every, [one for one in courses if _goes(one.end, goes)])
        return self._bypassed(node, ended)

    def _bypassed(self, node: Fallback | LoadBalance, ended: list[Course]) -> list[Course]:
        """Add what comes where every breaker was open, and all are asked once more."""
        if not node.last_resort:
            return ended
        opened = [one for one in ended if one.attempts and one.end and was_open(one.end)]
        return ended + _joined(opened, ended)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What may have become of targets that were drawn before another, and failed.

    In `some` courses not all of them were drawn, in `every` one they were.
    """

    some: list[Course]
    every: list[Course]

    @classmethod
    def each(cls, children: Sequence[list[Course]], goes: Goes, above: Above) -> "list[_Drawn]":
        """Return for each child what may have become of those that stand before it."""
        found = [cls([NOTHING], [NOTHING])]
        for courses in children[:-1]:
            going = [one for one in courses if _goes(one.end, goes)]
            some = [*found[-1].some, *_joined(found[-1].some, going)]
            every = _joined(found[-1].every, going)
            found.append(cls(*(pruned(one, above.key, capped=above.caps) for one in (some, every))))
        return found


def _open_ended(part: Part) -> str | None:
    """Say why no amount of dollars bounds a call; None where one does."""
    model = part.model or "the model"
    if part.most is None:
        return f"no price of {model} is known that a call never exceeds"
    if part.unforeseen:
        return f"{model} counts {', '.join(part.unforeseen)} afterwards, and no most of it is known"
    return None


def _goes(end: Failure | None, goes: Goes) -> bool:
    return end is not None and goes(end)


def _joined(first: Sequence[Course], then: Sequence[Course]) -> list[Course]:
    return [one.then(other) for one in first for other in then]


def _last_ends(
    joined: Sequence[Course], last: Sequence[Course]
) -> Iterable[tuple[Course, Failure | None]]:
    """Pair each joined course with how the last part of it ended."""
    return ((one, last[number % len(last)].end) for number, one in enumerate(joined))


def _fits(course: Course, node: WithinBudget) -> bool:
    """Tell whether a budget lets a course be made; one that it cuts short is among the others."""
    if node.attempts is not None and course.fewest > node.attempts:
        return False
    if node.deadline is not None and course.quickest > node.deadline:
        return False
    return node.max_cost is None or round(course.needs - node.max_cost, DECIMALS) <= 0


def _capped(course: Course, node: WithinBudget, overrun: float, *, goes_on: bool) -> Course:
    """Cut a course off where its budget does; `goes_on` tells whether others come after it."""
    attempts, longest, alone, dollars = course.worth
    stops = course.stops
    if node.attempts is not None:
        attempts = min(attempts, node.attempts)
    if node.deadline is not None:
        if longest > node.deadline:
            stops = _fitted(course, node.deadline, goes_on=goes_on)
        longest, alone = (min(one, node.deadline + overrun) for one in (longest, alone))
    if node.max_cost is not None:
        dollars = min(dollars, node.max_cost)
    return replace(
        course, attempts=int(attempts), longest=longest, alone=alone, dollars=dollars, stops=stops
    )


def _fitted(course: Course, deadline: float, *, goes_on: bool) -> tuple[Stop, ...]:
    """Return stops that make the most of a deadline.

    Where somebody is to be asked after them, their calls end in time: a deadline that passes ends
    all the rest, too. Else the last call of a target is under way when it passes.
    """
    if not goes_on and len(course.stops) == 1:
        (stop,) = course.stops
        rounds = stop.calls - stop.lanes + 1
        waits = deadline - (rounds - 0.5) * stop.seconds
        return (replace(stop, waits=max(0.0, min(stop.waits, waits))),)
    if not goes_on:
        return course.stops
    waits = course.quickest / (1 - JITTER)
    calls = sum(stop.calls for stop in course.stops)
    share = max(0.0, deadline - waits) / max(1, calls)
    return tuple(
        replace(stop, hurried=True, seconds=min(stop.seconds, share)) for stop in course.stops
    )
