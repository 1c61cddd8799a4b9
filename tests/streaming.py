"""Streaming: a toy that shows pictures while they are made, and one streamed run of a tree."""

import asyncio
import json
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from router.core.delivery import Counter, Delivery
from router.core.events import Partial
from router.core.http import BEARER, HttpRequest
from router.core.images import ImageRequest, Picture
from router.providers.openai_streams import answered
from router.testing import Scripted, simulate
from tests.originals.pictures import PNG
from tests.toys import Providers, Run, Toy, compiled, context, target

STREAMED = ImageRequest(
    params={"prompt": "a cat", "model": "gpt-image-2", "stream": True, "partial_images": 2}
)


@dataclass(frozen=True)
class Shows(Toy):
    """A toy whose model can show a picture while it is made, with OpenAI's events."""

    can: bool = True

    def streams(self, request, target):
        return self.can

    def flow(self, request, target):
        base = target.base_url or f"https://{self.provider}.test"
        body = json.dumps(dict(request.params), default=dict).encode()
        asked = HttpRequest(method="POST", url=f"{base}/v1/images", body=body, auth=BEARER)
        return (yield from answered(request, asked))


def showing(route, **adapters):
    """Compile a route whose providers all stream, unless `adapters` says otherwise."""
    return compiled(route, adapters={"a": Shows(), "b": Shows("b"), **adapters})


def leaf(**more):
    return showing(target(**more))


def asking(**params):
    """Return the streamed request with other parameters; None takes one away."""
    said = {**STREAMED.params, **params}
    return STREAMED.with_params({key: value for key, value in said.items() if value is not None})


class StreamingProviders(Providers):
    """Hands each request to the sender named as the first part of its host, streamed or not."""

    @asynccontextmanager
    async def stream(self, request):
        name = request.url.split("//")[1].split(".")[0].split(":")[0]
        self.asked.append(name)
        async with self.senders[name].stream(request) as incoming:
            yield incoming


@dataclass(frozen=True)
class Watched(Run):
    """What a streamed request came to, and the partial pictures with the time each was taken."""

    partials: tuple[Partial, ...]
    times: tuple[float, ...]

    @property
    def places(self):
        return [(partial.place, partial.index) for partial in self.partials]


async def watch(node, sender, request=STREAMED, *, takes=0.0, most=None, **changes):
    """Execute a streamed request; its caller takes so long for each picture, and at most so many.

    After `most` of them the caller cancels; the outcome is None then.
    """
    counter = Counter()
    ctx = context(sender, delivery=Delivery(counter), **changes)
    began = ctx.time()
    task = asyncio.ensure_future(node.execute(request, ctx))
    task.add_done_callback(lambda _: counter.close())
    partials, times = [], []
    while len(partials) != most and (partial := await counter.take()) is not None:
        partials.append(partial)
        times.append(ctx.time() - began)
        await anyio.sleep(takes)
    if most is not None:
        task.cancel()
    await asyncio.wait({task})
    outcome = None if task.cancelled() else task.result()
    return Watched(
        outcome, ctx.trace, sender, ctx.time() - began, partials=tuple(partials), times=tuple(times)
    )


def watched(node, *steps, request=STREAMED, sender=None, **more):
    """Execute one streamed request in virtual time against a script."""

    async def main():
        return await watch(node, sender or Scripted(*steps), request, **more)

    return simulate(main)


WHOLE = b64encode(PNG)


def picture(text=WHOLE):
    return Picture(b64=memoryview(text))
