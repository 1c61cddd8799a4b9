"""The same prompt at every provider: a contact sheet, with time and cost under each picture."""
# %% [markdown]
# # The same prompt at every provider
#
# One request, asked of every provider that pixroute knows. The words stay the same; what a provider
# cannot say is adapted, and the trace tells what was. Here the built-in sandbox answers for all of
# them; with their keys in the environment and `sandbox=False` the providers do.

# %%
import asyncio
import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image as Picture

from router import AsyncImage, AsyncRouter, ImagesResponse, RoutingError
from router.core.jsontypes import JSON
from router.sandbox.in_process import SandboxSender
from router.sandbox.latency import plausible

REQUEST: Mapping[str, JSON] = {
    "prompt": "a red kite over the dunes",
    "size": "1024x1024",
    "seed": 7,
}

MODELS: Mapping[str, str] = {
    "openai": "gpt-image-2",
    "stability-ai": "stable-image-core",
    "replicate": "black-forest-labs/flux-schnell",
    "segmind": "sdxl1.0-txt2img",
    "together-ai": "black-forest-labs/FLUX.1-schnell",
    "monsterapi": "sdxl-base",
    "google": "gemini-nano-banana-2.1",
    "deepinfra": "black-forest-labs/FLUX-1.1-pro",
    "nscale": "black-forest-labs/FLUX.1-schnell",
    "recraft-ai": "recraftv3",
    "x-ai": "grok-imagine-image-2.0",
}

# %% [markdown]
# ## Ask them all at once
#
# `plausible` lets the sandbox take as long as such models do, here fifty times as fast.


# %%
@dataclass(frozen=True)
class Frame:
    """One provider's picture, or why there is none."""

    provider: str
    answer: ImagesResponse[AsyncImage] | None
    problem: str = ""

    @property
    def caption(self) -> str:
        if self.answer is None:
            return self.problem
        (attempt,) = self.answer.trace.attempts
        cost = "price unknown" if self.answer.cost is None else f"${self.answer.cost:.4f}"
        return f"{attempt.duration:.2f} s, {cost}"


async def take(provider: str, model: str, sender: SandboxSender) -> Frame:
    config: Mapping[str, JSON] = {"provider": provider, "override_params": {"model": model}}
    try:
        async with AsyncRouter(config, sandbox=True, environment={}, sender=sender) as router:
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
    sender = SandboxSender(latency=plausible(0.02))
    return await asyncio.gather(*(take(*pair, sender) for pair in MODELS.items()))


# %% [markdown]
# ## The contact sheet


# %%
class Sheet:
    """Every provider's picture, with time and cost under each."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self.frames = frames

    def _repr_html_(self) -> str:
        figures = "".join(map(figure, self.frames))
        return f"<div style='display:flex;flex-wrap:wrap;gap:10px'>{figures}</div>"

    def __str__(self) -> str:
        return "\n".join(f"{frame.provider:14} {frame.caption}" for frame in self.frames)


def figure(frame: Frame) -> str:
    caption = f"<b>{frame.provider}</b><br>{html.escape(frame.caption)}"
    picture = "" if frame.answer is None else shrunk(frame.answer.data[0])
    inner = f"{picture}<figcaption>{caption}</figcaption>"
    return f"<figure style='margin:0;width:200px'>{inner}</figure>"


def shrunk(image: AsyncImage) -> str:
    with Picture.open(io.BytesIO(image.bytes())) as picture:
        picture.thumbnail((200, 200))
        file = io.BytesIO()
        picture.save(file, "jpeg")
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
    notes = frame.answer.trace.attempts[0].adaptations if frame.answer else ()
    print(f"{frame.provider:14}", "; ".join(notes) or "as asked")
