"""Direction: a course is played: every call is made to fail as the course has it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from router.core.trace import Attempt, Decision
from router.explain.course import Stop
from router.explain.ways import Way
from router.policies.backoff import LONGEST_SUM, Backoff
from router.sandbox.fault import Fault, FaultKind

SHORT = 0.001  # seconds before the timeout at which a call that is to be slow still answers
FOREVER = 1e6  # seconds: longer than any timeout
OWN = Backoff()
TOO_LONG = LONGEST_SUM + 1.0  # seconds: a Retry-After for which no retry waits


class Pace(Enum):
    """How long the calls of a course take."""

    SLOW = auto()  # as long as they may, and each wait too
    STEADY = auto()  # as long as they may, and no wait longer than it must
    LATE = auto()  # no time, but for the last one, which never answers


@dataclass(slots=True, kw_only=True)
class Direction:
    """Both the fate that strikes requests and the observer that knows whose they are.

    `manner` is the number of the manner in which calls fail.
    """

    stops: Iterable[Stop]
    pace: Pace
    manner: int = 0
    _scripts: dict[str, list[Fault]] = field(init=False)
    _begun: list[tuple[str, Fault | None]] = field(default_factory=list)
    _lingering: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        scripts: dict[str, list[Fault]] = defaultdict(list)
        stops = tuple(self.stops)
        for stop in stops:
            scripts[stop.path] += self._script(stop, is_last=stop is stops[-1])
        self._scripts = scripts

    def strike(self, provider: str, model: str | None, serial: int, elapsed: float) -> Fault | None:
        """Strike the first request of each call; what follows goes well, or lingers."""
        del model, serial, elapsed
        for place, (asked, _) in enumerate(self._begun):
            if asked == provider:
                return self._begun.pop(place)[1]
        return HANG if provider in self._lingering else None

    def decided(self, decision: Decision) -> None:
        del decision

    def attempt_started(self, attempt: Attempt) -> None:
        left = self._scripts.get(attempt.path)
        fault = left.pop(0) if left else None
        self._lingering.discard(attempt.provider)
        if fault is LINGER:
            fault = None
            self._lingering.add(attempt.provider)
        self._begun.append((attempt.provider, fault))

    def attempt_ended(self, attempt: Attempt) -> None:
        del attempt

    def _script(self, stop: Stop, *, is_last: bool) -> list[Fault]:
        again = stop.calls - stop.lanes
        manner = stop.manner(self.manner)
        faults = [
            self._fault(manner.repeat, stop, self._advice(number // stop.lanes, stop))
            for number in range(again)
        ]
        last = self._fault(manner.last, stop, TOO_LONG)
        if is_last and self.pace is Pace.LATE:
            last = LINGER if stop.lingers else HANG
        others = manner.last if manner.last and manner.last.may_be_billed else None
        return [*faults, last, *[self._fault(others, stop, TOO_LONG)] * (stop.lanes - 1)]

    def _fault(self, way: Way | None, stop: Stop, advice: float | None) -> Fault:
        is_slow = self.pace in {Pace.SLOW, Pace.STEADY}
        delay = max(0.0, stop.seconds - SHORT) if is_slow else 0.0
        if way is None:
            return Fault(kind=FaultKind.DELAY, delay=delay)
        if way.hangs:
            return LINGER if stop.lingers else HANG
        status = way.failure.status if way.fault is FaultKind.STATUS else 0
        when = advice if way.says_when else None
        return Fault(kind=way.fault, status=status, delay=delay, retry_after=when)

    def _advice(self, retry: int, stop: Stop) -> float | None:
        """Return the Retry-After before a retry, counted from 0: all together are the longest."""
        if self.pace is not Pace.SLOW or stop.hurried:
            return None
        before, after = (OWN.most(retries, is_told=False) for retries in (retry, retry + 1))
        is_last = (retry + 2) * stop.lanes >= stop.calls
        return max(after - before, stop.waits - before) if is_last else after - before


HANG = Fault(kind=FaultKind.DELAY, delay=FOREVER)

LINGER = Fault(kind=FaultKind.DELAY, delay=FOREVER, after=FOREVER)
"""Stands for a job that is taken on and never done."""


@dataclass(slots=True)
class Lingering:
    """The fate of a job that is taken on and never done: how long until a call has given it up?"""

    _asked: int = 0

    def strike(self, provider: str, model: str | None, serial: int, elapsed: float) -> Fault | None:
        del provider, model, serial, elapsed
        self._asked += 1
        return None if self._asked == 1 else HANG


@dataclass(slots=True)
class Usual:
    """The fate by which every call takes so many `seconds`, by path, and its observer."""

    seconds: Mapping[str, float]
    _begun: list[Attempt] = field(default_factory=list)

    def strike(self, provider: str, model: str | None, serial: int, elapsed: float) -> Fault | None:
        """Delay the first request of each call."""
        del model, serial, elapsed
        for place, attempt in enumerate(self._begun):
            if attempt.provider == provider:
                del self._begun[place]
                return Fault(kind=FaultKind.DELAY, delay=self.seconds.get(attempt.path, 0.0))
        return None

    def decided(self, decision: Decision) -> None:
        del decision

    def attempt_started(self, attempt: Attempt) -> None:
        self._begun.append(attempt)

    def attempt_ended(self, attempt: Attempt) -> None:
        del attempt
