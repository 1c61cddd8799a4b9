"""Target meters: what is counted of each provider's models, in a bounded number of series."""

from prometheus_client import Counter

from router.core.attempt import Attempt
from router.gateway.instruments import Instruments
from router.gateway.places import OTHER, Places, is_sayable

SUCCESS = "success"
UNDER_WAY = "under_way"
UNKNOWN = "unknown"


class TargetMeter:
    """Counts the calls to one model; its series are looked up once."""

    __slots__ = ("_attempts", "_by_kind", "_cost", "_labels", "_seconds", "_unpriced", "pictures")

    def __init__(self, instruments: Instruments, provider: str, model: str) -> None:
        self._labels = (provider, model)
        self._attempts = instruments.attempts
        self._by_kind: dict[str, Counter] = {}
        self._seconds = instruments.attempt_seconds.labels(provider, model)
        self._cost = instruments.cost.labels(provider, model)
        self._unpriced = instruments.unpriced.labels(provider, model)
        self.pictures = instruments.pictures.labels(provider, model)

    def count(self, attempt: Attempt) -> None:
        self._of_kind(attempt.kind or (SUCCESS if attempt.status else UNDER_WAY)).inc()
        if attempt.status:
            self._seconds.observe(attempt.duration)
        if not attempt.billed:
            return
        if attempt.cost is None:
            self._unpriced.inc()
        elif attempt.cost > 0:
            self._cost.inc(attempt.cost)

    def _of_kind(self, kind: str) -> Counter:
        counter = self._by_kind.get(kind)
        if counter is None:
            counter = self._by_kind[kind] = self._attempts.labels(*self._labels, kind)
        return counter


class TargetMeters:
    """Finds the meter of an attempt. Callers name models, so most may be as many as `most`."""

    def __init__(self, instruments: Instruments, most: int) -> None:
        self._instruments = instruments
        self._places = Places(most)
        self._meters: dict[tuple[str, str | None], TargetMeter] = {}
        self._others: dict[str, TargetMeter] = {}

    def of(self, attempt: Attempt) -> TargetMeter:
        """Return the meter of the model that was asked, or that of a provider's other models."""
        target = (attempt.provider, attempt.model)
        return self._meters.get(target) or self._make(target, proven=attempt.ok)

    def _make(self, target: tuple[str, str | None], *, proven: bool) -> TargetMeter:
        provider, model = target
        sayable = model is None or is_sayable(model)
        if sayable and self._places.has(target, proven=proven):
            meter = TargetMeter(self._instruments, provider, model or UNKNOWN)
            self._meters[target] = meter
            return meter
        return self._other(provider)

    def _other(self, provider: str) -> TargetMeter:
        meter = self._others.get(provider)
        if meter is None:
            meter = self._others[provider] = TargetMeter(self._instruments, provider, OTHER)
        return meter
