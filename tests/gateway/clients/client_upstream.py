"""The providers behind the gateway: the sandbox over HTTP, which keeps all that was sent to it."""

import asyncio
import io
import json
import threading
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from PIL import Image

from router.core.http import HttpRequest
from router.emulators.drawing import drawn_once
from router.sandbox.server import Sandbox

OWN_PAGES = ("/files/", "/_")  # what the sandbox answers itself


def flat(brief):
    """Paint a picture in one colour, which costs next to nothing."""
    out = io.BytesIO()
    Image.new("RGB", (brief.width, brief.height), (30, 90, 200)).save(out, brief.format)
    return out.getvalue()


@dataclass(frozen=True)
class Order:
    """One request as it reached a provider."""

    request: HttpRequest

    @property
    def headers(self):
        return self.request.headers

    @property
    def url(self):
        return self.request.url

    @property
    def key(self):
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    @cached_property
    def body(self):
        if self.request.parts:
            texts = [part for part in self.request.parts if part.filename is None]
            return {part.name: part.read().decode() for part in texts}
        return json.loads(self.request.body or b"{}")

    @property
    def files(self):
        return [part.name for part in self.request.parts if part.filename is not None]

    @property
    def everything(self):
        """All text of it, to look for what must not be there."""
        parts = [part.read() for part in self.request.parts if part.filename is None]
        said = [self.url, *self.headers, *self.headers.values()]
        return "\n".join([*said, *(text.decode("latin-1") for text in [self.request.body, *parts])])


class Keeping(Sandbox):
    """A sandbox that keeps the orders that come."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.orders = []

    async def _respond(self, request):
        if not urlsplit(request.url).path.startswith(OWN_PAGES):
            self.orders.append(Order(request))
        return await super()._respond(request)


class Upstream:
    """Runs in a thread of its own, so that clients may block."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._sandbox = Keeping(draw=drawn_once(flat))

    def __enter__(self):
        self._thread.start()
        self._do(self._sandbox.__aenter__())
        return self

    def __exit__(self, *error):
        self._do(self._sandbox.__aexit__(*error))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self):
        return self._sandbox.url

    def orders(self, prompt=None):
        """Return what came, maybe only for one prompt."""
        kept = list(self._sandbox.orders)
        return [one for one in kept if prompt is None or one.body.get("prompt") == prompt]

    def play(self, faults=None):
        """Forget the orders, and play a script of faults from now on."""

        async def begin():
            self._sandbox.orders.clear()
            self._sandbox.play(faults)

        self._do(begin())

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
