"""Grey: one plain field for each size and format, handed out where nobody looks at pictures.

They are whole files of the size that was asked for: the engine checks what comes as it always
does, some models are priced by the pixel, and what has to be converted can be.
"""

import zlib
from functools import lru_cache
from io import BytesIO
from struct import pack

from router.emulators.brief import Brief, PictureFormat
from router.emulators.drawing import require_pillow

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ONE_BIT_PALETTE = bytes((1, 3, 0, 0, 0))  # depth, colour type, and methods of which there is one

SHADE = 128

SIZES = 1000  # sizes and formats that are kept


def grey(brief: Brief) -> bytes:
    """Hand out the field of the size and format that is asked for, see-through if that is.

    Raises ImportError for jpeg and webp where Pillow is not installed.
    """
    return _made(brief.format, brief.width, brief.height, brief.transparent)


@lru_cache(maxsize=SIZES)
def _made(picture_format: PictureFormat, width: int, height: int, transparent: bool) -> bytes:
    if picture_format == "png":
        return _png(width, height, transparent=transparent)
    require_pillow()
    from PIL import Image

    has_alpha = transparent and picture_format == "webp"
    mode, colour = ("LA", (SHADE, 0)) if has_alpha else ("L", (SHADE,))
    file = BytesIO()
    Image.new(mode, (width, height), colour).save(file, picture_format.upper(), optimize=True)
    return file.getvalue()


def _png(width: int, height: int, *, transparent: bool) -> bytes:
    """Write a PNG by hand: a few hundred bytes, and Pillow is not needed."""
    lines = bytes(1 + (width + 7) // 8) * height  # all of the palette's only colour
    clear = ((b"tRNS", bytes(1)),) if transparent else ()
    parts = (
        (b"IHDR", pack(">II", width, height) + ONE_BIT_PALETTE),
        (b"PLTE", bytes((SHADE, SHADE, SHADE))),
        *clear,
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return pack(">I", len(content)) + body + pack(">I", zlib.crc32(body))
