"""Pixels: sd.cpp's language: a dithered evening by the sea, in few colours and large dots."""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PIL import Image, ImageChops, ImageDraw

from router.emulators.art.canvas import Picture, wash
from router.emulators.art.colour import Colour, along, colours, mix
from router.emulators.art.scene import Scene

# From the darkest to the lightest: all the colours that there are.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("070b22 16225c 2b4aa0 5b86d6 a9cdf5 f9f3d0"),
        "dusk": colours("1c0f33 5a1f56 a83250 e8663f fbb254 fff0bf"),
        "gold": colours("24160f 6a3a1c b06a24 e0a53c f5d684 fffae0"),
        "green": colours("06202a 0f4f4a 2f8a5c 7dbb62 cfe08a fbfbdc"),
        "sea": colours("041c38 0b4a78 1f86ab 63bfc4 b4e6d4 fdf8dc"),
        "violet": colours("120a38 3f1f7c 7a3fb8 b874dc eab2ec fff0f4"),
        "pink": colours("2b1040 7a2468 c8487f f58a94 fcc4b0 fff4e2"),
    }
)

BAYER = (0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)
# The order in which the dots of a field of four by four come: Bayer's matrix.


PEAK = ((0.0, 0.0), (0.5, 1.0), (1.0, 0.0))
MESA = ((0.0, 0.0), (0.1, 0.45), (0.24, 0.55), (0.3, 1.0), (0.7, 1.0), (0.76, 0.5), (1.0, 0.0))
DOME = tuple(
    (0.5 - 0.5 * math.cos(step / 12 * math.pi), math.sin(step / 12 * math.pi)) for step in range(13)
)
FIRS = (
    (0.0, 0.0),
    (0.3, 0.3),
    (0.25, 0.35),
    (0.4, 0.65),
    (0.36, 0.7),
    (0.5, 1.0),
    (0.64, 0.7),
    (0.6, 0.65),
    (0.75, 0.35),
    (0.7, 0.3),
    (1.0, 0.0),
)
SHAPES = (PEAK, MESA, DOME, FIRS)
"""Outlines of a mountain, from its left foot to its right one: across and up, both up to 1."""


def pixels(scene: Scene) -> Picture:
    """Paint the scene."""
    palette = PALETTES[scene.mood]
    short = min(scene.size)
    dots = scene.style.pick((88, 108, 132), "dots")
    small = replace(
        scene,
        size=(round(dots * scene.size[0] / short), round(dots * scene.size[1] / short)),
    )
    picture = _evening(small, palette)
    return _dithered(picture, palette).resize(scene.size, Image.Resampling.NEAREST)


def _dithered(picture: Picture, palette: tuple[Colour, ...]) -> Picture:
    """The same picture in the colours of a palette, mixed by dots."""
    field = Image.new("L", (4, 4))
    field.putdata([level * 4 for level in BAYER])
    dots = Image.new("L", picture.size)
    for y in range(0, picture.height, 4):
        for x in range(0, picture.width, 4):
            dots.paste(field, (x, y))
    uneven = ImageChops.add(picture, Image.merge("RGB", [dots] * 3), offset=-30)
    book = Image.new("P", (1, 1))
    book.putpalette([level for tone in palette for level in tone])
    return uneven.quantize(palette=book, dither=Image.Dither.NONE).convert("RGB")


def _evening(scene: Scene, palette: tuple[Colour, ...]) -> Picture:
    """Sky, sun, clouds, mountains, and all of it again in the water."""
    width, height = scene.size
    shore = round(height * scene.style.between(0.58, 0.7, "shore"))
    sky = wash((width, shore), palette[1:5])
    pen = ImageDraw.Draw(sky)
    _sun(pen, scene, palette, shore)
    _clouds(pen, scene, palette, shore)
    _range(pen, scene, palette, shore)
    picture = Image.new("RGB", scene.size, palette[0])
    picture.paste(sky, (0, 0))
    water = sky.transpose(Image.Transpose.FLIP_TOP_BOTTOM).crop((0, 0, width, height - shore))
    picture.paste(Image.blend(water, Image.new("RGB", water.size, palette[1]), 0.4), (0, shore))
    _ripples(picture, scene, shore)
    return picture


def _sun(pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], shore: int) -> None:
    """A large disc, cut by stripes where the model likes it."""
    short = min(scene.size)
    radius = short * scene.style.between(0.14, 0.24, "sun")
    x = scene.size[0] * scene.chance.pick((0.3, 0.4, 0.6, 0.7), "sun x")
    y = shore - radius * scene.chance.between(0.5, 1.3, "sun y")
    pen.circle((x, y), radius, fill=palette[5])
    if scene.style.at("cut") < 0.5:
        for stripe in range(5):
            top = round(y + radius * (0.1 + stripe * 0.2))
            tone = along(palette[1:5], top / shore)
            pen.rectangle((x - radius, top, x + radius, top + stripe // 2), fill=tone)


def _clouds(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], shore: int
) -> None:
    width, _ = scene.size
    short = min(scene.size)
    for cloud in range(scene.chance.whole(3, 6, "clouds")):
        x = width * scene.chance.at("cloud x", cloud)
        y = shore * scene.chance.between(0.1, 0.6, "cloud y", cloud)
        for puff in range(7):
            long = short * scene.chance.between(0.04, 0.12, "puff", cloud, puff)
            left = x + short * scene.chance.between(-0.12, 0.12, "puff x", cloud, puff)
            top = round(y + short * 0.012 * (puff - 3))
            tone = along(palette[2:6], 0.45 + y / shore * 0.5)
            pen.rectangle((left - long, top, left + long, top + short * 0.012), fill=tone)


def _range(pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], shore: int) -> None:
    """Two rows of mountains along the shore, in the shape that the model likes."""
    width, _ = scene.size
    short = min(scene.size)
    shape = scene.style.pick(SHAPES, "shape")
    far = mix(palette[2], palette[3], 0.2)
    for row, (tone, highest, flat) in enumerate(((far, 0.24, 1.5), (palette[0], 0.08, 3.4))):
        x, peak = -short * 0.2, 0
        while x < width:
            tall = short * highest * scene.chance.between(0.35, 1.0, "peak", row, peak)
            wide = tall * flat * scene.chance.between(0.8, 1.3, "wide", row, peak)
            pen.polygon(
                [(x + wide * across * 2, shore - tall * up) for across, up in shape], fill=tone
            )
            x += wide * scene.chance.between(0.6, 1.5, "next", row, peak)
            peak += 1


def _ripples(picture: Picture, scene: Scene, shore: int) -> None:
    """Rows of the water, each shifted a little more than the one above."""
    width, height = scene.size
    for row in range(shore, height):
        down = (row - shore) / (height - shore)
        shift = round(math.sin(row * 1.9 + scene.chance.at("wind") * 6) * (1 + 3 * down))
        line = picture.crop((0, row, width, row + 1))
        picture.paste(ImageChops.offset(line, shift, 0), (0, row))
