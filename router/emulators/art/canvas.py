"""Canvas: the washes and glows that every visual language starts from."""

from collections.abc import Sequence

from PIL import Image

from router.emulators.art.colour import Colour

Picture = Image.Image
Size = tuple[int, int]
Point = tuple[float, float]

FINE = 2
"""Sharp shapes are painted this many times larger and then reduced, for smooth edges."""

BICUBIC = Image.Resampling.BICUBIC
BILINEAR = Image.Resampling.BILINEAR

RIM = 180
# Pillow's radial gradient is 255 in its corners, and this where its circle touches the sides.


def wash(size: Size, ramp: Sequence[Colour]) -> Picture:
    """A gradient through the colours of `ramp`, from top to bottom."""
    column = Image.new("RGB", (1, len(ramp)))
    column.putdata(list(ramp))
    levels = column.resize((1, size[1]), BICUBIC).tobytes()
    rows = [levels[at : at + 3] * size[0] for at in range(0, len(levels), 3)]
    return Image.frombytes("RGB", size, b"".join(rows))


def shine(picture: Picture, centre: Point, radius: float, tint: Colour, strength: float) -> None:
    """Lay a soft round light over the picture, brightest in its middle; `strength` is in [0, 1]."""
    left, top = max(0, int(centre[0] - radius)), max(0, int(centre[1] - radius))
    right = min(picture.width, int(centre[0] + radius))
    bottom = min(picture.height, int(centre[1] + radius))
    if right <= left or bottom <= top:
        return
    scale = 128 / radius  # the gradient's own radius is 128 pixels
    corner = (128 - centre[0] * scale, 128 - centre[1] * scale)
    part = (
        max(0.0, corner[0] + left * scale),
        max(0.0, corner[1] + top * scale),
        min(256.0, corner[0] + right * scale),
        min(256.0, corner[1] + bottom * scale),
    )
    levels = [round(max(0.0, 1 - level / RIM) ** 2 * 255 * strength) for level in range(256)]
    gradient = Image.radial_gradient("L").point(levels)
    mask = gradient.resize((right - left, bottom - top), BILINEAR, box=part)
    picture.paste(tint, (left, top, right, bottom), mask)
