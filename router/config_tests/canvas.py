"""Canvas: plain pictures of the right size and type: nobody looks at those of a test."""

import io

from router.emulators.brief import Brief, Draw
from router.emulators.drawing import drawn_once, require_pillow

GREY = 136
"""A shade: pictures of one channel are encoded in a third of the time."""


def plain_pictures() -> Draw:
    """Return what hands out a plain picture, made once for each size and type.

    Raises ImportError where Pillow is not installed.
    """
    require_pillow()
    return drawn_once(_paint)


def _paint(brief: Brief) -> bytes:
    from PIL import Image

    mode, colour = ("LA", (GREY, 0)) if brief.transparent else ("L", (GREY,))
    file = io.BytesIO()
    Image.new(mode, (brief.width, brief.height), colour).save(file, brief.format)
    return file.getvalue()
