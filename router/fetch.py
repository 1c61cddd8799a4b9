"""Fetch: get a picture from the URL that a provider gave, without credentials."""

from collections.abc import Set as AbstractSet
from urllib.parse import urljoin, urlsplit

import anyio

from router.config.hosts import why_not_host
from router.core.finishing import FetchError
from router.core.http import HttpRequest, HttpResponse, TransportError, origin
from router.core.media import sniff_bytes
from router.core.ports import Sender
from router.core.whereabouts import where

FETCH_TIMEOUT = 120.0  # seconds, redirects included
LARGEST = 64 * 1024 * 1024  # bytes: four times the largest picture a provider makes today
MOST_REDIRECTS = 5
EXPECTED = "expected https, or the origin of a custom_host in the config"

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({404, 408, 425, 429, 500, 502, 503, 504})
"""Statuses that may pass; 404 because some file stores have a file a moment after its URL."""


async def fetch_picture(url: str, sender: Sender, *, own: AbstractSet[str] = frozenset()) -> bytes:
    """Return the bytes behind `url`: https, at public addresses only. Raises FetchError.

    A `data:` URL that comes here is one that could not be read: there is nothing to fetch.
    `own` are the origins of servers of one's own: those may be http and anywhere. Where clouds
    hand out credentials nothing is fetched. Each redirect is looked at like the URL itself.
    """
    if url.startswith("data:"):
        raise FetchError(f"{where(url)!r} holds no picture in base64")
    body: bytes | None = None
    with anyio.move_on_after(FETCH_TIMEOUT):
        body = await _follow(url, sender, own)
    if body is None:
        raise FetchError(f"{where(url)!r} gave nothing within {FETCH_TIMEOUT:g} s", passing=True)
    return body


async def _follow(url: str, sender: Sender, own: AbstractSet[str]) -> bytes:
    for _ in range(MOST_REDIRECTS + 1):
        response = await _get(url, sender, own)
        if response.status not in REDIRECTS:
            return _picture(url, response)
        url = _next(url, response)
    raise FetchError(f"{where(url)!r} is behind more than {MOST_REDIRECTS} redirects")


def _next(url: str, response: HttpResponse) -> str:
    """Return where a redirect leads."""
    try:
        return urljoin(url, response.headers.get("location", ""))
    except ValueError as broken:
        raise FetchError(f"{where(url)!r} redirects to what is no URL") from broken


async def _get(url: str, sender: Sender, own: AbstractSet[str]) -> HttpResponse:
    reason = _why_not(url, own)
    if reason is not None:
        raise FetchError(f"{where(url)!r} is not fetched: {reason}")
    request = HttpRequest(
        method="GET",
        url=url,
        headers={"accept": "image/*", "accept-encoding": "identity"},
        max_body=LARGEST,
        public=origin(url) not in own,
    )
    try:
        return await sender.send(request)
    except TransportError as broken:
        raise FetchError(f"{where(url)!r} could not be fetched: {broken}", passing=True) from broken


def _picture(url: str, response: HttpResponse) -> bytes:
    """Return the picture that an answer holds."""
    if response.status != 200:
        raise FetchError(
            f"{where(url)!r} answered {response.status}; expected 200",
            passing=response.status in PASSING,
        )
    if len(response.body) > LARGEST:
        raise FetchError(f"{where(url)!r} is {len(response.body)} bytes; at most {LARGEST}")
    if sniff_bytes(response.body[:4096]) is None:
        raise FetchError(f"{where(url)!r} {_instead(response.content_type)}")
    return response.body


def _instead(content_type: str) -> str:
    """Say what it is that is no picture."""
    if content_type.startswith("image/"):
        return f"says {content_type} and is no picture"
    return f"is {content_type or 'no picture'}"


def _why_not(url: str, own: AbstractSet[str]) -> str | None:
    try:
        from_here = origin(url)
        split = urlsplit(url)
    except ValueError:
        return EXPECTED
    reason = why_not_host(split.hostname or "")
    if reason is not None:
        return f"it {reason}"
    return None if split.scheme == "https" or from_here in own else EXPECTED
