"""Beginnings: what edits and variations are made of here, and which ability each takes."""

import io
from dataclasses import dataclass, field

from PIL import Image

from router.core.data_url import data_url
from router.emulators.art.retouch import retouched
from tests.originals.pictures import drawn, masking

SIZE = (1024, 1024)
RED = drawn(size=SIZE, colour=(220, 30, 30))
BLUE = drawn(size=SIZE, colour=(30, 30, 220))
MASK = masking(SIZE)  # edited on the left, kept on the right


def painted(brief):
    """Paint green, and over the given picture as the stand-ins' artist does."""
    fresh = Image.new("RGB", (brief.width, brief.height), (40, 160, 60))
    out = io.BytesIO()
    picture = retouched(fresh, brief.source) if brief.source else fresh
    picture.save(out, brief.format, compress_level=1)
    return out.getvalue()


def redness(image, place):
    """How much redder than blue a picture is at a place, given in parts of its edges."""
    with Image.open(io.BytesIO(image.bytes())) as picture:
        at = (int(place[0] * picture.width), int(place[1] * picture.height))
        red, _, blue = picture.convert("RGB").getpixel(at)
    return red - blue


def inside(content):
    """A reference that holds the picture itself."""
    return {"image_url": data_url(content, "image/png")}


def web(name):
    return {"image_url": f"https://pictures.test/{name}.png"}


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """One way to begin with pictures, and what a model must be able to do for it."""

    name: str
    needs: str
    params: dict = field(repr=False)
    to: str = "edit"

    def __str__(self):
        return self.name


BEGINNINGS = (
    Beginning(name="a file", needs="edit", params={"image": RED}),
    Beginning(name="files", needs="many", params={"image": [RED, BLUE]}),
    Beginning(name="a mask", needs="mask", params={"image": RED, "mask": MASK}),
    Beginning(name="a reference", needs="edit", params={"images": [inside(RED)]}),
    Beginning(
        name="references with a mask",
        needs="mask",
        params={"images": [inside(RED)], "mask": inside(MASK)},
    ),
    Beginning(name="a URL", needs="url", params={"images": [web("a")]}),
    Beginning(name="a file ID", needs="file_id", params={"images": [{"file_id": "file-abc"}]}),
    Beginning(name="a variation", needs="variation", to="variation", params={"image": RED}),
)
