"""Speakers: every provider, with a model of it, as the conformance suite asks them."""

import io
from dataclasses import dataclass, field, replace

import anyio
from PIL import Image

from router import AsyncRouter, RoutingError
from router.emulators.drawing import drawn_once
from router.sandbox.in_process import SandboxSender
from router.testing import simulate

HOST = "https://models.test/v1"  # where a server of one's own is said to be


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """One model of a provider, and what it `can` do with pictures that are given to it.

    `edit` one picture, edit `many` (at `most` so many, where that is certain) or by a `mask`, make
    a `variation`; pictures given by their `url` or `file_id` go on as they are. Whoever edits files
    takes pictures inside `data:` URLs.
    """

    provider: str
    model: str
    config: dict = field(default_factory=dict)
    can: str = ""
    most: int = 16
    streams: bool = False

    def __str__(self):
        return f"{self.provider}/{self.model.rpartition('/')[2]}"

    @property
    def target(self):
        return {"provider": self.provider, "override_params": {"model": self.model}, **self.config}

    def does(self, ability):
        return ability in self.can.split()


AZURE = {"resource_name": "pictures", "deployment_id": "gpt-image-2", "api_version": "preview"}
OLD_AZURE = {**AZURE, "deployment_id": "dall-e-3", "api_version": "2024-10-21"}
OWN = {"custom_host": HOST, "api_key": "sk-own-server"}
GPT = "edit many mask url file_id"

SPEAKERS = (
    Speaker(provider="openai", model="gpt-image-2", can=GPT, streams=True),
    Speaker(provider="openai", model="gpt-image-1.5", can=GPT, streams=True),
    Speaker(provider="openai", model="dall-e-3"),
    Speaker(provider="openai", model="dall-e-2", can="edit mask variation"),
    Speaker(
        provider="azure-openai",
        model="gpt-image-2",
        config=AZURE,
        can="edit many mask",
        streams=True,
    ),
    Speaker(provider="azure-openai", model="dall-e-3", config=OLD_AZURE),
    Speaker(provider="stability-ai", model="stable-image-core", can="mask"),
    Speaker(provider="stability-ai", model="sd3.5-large", can="edit mask variation"),
    Speaker(
        provider="stability-ai", model="stable-diffusion-xl-1024-v1-0", can="edit mask variation"
    ),
    Speaker(provider="replicate", model="black-forest-labs/flux-schnell"),
    Speaker(provider="replicate", model="stability-ai/sdxl", can="edit mask url"),
    Speaker(provider="segmind", model="sdxl1.0-txt2img"),
    Speaker(provider="segmind", model="flux-1.1-pro"),
    Speaker(provider="together-ai", model="black-forest-labs/FLUX.1-schnell"),
    Speaker(provider="monsterapi", model="sdxl-base"),
    Speaker(provider="google", model="gemini-nano-banana-2.1", can="edit many"),
    Speaker(
        provider="openai-compatible",
        model="gpt-image-2",
        config=OWN,
        can="edit many mask variation",
    ),
    Speaker(
        provider="deepinfra", model="black-forest-labs/FLUX-1.1-pro", can="edit many variation"
    ),
    Speaker(provider="nscale", model="black-forest-labs/FLUX.1-schnell"),
    Speaker(provider="recraft-ai", model="recraftv3"),
    Speaker(provider="x-ai", model="grok-imagine-image-2.0", can="edit many url", most=3),
    Speaker(provider="localai", model="flux.1-dev", config=OWN),
    Speaker(provider="vllm-omni", model="Qwen/Qwen-Image", config=OWN, can="edit many"),
    Speaker(provider="sglang", model="Qwen/Qwen-Image", config=OWN, can="edit many"),
    Speaker(provider="xinference", model="sd3.5-large", config=OWN, can="edit many"),
    Speaker(provider="sd-cpp", model="sd3.5-large", config=OWN, can="edit many"),
)

