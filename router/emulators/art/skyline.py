"""Skyline: Monster API's language: a city at night, and somebody large behind its roofs."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point, shine, wash
from router.emulators.art.colour import Colour, colours, darker, lighter, mix
from router.emulators.art.scene import Scene

# Sky above, sky at the roofs, farthest houses, nearest houses, windows, the monster.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("070b24 2b3a7c 26336e 080c22 ffdf8a 4c62c0"),
        "dusk": colours("1d1238 d0556a 6a2f5c 160d26 ffd08a a3466f"),
        "gold": colours("1c2236 d89a52 7a5238 17120f ffe29a b5763a"),
        "green": colours("06202a 4f9a80 1f5550 04161a fff0a0 4f9a63"),
        "sea": colours("061a38 3f8fb8 1d4f78 05132a ffe6a6 2f9298"),
        "violet": colours("120a36 8a4fb8 43277c 0d0826 ffd6f0 8a55d8"),
        "pink": colours("241440 e88aa8 7f3f7c 1c0f2e ffe6b8 d06a9a"),
    }
)


PALE: Colour = (255, 252, 240)


def skyline(scene: Scene) -> Picture:
    """Paint the scene."""
    palette = PALETTES[scene.mood]
    fine = scene.fine
    picture = wash(
        fine.size, (palette[0], palette[0], mix(palette[0], palette[1], 0.6), palette[1])
    )
    _sky(picture, fine, palette)
    pen = ImageDraw.Draw(picture)
    layers = scene.style.whole(3, 4, "layers")
    for layer in range(layers):
        if layer == 1:
            _monster(pen, fine, palette)
        _street(pen, fine, palette, layer / (layers - 1))
    picture = picture.reduce(FINE)
    width, height = scene.size
    shine(picture, (width / 2, height), min(scene.size) * 0.7, palette[4], 0.12)
    return picture


def _sky(picture: Picture, scene: Scene, palette: tuple[Colour, ...]) -> None:
    """Stars, and a moon that is full or a sickle, as the model likes it."""
    width, height = scene.size
    short = min(scene.size)
    pen = ImageDraw.Draw(picture)
    for star in range(160 if scene.sparkling else 80):
        x, y = scene.chance.at("x", star) * width, scene.chance.at("y", star) * height * 0.6
        size = short * (0.0008 + 0.002 * scene.chance.at("star", star) ** 4)
        pen.circle((x, y), size, fill=mix(palette[1], (255, 255, 255), 0.6))
    side = 0.86 if _place(scene) < 0.5 else 0.14
    across = side + scene.chance.between(-0.05, 0.05, "moon x")
    centre = (width * across, height * scene.chance.between(0.13, 0.24, "moon y"))
    radius = short * scene.style.between(0.045, 0.08, "moon")
    shine(picture, centre, radius * 4, palette[4], 0.3)
    pen.circle(centre, radius, fill=lighter(palette[4], 0.5))
    if scene.style.at("sickle") < 0.5:
        shade = (centre[0] - radius * 0.5, centre[1] - radius * 0.22)
        pen.circle(shade, radius * 0.95, fill=mix(palette[0], palette[4], 0.12))


def _street(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], nearness: float
) -> None:
    """A row of houses from one edge to the other."""
    width, height = scene.size
    short = min(scene.size)
    place, x = 0, -short * 0.05 * scene.chance.at("start", nearness)
    while x < width:
        broad = short * scene.chance.between(0.06, 0.13, "broad", nearness, place)
        tall = scene.chance.between(-1, 1, "tall", nearness, place)
        roof = height * (0.52 + 0.2 * nearness + tall * scene.style.between(0.07, 0.13, "tall"))
        tone = mix(palette[2], palette[3], nearness)
        tone = lighter(tone, 0.07 * scene.chance.at("tone", nearness, place))
        house = (x, roof, x + broad, float(height))
        kind = scene.chance.whole(0, 5, "roof", nearness, place)
        _house(pen, house, tone, kind, short)
        if nearness > 0:
            lit = Windows(scene, palette, nearness, place)
            lit.light(pen, house, tone)
        x += broad + short * 0.002
        place += 1


Box = tuple[float, float, float, float]


def _house(pen: ImageDraw.ImageDraw, house: Box, tone: Colour, kind: int, short: int) -> None:
    """Walls, and one of several roofs."""
    left, top, right, _ = house
    broad, middle = right - left, (left + right) / 2
    pen.rectangle(house, fill=tone)
    match kind:
        case 0:
            pen.polygon([(left, top), (middle, top - broad * 0.5), (right, top)], fill=tone)
        case 1:
            pen.polygon([(left, top), (left, top - broad * 0.4), (right, top)], fill=tone)
        case 2:
            pen.rectangle((left + broad * 0.2, top - broad * 0.22, right - broad * 0.2, top), tone)
            pen.rectangle((left + broad * 0.35, top - broad * 0.4, right - broad * 0.35, top), tone)
            thin = short * 0.0015
            pen.rectangle((middle - thin, top - broad * 1.1, middle + thin, top), fill=tone)
        case 3:
            pen.pieslice((left, top - broad / 2, right, top + broad / 2), 180, 360, fill=tone)
        case _:
            pen.rectangle((left + broad * 0.6, top - broad * 0.16, right - broad * 0.12, top), tone)


class Windows:
    """The windows of one house: some are lit, some are not."""

    def __init__(
        self, scene: Scene, palette: tuple[Colour, ...], nearness: float, place: int
    ) -> None:
        self._chance, self._label = scene.chance, (nearness, place)
        self._short = min(scene.size)
        self._glow = palette[4]
        self._lit = scene.style.between(0.3, 0.6, "lit")
        self._wide = scene.style.pick((0.34, 0.5, 0.66), "wide")

    def light(self, pen: ImageDraw.ImageDraw, house: Box, tone: Colour) -> None:
        left, top, right, bottom = house
        columns = max(2, round((right - left) / (self._short * 0.022)))
        step = (right - left) / (columns + 0.6)
        rows = int((bottom - top) / (step * 1.35))
        for row in range(rows):
            for column in range(columns):
                draw = self._chance.at("window", *self._label, row, column)
                if draw > self._lit:
                    continue
                x = left + step * (column + 0.8 - self._wide / 2)
                y = top + step * (0.7 + row * 1.35)
                shade = mix(tone, self._glow, 0.35 + 0.65 * draw / self._lit)
                pen.rectangle((x, y, x + step * self._wide, y + step * 0.72), fill=shade)


def _place(scene: Scene) -> float:
    """Where the monster stands, as a part of the width."""
    return scene.chance.pick((0.34, 0.42, 0.58, 0.66), "monster")


def _monster(pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...]) -> None:
    """A head and shoulders; shape, eyes and horns are the model's own, the mood of the moment."""
    width, height = scene.size
    size = min(scene.size) * scene.style.between(0.17, 0.22, "size")
    x, y = width * _place(scene), height * scene.chance.between(0.39, 0.46, "up")
    tone = mix(palette[5], palette[scene.chance.pick((1, 4, 5), "skin")], 0.35)
    _horns(pen, (x, y), size, lighter(tone, 0.25), scene.style.whole(0, 3, "horns"))
    body = (x - size, y - size, x + size, float(height))
    round_by = scene.style.pick((0.45, 0.75, 0.99), "round")
    if scene.style.at("woolly") < 0.35:
        for curl in range(13):
            turn = math.pi * (1 + curl / 12)
            curl_at = (x + size * 0.92 * math.cos(turn), y + size * 0.9 * math.sin(turn))
            pen.circle(curl_at, size * 0.2, fill=tone)
        round_by = 0.99
    pen.rounded_rectangle(body, size * round_by, fill=tone)
    _eyes(pen, scene, (x, y), size, palette[0])
    _mouth(pen, scene, (x, y), size, darker(tone, 0.6))


