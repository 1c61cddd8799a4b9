"""Asking: a config of this repository, its requests answered by the sandbox in virtual time."""

from pathlib import Path

from router import AsyncRouter, RoutingError
from router.emulators.drawing import drawn_once
from router.sandbox.in_process import SandboxSender
from router.testing import simulate

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"
DRAW = drawn_once()  # one picture for each model and size is enough, and drawing takes its time


def sandbox(faults=None, seconds=0.0):
    """A sandbox in which every answer takes that long."""
    return SandboxSender(faults=faults, draw=DRAW, latency=lambda *_: seconds, hosts=HOSTS)


HOSTS = {
    "http://localhost:8080": "localai",
    "https://pictures.example.com": "openai",
    "https://atelier-gov.openai.azure.us": "azure-openai",
}


def ask(config, *requests, faults=None, seconds=0.0, seed=1, virtual_keys=None):
    """Send the requests one after the other; return the trace of each, answered or failed."""

    async def main():
        router = AsyncRouter(
            config,
            sandbox=True,
            environment={},
            sender=sandbox(faults, seconds),
            seed=seed,
            virtual_keys=virtual_keys,
        )
        async with router:
            return [await _trace(router, request) for request in requests]

    return simulate(main)


async def _trace(router, request):
    try:
        answer = await router.images.generate(**{"prompt": "a red kite", **request})
    except RoutingError as error:
        return error.trace
    assert all(image.media for image in answer.data)
    return answer.trace


def told(trace):
    """The attempts as `provider status`, in the order they began."""
    return [f"{attempt.provider} {attempt.status}" for attempt in trace.attempts]
