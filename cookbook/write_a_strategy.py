"""Write a strategy in twenty lines: decide yourself who is asked."""
# %% [markdown]
# # Write a strategy
#
# A compiled config is a tree of *nodes*, and a node is anything with a `path` and
# `async execute(request, context) -> Outcome`. Fallback, load balancing, retry and cache are such
# nodes. This is another one: ask the cheapest first, and the next one when it fails.

# %%
import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from router import AsyncImage, AsyncRouter, ImagesResponse
from router.core.context import Context
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.core.settlement import moves_on
from router.sandbox.in_process import SandboxSender
from router.strategies.fallback import Fallback
from router.trees import tree_of, with_tree

# %% [markdown]
# ## The strategy
#
# Failures are values here, and `moves_on` tells which of them let the next one be asked: a refusal
# does not, nor does a spent budget. `context.decide` writes the reason into the trace.


# %%
@dataclass(frozen=True)
class CheapestFirst:
    """Ask the children in the order of their prices, in dollars a picture."""

    path: str
    children: tuple[Node, ...]
    prices: tuple[float, ...]

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        outcome: Outcome = Failure(kind=Kind.UNSUPPORTED, status=501, message="nobody to ask")
        for price, child in sorted(
            zip(self.prices, self.children, strict=True), key=lambda pair: pair[0]
        ):
            context.decide(self.path, "cheapest", child.path, f"${price:.3f} a picture")
            outcome = await child.execute(request, context)
            if not isinstance(outcome, Failure) or not moves_on(outcome, None, refusals=False):
                return outcome
        return outcome


# %% [markdown]
# ## Plant it
#
# The children need not be made by hand: compile a config, take its children, and put the new node
# in the old one's place. What each child has of its own (timeout, retry, breaker) stays with it.

# %%
CONFIG: Mapping[str, JSON] = {
    "strategy": {"mode": "fallback"},
    "request_timeout": 60_000,
    "targets": [
        {"provider": "stability-ai", "override_params": {"model": "stable-image-ultra"}},
        {"provider": "stability-ai", "override_params": {"model": "sd3.5-medium"}},
        {"provider": "stability-ai", "override_params": {"model": "stable-image-core"}},
    ],
}
PRICES = (0.08, 0.035, 0.03)


def cheapest_first(tree: Node) -> Node:
    if not isinstance(tree, Fallback):
        raise TypeError("expected a config with a fallback at its top")
    return CheapestFirst(path=tree.path, children=tree.children, prices=PRICES)


# %% [markdown]
# ## Ask
#
# The sandbox stands in for Stability, and its cheapest model is made to fail.


# %%
async def main() -> ImagesResponse[AsyncImage]:
    sender = SandboxSender(faults="stability-ai/core: 503")
    async with AsyncRouter(CONFIG, sandbox=True, environment={}, sender=sender) as router:
        frugal = with_tree(router, cheapest_first(tree_of(router)))
        return await frugal.images.generate(prompt="a piggy bank on a hill", output_format="webp")


answer = asyncio.run(main())

# %%
print(answer)

# %%
print(answer.trace)
