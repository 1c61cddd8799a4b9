"""Scenario: what a config meets: traffic, and providers as they are on one day.

Times are in seconds since the scenario began.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from router.config.source import Source
from router.core.jsontypes import JSON
from router.simulator.delays import PLAUSIBLE, Delay
from router.simulator.model_names import is_same

FOREVER = float("inf")

OutageKind = Literal["status", "reset", "hang", "cut", "empty", "refusal"]

ROOT = "scenario"

ANY = "*"
"""Stands for every provider that a scenario does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Requests at equal distances, `rate` a second."""

    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson:
    """Requests that know nothing of each other, `rate` a second on average."""

    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """`size` requests every `every` seconds, spread evenly over `over` seconds."""

    size: int
    every: float
    over: float = 0.0


Pattern: TypeAlias = Constant | Poisson | Bursts


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One pattern of arrivals for so long."""

    pattern: Pattern
    lasting: float = FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Requests at given times, ascending: a list, or a file with one time a line."""

    times: tuple[float, ...] = ()
    file: Path | None = None


Arrivals: TypeAlias = tuple[Phase, ...] | Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One kind of request in the mix. Each is drawn by `weight`.

    `extra_body` goes to the provider as it is. `users` is how many people ask: a number of them
    stands in `metadata.user`. `prompts` is how many different prompts there are; None makes every
    request's its own. `deadline` is the caller's patience. Requests of one `cache_namespace` share
    answers in caches, whatever their metadata.
    """

    params: Mapping[str, JSON]
    extra_body: Mapping[str, JSON] = field(default_factory=dict)
    weight: float = 1.0
    metadata: Mapping[str, JSON] = field(default_factory=dict)
    users: int | None = None
    prompts: int | None = None
    deadline: float | None = None
    cache_namespace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """A token bucket an account: `per_minute` tokens come back, `burst` of them fit in.

    A refusal says when the next token is there, in whole seconds and one at least, unless it
    `is_silent`. Where `rejected_count`, refused requests take a token too.
    """

    per_minute: float
    burst: float
    is_silent: bool = False
    rejected_count: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Something that is wrong from `begin` to `end`.

    Each call fails as `kind` and `status` say with `probability`; those that do not take
    `slower` times as long.
    """

    begin: float
    end: float
    kind: OutageKind = "status"
    status: int = 503
    retry_after: float | None = None
    probability: float = 1.0
    slower: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How one provider, or one model of it, behaves. Rates are shares of its calls.

    `retired` is when its models are switched off. None of them is where it is infinite.
    """

    delay: Delay = PLAUSIBLE
    limit: RateLimit | None = None
    error_rate: float = 0.0
    error_status: int = 500
    refusal_rate: float = 0.0
    cut_rate: float = 0.0
    empty_rate: float = 0.0
    outages: tuple[Outage, ...] = ()
    retired: float = FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Conducts:
    """A provider's conduct, and what is different for some of its models.

    `written` is the name that the scenario gives the provider.
    """

    written: str = ""
    general: Conduct = field(default_factory=Conduct)
    by_model: Mapping[str, Conduct] = field(default_factory=dict)

    def name_of(self, provider: str, model: str) -> str | None:
        """Return by what name a model's own conduct is written; None where it has none."""
        if model in self.by_model:
            return model
        return next((name for name in self.by_model if is_same(provider, model, name)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`duration` is in seconds; what is under way by then is played to its end.

    `source` is the text that it was read from, for what is said of it later.
    """

    name: str
    duration: float
    arrivals: Arrivals
    requests: tuple[Asked, ...]
    providers: Mapping[str, Conducts]
    description: str = ""
    seed: int = 0
    source: Source = field(default=Source(root=ROOT), compare=False, repr=False)

    def conducts(self, provider: str) -> Conducts:
        return self.providers.get(provider) or self.providers.get(ANY) or Conducts()
