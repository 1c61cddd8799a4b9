"""Pillow: decode a picture and encode it anew."""

import io
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image

from router.core.finishing import ArtefactError
from router.core.media import Format

MOST_PIXELS = 100_000_000  # of a picture that is unpacked: far above what any provider makes

MODES: Mapping[Format, frozenset[str]] = MappingProxyType(
    {
        "png": frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}),
        "gif": frozenset({"L", "P", "RGB", "RGBA"}),
        "webp": frozenset({"RGB", "RGBA"}),
        "jpeg": frozenset({"L", "RGB"}),
    }
)
"""What each format can hold; everything else becomes RGBA, and for JPEG RGB on white."""

QUALITY: Mapping[Format, int] = MappingProxyType({"jpeg": 95, "webp": 90})
"""Where nothing was said about compression: as good as it gets without waste."""


def convert(content: bytes, to: Format, compression: int | None) -> bytes:
    """Return a picture in another format. Raises ArtefactError."""
    if to not in MODES:
        raise ArtefactError(f"pictures cannot be converted to {to}")
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return _encoded(picture, to, compression)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = f"Pillow cannot read it ({type(error).__name__})"
        raise ArtefactError(f"the picture could not be converted to {to}: {reason}") from error


def _encoded(picture: Image.Image, to: Format, compression: int | None) -> bytes:
    if picture.width * picture.height > MOST_PIXELS:
        raise ArtefactError(f"a picture of {picture.width}x{picture.height} is not converted")
    file = io.BytesIO()
    fitting = picture if picture.mode in MODES[to] else _flattened(picture, to)
    if to in QUALITY:
        quality = QUALITY[to] if compression is None else max(1, compression)
        fitting.save(file, format=to, quality=quality)
    else:
        fitting.save(file, format=to)
    return file.getvalue()


def _flattened(picture: Image.Image, to: Format) -> Image.Image:
    """Return the picture in a mode that every format has; JPEG has no transparency."""
    whole = picture.convert("RGBA")
    if to != "jpeg":
        return whole
    white = Image.new("RGB", whole.size, "white")
    white.paste(whole, mask=whole.getchannel("A"))
    return white
