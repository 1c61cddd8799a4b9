"""Node: the one abstraction. Strategies and policies are both nodes."""

from typing import Protocol

from router.core.context import Context
from router.core.images import ImageRequest
from router.core.outcome import Outcome


class Node(Protocol):
    """Answers a request, by itself or through its children. A frozen value, shared by all."""

    @property
    def path(self) -> str:
        """Its place in the config, such as `config.targets[0].targets[1]`."""
        ...

    async def execute(self, request: ImageRequest, context: Context) -> Outcome: ...
