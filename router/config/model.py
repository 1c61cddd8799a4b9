"""Model: a config as typed values, settings already inherited. Durations are in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from router.config.problems import Problem
from router.core.catalog import Catalog
from router.core.jsontypes import JSON
from router.core.outcome import Kind
from router.core.secret import Secret
from router.core.settlement import DEFAULT_RETRY_CODES
from router.core.target import Deployment

OnUnsupported = Literal["adapt", "drop", "skip", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySettings:
    """`retries` counts the attempts after the first (Portkey's `retry.attempts`)."""

    retries: int
    codes: frozenset[int] = DEFAULT_RETRY_CODES
    kinds: frozenset[Kind] = frozenset()
    use_retry_after: bool = True

    @property
    def most(self) -> int:
        """The retries that are made at most: none where no failure is listed."""
        return self.retries if self.codes or self.kinds else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerSettings:
    """`threshold` failures, or `percentage` of at least `minimum_requests`, open it."""

    threshold: int | None = None
    percentage: float | None = None
    minimum_requests: int = 10
    codes: frozenset[int] | None = None
    cooldown: float = 30.0
    window: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSettings:
    """`attempts` counts calls, the first included; `deadline` is in seconds.

    `max_cost` is in US dollars; with it a call of unknown price is made only if `admits_unknown`.
    """

    attempts: int | None = None
    deadline: float | None = None
    max_cost: float | None = None
    admits_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSettings:
    max_age: float = 604_800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """At most `concurrency` calls at once and `per_minute` in any 60 seconds."""

    concurrency: int | None = None
    per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a target was given by itself and the groups above it."""

    retry: RetrySettings | None = None
    timeout: float | None = None
    breaker: BreakerSettings | None = None
    on_unsupported: OnUnsupported = "adapt"
    forward_headers: tuple[str, ...] = ()
    override_params: Mapping[str, JSON] = field(default_factory=dict)
    default_params: Mapping[str, JSON] = field(default_factory=dict)
    drop_params: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackSettings:
    """`codes` None moves on after any failure that may; an empty set never does."""

    codes: frozenset[int] | None = None
    refusals: bool = False
    top_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StickySettings:
    """Requests whose `fields` agree go to the same target for `ttl` seconds."""

    fields: tuple[str, ...]
    ttl: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalanceSettings:
    sticky: StickySettings | None = None
    failover: bool = False
    codes: frozenset[int] | None = None
    refusals: bool = False
    top_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionSettings:
    """`query` as it is written in the config; `then` is the index of a target."""

    query: Mapping[str, JSON]
    then: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalSettings:
    """`is_sent` means that a stranger wrote the patterns: google-re2 alone compiles them."""

    conditions: tuple[ConditionSettings, ...]
    default: int
    is_sent: bool = False


StrategySettings: TypeAlias = Single | FallbackSettings | LoadBalanceSettings | ConditionalSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """Where a secret's value is found at call time: literal text and `${...}` references.

    Its repr shows the references and hides everything else.
    """

    template: Secret

    def __repr__(self) -> str:
        return "SecretRef('***')"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRef:
    """Credentials as the config gives them: references, not values.

    `takes_token` means that the provider knows the tokens of the caller's token provider.
    """

    provider: str
    api_key: SecretRef | None = None
    token: SecretRef | None = None
    base_url: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()
    takes_token: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRoute:
    """One target. `provider` None means that the request decides.

    `credential` names a `KeyRef` of the same document, or the provider's own variable in the
    environment (`env:openai`).
    """

    path: str
    name: str | None = None
    weight: float = 1.0
    provider: str | None = None
    credential: str | None = None
    base_url: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()
    passthrough: bool = False
    settings: Settings = field(default_factory=Settings)
    budget: BudgetSettings | None = None
    cache: CacheSettings | None = None
    limit: LimitSettings | None = None

    @property
    def virtual_key(self) -> str | None:
        return virtual_key_of(self.credential)


def virtual_key_of(credential: str | None) -> str | None:
    """Return the virtual key that a credential is; None for any other credential.

    A variable is none, and what is written in a target is named by its path, as no key can be.
    """
    if credential is None or credential.startswith(("env:", "config.")) or credential == "config":
        return None
    return credential


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRoute:
    """Several routes and the strategy that chooses among them."""

    path: str
    strategy: StrategySettings
    targets: tuple["Route", ...]
    name: str | None = None
    weight: float = 1.0
    budget: BudgetSettings | None = None
    cache: CacheSettings | None = None


Route: TypeAlias = TargetRoute | GroupRoute


def targets_of(route: Route) -> tuple[TargetRoute, ...]:
    """Return every target below a route, in the order of the config."""
    if isinstance(route, TargetRoute):
        return (route,)
    return tuple(target for child in route.targets for target in targets_of(child))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One config, read whole: its route, the credentials it may use, and what to warn of.

    `warnings` are the `problems` in one line each. `base` is the folder of the config's file.
    `catalogs` are the user's own models by provider. `is_sent` means that a stranger has sent it:
    all that it holds is within that one's scope.
    """

    route: Route
    keys: Mapping[str, KeyRef]
    source: str
    base: Path | None = None
    catalogs: Mapping[str, Catalog] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_sent: bool = False

    @property
    def virtual_keys(self) -> frozenset[str]:
        """The names of those `keys` that have been given one."""
        return frozenset(name for name in self.keys if virtual_key_of(name) is not None)
