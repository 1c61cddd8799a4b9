"""Engine: what the tree alone costs, over a sender that answers at once.

python benchmarks/engine.py
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from measuring import interleaved, medians
from payloads import MODEL, PROMPT, answer
from worker import three_levels

from router import AsyncRouter
from router.asking import Wishes, build_request
from router.core.context import Context
from router.core.http import HttpRequest, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.node import Node
from router.core.outcome import Outcome, Success
from router.policies.adapt import Adapt
from router.policies.aim import TakeAim
from router.policies.artefacts import Artefacts
from router.policies.circuit_breaker import CircuitBreaker
from router.policies.retry import Retry
from router.policies.split import Split
from router.policies.timeout import Timeout
from router.strategies.call import Call
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance

REQUESTS = 2000


class Instant:
    """A sender that has its answer ready."""

    def __init__(self) -> None:
        self._answer = HttpResponse(
            status=200, headers={"content-type": "application/json"}, body=answer("small")
        )

    async def send(self, request: HttpRequest) -> HttpResponse:
        del request
        return self._answer

    async def aclose(self) -> None:
        """There is nothing to close."""


class EngineTime:
    """Seconds a request: through the engine, and through the library's whole face."""

    def measure(self) -> Mapping[str, float]:
        return asyncio.run(self._measure())

    async def _measure(self) -> dict[str, float]:
        config = three_levels("https://api.example.com/v1")
        async with AsyncRouter(config, sender=Instant()) as router:
            view, wishes = router.view, Wishes()
            request = build_request({"prompt": PROMPT, "model": MODEL}, wishes, {}, {})

            async def engine() -> object:
                return await view.engine.run(view.loaded, request, wishes)

            async def library() -> object:
                return await router.images.generate(prompt=PROMPT, model=MODEL)

            hollow = replace(view.loaded, tree=without_calls(view.loaded.tree))

            async def nodes() -> object:
                return await view.engine.run(hollow, request, wishes)

            return {
                "engine.empty": await _each(_nothing),
                "engine.nodes": await _each(nodes),
                "engine.tree": await _each(engine),
                "engine.library": await _each(library),
            }


@dataclass(frozen=True, slots=True)
class Ready:
    """A leaf that has its outcome ready."""

    path: str

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        del request, context
        return NOTHING


NOTHING = Success(pictures=Pictures(created=0, data=()))


def without_calls(node: Node) -> Node:
    """Return the same tree with every call replaced by a ready outcome."""
    match node:
        case Call():
            return Ready(node.path)
        case Fallback():
            return replace(node, children=tuple(map(without_calls, node.children)))
        case LoadBalance():
            shares = (replace(share, node=without_calls(share.node)) for share in node.shares)
            return replace(node, shares=tuple(shares))
        case TakeAim() | Artefacts() | Split() | Retry() | CircuitBreaker() | Timeout() | Adapt():
            return replace(node, child=without_calls(node.child))
        case _:
            raise TypeError(f"{type(node).__name__} has no place in this config")


async def _nothing() -> object:
    """Cost of the loop that measures."""
    return None


async def _each(ask: Callable[[], Awaitable[object]]) -> float:
    for _ in range(REQUESTS // 10):
        await ask()
    began = time.perf_counter()
    for _ in range(REQUESTS):
        await ask()
    return (time.perf_counter() - began) / REQUESTS


if __name__ == "__main__":
    for name, seconds in medians(interleaved([EngineTime()])).items():
        print(f"{name:16} {seconds * 1e6:8.1f} us")
