"""Limits: how long a connection may take to stand, how large an answer may be."""

from router.core.http import HttpRequest

CONNECT_TIMEOUT = 10.0  # seconds; the one limit of time, as every attempt brings its own timeout

MAX_BODY = 256 * 1024 * 1024  # bytes: ten pictures of 4096 x 4096 pixels in base64, and room


def allowed(request: HttpRequest, max_body: int) -> int:
    """Return how many bytes the answer may have: as the request or the sender says, if fewer."""
    return max_body if request.max_body is None else min(request.max_body, max_body)
