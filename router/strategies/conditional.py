"""Conditional: the first condition that holds chooses the child."""

from dataclasses import dataclass

from router.core.context import Context
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Outcome
from router.strategies.conditions import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """`number` is the condition's place in the config, for the trace."""

    condition: Condition
    node: Node
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """Conditions see the request as the caller sent it, before any override."""

    path: str
    branches: tuple[Branch, ...]
    default: Node

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        branch = self.choose(request)
        if branch is None:
            node, reason = self.default, "no condition holds: default"
        else:
            node, reason = branch.node, f"conditions[{branch.number}] holds"
        context.decide(self.path, "conditional", node.path, reason)
        return await node.execute(request, context)

    def choose(self, request: ImageRequest) -> Branch | None:
        """Return the first branch whose condition holds; None means the default."""
        for branch in self.branches:
            if branch.condition.holds(request):
                return branch
        return None
