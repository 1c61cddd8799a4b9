"""Engine: what the tree alone costs, over a sender that answers at once.

python benchmarks/engine.py
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from measuring import interleaved, medians
from payloads import MODEL, PROMPT, answer
from worker import three_levels

from router import AsyncRouter
from router.asking import Wishes, build_request
from router.core.http import HttpRequest, HttpResponse

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

            return {
                "engine.empty": await _each(_nothing),
                "engine.tree": await _each(engine),
                "engine.library": await _each(library),
            }


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
