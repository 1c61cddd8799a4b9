"""Slow upstream: a provider of tiny pictures that takes as long as the prompt says."""

import asyncio
import base64
import threading
from contextlib import contextmanager

from aiohttp import web

from router.core.media import sniff_bytes

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
assert sniff_bytes(PIXEL)

# A chunk of no use before the last, which is the 12 bytes of IEND.
LARGE = PIXEL[:-12] + b"\x00\x5b\x8d\x80juNk" + bytes(6_000_000) + bytes(4) + PIXEL[-12:]


class Upstream:
    """`asked` are the prompts that came, `done` those answered, `left` those not waited for.

    A prompt ends with the seconds that it takes; one that begins with `large` gets 8 MB.
    """

    def __init__(self):
        self.asked = []
        self.done = []
        self.left = []
        self.came = threading.Condition()
        self.port = 0

    @property
    def config(self):
        """A config that asks here."""
        return (
            "{provider: openai, api_key: sk-upstream, "
            f"custom_host: 'http://127.0.0.1:{self.port}/v1'}}\n"
        )

    def wait_for(self, prompt, within=20):
        """Wait until it has been asked for this."""
        with self.came:
            assert self.came.wait_for(lambda: prompt in self.asked, within), self.asked

    async def _generate(self, request):
        prompt = (await request.json())["prompt"]
        with self.came:
            self.asked.append(prompt)
            self.came.notify_all()
        try:
            await asyncio.sleep(float(prompt.split()[-1]))
        except asyncio.CancelledError:
            self.left.append(prompt)
            raise
        self.done.append(prompt)
        content = LARGE if prompt.startswith("large") else PIXEL
        picture = {"b64_json": base64.b64encode(content).decode(), "revised_prompt": prompt}
        return web.json_response({"created": 1_800_000_000, "data": [picture]})

    async def serve(self, ready, end):
        app = web.Application()
        app.router.add_post("/v1/images/generations", self._generate)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        ready.set()
        await end.wait()
        await runner.cleanup()


@contextmanager
def upstream_running():
    """Serve from a thread of its own."""
    upstream, ready = Upstream(), threading.Event()
    loop, end = asyncio.new_event_loop(), asyncio.Event()

    def run():
        asyncio.set_event_loop(loop)
        loop.run_until_complete(upstream.serve(ready, end))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(20)
    try:
        yield upstream
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(20)
