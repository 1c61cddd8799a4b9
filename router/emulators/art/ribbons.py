"""Ribbons: Stability's language: bands of many strands that flow through the dark."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point, shine, wash
from router.emulators.art.colour import Colour, along, colours, darker, mix
from router.emulators.art.scene import Scene

# Ground above, ground below, then the ramp that a ribbon runs through.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("05060f 0e1633 2447c6 38b6ff c9f2ff 8a5cff"),
        "dusk": colours("16070f 35101f ff3d54 ff8a3d ffe08a c23cff"),
        "gold": colours("120b04 2d1c0b c9741a ffb52e fff0b8 2fb8a6"),
        "green": colours("03100c 0a2a22 0fae7a 7ee081 f0ffc2 18a0d8"),
        "sea": colours("020d18 06283d 0b7fc2 30d5c8 e6fff4 5b6cff"),
        "violet": colours("0b0518 210f45 7a2bf0 d65cff ffd6fa 2fa8ff"),
        "pink": colours("150611 36122c e0338f ff8fb1 fff1e6 7c6cff"),
    }
)

STRANDS = 36
STEPS = 44
PIECE = 11


def ribbons(scene: Scene) -> Picture:
    """Paint the scene."""
    width, height = scene.size
    short = min(scene.size)
    palette = PALETTES[scene.mood]
    picture = _flow(scene.fine, palette).reduce(FINE)
    shine(picture, (width * 0.5, height * 0.5), short * 0.9, palette[2], 0.22)
    return picture


def _flow(scene: Scene, palette: tuple[Colour, ...]) -> Picture:
    """Dust, the ribbons from back to front, and dust before them."""
    picture = wash(scene.size, (palette[0], palette[1], palette[0]))
    bands = scene.style.whole(2, 4, "bands")
    pen = ImageDraw.Draw(picture)
    _particles(pen, scene, palette, 90)
    for band in range(bands):
        _ribbon(pen, scene, palette, band, bands)
    _particles(pen, scene, palette, 260 if scene.sparkling else 50)
    return picture


def _ribbon(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], band: int, bands: int
) -> None:
    """Strands from one edge to the other, each a little further along than the one before."""
    depth = (band + 1) / bands
    before: list[Point] = []
    for strand in range(STRANDS):
        share = strand / (STRANDS - 1)
        tone = along((palette[2 + band % 2], palette[3], palette[4], palette[5]), share)
        points = _strand(scene, band, bands, share)
        if before:
            _fill(pen, before, points, _silk(palette[1], tone, depth, strand))
        before = points


def _fill(pen: ImageDraw.ImageDraw, one: list[Point], other: list[Point], tone: Colour) -> None:
    """Fill between two strands, piece by piece: Pillow is slow on polygons with many corners."""
    for start in range(0, STEPS, PIECE):
        end = start + PIECE + 1
        pen.polygon([*one[start:end], *reversed(other[start:end])], fill=tone)


def _silk(ground: Colour, tone: Colour, depth: float, strand: int) -> Colour:
    """The tone of one strand: a sheen, and every fourth a fine shadow."""
    sheen = mix(ground, tone, 0.4 + 0.6 * depth)
    return darker(sheen, 0.16) if strand % 4 == 0 else sheen


def _strand(scene: Scene, band: int, bands: int, share: float) -> list[Point]:
    """The curve of one strand: two waves whose phases drift across the ribbon."""
    width, height = scene.size
    upright = height > width
    length, breadth = (height, width) if upright else (width, height)
    chance, style = scene.chance, scene.style
    centre = breadth * (0.5 + (band + 0.5 - bands / 2) / bands * 0.62)
    swing = breadth * style.between(0.12, 0.24, "swing")
    pace = style.between(0.5, 1.15, "pace") * chance.between(0.8, 1.25, "pace", band)
    drift = style.between(0.7, 1.9, "drift")
    start = chance.at("start", band) * math.tau
    twist = chance.between(0.4, 1.4, "twist", band)
    points: list[Point] = []
    for step in range(STEPS + 1):
        at = step / STEPS
        spread = 0.35 + 0.65 * math.sin(at * math.pi * twist + start) ** 2
        one = math.sin(at * math.tau * pace + start + share * drift)
        two = math.sin(at * math.tau * pace * 2.1 + start * 1.7 - share * drift * 0.8)
        across = centre + swing * (one + 0.4 * two) + (share - 0.5) * breadth * 0.2 * spread
        along_it = length * (at * 1.06 - 0.03)
        points.append((across, along_it) if upright else (along_it, across))
    return points


def _particles(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], count: int
) -> None:
    """Dust that catches the light."""
    width, height = scene.size
    for grain in range(count):
        place = (
            width * scene.chance.at("grain x", count, grain),
            height * scene.chance.at("grain y", count, grain),
        )
        size = scene.chance.at("grain", count, grain) ** 5 * min(scene.size) * 0.0055 + 0.8
        tone = along(palette[3:5], scene.chance.at("grain tone", count, grain))
        pen.circle(place, size, fill=tone)
