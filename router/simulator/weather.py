"""Weather: what becomes of each call to a provider, as the scenario has it.

Every draw depends on the seed, the provider, the model, the request's number and how many such
calls the request has made before. So it does not matter what else is under way, and two configs
meet the same weather.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from router.core.files import Upload
from router.core.http import HttpRequest, Part, origin
from router.emulators.chance import Chance
from router.sandbox.fault import Fault, FaultKind
from router.sandbox.in_process import KEYS
from router.simulator.passage import PASSAGE
from router.simulator.scenario import Conduct, Outage, RateLimit, Scenario
from router.simulator.token_bucket import TokenBucket, retry_after

HANG = 86_400.0  # seconds: longer than anybody waits

BY_DEPLOYMENT = frozenset({"azure-openai"})
"""Providers that give each deployment a quota of its own.

learn.microsoft.com/azure/ai-services/openai/how-to/quota
"""

KINDS = {
    "reset": FaultKind.RESET,
    "cut": FaultKind.CUT,
    "empty": FaultKind.EMPTY,
    "refusal": FaultKind.REFUSAL,
}

DRAWS = 3  # of a call: how long it takes, what becomes of it, and which outage strikes it


@dataclass(slots=True)
class _Climate:
    """A model's conduct, the chance it is drawn with, and the buckets of the accounts.

    `mishaps` are what goes wrong by itself, each up to its place in [0, 1). The buckets are shared
    by all models that are under the same limit.
    """

    conduct: Conduct
    chance: Chance
    mishaps: tuple[tuple[float, Fault], ...]
    buckets: dict[str, TokenBucket]

    def bucket(self, account: str, limit: RateLimit) -> TokenBucket:
        found = self.buckets.get(account)
        if found is None:
            found = self.buckets[account] = TokenBucket(limit)
        return found


@dataclass(slots=True)
class Weather:
    """Fate and latency of a stage. `clock` is the loop's; `note` has to be told of each call first.

    Only calls that name a model are struck: a question how far a job is takes no time and no
    token, as at most providers. Outages strike all.
    """

    scenario: Scenario
    clock: Callable[[], float]
    _climates: dict[tuple[str, str], _Climate] = field(default_factory=dict)
    _buckets: dict[tuple[str, str], dict[str, TokenBucket]] = field(default_factory=dict)
    _seconds: float = 0.0

    def note(self, request: HttpRequest) -> None:
        """Note whose account a call is for, and where: a key has a quota at each host."""
        PASSAGE.get().account = f"{_key_of(request.headers)} {_origin(request.url)}"

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
        climate = self._climate(provider, model or "")
        conduct = climate.conduct
        self._seconds = 0.0
        if model is None and not conduct.outages:
            return None
        passage, now = PASSAGE.get(), self.clock()
        call = passage.count(provider, model or "")
        delay, fate, share = climate.chance.several(DRAWS, passage.number, call)
        if model is not None:
            self._seconds = conduct.delay.at(delay, provider, model)
        for outage in conduct.outages:
            if outage.begin <= now < outage.end:
                if share < outage.probability:
                    return self._struck(outage)
                share -= outage.probability  # the share of the next one begins where this one ends
                self._seconds *= outage.slower
        return None if model is None else self._own(climate, fate, passage.account, now)

    def latency(self, provider: str, model: str | None, serial: int) -> float:
        """Return the seconds that were drawn when the call was struck, just before."""
        del provider, model, serial
        return self._seconds

    def _own(self, climate: _Climate, chance: float, account: str, now: float) -> Fault | None:
        """Draw what the provider itself does: it is full, the model is gone, it fails."""
        conduct = climate.conduct
        if now >= conduct.retired:
            self._seconds = 0.0
            return Fault(kind=FaultKind.STATUS, status=404)
        if conduct.limit is not None:
            wait = climate.bucket(account, conduct.limit).take(now)
            if wait is not None:
                self._seconds = 0.0
                return _full(conduct.limit, wait)
        for end, mishap in climate.mishaps:
            if chance < end:
                return mishap
        return None

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
            found = self._climates[provider, model] = self._made(provider, model)
        return found

    def _made(self, provider: str, model: str) -> _Climate:
        conducts = self.scenario.conducts(provider)
        name = conducts.name_of(provider, model)
        conduct = conducts.general if name is None else conducts.by_model[name]
        if provider in BY_DEPLOYMENT:
            limited = model
        else:  # the very limit of the provider is one that the model has not been given itself
            limited = "" if name is None or conduct.limit is conducts.general.limit else name
        buckets = self._buckets.setdefault((provider, limited), {})
        chance = Chance("weather", self.scenario.seed, provider, model)
        return _Climate(conduct, chance, _mishaps(conduct), buckets)


def _key_of(headers: Mapping[str, str]) -> str:
    for name in KEYS:
        if name in headers:
            return headers[name]
    return ""


@lru_cache(maxsize=1024)
def _origin(url: str) -> str:
    return origin(url)


def _unmarked(part: Part, mark: bytes) -> bytes | Upload:
    return part.content.replace(mark, b"#") if isinstance(part.content, bytes) else part.content


def _full(limit: RateLimit, wait: float) -> Fault:
    told = None if limit.is_silent else retry_after(wait)
    return Fault(kind=FaultKind.STATUS, status=429, retry_after=told)


def _mishaps(conduct: Conduct) -> tuple[tuple[float, Fault], ...]:
    """Return the faults that come in some share of calls, one share behind the other."""
    shares = (
        (conduct.error_rate, Fault(kind=FaultKind.STATUS, status=conduct.error_status)),
        (conduct.refusal_rate, Fault(kind=FaultKind.REFUSAL)),
        (conduct.cut_rate, Fault(kind=FaultKind.CUT)),
        (conduct.empty_rate, Fault(kind=FaultKind.EMPTY)),
    )
    ends = accumulate(share for share, _ in shares)
    found = zip(ends, shares, strict=True)
    return tuple((end, fault) for end, (share, fault) in found if share)
