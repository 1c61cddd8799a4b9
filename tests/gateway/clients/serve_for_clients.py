"""Serves gateways for real clients, until its standard input ends.

    python serve_for_clients.py UPSTREAM FOLDER...

It prints the port of each. Every provider's own host is at UPSTREAM, which tells them apart by the
header `host`.
"""

import asyncio
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from router.engine import Engine
from router.gateway.assignment import SLOW
from router.gateway.build import Serving, build_gateway
from router.gateway.draining import Draining
from router.gateway.http_server import HttpServer
from router.gateway.listening import listen
from router.senders.aiohttp_sender import AiohttpSender


class Redirected:
    """A sender that finds every host at one address."""

    def __init__(self, address):
        self._sender = AiohttpSender()
        self._address = address

    async def send(self, request):
        return await self._sender.send(self._there(request))

    @asynccontextmanager
    async def stream(self, request):
        async with self._sender.stream(self._there(request)) as incoming:
            yield incoming

    async def aclose(self):
        await self._sender.aclose()

    def _there(self, request):
        split = urlsplit(request.url)
        if split.hostname == "127.0.0.1":
            return request
        url = split._replace(scheme="http", netloc=self._address).geturl()
        return replace(request, url=url, headers={**request.headers, "host": split.netloc})


def gateway(upstream, folder):
    built = build_gateway(Serving(folder=folder))
    sender = Redirected(urlsplit(upstream).netloc)
    engine = Engine(sender=sender, artefacts=built.desk.links)
    built.desk = replace(built.desk, engine=engine)
    return built, sender


async def main(upstream, *folders):
    async with AsyncExitStack() as stack:
        gateways = [serving(upstream, folder) for folder in folders]
        ports = [await stack.enter_async_context(each) for each in gateways]
        print(*ports, flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def serving(upstream, folder):
    """Serve as a worker of `pixroute serve` does."""
    app, sender = gateway(upstream, folder)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = HttpServer(Draining(app), listener, patience=SLOW)
    await app.start()
    task = asyncio.create_task(server.serve())
    try:
        yield port
    finally:
        server.stop()
        await task
        await app.stop()
        await sender.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
