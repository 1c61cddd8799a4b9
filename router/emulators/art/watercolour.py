"""Watercolour: Together's language: rings of thin colour that meet on white paper."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from router.emulators.art.canvas import BICUBIC, Picture, Point, Size
from router.emulators.art.colour import Colour, colours
from router.emulators.art.scene import Scene

PAPER: Colour = (251, 248, 241)

PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("33479e 5b86d6 6d5bb5 2a7a9c e9c46a"),
        "dusk": colours("d9523f f08c42 b23a6b f4bf6a 6a4a94"),
        "gold": colours("e0a030 d2702e f3cc66 b8503c a3a04a"),
        "green": colours("3f9468 8cbf5a 2a7a7a c9cf5a e2a04a"),
        "sea": colours("2a7fb8 4fb5bf 3b5fae 8fd0b8 f0a866"),
        "violet": colours("7a52c0 b378d6 4f6fd0 e088b8 f4a6a0"),
        "pink": colours("e2607f f29a8c b46ac0 f6c06a 5f86d0"),
    }
)

LONGEST = 720  # pixels: wet edges are soft, and painting them is slow
LAYERS = 3


@dataclass(frozen=True, slots=True)
class Stain:
    """A wet ring, or a disc where `inner` is 0."""

    centre: Point
    outer: float
    inner: float
    tone: Colour
    number: int


def watercolour(scene: Scene) -> Picture:
    """Paint the scene."""
    scale = min(1.0, LONGEST / max(scene.size))
    small = replace(scene, size=(round(scene.size[0] * scale), round(scene.size[1] * scale)))
    picture = Image.new("RGB", small.size, PAPER)
    grain = _grain(small)
    for stain in _stains(small):
        _soak(picture, small, grain, stain)
    return picture.resize(scene.size, BICUBIC) if scale < 1 else picture


def _stains(scene: Scene) -> Iterator[Stain]:
    """Rings in one another around a few centres, near enough to touch."""
    width, height = scene.size
    palette = PALETTES[scene.mood]
    circles = scene.style.whole(3, 7, "circles")
    rings = scene.style.whole(1, 5, "rings")
    gap = scene.style.between(0.12, 0.4, "gap")
    start = scene.chance.at("start") * math.tau
    for circle in range(circles):
        turn = start + math.tau * circle / circles
        away = scene.chance.between(0.15, 0.25, "away", circle)
        centre = (
            width * (0.5 + away * math.cos(turn)),
            height * (0.48 + away * math.sin(turn)),
        )
        largest = 0.35 - 0.02 * circles
        radius = math.sqrt(width * height) * scene.chance.between(0.11, largest, "radius", circle)
        radius = min(radius, min(scene.size) * 0.3)
        for ring in range(rings):
            outer = radius * (1 - ring / rings)
            inner = radius * (1 - (ring + 1 - gap) / rings) if ring + 1 < rings else 0.0
            tone = palette[scene.chance.whole(0, 4, "tone", circle, ring)]
            yield Stain(centre, outer, inner, tone, circle * 8 + ring)
    for drop in range(scene.chance.whole(5, 12, "drops")):
        turn = scene.chance.at("drop", drop) * math.tau
        away = scene.chance.between(0.2, 0.46, "drop away", drop)
        place = (width * (0.5 + away * math.cos(turn)), height * (0.48 + away * math.sin(turn)))
        size = min(scene.size) * (0.004 + 0.02 * scene.chance.at("drop size", drop) ** 3)
        yield Stain(place, size, 0.0, palette[drop % 5], 100 + drop)


def _soak(picture: Picture, scene: Scene, grain: Picture, stain: Stain) -> None:
    """Let a stain dry: paler in the middle, darker along its edge."""
    reach = stain.outer * 1.25
    x, y = stain.centre
    box = (
        max(0, int(x - reach)),
        max(0, int(y - reach)),
        min(picture.width, int(x + reach)),
        min(picture.height, int(y + reach)),
    )
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    wet = _wet(scene, stain, (box[0], box[1]), (box[2] - box[0], box[3] - box[1]))
    spread = max(1.0, min(scene.size) * 0.022)
    rim = ImageChops.subtract(wet, wet.filter(ImageFilter.BoxBlur(spread)))
    strength = ImageChops.add(wet.point([level * 58 // 100 for level in range(256)]), rim)
    strength = ImageChops.multiply(strength, grain.crop(box))
    region = picture.crop(box)
    tinted = ImageChops.multiply(region, Image.new("RGB", region.size, stain.tone))
    picture.paste(tinted, box, strength)


def _wet(scene: Scene, stain: Stain, corner: Point, size: Size) -> Picture:
    """A mask of the stain: several uneven outlines over one another."""
    wet = Image.new("L", size, 0)
    for layer in range(LAYERS):
        sheet = Image.new("L", size, 0)
        pen = ImageDraw.Draw(sheet)
        pen.polygon(_outline(scene, stain, stain.outer, layer, corner), fill=255 // LAYERS)
        if stain.inner:
            pen.polygon(_outline(scene, stain, stain.inner, layer, corner), fill=0)
        wet = ImageChops.add(wet, sheet)
    return wet.filter(ImageFilter.BoxBlur(0.8))


def _outline(scene: Scene, stain: Stain, radius: float, layer: int, corner: Point) -> list[Point]:
    """A circle that is none: long waves that all layers share, short ones of the layer's own."""
    chance = scene.chance
    waves = [
        (pace, chance.at(stain.number, pace) * math.tau, 0.03 / pace**0.5) for pace in (2, 3, 5)
    ]
    waves += [
        (pace, chance.at(stain.number, layer, pace) * math.tau, 0.012) for pace in (7, 11, 17)
    ]
    points: list[Point] = []
    for step in range(80):
        turn = math.tau * step / 80
        swell = sum(weight * math.sin(turn * pace + phase) for pace, phase, weight in waves)
        reach = radius * (1 + swell)
        x, y = stain.centre[0] - corner[0], stain.centre[1] - corner[1]
        points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
    return points


def _grain(scene: Scene) -> Picture:
    """How much colour the paper takes: large clouds, and a little of its own roughness."""
    clouds, rough = (_uneven(scene, cells, lowest) for cells, lowest in ((7, 120), (56, 205)))
    return ImageChops.multiply(clouds, rough)


def _uneven(scene: Scene, cells: int, lowest: int) -> Picture:
    short = min(scene.size)
    size = (round(cells * scene.size[0] / short), round(cells * scene.size[1] / short))
    grain = Image.new("L", size)
    grain.putdata(
        [
            scene.chance.whole(lowest, 255, "grain", x, y)
            for y in range(size[1])
            for x in range(size[0])
        ]
    )
    return grain.resize(scene.size, BICUBIC)
