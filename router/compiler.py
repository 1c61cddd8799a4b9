"""Compiler: a config's model becomes the tree that executes requests. Done once per config."""

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from router.config.model import (
    ConditionalSettings,
    Document,
    FallbackSettings,
    GroupRoute,
    KeyRef,
    LoadBalanceSettings,
    Route,
    Settings,
    Single,
    StickySettings,
    TargetRoute,
    targets_of,
)
from router.core.adapter import Adapter
from router.core.context import Aim
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.pattern import compile_linear, compile_pattern
from router.core.provider import ProviderInfo
from router.core.target import Target
from router.policies.adapt import Adapt
from router.policies.aim import TakeAim
from router.policies.artefacts import Artefacts
from router.policies.backoff import Backoff
from router.policies.breaker_state import BreakerRules
from router.policies.budget import WithinBudget
from router.policies.cache import Cache
from router.policies.circuit_breaker import CircuitBreaker
from router.policies.limit import LONGEST_WAIT, Limit
from router.policies.parameters import Parameters, parse_drop
from router.policies.retry import Retry
from router.policies.split import Split
from router.policies.timeout import DEFAULT_TIMEOUT, Timeout
from router.policies.verify import check_pictures
from router.strategies.call import Call
from router.strategies.conditional import Branch, Conditional
from router.strategies.conditions import parse_query
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance, Share
from router.strategies.lookup import parse_path
from router.strategies.sticky import Sticky


def compile_document(
    document: Document,
    *,
    providers: Iterable[ProviderInfo],
    adapter_of: Callable[[str], Adapter],
    scope: str,
    hides_keys: bool = False,
) -> Node:
    """Compile a validated config. `scope` keeps its state apart from other configs' in a store.

    `hides_keys` means that who asks is not told which virtual keys there are.
    """
    compiler = _Compiler(
        keys=document.keys,
        providers=tuple(providers),
        adapter_of=adapter_of,
        scope=scope,
        hides_keys=hides_keys,
    )
    return compiler.compile(document.route, lone=True)


