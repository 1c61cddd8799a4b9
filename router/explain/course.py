"""Course: one way a whole request may go, and what it comes to."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from router.core.outcome import Failure
from router.explain.ways import Way
from router.policies.backoff import LONGEST_SUM
from router.strategies.telling import most_telling

MOST_KEPT = 48  # courses that end alike; more of them are thought of as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the calls at a stop fail: those that are repeated, and the last; None is an answer."""

    repeat: Way | None = None
    last: Way | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The calls of one request at one target: `lanes` at once, and so many `calls` in all.

    They may fail in several `manners` that mean the same to the groups above; the first is the
    worst, others spare a breaker or a budget. A call takes at most so many `seconds`; where it
    `lingers`, it takes longer to give a job up that was taken on. One that is `hurried` has to
    answer, as a deadline would otherwise end everything. All `waits` together are so many seconds,
    where providers may say how long.
    """

    path: str
    lanes: int
    calls: int
    seconds: float
    manners: tuple[Manner, ...] = ()
    lingers: bool = False
    hurried: bool = False
    waits: float = LONGEST_SUM

    def manner(self, number: int) -> Manner:
        return self.manners[min(number, len(self.manners) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a request may come to: at most so many `attempts`, `longest` seconds, `dollars`.

    `alone` are the seconds where no other request is waited for, `drawn` those of `longest` that
    chance may take off its waits. It cannot be had with fewer than `fewest` attempts, nor in less
    than `quickest` seconds, nor with less than `needs` dollars in hand. `end` is how it fails, None
    where it is answered or nobody goes on. `stops` tell which calls make it so. One that is `rough`
    stands for several, and comes to the most of each of them.
    """

    attempts: int = 0
    fewest: int = 0
    longest: float = 0.0
    alone: float = 0.0
    drawn: float = 0.0
    quickest: float = 0.0
    dollars: float = 0.0
    needs: float = 0.0
    end: Failure | None = None
    stops: tuple[Stop, ...] = ()
    rough: bool = False

    def then(self, other: "Course") -> "Course":
        """Go on with another; the failure that tells more is how both end."""
        ends = [end for end in (self.end, other.end) if end is not None]
        return Course(
            attempts=self.attempts + other.attempts,
            fewest=self.fewest + other.fewest,
            longest=self.longest + other.longest,
            alone=self.alone + other.alone,
            drawn=self.drawn + other.drawn,
            quickest=self.quickest + other.quickest,
            dollars=self.dollars + other.dollars,
            needs=max(self.needs, other.needs),
            end=most_telling(ends) if other.end is not None else None,
            stops=self.stops + other.stops,
            rough=self.rough or other.rough,
        )

    @property
    def worth(self) -> tuple[float, float, float, float]:
        return (self.attempts, self.longest, self.alone, self.dollars)

    @property
    def price(self) -> tuple[float, float, float]:
        return (self.fewest, self.quickest, self.needs)


NOTHING = Course()


def pruned(
    courses: Iterable[Course], key: Callable[[Course], Hashable], *, capped: bool
) -> list[Course]:
    """Leave out what can never matter. Where nothing above caps, what a course needs does not."""
    alike: dict[Hashable, list[Course]] = {}
    for course in courses:
        alike.setdefault(key(course), []).append(course)
    return [one for group in alike.values() for one in _frontier(group, capped=capped)]


def _frontier(courses: Sequence[Course], *, capped: bool) -> Sequence[Course]:
    kept: list[Course] = []
    for course in sorted(courses, key=lambda one: one.worth, reverse=True):
        if not any(_beats(other, course, capped=capped) for other in kept):
            kept.append(course)
    return kept if len(kept) <= MOST_KEPT else [reduce(_hull, kept)]


def _beats(one: Course, other: Course, *, capped: bool) -> bool:
    """Tell whether one is at least as bad in every respect, and as easily come by."""
    if any(mine < theirs for mine, theirs in zip(one.worth, other.worth, strict=True)):
        return False
    return not capped or all(
        mine <= theirs for mine, theirs in zip(one.price, other.price, strict=True)
    )


def _hull(one: Course, other: Course) -> Course:
    """Return one that stands for two: no better than either, and as easily come by as both."""
    return replace(
        one,
        attempts=max(one.attempts, other.attempts),
        fewest=min(one.fewest, other.fewest),
        longest=max(one.longest, other.longest),
        alone=max(one.alone, other.alone),
        drawn=max(one.drawn, other.drawn),
        quickest=min(one.quickest, other.quickest),
        dollars=max(one.dollars, other.dollars),
        needs=min(one.needs, other.needs),
        rough=True,
    )
