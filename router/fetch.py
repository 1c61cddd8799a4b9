"""Fetch: get a picture from the URL that a provider gave, without credentials."""

import ipaddress
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

import anyio

from router.config.hosts import why_not_host
from router.core.http import HttpRequest, TransportError, origin
from router.core.media import sniff_bytes
from router.core.ports import Sender
from router.errors import FetchError

FETCH_TIMEOUT = 120.0  # seconds
LARGEST = 64 * 1024 * 1024  # bytes: four times the largest picture a provider makes today
EXPECTED = "expected https, or http at a custom_host on loopback"


async def fetch_picture(url: str, sender: Sender, *, own: AbstractSet[str] = frozenset()) -> bytes:
    """Return the bytes behind `url`: https, or http on this machine. Raises FetchError.

    A `data:` URL that comes here is one that could not be read: there is nothing to fetch.
    `own` are the origins at which http will do, as far as they are on loopback: a provider's
    answer must not lead to other servers of this machine. Where clouds hand out credentials
    nothing is fetched.
    """
    if url.startswith("data:"):
        raise FetchError(f"{url[:200]!r} holds no picture in base64")
    reason = _why_not(url, own)
    if reason is not None:
        raise FetchError(f"{url[:200]!r} is not fetched: {reason}")
    body: bytes | None = None
    with anyio.move_on_after(FETCH_TIMEOUT):
        body = await _get(url, sender)
    if body is None:
        raise FetchError(f"{url[:200]!r} gave nothing within {FETCH_TIMEOUT:g} s")
    return body


async def _get(url: str, sender: Sender) -> bytes:
    request = HttpRequest(
        method="GET",
        url=url,
        headers={"accept": "image/*", "accept-encoding": "identity"},
        max_body=LARGEST,
    )
    try:
        response = await sender.send(request)
    except TransportError as broken:
        raise FetchError(f"{url[:200]!r} could not be fetched: {broken}") from broken
    if response.status != 200:
        raise FetchError(f"{url[:200]!r} answered {response.status}; expected 200")
    if len(response.body) > LARGEST:
        raise FetchError(f"{url[:200]!r} is {len(response.body)} bytes; at most {LARGEST}")
    if sniff_bytes(response.body[:4096]) is None:
        raise FetchError(f"{url[:200]!r} {_instead(response.content_type)}")
    return response.body


def _instead(content_type: str) -> str:
    """Say what it is that is no picture."""
    if content_type.startswith("image/"):
        return f"says {content_type} and is no picture"
    return f"is {content_type or 'no picture'}"


def _why_not(url: str, own: AbstractSet[str]) -> str | None:
    try:
        where = origin(url)
        split = urlsplit(url)
    except ValueError:
        return EXPECTED
    host = split.hostname or ""
    reason = why_not_host(host)
    if reason is not None:
        return f"it {reason}"
    is_allowed = split.scheme == "https" or (where in own and _is_loopback(host))
    return None if is_allowed else EXPECTED


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
