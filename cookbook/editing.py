"""Edits and variations: new pictures of given ones, at whichever provider can make them."""
# %% [markdown]
# # Edits and variations
#
# `images.edit` and `images.create_variation` go through the same tree as `images.generate`:
# conditions, overrides, retries, fallbacks, budgets and caches see them alike. The sandbox draws
# edits from the picture that it was given, so you can see what became of it.

# %%
import asyncio
import io
from collections.abc import Mapping

from PIL import Image as Picture

from router import AsyncImage, AsyncRouter, ImagesResponse
from router.core.jsontypes import JSON
from router.sandbox.in_process import SandboxSender

CONFIG: Mapping[str, JSON] = {
    "strategy": {"mode": "fallback"},
    "retry": {"attempts": 1},
    "targets": [
        {"provider": "openai", "override_params": {"model": "gpt-image-2"}},
        {"provider": "stability-ai", "override_params": {"model": "sd3.5-large"}},
    ],
}


def open_router(faults: str = "") -> AsyncRouter:
    sender = SandboxSender(faults=faults)
    return AsyncRouter(CONFIG, sandbox=True, environment={}, sender=sender)


# %% [markdown]
# ## A picture to begin with


# %%
async def draw() -> ImagesResponse[AsyncImage]:
    async with open_router() as router:
        return await router.images.generate(
            prompt="a harbour town in the morning", output_format="webp"
        )


answer = asyncio.run(draw())

# %%
print(answer)

# %% [markdown]
# ## Edit all of it
#
# A picture is given as bytes, a path, an open file, a `data:` URL, or a picture of an earlier
# answer. It is read once, before anything is sent: a retry sends the same bytes again. Here the
# first attempt fails.


# %%
async def edit(picture: AsyncImage) -> ImagesResponse[AsyncImage]:
    async with open_router("openai: 503 x1") as router:
        return await router.images.edit(
            prompt="the same town at night", image=picture, output_format="webp"
        )


answer_at_night = asyncio.run(edit(answer.data[0]))

# %%
print(answer_at_night)

# %%
print(answer_at_night.trace)

# %% [markdown]
# ## Edit a part of it
#
# Where the mask is transparent the picture is made anew. A mask whose size is another than the
# picture's is refused here, before anybody is paid.


# %%
def upper_half_of(image: AsyncImage) -> bytes:
    with Picture.open(io.BytesIO(image.bytes())) as picture:
        mask = Picture.new("RGBA", picture.size, (0, 0, 0, 255))
        mask.paste((0, 0, 0, 0), (0, 0, picture.width, picture.height // 2))
    file = io.BytesIO()
    mask.save(file, "png")
    return file.getvalue()


async def edit_sky(picture: AsyncImage) -> ImagesResponse[AsyncImage]:
    async with open_router() as router:
        return await router.images.edit(
            prompt="a sky full of balloons",
            image=picture,
            mask=upper_half_of(picture),
            output_format="webp",
        )


answer_with_balloons = asyncio.run(edit_sky(answer.data[0]))

# %%
print(answer_with_balloons)

# %% [markdown]
# ## Variations
#
# gpt-image-2 makes none, so it is passed by, and nothing is sent to it. Stability has no such call
# either, but its image-to-image does the same: the trace says that it was taken instead.


# %%
async def vary(picture: AsyncImage) -> ImagesResponse[AsyncImage]:
    async with open_router() as router:
        return await router.images.create_variation(image=picture, seed=7)


answer_as_variation = asyncio.run(vary(answer.data[0]))

# %%
print(answer_as_variation)

# %%
print(answer_as_variation.trace)
