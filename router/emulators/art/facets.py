"""Facets: Segmind's language: folded paper, a mesh of triangles in slanting light."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point
from router.emulators.art.colour import Colour, along, colours, darker, lighter
from router.emulators.art.scene import Scene

# From the far corner to the light.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("0b1030 1a2a6b 3256b8 6f9cf0 d8e6ff"),
        "dusk": colours("3a1446 8f2452 e0503f f79a4a ffe3a6"),
        "gold": colours("5a2a12 a85a1a e2982c f6c862 fff1c4"),
        "green": colours("082f34 0f6152 35956a 93c878 f0f3bf"),
        "sea": colours("06264a 0d5488 1f93b5 74d0cc f0fae2"),
        "violet": colours("1f0f4c 51289a 9250d0 d68ee6 ffe2f4"),
        "pink": colours("5c1a5a b83a7c f0708e fbada6 fff0dd"),
    }
)

Corner = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """Where the light is. Its shape goes from a round one to a beam, as `beam` goes from 0 to 1."""

    place: Point
    turn: float
    reach: float
    beam: float


def facets(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    palette = PALETTES[scene.mood]
    picture = Image.new("RGB", fine.size, palette[2])
    pen = ImageDraw.Draw(picture)
    lamp = _lamp(fine)
    for triangle in _triangles(fine):
        tone = _tone(palette, triangle, lamp)
        pen.polygon([(x, y) for x, y, _ in triangle], fill=tone, outline=tone)
    return picture.reduce(FINE)


def _lamp(scene: Scene) -> Lamp:
    width, height = scene.size
    return Lamp(
        place=(
            width * scene.chance.between(0.2, 0.8, "lamp x"),
            height * scene.chance.between(0.16, 0.6, "lamp y"),
        ),
        turn=scene.chance.at("turn") * math.pi,
        reach=max(scene.size) * scene.style.between(0.5, 0.8, "reach"),
        beam=scene.style.pick((0.0, 0.6, 1.0), "beam"),
    )


def _tone(
    palette: tuple[Colour, ...], triangle: tuple[Corner, Corner, Corner], lamp: Lamp
) -> Colour:
    """Brighter near the lamp, and where the facet is turned to it."""
    x, y = sum(corner[0] for corner in triangle) / 3, sum(corner[1] for corner in triangle) / 3
    away = (lamp.place[0] - x, lamp.place[1] - y)
    far = math.hypot(*away) or 1.0
    ahead = abs(away[0] * math.cos(lamp.turn) + away[1] * math.sin(lamp.turn))
    position = 1 - (far + (ahead - far) * lamp.beam) / lamp.reach
    lit = _lit(triangle, (away[0] / far, away[1] / far))
    tone = along(palette, position + lit * 0.26)
    return lighter(tone, lit * 0.2) if lit > 0 else darker(tone, -lit * 0.22)


def _lit(triangle: tuple[Corner, Corner, Corner], towards: Point) -> float:
    """How much a facet is turned towards a direction, from -1 to 1."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = triangle
    one, other = (bx - ax, by - ay, bz - az), (cx - ax, cy - ay, cz - az)
    normal = (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )
    sign = 1 if normal[2] > 0 else -1
    length = math.hypot(*normal) or 1.0
    return sign * (normal[0] * towards[0] + normal[1] * towards[1]) / length


def _triangles(scene: Scene) -> Iterator[tuple[Corner, Corner, Corner]]:
    """The mesh, over the whole canvas and a little beyond."""
    side = min(scene.size) / scene.style.whole(7, 13, "mesh")
    columns, rows = int(scene.size[0] / side) + 3, int(scene.size[1] / side) + 3
    corners = [
        [_corner(scene, column, row, side) for column in range(columns)] for row in range(rows)
    ]
    slanted = scene.style.at("slant") < 0.5
    for row in range(rows - 1):
        for column in range(columns - 1):
            a, b = corners[row][column], corners[row][column + 1]
            c, d = corners[row + 1][column + 1], corners[row + 1][column]
            if (row % 2 == 0) if slanted else ((row + column) % 2 == 0):
                yield a, b, d
                yield b, c, d
            else:
                yield a, b, c
                yield a, c, d


def _corner(scene: Scene, column: int, row: int, side: float) -> Corner:
    """One corner of the mesh, and how far it is lifted off the canvas."""
    loose = scene.style.between(0.12, 0.36, "loose")
    shift = 0.5 * (row % 2) if scene.style.at("slant") < 0.5 else 0.0
    x = column - 1 + shift + scene.chance.between(-loose, loose, "x", column, row)
    y = row - 1 + scene.chance.between(-loose, loose, "y", column, row)
    lift = scene.chance.between(-1, 1, "lift", column, row)
    return x * side, y * side, lift * side * scene.style.between(0.28, 0.55, "lift")
