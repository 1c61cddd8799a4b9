"""Payloads: what is asked and what is answered, the same for everyone who is measured."""

import base64
import json
import random
import struct
import zlib

MODEL = "gpt-image-1"
PROMPT = "Lucy in the sky with diamonds"
QUESTION = json.dumps({"model": MODEL, "prompt": PROMPT}).encode()

SIDES = {"small": 16, "big": 716}
"""Pixels: noise of 716 x 716 makes a PNG of 1.5 MB, and base64 text of 2 MB."""


def png(side: int) -> bytes:
    """Draw noise in RGB, which no compression shortens, as the pictures of a provider are."""
    noise = random.Random(side)
    rows = b"".join(b"\0" + noise.randbytes(3 * side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def answer(size: str) -> bytes:
    """Return the body that OpenAI's API would give for one picture."""
    usage = {"input_tokens": 12, "output_tokens": 4160, "total_tokens": 4172}
    picture = base64.b64encode(png(SIDES[size])).decode()
    body = {
        "created": 1763800000,
        "background": "opaque",
        "data": [{"b64_json": picture}],
        "output_format": "png",
        "quality": "medium",
        "size": "1024x1024",
        "usage": usage,
    }
    return json.dumps(body).encode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
