"""Answers: what the upstream says, and whether somebody has passed it on whole."""

import base64
import json
from functools import cache

from payloads import answer, png

from gateway.contender import Unfit

SIDES = {"small": 16, "big": 707}
"""Pixels: noise of 707 x 707 makes a PNG of 1.5 MB, and base64 text of 2 MB."""


@cache
def picture(size: str) -> bytes:
    return png(SIDES[size])


@cache
def body(size: str) -> bytes:
    """Write the body that OpenAI's API would give for one picture."""
    shown = {"b64_json": base64.b64encode(picture(size)).decode()}
    return json.dumps({**json.loads(answer("small")), "data": [shown]}).encode()


def check_whole(size: str, received: bytes) -> None:
    """Raise `Unfit` unless the picture in this body is the upstream's, byte for byte."""
    # data: {"created": int, "data": [{"b64_json": str}], ...}
    try:
        data = json.loads(received)
        came = base64.b64decode(data["data"][0]["b64_json"], validate=True)
    except (ValueError, LookupError, TypeError) as error:
        raise Unfit(f"answered without a picture: {received[:200]!r}") from error
    if came != picture(size):
        raise Unfit(f"answered with a picture of {len(came)} bytes that is not the upstream's")
