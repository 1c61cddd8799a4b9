"""Fetch: get a picture from the URL that a provider gave, without credentials."""

import ipaddress
from urllib.parse import urlsplit

import anyio

from router.core.http import HttpRequest, TransportError
from router.core.media import sniff_bytes
from router.core.ports import Sender

FETCH_TIMEOUT = 120.0  # seconds
LARGEST = 64 * 1024 * 1024  # bytes: four times the largest picture a provider makes today


class FetchError(Exception):
    """A picture's URL is not allowed, or there is no picture behind it."""


async def fetch_picture(url: str, sender: Sender) -> bytes:
    """Return the bytes behind `url`: https, or http on this machine. Raises FetchError."""
    if not _is_allowed(url):
        raise FetchError(f"{url[:200]!r} is not fetched: expected https, or http on loopback")
    body: bytes | None = None
    with anyio.move_on_after(FETCH_TIMEOUT):
        body = await _get(url, sender)
    if body is None:
        raise FetchError(f"{url[:200]!r} gave nothing within {FETCH_TIMEOUT:g} s")
    return body


async def _get(url: str, sender: Sender) -> bytes:
    request = HttpRequest(
        method="GET", url=url, headers={"accept": "image/*", "accept-encoding": "identity"}
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
        raise FetchError(f"{url[:200]!r} is {response.content_type or 'no picture'}")
    return response.body


def _is_allowed(url: str) -> bool:
    try:
        split = urlsplit(url)
        host = split.hostname or ""
    except ValueError:
        return False
    if "@" in split.netloc or not host:
        return False
    return split.scheme == "https" or (split.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
