"""LiteLLM's model groups: deployments of one name become one target, or a group of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.litellm_breaker import breaker
from router.migrate.litellm_entries import Deployment
from router.migrate.litellm_retry import Retries, retries
from router.migrate.litellm_settings import Settings

LAST = float("inf")
"""Deployments without an order come after all that have one."""

STRATEGIES: Mapping[str, str] = {
    "least-busy": "to whom has the fewest calls under way",
    "latency-based-routing": "to whom has been the fastest",
    "usage-based-routing": "to whom has had the fewest tokens in this minute",
    "usage-based-routing-v2": "to whom has had the fewest tokens in this minute",
    "cost-based-routing": "to whom is the cheapest",
}
"""Where LiteLLM's strategies send a request; `simple-shuffle` draws by weight, as is done here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Writes groups. They are written anew wherever one is asked."""

    settings: Settings
    ledger: Ledger

    def write(self, name: str, deployments: Sequence[Deployment]) -> Block:
        """Write a group with its retries and its breaker."""
        own = next((one.retries for one in deployments if one.retries is not None), None)
        repeated = retries(self.settings, name, own)
        cooldown = next((one.cooldown for one in deployments if one.cooldown is not None), None)
        circuit, said = breaker(self.settings, cooldown, len(deployments))
        block = self._tiers(deployments, repeated)
        if circuit:
            block.put("cb_config", circuit, *said)
        else:
            block.say(*said)
        return block

    def alone(self, deployment: Deployment, repeated: Retries, targets: int = 1) -> Block:
        """Write one target with its retries, which are spread over all that are asked."""
        block = Block()
        block.take(deployment.target)
        retry = repeated.block(targets)
        if retry:
            block.put("retry", retry, *repeated.comments)
        else:
            block.say(*repeated.comments)
        return block

    def _tiers(self, deployments: Sequence[Deployment], repeated: Retries) -> Block:
        """Write those of the first order, and behind them those of the next."""
        ranked = sorted(deployments, key=_rank)
        tiers = [list(tier) for _, tier in groupby(ranked, key=_rank)]
        if len(tiers) == 1:
            return self._tier(tiers[0], repeated)
        block = Block()
        block.put("strategy", {"mode": "fallback"}, *self._on_order(ranked))
        block.put("targets", [self._tier(tier, repeated) for tier in tiers])
        return block

    def _on_order(self, ranked: Sequence[Deployment]) -> tuple[str, ...]:
        if self.settings.has_order:
            return ()
        first = next(one for one in ranked if one.order is not None)
        message = "order holds here; LiteLLM documents it for enable_pre_call_checks: true only"
        place = (*first.place, "litellm_params", "order")
        return (self.ledger.changed(place, message),)

    def _tier(self, tier: Sequence[Deployment], repeated: Retries) -> Block:
        if len(tier) == 1:
            return self.alone(tier[0], repeated)
        block, strategy = Block(), Block()
        strategy.put("mode", "loadbalance", *self._on_strategy())
        if repeated.elsewhere:
            strategy.put("failover", True, *self._on_failover(tier, repeated))
            strategy.put("on_status_codes", list(repeated.elsewhere))
        block.put("strategy", strategy)
        weights = self._weights(tier)
        targets = []
        for deployment, weight in zip(tier, weights, strict=True):
            target = self.alone(deployment, repeated, len(tier))
            if weight is not None:
                target.put("weight", weight)
            targets.append(target)
        block.put("targets", targets)
        return block

    def _weights(self, tier: Sequence[Deployment]) -> Sequence[float | None]:
        """Return the weights by what the first deployment has: weight, rpm or tpm."""
        if self.settings.strategy in STRATEGIES:
            return [None] * len(tier)
        by = (
            [one.weight for one in tier],
            [one.rpm for one in tier],
            [one.tpm for one in tier],
        )
        chosen = next((found for found in by if found[0] is not None), None)
        if chosen is None:
            return [None] * len(tier)
        weights = [weight or 0 for weight in chosen]
        return weights if any(weights) else [None] * len(tier)

    def _on_strategy(self) -> tuple[str, ...]:
        name = self.settings.strategy
        if name == "simple-shuffle":
            return ()
        place = self.settings.router.at("routing_strategy")
        if name in STRATEGIES:
            message = f"{name} sends a request {STRATEGIES[name]}; here all get the same share"
            return (self.ledger.changed(place, message, "write weights if they should differ"),)
        message = "this routing_strategy is not known here; all get the same share"
        return (self.ledger.changed(place, message, at_key=False),)

    def _on_failover(self, tier: Sequence[Deployment], repeated: Retries) -> tuple[str, ...]:
        """Say how many calls a request makes at most, where that is not as many as there."""
        here, there = len(tier) * (repeated.each(len(tier)) + 1), repeated.count + 1
        if here == there:
            return ()
        holder = self.settings.holder("num_retries")
        message = f"a request asks this group up to {here} times here, and up to {there} there"
        hint = "each target is asked before one is asked again"
        tell = self.ledger.changed if here > there and repeated.is_said else self.ledger.note
        return (tell(holder.at("num_retries"), message, hint),)


def _rank(deployment: Deployment) -> float:
    return LAST if deployment.order is None else deployment.order
