"""Folk: Recraft's language: a symmetrical posy in flat colours, as on a painted chest."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point
from router.emulators.art.colour import Colour, colours, lighter, mix
from router.emulators.art.scene import Scene

# Ground, stem and leaf, then flowers: dark, middle, light, accent.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("14204a 6fa6a0 4f7fd6 8fb6f2 f3ecd6 f2b84f"),
        "dusk": colours("fbeedd 2f4a44 c8382f f0803f f9c784 3a2450"),
        "gold": colours("fbf1d8 4a4a26 b8541c e6a02a f6d27a 24606a"),
        "green": colours("f3f1de 1f5a3f d4513a 7fb062 f2c14f 123a34"),
        "sea": colours("eef3ec 1c5a6a 1c6ea6 5cb8c4 f6cf6f e4633f"),
        "violet": colours("241544 7fae96 8a5ad0 c79af0 fbe6f2 f5b04f"),
        "pink": colours("fdeee8 3f6a52 d8436f f58fa0 fbd0b0 46408c"),
    }
)


@dataclass(frozen=True, slots=True)
class Brush:
    """Paints everything twice, left and right of the middle."""

    pen: ImageDraw.ImageDraw
    middle: float
    short: float
    palette: tuple[Colour, ...]

    def polygon(self, points: list[Point], tone: Colour) -> None:
        self.pen.polygon(points, fill=tone)
        self.pen.polygon([(2 * self.middle - x, y) for x, y in points], fill=tone)

    def disc(self, place: Point, size: float, tone: Colour) -> None:
        for x in (place[0], 2 * self.middle - place[0]):
            self.pen.circle((x, place[1]), size, fill=tone)

    def line(self, points: list[Point], width: float, tone: Colour) -> None:
        wide = max(2, round(width))
        self.pen.line(points, fill=tone, width=wide, joint="curve")
        mirrored = [(2 * self.middle - x, y) for x, y in points]
        self.pen.line(mirrored, fill=tone, width=wide, joint="curve")


def folk(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    palette = PALETTES[scene.mood]
    picture = Image.new("RGB", fine.size, palette[0])
    brush = Brush(ImageDraw.Draw(picture), fine.size[0] / 2, min(fine.size), palette)
    _dots(brush, fine)
    stems = scene.style.whole(3, 5, "stems")
    for stem in range(stems - 1, -1, -1):
        _stem(brush, fine, stem, stem / (stems - 0.6))
    if scene.chance.at("birds") < 0.6:
        _bird(brush, fine)
    _pot(brush, fine)
    return picture.reduce(FINE)


def _dots(brush: Brush, scene: Scene) -> None:
    """Small seeds all over the ground."""
    width, height = scene.size
    step = brush.short * 0.085
    tone = mix(brush.palette[0], brush.palette[4], 0.55)
    for row in range(int(height / step) + 1):
        for column in range(int(width / step / 2) + 2):
            x = brush.middle + (column + 0.5 * (row % 2)) * step
            brush.disc((x, (row + 0.5) * step), brush.short * 0.004, tone)


def _stem(brush: Brush, scene: Scene, stem: int, lean: float) -> None:
    """A stem from the pot outwards with its leaves and its flower; `lean` is 0 upright, 1 flat."""
    width, height = scene.size
    chance = scene.chance
    turn = lean * math.pi * 0.5 + chance.between(-0.06, 0.06, "lean", stem) * (stem > 0)
    long = chance.between(0.86, 1.0, "long", stem)
    foot = (brush.middle, height * 0.8)
    end = (
        brush.middle + width * 0.41 * math.sin(turn) * long,
        height * 0.8 - height * 0.62 * math.cos(turn * 0.86) * long,
    )
    bow = (brush.middle + (end[0] - brush.middle) * 0.25, foot[1] + (end[1] - foot[1]) * 0.75)
    curve = [_bent(foot, bow, end, step / 24) for step in range(25)]
    brush.line(curve, brush.short * 0.011, brush.palette[1])
    leaves = scene.style.whole(2, 4, "leaves")
    for leaf in range(leaves):
        at = 8 + leaf * 12 // leaves
        _leaves(brush, scene, curve[at], curve[at + 1], stem * 8 + leaf)
    kind = scene.style.pick(FLOWERS, "flower", stem % 2)
    size = brush.short * scene.style.between(0.075, 0.105, "size", stem % 2)
    heading = math.atan2(curve[24][1] - curve[22][1], curve[24][0] - curve[22][0])
    tones = _tones(brush, scene, stem)
    kind(brush, end, size, heading, tones)


def _tones(brush: Brush, scene: Scene, stem: int) -> tuple[Colour, Colour, Colour]:
    first = scene.chance.whole(0, 3, "tone", stem)
    dark, middle, light, accent = brush.palette[2:6]
    return (
        (dark, middle, light),
        (middle, light, dark),
        (dark, light, accent),
        (accent, middle, light),
    )[first]


def _leaves(brush: Brush, scene: Scene, here: Point, beyond: Point, number: int) -> None:
    """A leaf to either side of a stem, half of it darker."""
    along = math.atan2(beyond[1] - here[1], beyond[0] - here[0])
    long = brush.short * scene.style.between(0.07, 0.11, "leaf")
    wide = long * scene.style.between(0.16, 0.3, "leaf width")
    for side in (-1, 1):
        turn = along + side * scene.chance.between(0.6, 0.95, "leaf", number, side)
        upper, lower = _blade(here, turn, long, wide)
        tone = brush.palette[1]
        brush.polygon(upper, tone)
        brush.polygon(lower, lighter(tone, 0.2))


def _blade(foot: Point, turn: float, long: float, wide: float) -> tuple[list[Point], list[Point]]:
    """Both halves of a pointed leaf."""
    halves: tuple[list[Point], list[Point]] = ([], [])
    for half, side in zip(halves, (-1, 1), strict=True):
        for step in range(13):
            x, y = step / 12 * long, side * wide * math.sin(math.pi * (step / 12) ** 0.8)
            half.append(_at(foot, turn, x, y))
    return halves


def _at(foot: Point, turn: float, x: float, y: float) -> Point:
    """The point that is `x` ahead and `y` aside of a foot, in a direction."""
    cos, sin = math.cos(turn), math.sin(turn)
    return foot[0] + x * cos - y * sin, foot[1] + x * sin + y * cos


def _bent(foot: Point, bow: Point, end: Point, at: float) -> Point:
    """A point of a curve that starts towards `bow`."""
    one, two, three = (1 - at) ** 2, 2 * at * (1 - at), at**2
    return (
        one * foot[0] + two * bow[0] + three * end[0],
        one * foot[1] + two * bow[1] + three * end[1],
    )


Tones = tuple[Colour, Colour, Colour]


def _daisy(brush: Brush, place: Point, size: float, heading: float, tones: Tones) -> None:
    for petal in range(10):
        turn = heading + math.tau * petal / 10
        upper, lower = _blade(place, turn, size, size * 0.2)
        brush.polygon([*upper, *reversed(lower)], tones[0])
    for petal in range(10):
        turn = heading + math.tau * (petal + 0.5) / 10
        brush.disc(_at(place, turn, size * 0.62, 0), size * 0.09, tones[1])
    brush.disc(place, size * 0.4, tones[1])
    brush.disc(place, size * 0.24, tones[2])


def _rose(brush: Brush, place: Point, size: float, heading: float, tones: Tones) -> None:
    """Scallops around discs."""
    for ring, (reach, tone) in enumerate(zip((0.78, 0.5), tones[:2], strict=True)):
        count = 9 - ring * 2
        for petal in range(count):
            turn = heading + math.tau * (petal + ring / 2) / count
            brush.disc(_at(place, turn, size * reach, 0), size * 0.3, tone)
        brush.disc(place, size * reach, tone)
    brush.disc(place, size * 0.38, tones[2])
    brush.disc(place, size * 0.16, tones[0])


def _tulip(brush: Brush, place: Point, size: float, heading: float, tones: Tones) -> None:
    """Three petals that open forwards."""
    foot = _at(place, heading, -size * 0.8, 0)
    for turn, tone in ((-0.5, tones[0]), (0.5, tones[0]), (0.0, tones[1])):
        upper, lower = _blade(foot, heading + turn, size * 2.0, size * 0.5)
        brush.polygon([*upper, *reversed(lower)], tone)
    upper, lower = _blade(_at(foot, heading, size * 0.2, 0), heading, size * 1.2, size * 0.24)
    brush.polygon([*upper, *reversed(lower)], tones[2])


def _fan(brush: Brush, place: Point, size: float, heading: float, tones: Tones) -> None:
    """Half a flower, its rays tipped with dots."""
    foot = _at(place, heading, -size * 0.5, 0)
    for reach, tone in ((1.5, tones[0]), (1.12, tones[1]), (0.7, tones[2])):
        points = [
            _at(foot, heading + (step / 16 - 0.5) * 2.3, size * reach, 0) for step in range(17)
        ]
        brush.polygon([foot, *points], tone)
    for ray in range(7):
        turn = heading + (ray / 6 - 0.5) * 2.2
        brush.disc(_at(foot, turn, size * 1.62, 0), size * 0.13, tones[1])


FLOWERS = (_daisy, _rose, _tulip, _fan)


def _pot(brush: Brush, scene: Scene) -> None:
    """What the stems stand in: a bowl or a heart."""
    x, y = brush.middle, scene.size[1] * 0.8
    size = brush.short * 0.12
    dark, _, light, accent = brush.palette[2:6]
    left = [(x, y - size * 0.35), (x - size, y - size * 0.35)]
    bend = [
        (
            x - size * math.cos(step / 12 * math.pi / 2),
            y - size * 0.35 + size * 1.3 * math.sin(step / 12 * math.pi / 2),
        )
        for step in range(13)
    ]
    brush.polygon([*left, *bend], accent)
    brush.line([(x, y - size * 0.35), (x - size * 1.1, y - size * 0.35)], size * 0.2, dark)
    for dot in range(4):
        brush.disc((x - size * 0.22 * dot, y + size * (0.2 - 0.02 * dot**2)), size * 0.08, light)


def _bird(brush: Brush, scene: Scene) -> None:
    """Two birds that look at each other."""
    size = brush.short * 0.1
    dark, middle, light, accent = brush.palette[2:6]
    x = brush.middle + brush.short * scene.chance.between(0.26, 0.32, "bird")
    y = scene.size[1] * 0.86
    body, tail = (accent, dark) if scene.chance.at("feather") < 0.5 else (dark, middle)
    for turn in (-0.25, 0.0, 0.25):
        upper, lower = _blade((x + size * 0.5, y), turn - 0.3, size * 1.25, size * 0.14)
        brush.polygon([*upper, *reversed(lower)], tail)
    brush.polygon(
        [
            (x - size * 1.2, y - size * 0.5),
            (x - size * 0.7, y - size * 0.68),
            (x - size * 0.7, y - size * 0.36),
        ],
        light,
    )
    upper, lower = _blade((x - size * 0.95, y - size * 0.42), 0.32, size * 2.0, size * 0.42)
    brush.polygon([*upper, *reversed(lower)], body)
    brush.disc((x - size * 0.62, y - size * 0.5), size * 0.33, body)
    upper, lower = _blade((x - size * 0.35, y - size * 0.1), -0.15, size * 1.0, size * 0.24)
    brush.polygon([*upper, *reversed(lower)], light)
    brush.disc((x - size * 0.68, y - size * 0.56), size * 0.07, brush.palette[0])
