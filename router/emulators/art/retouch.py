"""Retouch: a given picture in the light of a new one; where a mask says, the new one itself."""

import io

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from router.core.media import sniff_bytes
from router.emulators.art.canvas import BICUBIC, BILINEAR, Picture, Size
from router.emulators.brief import Source, UnreadableError

MOST_PIXELS = 64 * 1024 * 1024  # of a given picture; more is meant to fill the memory

LIGHT = 0.22
"""How much of the new picture's colours falls on what is kept of the old one."""

SOFT = 0.012
"""How wide the edge of a repainted region is, as a part of the shorter side."""

BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""What Pillow raises for files that are none of its own."""


def retouched(fresh: Picture, source: Source) -> Picture:
    """Return the source, repainted with a fresh picture of the size that is wanted."""
    original = ImageOps.fit(_opened(source.content, "RGB"), fresh.size, BICUBIC)
    kept = Image.blend(original, _light_of(fresh), LIGHT)
    if source.mask is not None:
        picture = Image.composite(fresh, kept, _region(source, fresh.size))
    else:
        picture = Image.blend(kept, fresh, max(0.0, min(1.0, source.change)) * 0.8)
    for place, other in enumerate(source.others):
        _inset(picture, _opened(other, "RGB"), place)
    return picture


def _opened(content: bytes, mode: str) -> Picture:
    media = sniff_bytes(content)
    if media is None or (media.width or 1) * (media.height or 1) > MOST_PIXELS:
        raise UnreadableError("no picture, or too many pixels")
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return ImageOps.exif_transpose(picture).convert(mode)
    except BROKEN as error:
        raise UnreadableError("the picture is broken") from error


def _light_of(picture: Picture) -> Picture:
    """Return the picture's colours without its shapes."""
    small = picture.resize((8, 8), BILINEAR).filter(ImageFilter.GaussianBlur(1))
    return small.resize(picture.size, BICUBIC)


def _region(source: Source, size: Size) -> Picture:
    """Return a mask that is white where the picture is painted anew, with a soft edge."""
    if source.where == "transparent":
        region = ImageChops.invert(_opened(source.mask or b"", "RGBA").getchannel("A"))
    else:
        grey = _opened(source.mask or b"", "L")
        region = grey if source.where == "white" else ImageChops.invert(grey)
    return region.resize(size, BILINEAR).filter(ImageFilter.GaussianBlur(min(size) * SOFT))


def _inset(picture: Picture, other: Picture, place: int) -> None:
    """Hang another picture into the upper right corner, each below the one before."""
    side = max(8, min(picture.size) // 6)
    margin = side // 4
    top = margin + place * (side + margin)
    if top + side > picture.height:
        return
    mask = Image.new("L", (side * 2, side * 2), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side * 2 - 1, side * 2 - 1), side // 3, fill=255)
    small = ImageOps.fit(other, (side, side), BICUBIC)
    picture.paste(small, (picture.width - side - margin, top), mask.resize((side, side), BILINEAR))