def environment_credential(provider: str) -> str:
    """Name the credential that is read from the provider's own environment variable."""
    return f"env:{provider}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiler:
    keys: Mapping[str, KeyRef]
    providers: tuple[ProviderInfo, ...]
    adapter_of: Callable[[str], Adapter]
    scope: str
    hides_keys: bool

    def compile(self, route: Route, *, lone: bool) -> Node:
        """Compile a subtree. `lone` means that no group above it could ask somebody else."""
        if isinstance(route, TargetRoute):
            return self._target(route)
        return self._group(route, lone=lone)

    def _group(self, route: GroupRoute, *, lone: bool) -> Node:
        """Wrap a group, outermost last: strategy, cache, budget."""
        return self._bounded(route, self._strategy(route, lone=lone))

    def _target(self, route: TargetRoute) -> Node:
        """Wrap a target, outermost last: the one place that says in which order."""
        path, settings = route.path, route.settings
        node: Node = Call(path=path, check=check_pictures)
        node = Adapt(path=path, child=node, mode=settings.on_unsupported)
        seconds = settings.timeout or DEFAULT_TIMEOUT
        node = Timeout(path=path, child=node, seconds=seconds)
        node = _limit(route, node)
        node = _breaker(route, node)
        node = _retry(route, node)
        node = Split(path=path, child=node, mode=settings.on_unsupported)
        drops = settings.on_unsupported == "drop"
        node = Artefacts(path=path, child=node, drops=drops, seconds=seconds)
        return self._bounded(route, self._aim(route, node))

    def _bounded(self, route: Route, node: Node) -> Node:
        if route.cache is not None:
            node = Cache(
                path=route.path,
                child=node,
                digest=digest_of((route, self.scope, self._identities(route))),
                max_age=route.cache.max_age,
                forwarded=_forwarded(route),
            )
        if route.budget is None:
            return node
        return WithinBudget(
            path=route.path,
            child=node,
            attempts=route.budget.attempts,
            deadline=route.budget.deadline,
            max_cost=route.budget.max_cost,
            admits_unknown=route.budget.admits_unknown,
        )

    def _strategy(self, route: GroupRoute, *, lone: bool) -> Node:
        strategy = route.strategy
        match strategy:
            case Single():
                return self.compile(route.targets[0], lone=lone)
            case FallbackSettings() as settings:
                alone = len(route.targets) == 1
                return Fallback(
                    path=route.path,
                    children=tuple(self.compile(t, lone=lone and alone) for t in route.targets),
                    codes=settings.codes,
                    refusals=settings.refusals,
                    top_up=settings.top_up,
                    last_resort=lone and not alone,
                )
            case LoadBalanceSettings() as settings:
                return self._load_balance(route, settings, lone=lone)
        children = [self.compile(target, lone=lone) for target in route.targets]
        return _conditional(route.path, strategy, children)

    def _load_balance(
        self, route: GroupRoute, settings: LoadBalanceSettings, *, lone: bool
    ) -> Node:
        alone = sum(target.weight > 0 for target in route.targets) == 1
        shares = tuple(
            Share(node=self.compile(target, lone=lone and alone), weight=target.weight, label=label)
            for target, label in zip(route.targets, self._labels(route.targets), strict=True)
        )
        return LoadBalance(
            path=route.path,
            shares=shares,
            sticky=_sticky(settings.sticky),
            failover=settings.failover,
            codes=settings.codes,
            refusals=settings.refusals,
            top_up=settings.top_up,
            last_resort=lone and not alone,
        )

    def _aim(self, route: TargetRoute, child: Node) -> Node:
        parameters = parameters_of(route.settings)
        model = route.settings.override_params.get("model")
        if route.provider is not None:
            target = target_of(route, route.provider)
            aim = self._aimed(target, model if isinstance(model, str) else "")
            return TakeAim(path=route.path, child=child, parameters=parameters, aim=aim, aims={})
        aims = {slug: self._aimed(target, "") for slug, target in self._slugs(route).items()}
        hidden = self.keys.keys() if self.hides_keys else frozenset()
        return TakeAim(
            path=route.path,
            child=child,
            parameters=parameters,
            aim=None,
            aims=aims,
            hidden=frozenset(hidden),
        )

    def _slugs(self, route: TargetRoute) -> dict[str, Target]:
        """Return the target for each provider and virtual key that a request may name."""
        slugs: dict[str, Target] = {}
        for provider in self.providers:
            credential = environment_credential(provider.name)
            target = replace(target_of(route, provider.name), credential=credential)
            slugs |= dict.fromkeys((provider.name, *provider.aliases), target)
        for name, key in self.keys.items():
            if not name.startswith("env:") and not _is_inline(name):
                slugs[name] = replace(
                    target_of(route, key.provider),
                    credential=name,
                    base_url=route.base_url or key.base_url,
                    options={**key.options, **route.options},
                    deployments=route.deployments or key.deployments,
                )
        return slugs

    def _aimed(self, target: Target, model: str) -> Aim:
        adapter = self.adapter_of(target.provider)
        return Aim(
            target=target,
            adapter=adapter,
            origins=adapter.origins(target),
            state_key=f"{self.scope}/{digest_of((self._account(target), model))}",
        )

    def _account(self, target: Target) -> str:
        """Name the account behind a target: by its key's name, or by the key where it has none."""
        key = self.keys.get(target.credential or "")
        if key is None or not _is_inline(target.credential or ""):
            return target.identity
        secrets = [ref.template.reveal() for ref in (key.api_key, key.token) if ref is not None]
        return replace(target, credential=digest_of(secrets)).identity

    def _identities(self, route: Route) -> list[tuple[str, JSON]]:
        """Name the account and the model of every target below a route."""
        return [
            (
                self._account(target_of(target, target.provider or "")),
                target.settings.override_params.get("model"),
            )
            for target in targets_of(route)
        ]

    def _labels(self, routes: Sequence[Route]) -> list[str]:
        """Name routes by what they are, not where they stand, so that edits move few sessions.

        Routes that are the same are told apart by their number among themselves.
        """
        labels: list[str] = []
        counts: dict[str, int] = {}
        for route in routes:
            name = route.name or digest_of(self._identities(route))
            number = counts.get(name, 0)
            labels.append(f"{name}#{number}")
            counts[name] = number + 1
        return labels


