"""Speakers: every provider, with a model of it, as the conformance suite asks them."""

from dataclasses import dataclass, field

import anyio

from router import AsyncRouter, RoutingError
from router.emulators.drawing import drawn_once
from router.sandbox.in_process import SandboxSender
from router.testing import simulate

DRAW = drawn_once()
HOST = "https://models.test/v1"  # where a server of one's own is said to be


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """One model of a provider."""

    provider: str
    model: str
    config: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.provider}/{self.model.rpartition('/')[2]}"

    @property
    def target(self):
        return {"provider": self.provider, "override_params": {"model": self.model}, **self.config}


AZURE = {"resource_name": "pictures", "deployment_id": "gpt-image-2", "api_version": "preview"}
OLD_AZURE = {**AZURE, "deployment_id": "dall-e-3", "api_version": "2024-10-21"}
OWN = {"custom_host": HOST, "api_key": "sk-own-server"}

SPEAKERS = (
    Speaker(provider="openai", model="gpt-image-2"),
    Speaker(provider="openai", model="gpt-image-1.5"),
    Speaker(provider="openai", model="dall-e-3"),
    Speaker(provider="openai", model="dall-e-2"),
    Speaker(provider="azure-openai", model="gpt-image-2", config=AZURE),
    Speaker(provider="azure-openai", model="dall-e-3", config=OLD_AZURE),
    Speaker(provider="stability-ai", model="stable-image-core"),
    Speaker(provider="stability-ai", model="sd3.5-large"),
    Speaker(provider="stability-ai", model="stable-diffusion-xl-1024-v1-0"),
    Speaker(provider="replicate", model="black-forest-labs/flux-schnell"),
    Speaker(provider="replicate", model="stability-ai/sdxl"),
    Speaker(provider="segmind", model="sdxl1.0-txt2img"),
    Speaker(provider="segmind", model="flux-1.1-pro"),
    Speaker(provider="together-ai", model="black-forest-labs/FLUX.1-schnell"),
    Speaker(provider="monsterapi", model="sdxl-base"),
    Speaker(provider="google", model="gemini-nano-banana-2.1"),
    Speaker(provider="openai-compatible", model="gpt-image-2", config=OWN),
    Speaker(provider="deepinfra", model="black-forest-labs/FLUX-1.1-pro"),
    Speaker(provider="nscale", model="black-forest-labs/FLUX.1-schnell"),
    Speaker(provider="recraft-ai", model="recraftv3"),
    Speaker(provider="x-ai", model="grok-imagine-image-2.0"),
    Speaker(provider="localai", model="flux.1-dev", config=OWN),
    Speaker(provider="vllm-omni", model="Qwen/Qwen-Image", config=OWN),
    Speaker(provider="sglang", model="Qwen/Qwen-Image", config=OWN),
    Speaker(provider="xinference", model="sd3.5-large", config=OWN),
    Speaker(provider="sd-cpp", model="sd3.5-large", config=OWN),
)

NAMES = tuple(dict.fromkeys(speaker.provider for speaker in SPEAKERS))


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What one request came to: the answer or the error, what was sent, seconds of virtual time."""

    answer: object
    requests: list
    took: float

    @property
    def trace(self):
        return self.answer.trace

    @property
    def bought(self):
        """How many requests may have bought a picture."""
        return sum(
            request.method == "POST" and "cancel" not in request.path for request in self.requests
        )

    @property
    def cancelled(self):
        """Whether a remote job was called off, which may take a moment."""
        return any("cancel" in request.path for request in self.requests)

    @property
    def notes(self):
        return [note for attempt in self.trace.attempts for note in attempt.adaptations]


def config_of(speaker, **settings):
    return {**speaker.target, **settings}


def ask(speaker, *, faults=None, config=None, cancel_at=None, draw=DRAW, **params):
    """Ask for a picture, against the provider's stand-in."""
    host = speaker.config.get("custom_host")
    wanted = config or config_of(speaker)

    async def main():
        hosts = {host: speaker.provider} if host else {}
        sender = SandboxSender(faults=faults, draw=draw, hosts=hosts)
        outcome = None
        async with AsyncRouter(wanted, sandbox=True, environment={}, sender=sender) as router:
            with anyio.CancelScope() as scope:
                if cancel_at is not None:
                    scope.deadline = anyio.current_time() + cancel_at
                try:
                    outcome = await router.images.generate(**{"prompt": "a red kite", **params})
                except RoutingError as error:
                    outcome = error
            took = anyio.current_time()
        return Heard(answer=outcome, requests=list(sender.requests), took=took)

    return simulate(main)
