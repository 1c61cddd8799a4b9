"""Streaming: see a picture while it is made."""
# %% [markdown]
# # Streaming
#
# A picture takes seconds to minutes. With `stream=True` the unfinished ones come first, as far as
# the model makes any, and then the finished one, checked like every other.

# %%
import asyncio
import base64
from collections.abc import Mapping, Sequence

from router import AsyncRouter, ImageEvent, RoutingError, Trace
from router.core.jsontypes import JSON
from router.sandbox.in_process import SandboxSender

OPENAI: Mapping[str, JSON] = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}
STABILITY: Mapping[str, JSON] = {
    "provider": "stability-ai",
    "override_params": {"model": "stable-image-core"},
}
CONFIG: Mapping[str, JSON] = {"strategy": {"mode": "fallback"}, "targets": [OPENAI, STABILITY]}

# %% [markdown]
# A strip of pictures, for a notebook to show and a terminal to name.


# %%
class Strip:
    """The events of one stream, side by side."""

    def __init__(self, events: Sequence[ImageEvent]) -> None:
        self.events = events

    def _repr_html_(self) -> str:
        return f"<div style='display:flex;gap:8px'>{''.join(map(figure, self.events))}</div>"

    def __str__(self) -> str:
        return "\n".join(
            f"{event.type:32} {event.size} {event.output_format}" for event in self.events
        )


def figure(event: ImageEvent) -> str:
    data = base64.b64encode(event.bytes()).decode()
    source = f"data:image/{event.output_format};base64,{data}"
    caption = f"<figcaption>{event.type.partition('.')[2]}</figcaption>"
    return f'<figure style="margin:0"><img src="{source}" width="180">{caption}</figure>'


# %% [markdown]
# ## As they come
#
# The events are named as the openai package names them. `stream.trace` can be read at any time, and
# closing the stream, or leaving it unread, cancels the upstream call.


# %%
async def watch(faults: str = "") -> tuple[Strip, Trace]:
    sender = SandboxSender(faults=faults)
    async with AsyncRouter(CONFIG, sandbox=True, environment={}, sender=sender) as router:
        stream = await router.images.generate(
            prompt="a lighthouse at dusk", output_format="webp", stream=True, partial_images=3
        )
        async with stream:
            events = [event async for event in stream]
    return Strip(events), stream.trace


strip, trace = asyncio.run(watch())

# %%
print(strip)

# %%
print(trace)

# %% [markdown]
# ## A provider that cannot stream
#
# Until the first picture is handed over, fallback and retry act as ever. Stability has no
# unfinished pictures to show, so the finished one is all that comes, and the trace says so.

# %%
strip, trace = asyncio.run(watch("openai: 503"))

# %%
print(strip)

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
