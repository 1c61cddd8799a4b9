"""Colours: what a picture's numbers mean is kept beside them, or said in sRGB."""

import io
from collections.abc import Set as AbstractSet

from PIL import Image, ImageCms

from router.core.media import Format

GREYS = frozenset({"1", "L", "LA", "I;16"})
SPACES = frozenset({"RGB", "RGBA", "CMYK", "L"})
"""Modes whose colours can be translated as they are."""


def profile_for(picture: Image.Image, to: Format, modes: AbstractSet[str]) -> bytes | None:
    """Return the ICC profile that stays beside a picture which becomes one of these modes.

    None where it has none, the format cannot hold any, or the numbers become others.
    """
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or to == "gif" or picture.mode == "CMYK":
        return None
    stays_grey = picture.mode in GREYS and picture.mode in modes
    return profile if profile[16:20] == (b"GRAY" if stays_grey else b"RGB ") else None


def without_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return a picture in sRGB, which needs no profile; as it is where the profile is broken."""
    plain = picture if picture.mode in SPACES else picture.convert("RGBA")
    try:
        return (
            ImageCms.profileToProfile(
                plain,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGBA" if plain.mode == "RGBA" else "RGB",
            )
            or picture
        )
    except (ImageCms.PyCMSError, OSError):
        return picture
