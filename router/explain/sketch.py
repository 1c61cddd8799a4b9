"""Sketch: a compiled tree as it is drawn: what each node does, with which settings, set where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from router.config.masking import masked, without_secrets
from router.config.model import virtual_key_of
from router.config.origins import Origins
from router.config.problems import counted
from router.core.dollars import dollars
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.settlement import DEFAULT_RETRY_CODES
from router.explain import wording
from router.explain.layers import Layers, layers_of
from router.explain.settings import Setting, Settings
from router.policies.aim import TakeAim
from router.policies.budget import WithinBudget
from router.policies.cache import Cache
from router.policies.circuit_breaker import CircuitBreaker
from router.policies.retry import Retry
from router.strategies.conditional import Conditional
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance

DAY = 86_400.0  # seconds

ALWAYS_COUNTED = ("timeouts", "lost calls", "broken answers")
"""What a breaker counts whatever statuses are listed: `settlement.BROKEN`, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One group or target. `kind` is its strategy's mode, or `target`; `rule` says how it chooses.

    `share` is how often its parent draws it, from 0 to 1, and `condition` when its parent chooses
    it; None and empty where that is no matter. `provider` and `model` are None where the request
    decides them.
    """

    path: str
    kind: str
    rule: str = ""
    share: float | None = None
    condition: str = ""
    provider: str | None = None
    model: str | None = None
    virtual_key: str | None = None
    host: str | None = None
    settings: tuple[Setting, ...] = ()
    children: tuple["Sketch", ...] = ()

    @property
    def title(self) -> str:
        """Name it in a few words: `openai gpt-image-2`."""
        if self.kind != "target":
            return self.kind
        return " ".join(word for word in (self.provider or "any provider", self.model) if word)

    def everything(self) -> Iterator["Sketch"]:
        """Yield this sketch and all that are below it."""
        yield self
        for child in self.children:
            yield from child.everything()


def sketch(node: Node, origins: Origins) -> Sketch:
    """Draw a tree; what wraps a node is among its settings."""
    settings = Settings(node.path, origins)
    match node:
        case WithinBudget():
            return _adding(sketch(node.child, origins), _budget(node, settings))
        case Cache():
            age = _age(node.max_age)
            kept = settings.named("cache", f"cache {age}", {"max_age": node.max_age})
            return _adding(sketch(node.child, origins), kept)
        case Fallback():
            return Sketch(
                path=node.path,
                kind="fallback",
                rule=_moving(node, "moves on"),
                children=tuple(sketch(child, origins) for child in node.children),
            )
        case LoadBalance():
            return _load_balance(node, origins)
        case Conditional():
            return _conditional(node, origins)
        case TakeAim():
            return _target(node, settings)
    raise TypeError(f"{type(node).__name__} at {node.path} is no node of a config")


def _adding(drawn: Sketch, setting: Setting) -> Sketch:
    return replace(drawn, settings=(setting, *drawn.settings))


def _budget(node: WithinBudget, settings: Settings) -> Setting:
    parts: list[str] = []
    if node.attempts is not None:
        parts.append(counted(node.attempts, "attempt"))
    if node.deadline is not None:
        parts.append(wording.seconds(node.deadline))
    if node.max_cost is not None:
        parts.append(dollars(node.max_cost))
    value: JSON = {
        "attempts": node.attempts,
        "deadline": node.deadline,
        "max_cost": node.max_cost,
        "on_unknown_price": "allow" if node.admits_unknown else "skip",
    }
    return settings.named("budget", f"budget {', '.join(parts) or 'without bounds'}", value)


def _load_balance(node: LoadBalance, origins: Origins) -> Sketch:
    total = sum(share.weight for share in node.shares)
    children = tuple(
        replace(sketch(share.node, origins), share=share.weight / total) for share in node.shares
    )
    rules = ["drawn by weight"]
    if node.sticky is not None:
        fields = ", ".join(wording.path(one) for one in node.sticky.fields)
        rules.append(f"the same for {_age(node.sticky.ttl)} by {fields}")
    if node.failover:
        rules.append(_moving(node, "draws another"))
    return Sketch(
        path=node.path,
        kind="loadbalance",
        rule="; ".join(rules),
        children=children,
    )


def _moving(node: Fallback | LoadBalance, does: str) -> str:
    """Say which failures go on to another target."""
    if node.codes is None:
        rule = f"any failure {does}" if node.refusals else f"any failure but a refusal {does}"
    else:
        listed = wording.codes(node.codes) if node.codes else "no status"
        rule = f"{listed} {does}" + (", and so does a refusal" if node.refusals else "")
    return f"{rule}; what came is topped up" if node.top_up else rule


def _conditional(node: Conditional, origins: Origins) -> Sketch:
    labels: dict[str, list[str]] = {}
    children: dict[str, Node] = {}
    for branch in node.branches:
        labels.setdefault(branch.node.path, []).append(wording.condition(branch.condition))
        children[branch.node.path] = branch.node
    labels.setdefault(node.default.path, []).append("else")
    children[node.default.path] = node.default
    return Sketch(
        path=node.path,
        kind="conditional",
        rule="the first condition that holds",
        children=tuple(
            replace(sketch(child, origins), condition=_conditions(labels[path]))
            for path, child in children.items()
        ),
    )


def _conditions(labels: Sequence[str]) -> str:
    return ", or ".join(one if one == "else" else f"if {one}" for one in labels)


def _target(node: TakeAim, settings: Settings) -> Sketch:
    target = None if node.aim is None else node.aim.target
    return Sketch(
        path=node.path,
        kind="target",
        provider=None if target is None else target.provider,
        model=_model(node),
        virtual_key=None if target is None else virtual_key_of(target.credential),
        host=None if target is None else target.base_url and masked(target.base_url),
        settings=tuple(_settings(layers_of(node), settings)),
    )


def _model(node: TakeAim) -> str | None:
    """Return the model that the config names; one that is only a default may be another."""
    said = node.parameters.overrides.get("model") or node.parameters.defaults.get("model")
    deployments = () if node.aim is None else node.aim.target.deployments
    if isinstance(said, str):
        return said
    return deployments[0].deployment_id if len(deployments) == 1 else None


def _settings(layers: Layers, settings: Settings) -> Iterator[Setting]:
    retry, breaker, limit = layers.retry, layers.breaker, layers.limit
    if retry is not None:
        value: JSON = {
            "retries": retry.retries,
            "on_status_codes": sorted(retry.codes),
            "on_kinds": sorted(retry.kinds),
            "use_retry_after": retry.backoff.use_retry_after,
        }
        yield settings.named("retry", _retry(retry), value)
    yield settings.named("request_timeout", f"timeout {layers.timeout:g} s", layers.timeout)
    if breaker is not None:
        rules = breaker.rules
        value = {
            "failure_threshold": rules.threshold,
            "failure_threshold_percentage": rules.percentage,
            "minimum_requests": rules.minimum_requests,
            "window": rules.window,
            "cooldown": rules.cooldown,
            "failure_status_codes": None if breaker.codes is None else sorted(breaker.codes),
        }
        yield settings.named("cb_config", _breaker(breaker), value)
    if limit is not None:
        at_once = [] if limit.concurrency is None else [f"{limit.concurrency} at once"]
        minute = [] if limit.per_minute is None else [f"{limit.per_minute} a minute"]
        value = {"concurrency": limit.concurrency, "per_minute": limit.per_minute}
        yield settings.named("limit", f"limit {', '.join(at_once + minute)}", value)
    if layers.mode != "adapt":
        yield settings.named("on_unsupported", f"on_unsupported {layers.mode}", layers.mode)
    yield from _parameters(layers, settings)


def _retry(retry: Retry) -> str:
    """Say how often, and after what, where that is not the default."""
    after = [] if retry.codes == DEFAULT_RETRY_CODES else [wording.codes(retry.codes)]
    after += sorted(retry.kinds)
    return f"retry {retry.retries}" + (f" on {', '.join(filter(None, after))}" if after else "")


def _breaker(breaker: CircuitBreaker) -> str:
    """Say at what it opens, and what it counts where that is not the default."""
    rules, codes = breaker.rules, breaker.codes
    several = [] if rules.threshold is None else [counted(rules.threshold, "failure")]
    share = [] if rules.percentage is None else [f"{rules.percentage:g} % failed"]
    text = f"breaker opens at {' or '.join(several + share)}"
    if codes is None:
        return text
    return f"{text} ({', '.join([*filter(None, [wording.codes(codes)]), *ALWAYS_COUNTED])})"


def _parameters(layers: Layers, settings: Settings) -> Iterator[Setting]:
    """Yield what is done to the request's parameters, in the order in which it is done."""
    parameters = layers.aim.parameters
    for name, value in parameters.defaults.items():
        shown = without_secrets(value, name)
        text = f"{masked(name)} {wording.value(shown)} unless given"
        yield settings.named(f"default_params.{name}", text, shown)
    for name, value in parameters.overrides.items():
        shown = without_secrets(value, name)
        if name != "model":
            text = f"{masked(name)} {wording.value(shown)}"
            yield settings.named(f"override_params.{name}", text, shown)
    for name in settings.listed("drop_params"):
        yield settings.named(f"drop_params.{name}", f"{masked(name)} dropped", None)


def _age(seconds: float) -> str:
    days = seconds / DAY
    return f"{days:g} d" if days >= 1 and days == int(days) else wording.seconds(seconds)
