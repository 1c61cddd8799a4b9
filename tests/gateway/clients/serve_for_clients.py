"""Serves gateways for real clients, until its standard input ends.

    python serve_for_clients.py UPSTREAM FOLDER=PORT...

Every provider's own host is at UPSTREAM, which tells them apart by the header `host`.
"""

import asyncio
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from granian.constants import Interfaces
from granian.server.embed import Server

from router.engine import Engine
from router.gateway.build import Serving, build_gateway
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
    links = built.desk.links
    engine = Engine(sender=Redirected(urlsplit(upstream).netloc), artefacts=links)
    built.desk = replace(built.desk, engine=engine)
    return built


async def main(upstream, *places):
    servers = []
    for place in places:
        folder, _, port = place.rpartition("=")
        app = gateway(upstream, folder)
        server = Server(
            app, port=int(port), interface=Interfaces.ASGI, log_enabled=False, websockets=False
        )
        servers.append((server, asyncio.create_task(server.serve()), int(port)))
    for _, _, port in servers:
        await listening(port)
    print("ready", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.read)
    for server, _, _ in servers:
        server.stop()
    await asyncio.gather(*(task for _, task, _ in servers))


async def listening(port):
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    asyncio.run(main(*sys.argv[1:]))
