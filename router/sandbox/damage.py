"""Damage: good answers made bad."""

import re
from collections.abc import Callable
from dataclasses import replace

from router.core.http import HttpResponse
from router.emulators.brief import Brief, Draw

LONG_BASE64 = re.compile(rb'"((?:data:[^",]*,)?[A-Za-z0-9+/]{256,}={0,2})"')

STRANGE = b"!*"  # base64 has neither, and no picture's file begins with them


def with_type(response: HttpResponse, content_type: str) -> HttpResponse:
    """The same body under another content type."""
    return replace(response, headers={**response.headers, "content-type": content_type})


def with_broken_base64(response: HttpResponse) -> HttpResponse:
    """Put characters that base64 does not have near the end of every picture of a JSON answer.

    An answer that is a picture itself is spoilt instead.
    """
    if response.content_type.startswith("image/"):
        return replace(response, body=_spoilt(response.body))
    return replace(response, body=LONG_BASE64.sub(_broken, response.body))


def _broken(match: re.Match[bytes]) -> bytes:
    text = match[1]
    return b'"' + text[:-12] + STRANGE + text[-10:] + b'"'


def spoiling(publish: Callable[[bytes, str], str]) -> Callable[[bytes, str], str]:
    """Publish files that no reader takes for pictures."""

    def publish_spoilt(content: bytes, mime: str) -> str:
        return publish(_spoilt(content), mime)

    return publish_spoilt


def _spoilt(content: bytes) -> bytes:
    return STRANGE + content[len(STRANGE) :]


def truncating(draw: Draw) -> Draw:
    """Draw pictures whose files end half way."""

    def draw_half(brief: Brief) -> bytes:
        content = draw(brief)
        return content[: len(content) // 2]

    return draw_half
