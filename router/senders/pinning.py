"""Pinning: a host that somebody else has named is looked up once, checked, and asked there.

Looked up again by the client, the name could lead elsewhere the second time.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from router.core.http import TransportError, origin
from router.core.networks import is_public
from router.senders import wording

Answer = TypeVar("Answer")


async def public_addresses(url: str) -> tuple[str, ...]:
    """Return the addresses of the URL's host. Raises TransportError unless all are public."""
    try:
        origin(url)
        split = urlsplit(url)
        host, port = split.hostname or "", split.port or (443 if split.scheme == "https" else 80)
    except ValueError:
        raise wording.unsendable(url) from None
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise wording.unreachable(url, error) from None
    # An address of link-local scope has its interface behind a per cent sign.
    addresses = tuple(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found)
    for address in addresses:
        if not is_public(ipaddress.ip_address(address)):
            raise TransportError(f"{host} is at {address}, which is no public address", sent=False)
    return addresses


async def first_to_connect(
    addresses: Sequence[str], ask: Callable[[str], Awaitable[Answer]]
) -> Answer:
    """Ask at one address after the other, as long as nothing could be sent to any."""
    *others, last = addresses
    for address in others:
        try:
            return await ask(address)
        except TransportError as error:
            if error.sent:
                raise
    return await ask(last)
