"""Marbling: SGLang's language: rings of ink on a bath, drawn out with a comb."""

import cmath
import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture
from router.emulators.art.colour import Colour, colours
from router.emulators.art.scene import Scene

# The bath, then the inks.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("0f1a44 1b3178 3f67c4 8db4ee eef2fb e9b44c"),
        "dusk": colours("3a1030 8f1f3a d8432f f2944a fbe3bd 1f2a55"),
        "gold": colours("4a2712 a8601c e3a02f f4cf7d fbf1d6 1f6468"),
        "green": colours("0a3030 1b6a50 6fae5c c3d982 f8f4d8 d9763a"),
        "sea": colours("06294a 105f92 39a5b8 a6dcd2 f7f3df e2763f"),
        "violet": colours("1d1148 4d2a98 9a5bd0 dba8ea fbeef6 f0a94a"),
        "pink": colours("4a1a50 b83474 ef7590 f9b9b4 fdf1e6 4f63b8"),
    }
)

CORNERS = 80  # of a drop's outline when it falls
STRIDE = (0.7549, 0.5698)
# Multiples of these, taken modulo one, are spread evenly over a square (Roberts' R2 sequence).
LONGEST = 0.02  # of an edge, before the comb bends it; the canvas' shorter side is 1

Outline = list[complex]


def marbling(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    palette = PALETTES[scene.mood]
    picture = Image.new("RGB", fine.size, palette[0])
    pen = ImageDraw.Draw(picture)
    scale = min(fine.size)
    middle = complex(*fine.size) / 2
    for number, drop in enumerate(_combed(scene, _drops(scene))):
        points = [(at.real, at.imag) for at in (middle + at * scale for at in drop)]
        pen.polygon(points, fill=_ink(scene, palette, number))
    return picture.reduce(FINE)


def _ink(scene: Scene, palette: tuple[Colour, ...], number: int) -> Colour:
    """Any of them; the last is rare."""
    draw = scene.chance.at("ink", number)
    return palette[5] if draw < 0.1 else palette[int((draw - 0.1) / 0.9 * 5)]


def _drops(scene: Scene) -> list[Outline]:
    """Outlines of drops, each pushed aside by all that fell later; the middle of the bath is 0.

    They fall on a few places in turn, so that there are rings around each of them.
    """
    short = min(scene.size)
    across, down = scene.size[0] / short, scene.size[1] / short
    rings = scene.style.whole(3, 7, "rings")
    places = round(60 / rings)
    mean = math.sqrt(across * down / (places * rings)) * 0.92
    circle = [cmath.rect(1, step / CORNERS * math.tau) for step in range(CORNERS)]
    start = scene.chance.at("start x"), scene.chance.at("start y")
    drops: list[Outline] = []
    for fall in range(places * rings):
        place = fall % places
        middle = complex(
            ((place * STRIDE[0] + start[0]) % 1 * 1.1 - 0.55) * across,
            ((place * STRIDE[1] + start[1]) % 1 * 1.1 - 0.55) * down,
        )
        radius = mean * scene.chance.between(0.6, 1.3, "radius", fall)
        drops = [_pushed(drop, middle, radius) for drop in drops]
        drops.append([middle + radius * at for at in circle])
    return drops


def _pushed(drop: Outline, middle: complex, radius: float) -> Outline:
    """What another drop leaves of an outline: as much area as before, farther away."""
    area = radius * radius
    return [
        middle + (at - middle) * math.sqrt(1 + area / (abs(at - middle) ** 2 + 1e-9)) for at in drop
    ]


def _combed(scene: Scene, drops: list[Outline]) -> list[Outline]:
    """Draw a comb through the bath, once or a few times, to and fro between its teeth."""
    drops = [_dense(drop) for drop in drops]
    turn = scene.style.pick((0.0, math.pi / 2, 0.7, -0.7), "turn")
    for stroke in range(scene.style.whole(1, 3, "strokes")):
        way = cmath.rect(1, turn + stroke * math.pi / 2 + scene.chance.between(-0.1, 0.1, stroke))
        pace = math.tau / scene.style.between(0.16, 0.5, "teeth", stroke)
        pull = scene.style.between(0.5, 1.5, "pull", stroke) / pace
        phase = scene.chance.at("phase", stroke) * math.tau
        across = way.conjugate()
        drops = [
            [at + way * pull * math.sin((at * across).imag * pace + phase) for at in drop]
            for drop in drops
        ]
    return drops


def _dense(drop: Outline) -> Outline:
    """The outline as a smooth curve, with more corners where they are far apart."""
    dense: Outline = []
    for place, here in enumerate(drop):
        following = drop[(place + 1) % CORNERS]
        apart = abs(following - here)
        pieces = min(8, 1 + int(apart / LONGEST))
        if pieces == 1:
            dense.append(here)
            continue
        start = _held((following - drop[place - 1]) / 2, apart)
        end = _held((drop[(place + 2) % CORNERS] - here) / 2, apart)
        dense += [_between(here, following, start, end, piece / pieces) for piece in range(pieces)]
    return dense


def _held(slope: complex, most: float) -> complex:
    """A slope that throws no curve farther than its ends are apart."""
    steep = abs(slope)
    return slope if steep <= most else slope * (most / steep)


def _between(one: complex, other: complex, start: complex, end: complex, at: float) -> complex:
    """A point of the cubic curve from one point to another, with these slopes at its ends."""
    turned = 3 * (other - one) - 2 * start - end
    return one + at * (start + at * (turned + at * (start + end - 2 * (other - one))))
