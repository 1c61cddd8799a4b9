import asyncio
import subprocess
import sys

import aiohttp

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


def test_where_aiohttp_is_missing_the_extra_is_named():
    code = (
        "import sys; sys.modules['aiohttp'] = None\n"
        "try: import router.senders.aiohttp_sender\n"
        "except ImportError as error: print(error)"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "AiohttpSender needs aiohttp: pip install 'pixroute[fast]'"
