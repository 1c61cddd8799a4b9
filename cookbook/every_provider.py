"""The same prompt at every provider: a contact sheet, with time and cost under each picture."""
# %% [markdown]
# # The same prompt at every provider
#
# One request, asked of every provider that pixroute knows. The words stay the same; what a provider
# cannot say is adapted, and the trace tells what was. The built-in sandbox answers for all of them,
# fifty times as fast as such models are. With `PIXROUTE_LIVE=1` those are asked themselves whose
# keys are in the environment.

# %%
import asyncio
import base64
import html
import io
import os
from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image as Picture

from router import AsyncImage, AsyncRouter, ImagesResponse, RoutingError
from router.core.jsontypes import JSON
from router.providers.registry import find_provider
from router.sandbox.in_process import SandboxSender
from router.sandbox.latency import plausible

LIVE = os.environ.get("PIXROUTE_LIVE", "0") not in {"", "0"}
AZURE: Mapping[str, JSON] = {"resource_name": "pictures", "api_version": "preview"}

MODELS: Mapping[str, str] = {
    "openai": "gpt-image-2",
    "azure-openai": "gpt-image-2",
    "stability-ai": "stable-image-core",
    "replicate": "black-forest-labs/flux-schnell",
    "google": "gemini-nano-banana-2.1",
    "together-ai": "black-forest-labs/FLUX.1-schnell",
    "segmind": "sdxl1.0-txt2img",
    "monsterapi": "sdxl-base",
    "x-ai": "grok-imagine-image-2.0",
    "recraft-ai": "recraftv4_1",
    "deepinfra": "black-forest-labs/FLUX-1.1-pro",
    "nscale": "black-forest-labs/FLUX.1-schnell",
    "localai": "flux.1-dev",
    "vllm-omni": "Qwen/Qwen-Image",
    "sglang": "Qwen/Qwen-Image",
    "xinference": "sd3.5-large",
    "sd-cpp": "sd3.5-large",
    "openai-compatible": "stable-diffusion-xl",
}

# %% [markdown]
# ## Where each of them is
#
# The companies have hosts of their own. A server that you run yourself is where you say.


# %%
def is_own(provider: str) -> bool:
    return "custom_host" in find_provider(provider).required


def host(provider: str) -> str:
    return f"https://{provider}.test/v1"


def target(provider: str) -> Mapping[str, JSON]:
    place: Mapping[str, JSON] = {"custom_host": host(provider)} if is_own(provider) else {}
    options = AZURE if provider == "azure-openai" else place
    return {"provider": provider, "override_params": {"model": MODELS[provider]}, **options}


def asked() -> Sequence[str]:
    if not LIVE:
        return tuple(MODELS)
    return [name for name in MODELS if os.environ.get(find_provider(name).key_variable)]


# %% [markdown]
# ## Ask them all at once


# %%
@dataclass(frozen=True)
class Frame:
    """One provider's picture, or why there is none."""

    provider: str
    answer: ImagesResponse[AsyncImage] | None
    problem: str = ""

    @property
    def caption(self) -> str:
        if self.answer is None or self.answer.trace.served is None:
            return self.problem
        cost = self.answer.cost
        price = "price not known" if cost is None else f"${cost:.4f}"
        return f"{self.answer.trace.served.duration:.2f} s, {price}"


SANDBOX = SandboxSender(
    latency=plausible(0.02), hosts={host(name): name for name in MODELS if is_own(name)}
)


def open_router(provider: str) -> AsyncRouter:
    if LIVE:
        return AsyncRouter(target(provider))
    return AsyncRouter(target(provider), sandbox=True, environment={}, sender=SANDBOX)


async def take(provider: str) -> Frame:
    try:
        async with open_router(provider) as router:
            answer = await router.images.generate(
                prompt="a red kite over the dunes",
                size="1024x1024",
                seed=7,
                output_format="jpeg",
                response_format="b64_json",
            )
    except RoutingError as error:
        return Frame(provider, None, str(error))
    return Frame(provider, answer)


async def take_all() -> Sequence[Frame]:
    return await gather(*map(take, asked()))


# %% [markdown]
# ## The contact sheet


# %%
class Sheet:
    """Every provider's picture, with time and cost under each."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.frames = frames

    def _repr_html_(self) -> str:
        figures = "".join(map(figure, self.frames))
        return f"<div style='display:flex;flex-wrap:wrap;gap:12px'>{figures}</div>"

    def __str__(self) -> str:
        return "\n".join(f"{frame.provider:18} {frame.caption}" for frame in self.frames)


def figure(frame: Frame) -> str:
    model = html.escape(MODELS[frame.provider])
    words = (f"<b>{frame.provider}</b>", model, html.escape(frame.caption))
    picture = "" if frame.answer is None else shrunk(frame.answer.data[0])
    caption = f"<figcaption style='font-size:85%'>{'<br>'.join(words)}</figcaption>"
    return f"<figure style='margin:0;width:200px'>{picture}{caption}</figure>"


def shrunk(image: AsyncImage) -> str:
    with Picture.open(io.BytesIO(image.bytes())) as picture:
        picture.thumbnail((200, 200))
        file = io.BytesIO()
        picture.save(file, "jpeg", quality=80)
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img src="data:image/jpeg;base64,{data}" width="200">'


sheet = Sheet(asyncio.run(take_all()))

# %%
print(sheet)

# %% [markdown]
# ## What was adapted
#
# Nothing is lost silently: what a provider could not be told in the same words is noted.

# %%
for frame in sheet.frames:
    served = frame.answer.trace.served if frame.answer else None
    notes = served.adaptations if served else ()
    print(f"{frame.provider:18}", "; ".join(notes) or "as asked")
