"""Grey: one plain field for each size and format, handed out where nobody looks at pictures.

They are whole files of the size that was asked for: the engine checks what comes as it always
does, some models are priced by the pixel, and what has to be converted can be.
"""

import zlib
from functools import lru_cache
from io import BytesIO

from router.core.png import PALETTE, write_png
from router.emulators.brief import Brief, PictureFormat
from router.emulators.drawing import require_pillow

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
    rows = bytes(1 + (width + 7) // 8) * height  # all of the palette's only colour
    palette = [(b"PLTE", bytes((SHADE, SHADE, SHADE)))]
    if transparent:
        palette.append((b"tRNS", bytes(1)))
    packed = zlib.compress(rows, 9)
    return write_png(width, height, packed, colour=PALETTE, depth=1, before=palette)