EDITORS = (
    Speaker(provider="stability-ai", model="stable-image-ultra", can="edit mask variation"),
    Speaker(provider="stability-ai", model="inpaint", can="edit mask"),
    Speaker(provider="stability-ai", model="stable-diffusion-v1-6", can="edit mask variation"),
    Speaker(
        provider="replicate", model="black-forest-labs/flux-2-pro", can="edit many url", most=8
    ),
    Speaker(provider="replicate", model="black-forest-labs/flux-kontext-pro", can="edit url"),
    Speaker(provider="replicate", model="black-forest-labs/flux-redux-schnell", can="variation"),
    Speaker(provider="replicate", model="ideogram-ai/ideogram-v3-turbo", can="mask"),
    Speaker(provider="segmind", model="sdxl-img2img", can="edit url"),
    Speaker(provider="segmind", model="sdxl-inpaint", can="mask"),
    Speaker(provider="segmind", model="nano-banana", can="url"),
    Speaker(provider="together-ai", model="black-forest-labs/FLUX.1-kontext-pro", can="edit url"),
    Speaker(provider="monsterapi", model="img2img", can="edit url"),
    Speaker(provider="google", model="gemini-2.5-flash-image", can="edit many"),
)
"""More of them, for what they do with pictures."""

EVERYONE = (*SPEAKERS, *EDITORS)
NAMES = tuple(dict.fromkeys(speaker.provider for speaker in SPEAKERS))


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What one request came to: the answer or the error, what was sent, seconds of virtual time."""

    answer: object
    requests: list
    sent: list
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


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A stream that was read to its end: every event, and the error that it ended with, if any."""

    events: list
    error: RoutingError | None
    trace: object

    @property
    def partial(self):
        return [event for event in self.events if event.is_partial]

    @property
    def finished(self):
        return [event for event in self.events if not event.is_partial]


class Recorder(SandboxSender):
    """Keeps what every order had in it, to the byte."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.sent = []

    async def send(self, request):
        if request.method == "POST":
            parts = [(part.name, part.filename, part.read()) for part in request.parts]
            self.sent.append((request.url, request.body, parts))
        return await super().send(request)


def flat(brief):
    """Paint a picture in one colour, which takes a third of the time."""
    out = io.BytesIO()
    Image.new("RGB", (brief.width, brief.height), (30, 90, 200)).save(out, brief.format)
    return out.getvalue()


ONCE = drawn_once(flat)


def sketch(brief):
    """Hand out one picture for each model and size, whatever it is to be made of."""
    return ONCE(replace(brief, source=None))


def config_of(speaker, **settings):
    return {**speaker.target, **settings}


def ask(speaker, *, faults=None, config=None, cancel_at=None, draw=sketch, to="generate", **params):
    """Ask for a picture, against the provider's stand-in."""
    host = speaker.config.get("custom_host")
    wanted = config or config_of(speaker)

    async def main():
        hosts = {host: speaker.provider} if host else {}
        sender = Recorder(faults=faults, draw=draw, hosts=hosts)
        outcome = None
        async with AsyncRouter(wanted, sandbox=True, environment={}, sender=sender) as router:
            with anyio.CancelScope() as scope:
                if cancel_at is not None:
                    scope.deadline = anyio.current_time() + cancel_at
                try:
                    outcome = await asked(router.images, to, **params)
                except RoutingError as error:
                    outcome = error
            took = anyio.current_time()
        requests = list(sender.requests)
        return Heard(answer=outcome, requests=requests, sent=sender.sent, took=took)

    return simulate(main)


async def asked(images, to, /, **params):
    """Call the method for an operation; a variation has no prompt."""
    if to == "variation":
        return await images.create_variation(**params)
    call = images.edit if to == "edit" else images.generate
    came = await call(**{"prompt": "a red kite", **params})
    return await watched(came) if params.get("stream") else came


async def watched(stream):
    events, error = [], None
    try:
        async for event in stream:
            events.append(event)  # noqa: PERF401  those before an error count
    except RoutingError as raised:
        error = raised
    after = [event async for event in stream]
    return Watched(events=events + after, error=error, trace=stream.trace)


def check_whole(answer, params):
    """All that was asked for is there, in the form and the format asked for."""
    assert len(answer.data) == params.get("n", 1)
    form = params.get("response_format")
    assert form is None or all(getattr(picture, form) for picture in answer.data)
    kind = params.get("output_format")
    assert kind is None or all(picture.media.format == kind for picture in answer.data)
