"""Bauhaus: Google's language: a grid of discs, arches and triangles in a few plain colours."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point
from router.emulators.art.colour import Colour, colours
from router.emulators.art.scene import Scene

ACCENTS = 4  # the place of the first accent in a palette

# Paper, ink, two colours of the mood, two accents.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("e9e6da 10193a 2746a6 6f9be8 f2c14e e4572e"),
        "dusk": colours("f7e9d7 2a1a3e d8402f f39a3d 8a2f5b f6cfa0"),
        "gold": colours("f8eed6 33221a e0991f c65d1e f3cf73 2f7f86"),
        "green": colours("f2eeda 12302a 1f7a54 8fbf6a f0b93a d9593d"),
        "sea": colours("f1efe2 0f2b46 1c6e9c 6cc0c8 f3b447 e2603f"),
        "violet": colours("f2eaf0 251643 6a3fb0 b48be0 f2a93b e0527a"),
        "pink": colours("fbeee6 3b1d3f e0527f f4a3ae 4f6fc0 f6c350"),
    }
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One field of the grid; `turn` says which way its shape looks, in quarters."""

    pen: ImageDraw.ImageDraw
    box: tuple[float, float, float, float]
    turn: int
    tone: Colour
    other: Colour

    @property
    def size(self) -> tuple[float, float]:
        return self.box[2] - self.box[0], self.box[3] - self.box[1]

    def corner(self, number: int) -> Point:
        """The corners in the order of the clock, from the upper left one."""
        left, top, right, bottom = self.box
        return ((left, top), (right, top), (right, bottom), (left, bottom))[number % 4]

    def quarter(self, number: int, share: float, tone: Colour) -> None:
        """A quarter of a disc around a corner."""
        x, y = self.corner(number)
        width, height = self.size[0] * share, self.size[1] * share
        box = (x - width, y - height, x + width, y + height)
        self.pen.pieslice(box, 90 * (number % 4), 90 * (number % 4 + 1), fill=tone)

    def disc(self, share: float, tone: Colour) -> None:
        left, top, right, bottom = self.box
        x, y = self.size[0] * (1 - share) / 2, self.size[1] * (1 - share) / 2
        self.pen.ellipse((left + x, top + y, right - x, bottom - y), fill=tone)


