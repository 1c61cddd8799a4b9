import asyncio
import socket
import subprocess
import sys
from importlib.util import find_spec

import pytest

from router.core.http import HttpRequest, TransportError
from router.senders.default import default_sender
from router.senders.httpx_sender import HttpxSender


async def opened(sender):
    """Let the sender open its line, at the price of one refused connection."""
    try:
        await sender.send(HttpRequest(method="GET", url="http://127.0.0.1:1/"))
    except TransportError:
        return sender._line
    finally:
        await sender.aclose()
    raise AssertionError("port 1 answered")


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_only_connecting_has_a_limit_of_time(library):
    line = asyncio.run(opened(HttpxSender(library=library)))

    timeouts = {"connect": 10.0, "read": None, "write": None, "pool": None}
    assert line._extensions == {"timeout": timeouts}


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_handshake_that_never_ends_is_given_up_and_has_sent_nothing(library, monkeypatch):
    monkeypatch.setattr("router.senders.httpx_sender.CONNECT_TIMEOUT", 0.05)

    async def main():
        sender = HttpxSender(library=library)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            with pytest.raises(TransportError) as caught:
                await sender.send(HttpRequest(method="GET", url=f"https://127.0.0.1:{port}/"))
        await sender.aclose()
        return str(caught.value), caught.value.sent, port

    message, sent, port = asyncio.run(main())

    assert message == f"could not connect to 127.0.0.1:{port} within 10 s"
    assert not sent


def test_the_successor_is_used_where_it_is_installed():
    line = asyncio.run(opened(HttpxSender()))

    assert line._library.__name__ == ("httpx2" if find_spec("httpx2") else "httpx")


def test_the_default_sender_is_httpx():
    assert isinstance(default_sender(), HttpxSender)


def test_making_the_default_sender_loads_no_client():
    code = (
        "import sys; from router.senders.default import default_sender; default_sender();"
        "print(sorted({'httpx', 'httpx2', 'httpcore', 'aiohttp', 'h11'} & set(sys.modules)))"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
