"""Sketches: one grey field for each size and format, handed out where nobody looks at pictures.

They are whole files of the size that was asked for: the engine checks what comes as it always
does, some models are priced by the pixel, and what has to be converted can be.
"""

import zlib
from functools import lru_cache
from io import BytesIO
from struct import pack

from router.emulators.brief import Brief, PictureFormat

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ONE_BIT_GREY = bytes((1, 0, 0, 0, 0))  # depth, colour type, and three methods of which there is one

GREY = 128

SIZES = 1000  # sizes and formats that are kept


def sketch(brief: Brief) -> bytes:
    """Hand out the field of the size and format that is asked for.

    Raises ImportError for jpeg and webp where Pillow is not installed.
    """
    return _made(brief.format, brief.width, brief.height)


@lru_cache(maxsize=SIZES)
def _made(picture_format: PictureFormat, width: int, height: int) -> bytes:
    if picture_format == "png":
        return _png(width, height)
    from PIL import Image

    file = BytesIO()
    Image.new("L", (width, height), GREY).save(file, picture_format.upper(), optimize=True)
    return file.getvalue()


def _png(width: int, height: int) -> bytes:
    """Write a PNG by hand: some two hundred bytes, and Pillow is not needed."""
    row = bytes(1 + (width + 7) // 8)
    parts = (
        (b"IHDR", pack(">II", width, height) + ONE_BIT_GREY),
        (b"IDAT", zlib.compress(row * height, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return pack(">I", len(content)) + body + pack(">I", zlib.crc32(body))