def _is_inline(credential: str) -> bool:
    """Tell credentials that are written in a target, and named by its place, from virtual keys."""
    return credential == "config" or credential.startswith("config.targets")


def target_of(route: TargetRoute, provider: str) -> Target:
    """Return what an adapter is told of a route."""
    return Target(
        path=route.path,
        provider=provider,
        credential=route.credential,
        base_url=route.base_url,
        options=route.options,
        deployments=route.deployments,
        forward_headers=_forwarded(route),
        passthrough=route.passthrough,
    )


def parameters_of(settings: Settings) -> Parameters:
    """Return what becomes of a caller's parameters."""
    return Parameters(
        defaults=settings.default_params,
        overrides=settings.override_params,
        drops=tuple(parse_drop(path) for path in settings.drop_params),
    )


def _forwarded(route: Route) -> frozenset[str]:
    """Return the incoming headers that some target below forwards, in lower case."""
    headers = (name for target in targets_of(route) for name in target.settings.forward_headers)
    return frozenset(name.lower() for name in headers)


def _breaker(route: TargetRoute, child: Node) -> Node:
    breaker = route.settings.breaker
    if breaker is None:
        return child
    rules = BreakerRules(
        threshold=breaker.threshold,
        percentage=breaker.percentage,
        minimum_requests=breaker.minimum_requests,
        cooldown=breaker.cooldown,
        window=breaker.window,
        patience=_longest_call(route) + 60.0,
    )
    return CircuitBreaker(path=route.path, child=child, rules=rules, codes=breaker.codes)


def _longest_call(route: TargetRoute) -> float:
    """Seconds that one call may take, its wait for a free place included."""
    waiting = LONGEST_WAIT if route.limit is not None else 0.0
    return waiting + (route.settings.timeout or DEFAULT_TIMEOUT)


def _limit(route: TargetRoute, child: Node) -> Node:
    limit = route.limit
    if limit is None:
        return child
    return Limit(
        path=route.path, child=child, concurrency=limit.concurrency, per_minute=limit.per_minute
    )


def _retry(route: TargetRoute, child: Node) -> Node:
    retry = route.settings.retry
    if retry is None or retry.most == 0:
        return child
    return Retry(
        path=route.path,
        child=child,
        retries=retry.retries,
        codes=retry.codes,
        kinds=retry.kinds,
        backoff=Backoff(use_retry_after=retry.use_retry_after),
    )


def _sticky(settings: StickySettings | None) -> Sticky | None:
    if settings is None:
        return None
    return Sticky(fields=tuple(parse_path(field) for field in settings.fields), ttl=settings.ttl)


def _conditional(path: str, settings: ConditionalSettings, children: list[Node]) -> Node:
    pattern = compile_linear if settings.is_sent else compile_pattern
    branches = tuple(
        Branch(condition=parse_query(one.query, pattern), node=children[one.then], number=number)
        for number, one in enumerate(settings.conditions)
    )
    return Conditional(path=path, branches=branches, default=children[settings.default])


def digest_of(value: object) -> str:
    """Name a value: equal values have equal digests, in every process."""
    return hashlib.sha256(_canonical(value).encode()).hexdigest()[:32]


def _canonical(value: object) -> str:
    """Write a value out with its sets and mappings in order; secrets write themselves masked."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        inner = ",".join(f"{name}={_canonical(item)}" for name, item in fields)
        return f"{type(value).__name__}({inner})"
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{k!r}:{_canonical(v)}" for k, v in value.items())) + "}"
    if isinstance(value, AbstractSet):
        return "{" + ",".join(sorted(_canonical(item) for item in value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    return repr(value)
