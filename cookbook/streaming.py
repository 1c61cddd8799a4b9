"""Streaming: see a picture while it is made."""
# %% [markdown]
# # Streaming
#
# A picture takes seconds to minutes. With `stream=True` the unfinished ones come first, as far as
# the model makes any, and then the finished one, checked like every other.

# %%
import asyncio
from collections.abc import Mapping

from router import AsyncRouter, RoutingError, Trace
from router.core.jsontypes import JSON
from router.sandbox.in_process import SandboxSender

CONFIG: Mapping[str, JSON] = {
    "strategy": {"mode": "fallback"},
    "targets": [
        {"provider": "openai", "override_params": {"model": "gpt-image-2"}},
        {"provider": "stability-ai", "override_params": {"model": "stable-image-core"}},
    ],
}

# %% [markdown]
# ## As they come
#
# The events are named as the openai package names them, and each is a picture, with `b64_json`,
# `bytes()` and `save()`. Closing the stream, or leaving it unread, cancels the upstream call.


# %%
async def watch(faults: str = "") -> Trace:
    sender = SandboxSender(faults=faults)
    async with AsyncRouter(CONFIG, sandbox=True, environment={}, sender=sender) as router:
        stream = await router.images.generate(
            prompt="a lighthouse at dusk", output_format="webp", stream=True, partial_images=3
        )
        async with stream:
            async for event in stream:
                print(event)
    return stream.trace


# %%
trace = asyncio.run(watch())

# %%
print(trace)

# %% [markdown]
# ## A provider that cannot stream
#
# Until the first picture is handed over, fallback and retry act as ever. Stability has no
# unfinished pictures to show, so the finished one is all that comes, and the trace says so.

# %%
trace = asyncio.run(watch("openai: 503"))

# %%
print(trace)

# %% [markdown]
# ## A stream that breaks
#
# After the first picture nobody else is asked: its caller has seen it. A stream that ends before
# the picture is finished is an error, never a clean end.


# %%
async def broken() -> str:
    try:
        await watch("openai: cut")
    except RoutingError as error:
        return f"{type(error).__name__}: {error}"
    return "it was whole"


told = asyncio.run(broken())

# %%
print(told)
