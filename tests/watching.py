"""Watching: a streamed request of AsyncRouter in virtual time, and what its caller saw."""

import anyio

from router import (
    AsyncRouter,
    RoutingError,
)
from router.core.http import TransportError
from router.emulators.drawing import fixed
from router.sandbox.in_process import SandboxSender
from router.testing import Scripted, simulate, stream_event
from tests.originals.pictures import PNG

OPENAI = {"provider": "openai", "api_key": "sk-test", "override_params": {"model": "gpt-image-2"}}
STABILITY = {
    "provider": "stability-ai",
    "api_key": "sk-other",
    "override_params": {"model": "stable-image-core"},
}
TWO = {"strategy": {"mode": "fallback"}, "targets": [OPENAI, STABILITY]}
PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)
COMPLETED = stream_event("image_generation.completed")
LOST = TransportError("it broke off", sent=True)


def forty_seconds(provider, model, serial):
    return 40.0


def with_router(work, sender, config=OPENAI, **options):
    """Run `work(router)` in virtual time."""

    async def main():
        async with AsyncRouter(config, sender=sender, environment={}, **options) as router:
            return await work(router)

    return simulate(main)


class Seen:
    """What a caller saw of one stream: its events with their times, its error, and the stream."""

    def __init__(self, stream=None):
        self.stream = stream
        self.events = []
        self.times = []
        self.error = None

    @property
    def types(self):
        return [event.type.partition(".")[2] for event in self.events]


async def watch(router, operation="generate", **params):
    asked = {"prompt": "a red kite", "stream": True, "partial_images": 2, **params}
    seen = Seen()
    try:
        seen.stream = await getattr(router.images, operation)(**asked)
        async for event in seen.stream:
            seen.events.append(event)
            seen.times.append(anyio.current_time())
    except RoutingError as error:
        seen.error = error
    return seen


def watched(*steps, config=OPENAI, sender=None, operation="generate", **params):
    sender = sender or Scripted(*steps)
    return with_router(lambda router: watch(router, operation, **params), sender, config)


def sandboxed(config=OPENAI, *, faults=None, **params):
    """Watch a stream of the sandbox, whose pictures take forty seconds."""

    async def main():
        sender = SandboxSender(faults=faults, latency=forty_seconds, draw=fixed(PNG))
        async with AsyncRouter(config, sandbox=True, environment={}, sender=sender) as router:
            return await watch(router, **params)

    return simulate(main)
