"""Target courses: all that may become of a request at one target, however its provider behaves."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from router.core.images import Picture
from router.core.outcome import Failure, Kind
from router.core.settlement import NEVER_ASKED, is_breakage
from router.explain.course import Course, Manner, Stop
from router.explain.probe import Probe
from router.explain.ways import Way, ways
from router.policies.backoff import JITTER
from router.policies.limit import LONGEST_WAIT

Goes = Callable[[Failure], bool]
"""Tells whether a group goes on to another target after a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What stands above a node: the `groups`, the nearest last, and whether anything `caps`."""

    groups: tuple[Goes, ...] = ()
    caps: bool = False

    def sign(self, end: Failure | None) -> tuple[bool, ...]:
        """Tell who would go on; two failures of the same sign mean the same to all groups."""
        return tuple(end is not None and goes(end) for goes in self.groups)

    def key(self, course: Course) -> Hashable:
        end = course.end
        unasked = end.kind if end is not None and end.kind in NEVER_ASKED else None
        return self.sign(end), unasked


@dataclass(slots=True, kw_only=True)
class TargetCourses:
    """`overrun` is how long a call may go on after its timeout, to call a remote job off."""

    probe: Probe
    above: Above
    overrun: float
    _repeats: tuple[Way, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._repeats = self._worst_repeats()

    def all(self) -> Iterator[Course]:
        """Yield every course that could be worse than the others in any respect."""
        yield from self._whole()
        for fewer in self.probe.fewer:
            yield from TargetCourses(probe=fewer, above=self.above, overrun=self.overrun).all()

    def _whole(self) -> Iterator[Course]:
        layers = self.probe.layers
        if layers.breaker is not None:
            yield Course(end=_open())
        if self.probe.refusal is not None:
            yield Course(end=self.probe.refusal)
            return
        if layers.limit is not None:
            yield Course(longest=LONGEST_WAIT, end=_full())
        for calls in self._counts():
            for repeat in self._repeats if calls > self._lanes else (None,):
                for last in self._ends():
                    yield self._course(calls, repeat, last)
        if layers.breaker is not None and self._lanes > 1:
            yield self._half_open()

    @property
    def _lanes(self) -> int:
        return len(self.probe.parts)

    def _counts(self) -> Sequence[int]:
        """Return how many calls there may be; fewer than most matter only where something caps."""
        most = self._lanes * (1 + self._retries())
        return range(self._lanes, most + 1) if self.above.caps else (most,)

    def _retries(self) -> int:
        return self.probe.layers.retries if self._repeats else 0

    def _worst_repeats(self) -> tuple[Way, ...]:
        """Return the ways to fail that a retry repeats: the dearest, and the one waited longest."""
        able = self._able()
        if not able:
            return ()
        dearest = max(able, key=lambda way: (way.may_be_billed, self._waits(way), way.hangs))
        slowest = max(able, key=lambda way: (self._waits(way), way.hangs, way.may_be_billed))
        return tuple(dict.fromkeys((dearest, slowest)))

    def _waits(self, way: Way) -> bool:
        """Tell whether the wait after such a failure is as long as its provider likes."""
        retry = self.probe.layers.retry
        return retry is not None and retry.backoff.use_retry_after and way.says_when

    def _ends(self) -> Iterator[Way | None]:
        """Yield an answer, and for each sign the way to fail that is worst."""
        best: dict[tuple[bool, ...], Way] = {}
        for way in ways():
            sign = self.above.sign(way.failure)
            before = best.get(sign)
            if before is None or _badness(way) > _badness(before):
                best[sign] = way
        yield from best.values()
        yield None

    def _course(self, calls: int, repeat: Way | None, last: Way | None) -> Course:
        lanes, layers = self._lanes, self.probe.layers
        rounds = min(1 + self._retries(), calls - lanes + 1)
        fewest = -(-calls // lanes)  # rounds, where the retries are spread evenly
        queued = 0.0 if layers.limit is None else LONGEST_WAIT * rounds
        seconds = rounds * layers.timeout + self._overruns(rounds, repeat, last)
        waits = self._longest_waits(rounds, repeat)
        seconds += waits + self._downloads()
        is_crowd = layers.limit is not None and calls > 1  # its own calls may wait for each other
        return Course(
            attempts=calls,
            fewest=calls,
            longest=seconds + queued,
            alone=seconds + (queued if is_crowd else 0.0),
            drawn=0.0 if repeat and self._waits(repeat) else JITTER * waits,
            quickest=0.0 if layers.retry is None else layers.retry.backoff.least(fewest - 1),
            dollars=self._dollars(calls, repeat, last),
            needs=self.probe.most or 0.0,
            end=None if last is None else last.failure,
            stops=(self._stop(calls, repeat, last),),
        )

    def _stop(self, calls: int, repeat: Way | None, last: Way | None) -> Stop:
        manners = (
            Manner(repeat=repeat, last=last),
            Manner(repeat=self._mild(repeat), last=last),
            *(
                Manner(
                    repeat=self._again(repeat, unpaid=unpaid),
                    last=self._at_last(last, unpaid=unpaid),
                )
                for unpaid in (True, False)
            ),
        )
        return Stop(
            path=self.probe.path,
            lanes=self._lanes,
            calls=calls,
            seconds=self.probe.layers.timeout,
            lingers=self.overrun > 0,
            manners=tuple(dict.fromkeys(manners)),
        )

    def _mild(self, repeat: Way | None) -> Way | None:
        """Return a way that is repeated, too, and that the breaker does not count."""
        breaker = self.probe.layers.breaker
        if repeat is None or breaker is None:
            return repeat
        mild = (way for way in self._able() if not is_breakage(way.failure, breaker.codes))
        return next(mild, repeat)

    def _again(self, way: Way | None, *, unpaid: bool) -> Way | None:
        """Return a way that is repeated, too, comes as an answer, and may have cost nothing."""
        alike = (one for one in self._able() if one.says_when and _fits(one, unpaid=unpaid))
        return None if way is None else next(alike, way)

    def _at_last(self, way: Way | None, *, unpaid: bool) -> Way | None:
        """Return a way that means the same to the groups, and is not repeated if that can be."""
        if way is None:
            return None
        sign, repeated = self.above.sign(way.failure), self._able()
        alike = [
            one
            for one in ways()
            if one.says_when and self.above.sign(one.failure) == sign and _fits(one, unpaid=unpaid)
        ]
        return min(alike, key=repeated.__contains__, default=way)

    def _able(self) -> list[Way]:
        """Return the ways to fail that are repeated here."""
        retry = self.probe.layers.retry
        return [way for way in ways() if retry is not None and retry.repeats(way.failure)]

    def _overruns(self, rounds: int, repeat: Way | None, last: Way | None) -> float:
        hung = (rounds - 1) * bool(repeat and repeat.hangs) + bool(last and last.hangs)
        return self.overrun * hung

    def _longest_waits(self, rounds: int, repeat: Way | None) -> float:
        retry = self.probe.layers.retry
        if retry is None or repeat is None:
            return 0.0
        return retry.backoff.most(rounds - 1, is_told=repeat.says_when)

    def _downloads(self) -> float:
        return self.probe.layers.timeout if self.probe.downloads else 0.0

    def _dollars(self, calls: int, repeat: Way | None, last: Way | None) -> float:
        """Add up what every call may cost: those repeated, the last ones, and one that fails."""
        costs = [part.most or 0.0 for part in self.probe.parts]
        again = max(costs) * (calls - len(costs)) if repeat and repeat.may_be_billed else 0.0
        unpaid = 0.0 if last is None or last.may_be_billed else min(costs)
        return again + sum(costs) - unpaid

    def _half_open(self) -> Course:
        """Return what may be where one call of several is the probe of a half-open breaker.

        The others were not asked; that is how all of it ends, and everybody goes on after it.
        """
        repeat = next(iter(self._repeats), None)
        course = self._course(self._counts()[-1], repeat, None)
        kept = () if self.probe.downloads else (Picture(),)
        end = Failure(kind=Kind.CIRCUIT_OPEN, status=503, message="", local=True, pictures=kept)
        return Course(
            attempts=course.attempts,
            fewest=1,
            longest=course.longest,
            alone=course.alone,
            dollars=course.dollars,
            needs=course.needs,
            end=end,
            stops=course.stops,
        )


def _fits(way: Way, *, unpaid: bool) -> bool:
    return not (unpaid and way.may_be_billed)


def _badness(way: Way) -> tuple[bool, bool, bool]:
    return way.may_be_billed, way.hangs, way.says_when


def _open() -> Failure:
    return Failure(kind=Kind.CIRCUIT_OPEN, status=503, message="", local=True)


def _full() -> Failure:
    return Failure(kind=Kind.RATE_LIMITED, status=429, message="", local=True)
