"""Rainbows: the language of servers that resemble OpenAI's: arches of stripes below a low sun."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point
from router.emulators.art.colour import Colour, colours
from router.emulators.art.scene import Scene

# Paper, then the stripes from the outermost to the innermost, and the sun.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("111a3c 27408f 4f7ad0 8fb4ec d8e4f6 f4c560"),
        "dusk": colours("f9ecd8 6a2442 b8383f e2683a f0a24a f6c987"),
        "gold": colours("faf0d8 5a3a1f a8612a d9902f ecbe5a d9532f"),
        "green": colours("f3f1de 164a40 2f7f5a 79ad5f bdd183 f0a840"),
        "sea": colours("f3f3ea 123f66 1f74a3 5bb0c4 a8d8d4 f0985a"),
        "violet": colours("f5eef5 35206f 6a44b3 a678d8 d9b2e8 f3b052"),
        "pink": colours("fcf0ea 7a2a5c cc4a78 f0879a f8bdb4 f4c35a"),
    }
)


def rainbows(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    palette = PALETTES[scene.mood]
    picture = Image.new("RGB", fine.size, palette[0])
    pen = ImageDraw.Draw(picture)
    width, height = fine.size
    across = width * scene.chance.between(0.22, 0.78, "sun x")
    up = height * scene.chance.between(0.2, 0.3, "sun y")
    pen.circle((across, up), min(fine.size) * scene.style.between(0.09, 0.14, "sun"), palette[5])
    for place, foot in enumerate(_feet(fine)):
        _arch(pen, fine, palette, foot, place)
    return picture.reduce(FINE)


def _feet(scene: Scene) -> list[Point]:
    """The middles of all arches, side by side; the lower ones stand in front of the higher."""
    width, height = scene.size
    count = scene.style.whole(2, 4, "arches") + math.floor(width / height)
    feet: list[Point] = []
    for place in range(count):
        x = (place + scene.chance.between(0.1, 0.9, "x", place)) / count
        feet.append((width * x, height * scene.chance.between(0.5, 0.94, "y", place)))
    return sorted(feet, key=lambda foot: foot[1])


def _arch(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], foot: Point, place: int
) -> None:
    """Stripes that come up from the lower edge, turn around and go down again."""
    x, y = foot
    height = scene.size[1]
    stripes = scene.style.whole(4, 7, "stripes")
    hollow = scene.style.between(0.5, 2.0, "hollow")
    outer = min(scene.size) * scene.chance.between(0.2, 0.36, "outer", place)
    first = scene.chance.whole(0, 3, "first", place)
    tones = [palette[1 + (stripe + first) % 4] for stripe in range(stripes)]
    for stripe, tone in enumerate([*tones, palette[0]]):
        reach = outer * (1 - stripe / (stripes + hollow))
        pen.circle((x, y), reach, fill=tone)
        pen.rectangle((x - reach, y, x + reach, height), fill=tone)
