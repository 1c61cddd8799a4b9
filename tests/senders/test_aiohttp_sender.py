import asyncio
import socket
import subprocess
import sys

import aiohttp
import pytest

from router.core.http import HttpRequest, TransportError
from router.senders.aiohttp_sender import AiohttpSender


async def timeout_of(sender):
    try:
        await sender.send(HttpRequest(method="GET", url="http://127.0.0.1:1/"))
    except TransportError:
        return sender._session.timeout
    finally:
        await sender.aclose()
    raise AssertionError("port 1 answered")


def test_only_connecting_has_a_limit_of_time():
    assert asyncio.run(timeout_of(AiohttpSender())) == aiohttp.ClientTimeout(
        total=None, connect=10, sock_connect=10, sock_read=None
    )


def test_a_handshake_that_never_ends_is_given_up_and_has_sent_nothing(monkeypatch):
    shorter = aiohttp.ClientTimeout(total=None, connect=0.05)
    monkeypatch.setattr("router.senders.aiohttp_sender.TIMEOUT", shorter)

    async def main():
        sender = AiohttpSender()
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            with pytest.raises(TransportError) as caught:
                await sender.send(HttpRequest(method="GET", url=f"https://127.0.0.1:{port}/"))
        await sender.aclose()
        return str(caught.value), caught.value.sent, port

    message, sent, port = asyncio.run(main())

    assert message == f"could not connect to 127.0.0.1:{port} within 10 s"
    assert not sent


def test_where_aiohttp_is_missing_the_extra_is_named():
    code = (
        "import sys; sys.modules['aiohttp'] = None\n"
        "try: import router.senders.aiohttp_sender\n"
        "except ImportError as error: print(error)"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "AiohttpSender needs aiohttp: pip install 'pixroute[fast]'"
