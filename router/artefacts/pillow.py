"""Pillow: decode a picture and encode it anew."""

import io
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from PIL import Image, ImageOps

from router.artefacts.colours import profile_for, without_profile
from router.artefacts.frames import MOVING, count_frames, frames_of
from router.core.finishing import ArtefactError
from router.core.media import Format

MOST_PIXELS = 100_000_000  # of all frames, unpacked: far above what any provider makes

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
    """Return a picture in another format: upright, in the same colours, with all of its frames.

    Raises ArtefactError, for a picture that moves also where the format cannot.
    """
    if to not in MODES:
        raise ArtefactError(f"pictures cannot be converted to {to}")
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return _encoded(picture, to, compression)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = f"Pillow cannot read it ({type(error).__name__})"
        raise ArtefactError(f"the picture could not be converted to {to}: {reason}") from error


def _encoded(picture: Image.Image, to: Format, compression: int | None) -> bytes:
    count = count_frames(picture)
    if picture.width * picture.height * count > MOST_PIXELS:
        frames = f"{count} frames of " if count > 1 else ""
        raise ArtefactError(
            f"a picture of {frames}{picture.width}x{picture.height} is not converted"
        )
    if count > 1 and to not in MOVING:
        raise ArtefactError(f"the picture moves, in {count} frames, and a {to} cannot")
    options: dict[str, object] = {"icc_profile": profile_for(picture, to, MODES[to])}
    if to in QUALITY:
        options["quality"] = QUALITY[to] if compression is None else max(1, compression)
    file = io.BytesIO()
    if count > 1:
        frames_of(picture, partial(_fitting, to=to)).save(file, to, options)
    else:
        _fitting(picture, to).save(file, format=to, **options)
    return file.getvalue()


def _fitting(picture: Image.Image, to: Format) -> Image.Image:
    """Return a picture, or a frame, as the format can hold it, the right way up."""
    upright = ImageOps.exif_transpose(picture)
    profile = picture.info.get("icc_profile")
    if profile and profile_for(picture, to, MODES[to]) is None:
        upright = without_profile(upright, profile)
    return upright if upright.mode in MODES[to] else _flattened(upright, to)


def _flattened(picture: Image.Image, to: Format) -> Image.Image:
    """Return the picture in a mode that every format has; JPEG has no transparency."""
    whole = picture.convert("RGBA")
    if to != "jpeg":
        return whole
    white = Image.new("RGB", whole.size, "white")
    white.paste(whole, mask=whole.getchannel("A"))
    return white