def _eyes(pen: ImageDraw.ImageDraw, scene: Scene, centre: Point, size: float, ink: Colour) -> None:
    eyes = scene.style.whole(1, 3, "eyes")
    radius = size * (0.42, 0.27, 0.21)[eyes - 1]
    look = scene.chance.between(-0.42, 0.42, "look"), scene.chance.between(-0.2, 0.35, "look down")
    for eye in range(eyes):
        x = centre[0] + (eye - (eyes - 1) / 2) * radius * 2.2
        y = centre[1] - size * 0.3
        pen.circle((x, y), radius, fill=PALE)
        x, y = x + look[0] * radius, y + look[1] * radius
        pen.circle((x, y), radius * 0.5, fill=darker(ink, 0.3))
        pen.circle((x + radius * 0.16, y - radius * 0.2), radius * 0.14, fill=PALE)


def _mouth(pen: ImageDraw.ImageDraw, scene: Scene, centre: Point, size: float, ink: Colour) -> None:
    """A smile, a grin with two teeth, or astonishment."""
    x, y = centre[0], centre[1] + size * 0.24
    wide = size * scene.chance.between(0.3, 0.46, "mouth")
    match scene.chance.whole(0, 2, "mouth"):
        case 0:
            box = (x - wide, y - wide * 0.9, x + wide, y + wide * 0.7)
            pen.arc(box, 25, 155, fill=ink, width=max(2, round(size * 0.06)))
        case 1:
            pen.pieslice((x - wide, y - wide * 0.7, x + wide, y + wide * 0.7), 0, 180, fill=ink)
            for side in (-0.4, 0.4):
                foot = x + side * wide
                tooth = [(foot - wide * 0.16, y), (foot + wide * 0.16, y), (foot, y + wide * 0.3)]
                pen.polygon(tooth, fill=PALE)
        case _:
            pen.ellipse((x - wide * 0.4, y - wide * 0.2, x + wide * 0.4, y + wide * 0.6), fill=ink)


def _horns(pen: ImageDraw.ImageDraw, centre: Point, size: float, tone: Colour, kind: int) -> None:
    """Horns, round ears, feelers, or one horn in the middle."""
    x, y = centre
    for side in (-1, 1):
        match kind:
            case 0:
                inner, outer = (
                    (x + side * size * 0.4, y - size * 0.85),
                    (x + side * size, y - size * 0.4),
                )
                pen.polygon([inner, outer, (x + side * size, y - size * 1.45)], fill=tone)
            case 1:
                pen.circle((x + side * size * 0.74, y - size * 0.84), size * 0.32, fill=tone)
            case 2:
                top = (x + side * size * 0.5, y - size * 1.4)
                foot = (x + side * size * 0.3, y - size * 0.8)
                pen.line([foot, top], fill=tone, width=max(2, round(size * 0.07)))
                pen.circle(top, size * 0.13, fill=tone)
            case _:
                foot = (x + side * size * 0.22, y - size * 0.9)
                pen.polygon([(x, y - size * 0.9), foot, (x, y - size * 1.6)], fill=tone)
