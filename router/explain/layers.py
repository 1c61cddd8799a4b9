"""Layers: the nodes that the compiler has wrapped around one target's call."""

from collections.abc import Iterator
from dataclasses import dataclass

from router.core.node import Node
from router.policies.adapt import Adapt
from router.policies.aim import TakeAim
from router.policies.artefacts import Artefacts
from router.policies.circuit_breaker import CircuitBreaker
from router.policies.limit import Limit
from router.policies.retry import Retry
from router.policies.split import Split
from router.policies.timeout import DEFAULT_TIMEOUT, Timeout


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """What is around one call, by name; what the config has not asked for is None."""

    aim: TakeAim
    retry: Retry | None = None
    breaker: CircuitBreaker | None = None
    limit: Limit | None = None
    timeout: float = DEFAULT_TIMEOUT
    mode: str = "adapt"

    @property
    def retries(self) -> int:
        return 0 if self.retry is None else self.retry.retries


def layers_of(aim: TakeAim) -> Layers:
    """Look at everything between a target's aim and its call."""
    retry: Retry | None = None
    breaker: CircuitBreaker | None = None
    limit: Limit | None = None
    timeout, mode = DEFAULT_TIMEOUT, "adapt"
    for node in _inwards(aim):
        match node:
            case Retry():
                retry = node
            case CircuitBreaker():
                breaker = node
            case Limit():
                limit = node
            case Timeout():
                timeout = node.seconds
            case Adapt():
                mode = node.mode
    return Layers(aim=aim, retry=retry, breaker=breaker, limit=limit, timeout=timeout, mode=mode)


def _inwards(node: Node) -> Iterator[Node]:
    while isinstance(
        node,
        TakeAim | Artefacts | Split | Retry | CircuitBreaker | Limit | Timeout | Adapt,
    ):
        yield node
        node = node.child
