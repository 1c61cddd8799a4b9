"""Currents: Replicate's language: strokes of many widths that follow one stream over paper."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point
from router.emulators.art.colour import Colour, colours
from router.emulators.art.scene import Scene

# Ground, then the strokes' colours; the last is rare.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("11162b 2f4d9c 6f93d6 c7d8f2 3b3f75 f2c879"),
        "dusk": colours("f6e8d8 c8443c ee8a4a f3bd7c 7b2d4f 2f2a4d"),
        "gold": colours("f7efdc d08a22 e9b64c a8551f 6b4a2a 2f7a7a"),
        "green": colours("f0efdd 2d7a55 7fae62 bfd08d 1d4a44 e08a3c"),
        "sea": colours("eff1ea 1f6f9f 58aebf a9d8d3 173f63 ee8f5a"),
        "violet": colours("f1ebf3 6a48b5 a58be0 d6b8e6 342160 f0a24a"),
        "pink": colours("fbf0ea e0607f f3a0a4 f7cbbb 7d5aa6 3f5fae"),
    }
)

STROKES = 560  # that are tried; many find no room
SHORTEST = 6  # steps of a stroke
PIECE = 9
CELLS = 120  # along the shorter side: how finely is kept where a stroke already is


def currents(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    palette = PALETTES[scene.mood]
    picture = Image.new("RGB", fine.size, palette[0])
    pen = ImageDraw.Draw(picture)
    stream = Stream(fine)
    for stroke in range(STROKES):
        width = stream.width(stroke)
        points = stream.stroke(stroke, width)
        if len(points) >= SHORTEST:
            _brush(pen, points, width, stream.tone(palette, stroke))
    return picture.reduce(FINE)


def _brush(pen: ImageDraw.ImageDraw, points: list[Point], width: float, tone: Colour) -> None:
    """One stroke with round ends, piece by piece: Pillow is slow on long polygons."""
    left: list[Point] = []
    right: list[Point] = []
    for place, (x, y) in enumerate(points):
        before, after = points[max(0, place - 1)], points[min(len(points) - 1, place + 1)]
        across, down = after[0] - before[0], after[1] - before[1]
        scale = width / 2 / math.hypot(across, down)
        left.append((x + down * scale, y - across * scale))
        right.append((x - down * scale, y + across * scale))
    for start in range(0, len(points) - 1, PIECE):
        end = start + PIECE + 1
        pen.polygon([*left[start:end], *reversed(right[start:end])], fill=tone)
    for x, y in (points[0], points[-1]):
        pen.circle((x, y), width / 2, fill=tone)


class Stream:
    """Where the stream goes, and where strokes lie already."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._short = min(scene.size)
        self._taken: dict[tuple[int, int], int] = {}
        style, chance = scene.style, scene.chance
        self._slope = style.between(-0.8, 0.8, "slope")
        self._bend = style.between(0.8, 1.6, "bend")
        self._pace = style.between(1.6, 3.6, "pace")
        self._longest = style.whole(24, 64, "longest")
        self._broadest = style.between(0.014, 0.055, "broadest")
        self._phase = chance.at("phase") * math.tau, chance.at("other phase") * math.tau

    def width(self, stroke: int) -> float:
        draw = self._scene.chance.at("width", stroke)
        fade = 1 - min(1.0, stroke / 300) * 0.75
        spread: float = draw**1.5 * fade
        return self._short * (0.004 + (self._broadest - 0.004) * spread)

    def tone(self, palette: tuple[Colour, ...], stroke: int) -> Colour:
        draw = self._scene.chance.at("tone", stroke)
        return palette[5] if draw < 0.06 else palette[1 + int((draw - 0.06) / 0.94 * 4)]

    def stroke(self, stroke: int, width: float) -> list[Point]:
        """Go with the stream, until another stroke is in the way."""
        chance = self._scene.chance
        x = chance.between(-0.05, 1.05, "x", stroke) * self._scene.size[0]
        y = chance.between(-0.05, 1.05, "y", stroke) * self._scene.size[1]
        stride = self._short * 0.011
        points: list[Point] = []
        for _ in range(chance.whole(10, self._longest, "length", stroke)):
            if self._is_taken(x, y, stroke, width):
                break
            points.append((x, y))
            turn = self._turn(x / self._short, y / self._short)
            x, y = x + stride * math.cos(turn), y + stride * math.sin(turn)
        if len(points) >= SHORTEST:
            self._take(points, stroke, width)
        return points

    def _turn(self, x: float, y: float) -> float:
        one = math.sin(x * self._pace + y * 1.3 + self._phase[0])
        other = math.cos(y * self._pace - x * 0.7 + self._phase[1])
        return self._slope + self._bend * (one + 0.8 * other)

    def _is_taken(self, x: float, y: float, stroke: int, width: float) -> bool:
        cell = self._short / CELLS
        reach = int(width / 2 / cell + 0.8)
        column, row = int(x // cell), int(y // cell)
        return any(
            self._taken.get((column + across, row + down), stroke) != stroke
            for across in (-reach, 0, reach)
            for down in (-reach, 0, reach)
        )

    def _take(self, points: list[Point], stroke: int, width: float) -> None:
        cell = self._short / CELLS
        reach = int(width / 2 / cell + 0.5)
        for x, y in points:
            column, row = int(x // cell), int(y // cell)
            for across in range(-reach, reach + 1):
                for down in range(-reach, reach + 1):
                    self._taken[column + across, row + down] = stroke
