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
    return column.resize((1, size[1]), BICUBIC).resize(size, Image.Resampling.NEAREST)


def light(diameter: int, strength: float) -> Picture:
    """A soft round light as a mask, brightest in its middle; `strength` is in [0, 1]."""
    levels = [max(0.0, 1 - level / RIM) ** 2 * 255 * strength for level in range(256)]
    softened = Image.radial_gradient("L").point([round(level) for level in levels])
    return softened.resize((diameter, diameter), BILINEAR)


def shine(picture: Picture, centre: Point, radius: float, tint: Colour, strength: float) -> None:
    """Lay a soft round light of that colour over the picture."""
    mask = light(max(2, int(radius * 2)), strength)
    corner = (int(centre[0] - radius), int(centre[1] - radius))
    picture.paste(tint, (*corner, corner[0] + mask.width, corner[1] + mask.height), mask)
