"""Weather: what becomes of each call to a provider, as the scenario has it.

Every draw depends on the seed, the provider, the model, the request's number and how many such
calls the request has made before. So it does not matter what else is under way, and two configs
meet the same weather.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from router.core.files import Upload
from router.core.http import HttpRequest, Part
from router.emulators.chance import Chance
from router.sandbox.fault import Fault, FaultKind
from router.simulator.passage import PASSAGE, Passage
from router.simulator.scenario import Conduct, Outage, RateLimit, Scenario
from router.simulator.token_bucket import TokenBucket, retry_after

HANG = 86_400.0  # seconds: longer than anybody waits

KEYS = ("authorization", "api-key", "x-api-key", "x-goog-api-key")
"""Headers that say whose account it is."""

KINDS = {
    "reset": FaultKind.RESET,
    "cut": FaultKind.CUT,
    "empty": FaultKind.EMPTY,
    "refusal": FaultKind.REFUSAL,
}

DELAY, FATE, OUTAGE = range(3)
"""What each of a call's numbers decides."""

DRAWS = 3


@dataclass(slots=True)
class _Climate:
    """A model's conduct and the chance it is drawn with."""

    conduct: Conduct
    chance: Chance


@dataclass(slots=True)
class Weather:
    """Fate and latency of a stage. `clock` is the loop's; `note` has to be told of each call first.

    Only calls that name a model are struck: a question how far a job is takes no time and no
    token, as at most providers. Outages strike all.
    """

    scenario: Scenario
    clock: Callable[[], float]
    _climates: dict[tuple[str, str], _Climate] = field(default_factory=dict)
    _buckets: dict[tuple[str, str, RateLimit], TokenBucket] = field(default_factory=dict)
    _seconds: float = 0.0

    def note(self, request: HttpRequest) -> None:
        """Note whose account a call is for."""
        headers = request.headers
        PASSAGE.get().account = next((headers[key] for key in KEYS if key in headers), "")

    def likeness(self, request: HttpRequest) -> Hashable | None:
        """Say what a call asks for, whatever sets its prompt apart from the others'."""
        if request.method != "POST":
            return None
        passage = PASSAGE.get()
        mark = passage.mark.encode()
        fields = tuple([(part.name, _unmarked(part, mark)) for part in request.parts])
        return request.url, passage.account, request.body.replace(mark, b"#"), fields

    def strike(self, provider: str, model: str | None, serial: int, elapsed: float) -> Fault | None:
        """Draw what goes wrong with a call, and how long it takes."""
        del serial, elapsed  # they depend on what else is under way
        passage, now = PASSAGE.get(), self.clock()
        climate = self._climate(provider, model or "")
        conduct = climate.conduct
        call = passage.count(provider, model or "")
        draws = climate.chance.several(DRAWS, passage.number, call)
        self._seconds = 0.0
        if model is not None:
            self._seconds = conduct.delay.at(draws[DELAY], provider, model)
        for outage in conduct.outages:
            if outage.begin <= now < outage.end:
                if draws[OUTAGE] < outage.probability:
                    return self._struck(outage)
                self._seconds *= outage.slower
        return None if model is None else self._own(climate, provider, draws[FATE], passage, now)

    def latency(self, provider: str, model: str | None, serial: int) -> float:
        """Return the seconds that were drawn when the call was struck, just before."""
        del provider, model, serial
        return self._seconds

    def _own(
        self, climate: _Climate, provider: str, chance: float, passage: Passage, now: float
    ) -> Fault | None:
        """Draw what the provider itself does: it is full, the model is gone, it fails."""
        conduct = climate.conduct
        if now >= conduct.retired:
            self._seconds = 0.0
            return Fault(kind=FaultKind.STATUS, status=404)
        if conduct.limit is not None:
            wait = self._bucket(provider, passage.account, conduct.limit).take(now)
            if wait is not None:
                self._seconds = 0.0
                return _full(conduct.limit, wait)
        return _mishap(conduct, chance)

    def _struck(self, outage: Outage) -> Fault:
        """Return what an outage does. What a provider turns away, it turns away at once."""
        if outage.kind == "hang":
            return Fault(kind=FaultKind.DELAY, delay=HANG)
        if outage.kind == "status":
            self._seconds = 0.0
            return Fault(
                kind=FaultKind.STATUS, status=outage.status, retry_after=outage.retry_after
            )
        return Fault(kind=KINDS[outage.kind])

    def _climate(self, provider: str, model: str) -> _Climate:
        found = self._climates.get((provider, model))
        if found is None:
            conduct = self.scenario.conducts(provider).of(model)
            found = _Climate(conduct, Chance("weather", self.scenario.seed, provider, model))
            self._climates[provider, model] = found
        return found

    def _bucket(self, provider: str, account: str, limit: RateLimit) -> TokenBucket:
        """Return an account's bucket; models with a limit of their own have their own."""
        named = (provider, account, limit)
        found = self._buckets.get(named)
        if found is None:
            found = self._buckets[named] = TokenBucket(limit)
        return found


def _unmarked(part: Part, mark: bytes) -> bytes | Upload:
    return part.content.replace(mark, b"#") if isinstance(part.content, bytes) else part.content


def _full(limit: RateLimit, wait: float) -> Fault:
    told = None if limit.is_silent else retry_after(wait)
    return Fault(kind=FaultKind.STATUS, status=429, retry_after=told)


def _mishap(conduct: Conduct, chance: float) -> Fault | None:
    """Return the fault in whose share of all calls the draw is."""
    if chance < conduct.error_rate:
        return Fault(kind=FaultKind.STATUS, status=conduct.error_status)
    chance -= conduct.error_rate
    for rate, kind in (
        (conduct.refusal_rate, FaultKind.REFUSAL),
        (conduct.cut_rate, FaultKind.CUT),
        (conduct.empty_rate, FaultKind.EMPTY),
    ):
        if chance < rate:
            return Fault(kind=kind)
        chance -= rate
    return None
