"""PNG: a whole file made of rows that are filtered and compressed.

www.w3.org/TR/png-3
"""

import struct
import zlib
from collections.abc import Sequence

SIGNATURE = b"\x89PNG\r\n\x1a\n"

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
"""Colour types."""


def write_png(
    width: int,
    height: int,
    rows: bytes,
    *,
    colour: int,
    depth: int = 8,
    before: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return the file; `depth` is in bits a channel. Other chunks may come before the rows."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = (b"IHDR", head), *before, (b"IDAT", rows), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