def bauhaus(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    palette = PALETTES[scene.mood]
    picture = Image.new("RGB", fine.size, palette[0])
    pen = ImageDraw.Draw(picture)
    shapes = _vocabulary(scene)
    for number, box in enumerate(_boxes(fine)):
        ground, tone, other = _colours(scene, palette, number)
        pen.rectangle(box, fill=ground)
        shape = scene.chance.pick(shapes, "shape", number)
        shape(Tile(pen, box, scene.chance.whole(0, 3, "turn", number), tone, other))
    return picture.reduce(FINE)


def _vocabulary(scene: Scene) -> Sequence[Callable[[Tile], None]]:
    """The shapes that a model knows."""
    ranked = sorted(SHAPES, key=lambda shape: scene.style.at("knows", shape.__name__))
    return ranked[: scene.style.whole(3, 5, "shapes")]


def _colours(
    scene: Scene, palette: tuple[Colour, ...], number: int
) -> tuple[Colour, Colour, Colour]:
    """Three that differ: of the ground, of the shape and of what is in it; few are accents."""
    lots = {
        tone: scene.chance.at("colour", number, place) * (1 if place < ACCENTS else 1.8)
        for place, tone in enumerate(palette)
    }
    first, second, third, *_ = sorted(lots, key=lambda tone: lots[tone])
    return first, second, third


def _boxes(scene: Scene) -> Iterator[tuple[float, float, float, float]]:
    """The fields of the grid; a few are four in one."""
    width, height = scene.size
    columns, rows = _grid(scene)
    taken: set[tuple[int, int]] = set()
    for row in range(rows):
        for column in range(columns):
            if (column, row) in taken:
                continue
            large = scene.chance.at("large", column, row) < 0.16
            span = 2 if large and column + 1 < columns and row + 1 < rows else 1
            if (column + 1, row) in taken:
                span = 1
            taken |= {(column + x, row + y) for x in range(span) for y in range(span)}
            yield (
                round(column * width / columns),
                round(row * height / rows),
                round((column + span) * width / columns),
                round((row + span) * height / rows),
            )


def _grid(scene: Scene) -> tuple[int, int]:
    """Columns and rows, so that fields are nearly square; how many is the model's own."""
    width, height = scene.size
    fewest = scene.style.whole(3, 5, "fields")
    grids: list[tuple[float, tuple[int, int]]] = []
    for count in (fewest, fewest + 1):
        side = min(scene.size) / count
        columns, rows = round(width / side), round(height / side)
        grids.append((abs(width * rows / height / columns - 1), (columns, rows)))
    return min(grids)[1]


def _arch(tile: Tile) -> None:
    """Quarters in one another, as of a rainbow."""
    for ring, share in enumerate((1.0, 0.75, 0.5, 0.25)):
        tile.quarter(tile.turn, share, tile.other if ring % 2 else tile.tone)


def _quarter(tile: Tile) -> None:
    tile.quarter(tile.turn, 1.0, tile.tone)
    tile.quarter(tile.turn, 0.36, tile.other)


def _waist(tile: Tile) -> None:
    """Two quarters that look at each other."""
    tile.quarter(tile.turn, 0.5, tile.tone)
    tile.quarter(tile.turn + 2, 1.0, tile.tone)
    tile.quarter(tile.turn + 2, 0.5, tile.other)


def _eye(tile: Tile) -> None:
    tile.disc(0.86, tile.tone)
    tile.disc(0.4, tile.other)


def _half(tile: Tile) -> None:
    """Half discs, one behind the other."""
    left, top, right, bottom = tile.box
    x, y = tile.size[0] / 2, tile.size[1] / 2
    start = (180, 270, 0, 90)[tile.turn]
    across, down = ((0, y), (-x, 0), (0, -y), (x, 0))[tile.turn]
    tile.pen.pieslice(tile.box, start, start + 180, fill=tile.tone)
    behind = (left + across, top + down, right + across, bottom + down)
    tile.pen.pieslice(behind, start, start + 180, fill=tile.other)


def _leaf(tile: Tile) -> None:
    """What two quarters have in common, from corner to corner."""
    left, top, right, bottom = tile.box
    width, height = tile.size
    one: list[Point] = []
    other: list[Point] = []
    for step in range(25):
        turn = step / 24 * math.pi / 2
        x, y = math.sin(turn), 1 - math.cos(turn)
        one.append((left + x * width, top + y * height))
        other.append((right - x * width, bottom - y * height))
    points = [*one, *other]
    if tile.turn % 2:
        points = [(left + right - x, y) for x, y in points]
    tile.pen.polygon(points, fill=tile.tone)


def _triangle(tile: Tile) -> None:
    corners = [tile.corner(tile.turn + step) for step in range(3)]
    tile.pen.polygon(corners, fill=tile.tone)
    middle = (
        (corners[0][0] + corners[2][0]) / 2,
        (corners[0][1] + corners[2][1]) / 2,
    )
    tile.pen.polygon([corners[0], corners[1], middle], fill=tile.other)


def _bars(tile: Tile) -> None:
    left, top, right, bottom = tile.box
    width, height = tile.size
    for bar in range(4):
        low, high = bar / 4, (bar + 0.5) / 4
        if tile.turn % 2:
            box = (left + low * width, top, left + high * width, bottom)
        else:
            box = (left, top + low * height, right, top + high * height)
        tile.pen.rectangle(box, fill=tile.tone)


def _dots(tile: Tile) -> None:
    left, top, _, _ = tile.box
    width, height = tile.size
    for dot in range(9):
        x, y = left + (dot % 3 + 0.5) / 3 * width, top + (dot // 3 + 0.5) / 3 * height
        tone = tile.other if dot == tile.turn * 2 else tile.tone
        pen_x, pen_y = width * 0.1, height * 0.1
        tile.pen.ellipse((x - pen_x, y - pen_y, x + pen_x, y + pen_y), fill=tone)


SHAPES = (_arch, _quarter, _waist, _eye, _half, _leaf, _triangle, _bars, _dots)
