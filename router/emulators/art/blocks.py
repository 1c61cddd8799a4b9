"""Blocks: DeepInfra's language: towers of cubes, seen from a corner above."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point
from router.emulators.art.colour import Colour, along, colours, lighter, mix
from router.emulators.art.scene import Scene

# The ground, then from low towers to high ones; last the accent.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("0c1542 2747ae 5b93ea c9e6ff ffd166"),
        "dusk": colours("451544 b8344f f5844a ffe0a8 6fc2b8"),
        "gold": colours("553016 b8691f eeb044 fff0c4 2f9f98"),
        "green": colours("0a3d3a 1f7d58 7fc06a eef4b0 f2a03d"),
        "sea": colours("073a64 1577a8 4fc0cc e6faea ff8f5c"),
        "violet": colours("27145a 6a3cc0 b877e6 fddcf6 ffcf70"),
        "pink": colours("661f60 c84080 f793a2 ffeadb 6f8fe0"),
    }
)


Place = tuple[int, int]


def blocks(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    city = City(fine)
    picture = Image.new("RGB", fine.size, city.palette[0])
    pen = ImageDraw.Draw(picture)
    width, height = fine.size
    half = min(fine.size) / scene.style.whole(12, 20, "blocks")
    columns = math.ceil(width / half / 4) + 1
    for row in range(math.ceil(height / half * 2) + 20):
        for column in range(-columns, columns + 1):
            foot = (width / 2 + (column + 0.5 * (row % 2)) * half * 2, row * half / 2)
            city.tower(pen, foot, half, (column, row))
    return picture.reduce(FINE)


class City:
    """Where towers are, and how tall."""

    def __init__(self, scene: Scene) -> None:
        style, chance = scene.style, scene.chance
        self.palette = PALETTES[scene.mood]
        self._chance = chance
        self._size = scene.size
        self._pace = style.between(5.0, 8.5, "pace")
        self._rough = style.between(0.04, 0.26, "rough")
        self._storeys = style.whole(6, 10, "storeys")
        self._storey = style.between(0.5, 1.0, "storey")
        self._phases = chance.at("one") * math.tau, chance.at("other") * math.tau

    def tower(self, pen: ImageDraw.ImageDraw, foot: Point, half: float, place: Place) -> None:
        """One column of cubes: a lid and two sides, one of them in the shade."""
        share = self._height(foot, place)
        storeys = round(share * self._storeys)
        x, top = foot[0], foot[1] - storeys * half * self._storey
        if top - half > self._size[1]:
            return
        ground, rise = self.palette[0], half / 2
        lid = [(x - half, top), (x, top - rise), (x + half, top), (x, top + rise)]
        inner = [(x + (px - x) * 0.66, top + (py - top) * 0.66) for px, py in lid]
        if storeys == 0:
            pen.polygon(lid, ground)
            pen.polygon(inner, lighter(ground, 0.05))
            return
        tone = along(self.palette[:4], 0.14 + 0.86 * share)
        if self._chance.at("accent", *place) < 0.04:
            tone = self.palette[4]
        for side, shade in ((-half, 0.3), (half, 0.62)):
            wall = [(x + side, top), (x, top + rise), (x, foot[1] + rise), (x + side, foot[1])]
            pen.polygon(wall, mix(tone, ground, shade))
        pen.polygon(lid, tone)
        pen.polygon(inner, lighter(tone, 0.16))

    def _height(self, foot: Point, place: Place) -> float:
        """From 0 to 1: hills of towers, each a little out of line."""
        short = min(self._size)
        x, y = (foot[0] - self._size[0] / 2) / short, (foot[1] - self._size[1] / 2) / short
        one = math.sin(x * self._pace + self._phases[0])
        other = math.sin(y * self._pace * 0.9 + x * 1.3 + self._phases[1])
        rough = self._chance.between(-self._rough, self._rough, "rough", *place)
        return min(1.0, max(0.0, 0.48 + 0.3 * one + 0.3 * other + rough))
