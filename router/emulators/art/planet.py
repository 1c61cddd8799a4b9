"""Planet: xAI's language: a world with rings and moons before the stars."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from PIL import Image, ImageDraw, ImageFilter

from router.emulators.art.canvas import BICUBIC, FINE, Picture, Point, shine, wash
from router.emulators.art.colour import Colour, along, colours, darker, mix
from router.emulators.art.scene import Scene

# Space, nebula, other nebula, then the planet from shade to light.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("03050f 1b2f7a 4a2a8c 22408f 6f9be6 e6efff"),
        "dusk": colours("0c0410 7a1f3f 3f1a5c 8f2a3a f08a4f ffe6bf"),
        "gold": colours("0a0703 6a3f14 1f3a4f 8f541c e8b04f fff3d0"),
        "green": colours("020b0c 0f5a4a 1a3f6a 1a6a54 7fc98a f3fbd8"),
        "sea": colours("020914 0b4f7a 1f2f7a 11608f 5cc6d0 eefcf2"),
        "violet": colours("08041a 4f1f8f 1f3f8f 5a2f9f c48af0 ffeafa"),
        "pink": colours("0d0416 8f2f6a 3a3a8f a33f74 f7a0ac fff2ea"),
    }
)

HAZE = 4  # Clouds are painted this many times smaller and then enlarged.
SHADE = 48  # pixels across the planet that its shadow is painted with


@dataclass(frozen=True, slots=True, kw_only=True)
class Globe:
    """A ball in space, lit from the direction `light`; its `tones` go from dark to light."""

    centre: Point
    radius: float
    light: float
    tones: tuple[Colour, ...]


def planet(scene: Scene) -> Picture:
    """Paint the scene."""
    palette = PALETTES[scene.mood]
    picture = _space(scene, palette)
    width, height = scene.size
    globe = Globe(
        centre=(
            width * scene.chance.between(0.46, 0.54, "x"),
            height * scene.chance.between(0.43, 0.51, "y"),
        ),
        radius=min(scene.size) * scene.style.between(0.17, 0.23, "radius"),
        light=scene.chance.pick((-2.6, -2.2, -0.9, -0.5), "light"),
        tones=palette[3:],
    )
    shine(picture, globe.centre, globe.radius * 1.9, palette[4], 0.5)
    back, front = _rings(scene, globe)
    tone = mix(palette[4], palette[5], 0.55)
    picture.paste(tone, (0, 0), back)
    _paint(picture, scene, globe, palette[0])
    picture.paste(tone, (0, 0), front)
    for moon in range(scene.style.whole(0, 3, "moons")):
        _paint(picture, scene, _moon(scene, globe, moon), palette[0])
    return picture


def _moon(scene: Scene, globe: Globe, number: int) -> Globe:
    """A small pale ball near the left or the right edge."""
    across = scene.chance.pick((0.12, 0.2, 0.8, 0.88), "moon x", number)
    down = scene.chance.between(0.1, 0.8, "moon y", number)
    return replace(
        globe,
        centre=(scene.size[0] * across, scene.size[1] * down),
        radius=globe.radius * scene.chance.between(0.07, 0.16, "moon size", number),
        tones=(globe.tones[1], globe.tones[2], globe.tones[2]),
    )


def _space(scene: Scene, palette: tuple[Colour, ...]) -> Picture:
    """Clouds of thin light, and stars before them."""
    width, height = scene.size
    short = min(scene.size)
    haze = (max(1, width // HAZE), max(1, height // HAZE))
    picture = wash(haze, (palette[0], mix(palette[0], palette[1], 0.25), palette[0]))
    for cloud in range(6):
        x, y = scene.chance.at("cloud x", cloud), scene.chance.at("cloud y", cloud)
        reach = min(haze) * scene.chance.between(0.3, 0.7, "cloud", cloud)
        shine(picture, (x * haze[0], y * haze[1]), reach, palette[1 + cloud % 2], 0.6)
    picture = picture.resize(scene.size, BICUBIC)
    pen = ImageDraw.Draw(picture)
    for star in range(420 if scene.sparkling else 260):
        place = (scene.chance.at("x", star) * width, scene.chance.at("y", star) * height)
        bright = scene.chance.at("star", star)
        size = short * (0.0006 + 0.0022 * bright**9)
        tone = mix(palette[1], palette[5], (0.25 + 0.75 * bright) * min(1.0, 0.3 + size))
        if size < 1:
            pen.point(place, fill=tone)
        else:
            pen.circle(place, size, fill=tone)
        if bright > 0.97:
            shine(picture, place, short * 0.022, palette[5], 0.8)
    return picture


def _paint(picture: Picture, scene: Scene, globe: Globe, dark: Colour) -> None:
    """A ball with bands, lit from one side."""
    side = max(2, round(globe.radius * 2))
    ball = _bands(scene, globe.tones, side * FINE).reduce(FINE)
    lit = Image.new("L", (SHADE * 2, SHADE * 2), 0)
    x = SHADE * (1 + 0.42 * math.cos(globe.light))
    y = SHADE * (1 + 0.42 * math.sin(globe.light))
    ImageDraw.Draw(lit).circle((x, y), SHADE * 0.92, fill=255)
    lit = lit.filter(ImageFilter.GaussianBlur(SHADE * 0.22)).resize(ball.size, BICUBIC)
    night = Image.new("RGB", ball.size, darker(mix(dark, globe.tones[0], 0.25), 0.2))
    disc = Image.new("L", (side * FINE, side * FINE), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, side * FINE - 1, side * FINE - 1), fill=255)
    corner = (round(globe.centre[0] - globe.radius), round(globe.centre[1] - globe.radius))
    picture.paste(Image.composite(ball, night, lit), corner, disc.reduce(FINE))


def _bands(scene: Scene, tones: tuple[Colour, ...], side: int) -> Picture:
    """Weather of a gas giant: stripes with wavy edges, tilted as the rings are."""
    picture = Image.new("RGB", (side, side), tones[1])
    pen = ImageDraw.Draw(picture)
    tilt = _tilt(scene)
    bands = scene.style.whole(4, 13, "bands")
    half = side / 2
    for band in range(bands):
        down = (band + scene.chance.between(-0.3, 0.3, "band", band)) / bands * 2 - 1
        tone = along(tones, scene.chance.between(0.15, 1.0, "band tone", band))
        wave = scene.style.between(0.0, 0.06, "wave")
        edge: list[Point] = []
        for step in range(33):
            x = (step / 16 - 1) * 1.45
            y = down + wave * math.sin(x * 5 + band * 2.4) + 0.12 * x * x
            edge.append(_turned((x * half, y * half), (half, half), tilt))
        far = [_turned((x * half * 1.5, half * 1.6), (half, half), tilt) for x in (1, -1)]
        pen.polygon([*edge, *far], fill=tone)
    return picture


def _rings(scene: Scene, globe: Globe) -> tuple[Picture, Picture]:
    """Masks of the rings' parts behind the planet and before it."""
    fine = scene.fine
    masks = (Image.new("L", fine.size, 0), Image.new("L", fine.size, 0))
    tilt = _tilt(scene)
    flat = scene.style.between(0.16, 0.36, "flat")
    count = scene.style.whole(3, 9, "rings")
    reach = scene.style.between(1.7, 2.15, "reach")
    radius = globe.radius
    middle = (globe.centre[0] * FINE, globe.centre[1] * FINE)
    for ring in range(count):
        inner = radius * FINE * (1.28 + (reach - 1.28) * ring / count)
        thick = radius * FINE * (reach - 1.28) / count * scene.style.between(0.5, 0.98, ring)
        level = round(scene.style.between(90, 235, "level", ring))
        for mask, start in zip(masks, (math.pi, 0.0), strict=True):
            points = [
                _turned((size * math.cos(turn), size * flat * math.sin(turn)), middle, tilt)
                for size, turns in ((inner, range(41)), (inner + thick, range(40, -1, -1)))
                for turn in (start + math.pi * step / 40 for step in turns)
            ]
            ImageDraw.Draw(mask).polygon(points, fill=level)
    return masks[0].reduce(FINE), masks[1].reduce(FINE)


def _tilt(scene: Scene) -> float:
    lean = scene.style.between(0.15, 0.6, "tilt")
    return lean if scene.chance.at("lean") < 0.5 else -lean


def _turned(point: Point, centre: Point, turn: float) -> Point:
    """A point, given from a centre, turned around it."""
    cos, sin = math.cos(turn), math.sin(turn)
    return (
        centre[0] + point[0] * cos - point[1] * sin,
        centre[1] + point[0] * sin + point[1] * cos,
    )
