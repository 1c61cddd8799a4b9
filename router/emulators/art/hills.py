"""Hills: OpenAI's language: a quiet sky, a sun or a moon, hills behind hills, mist between them."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point, shine, wash
from router.emulators.art.colour import Colour, colours, lighter, mix
from router.emulators.art.scene import Scene

SHORE = 0.5
"""Hills that are nearer than this are under water, where there is any."""

# Sky above, sky in the middle, sky at the horizon, sun, farthest hill, nearest hill.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("0a1033 1d2a5e 4f5d9c f6f1dc 44508c 070b20"),
        "dusk": colours("3a2a66 c2556b ffb38a fff0cf a35d7c 241436"),
        "gold": colours("7aa6b8 f3c98b ffe9c2 fffaf0 d99a5b 3f2418"),
        "green": colours("6fb3b8 bfe0c8 f4f6dc fffdf0 86b592 10362f"),
        "sea": colours("2f6fa8 86bfdd e6f3f2 ffffff 7fb0c6 0d2f4c"),
        "violet": colours("2c2159 7a5bb0 e5b3d6 fff3fb 8c6fb8 1b1240"),
        "pink": colours("6f7fbd f2a6bd ffe3dc fffaf5 d98aa8 43203f"),
    }
)


def hills(scene: Scene) -> Picture:
    """Paint the scene."""
    palette = PALETTES[scene.mood]
    picture = wash(scene.size, (palette[0], palette[1], palette[2], palette[2]))
    if scene.mood == "night" or scene.sparkling:
        _stars(picture, scene)
    _sun(picture, scene, palette)
    layers = scene.style.whole(4, 7, "layers")
    by_water = scene.style.at("water") < 0.45
    for layer in range(layers):
        nearness = layer / (layers - 1)
        if not by_water or nearness < SHORE:
            _hill(picture, scene, palette, nearness)
    if by_water:
        _lake(picture, scene, palette)
    return picture


def _lake(picture: Picture, scene: Scene, palette: tuple[Colour, ...]) -> None:
    """Still water over the lower part: all above it upside down, a little darker, with glints."""
    width, height = scene.size
    line = round(height * 0.72)
    above = picture.crop((0, line - (height - line), width, line))
    mirrored = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    depth = wash(mirrored.size, (palette[4], mix(palette[4], palette[5], 0.8)))
    picture.paste(Image.blend(mirrored, depth, 0.42), (0, line))
    pen = ImageDraw.Draw(picture)
    for glint in range(46):
        down = scene.chance.at("glint", glint) ** 1.6
        y = line + 2 + down * (height - line)
        x = width * scene.chance.at("glint x", glint)
        reach = width * scene.chance.between(0.01, 0.05, "glint reach", glint) * (0.5 + down)
        tone = mix(palette[2], palette[4], scene.chance.between(0.1, 0.6, "glint tone", glint))
        pen.line([(x - reach, y), (x + reach, y)], fill=tone, width=max(1, height // 700))


def _sun(picture: Picture, scene: Scene, palette: tuple[Colour, ...]) -> None:
    width, height = scene.size
    short = min(width, height)
    radius = short * scene.style.between(0.055, 0.12, "sun")
    across = scene.chance.pick((0.3, 0.36, 0.62, 0.7), "sun across")
    centre = (width * across, height * scene.chance.between(0.2, 0.4, "sun height"))
    shine(picture, centre, short * 0.75, palette[3], 0.55)
    shine(picture, centre, radius * 2.6, palette[3], 0.6)
    pen = ImageDraw.Draw(picture)
    pen.circle(centre, radius, fill=palette[3])


def _stars(picture: Picture, scene: Scene) -> None:
    width, height = scene.size
    pen = ImageDraw.Draw(picture)
    for star in range(150):
        place = (
            width * scene.chance.at("x", star),
            height * 0.62 * scene.chance.at("y", star) ** 1.4,
        )
        reach = scene.chance.between(0.0005, 0.0018, "reach", star) * min(width, height)
        pen.circle(place, max(reach, 0.6), fill=(250, 246, 230))
        if star < 9 and scene.sparkling:
            _diamond(pen, place, reach * 9 + 6)


def _diamond(pen: ImageDraw.ImageDraw, place: Point, reach: float) -> None:
    """A four-pointed star."""
    points: list[Point] = []
    for corner in range(8):
        length = reach if corner % 2 == 0 else reach * 0.2
        turn = corner * math.pi / 4
        points.append((place[0] + length * math.cos(turn), place[1] + length * math.sin(turn)))
    pen.polygon(points, fill=(255, 250, 235))


def _hill(picture: Picture, scene: Scene, palette: tuple[Colour, ...], nearness: float) -> None:
    """Lay one hill over the picture; `nearness` is 0 for the farthest and 1 for the nearest."""
    width, height = scene.size
    tone = mix(palette[4], palette[5], nearness**1.2)
    misty = mix(lighter(tone, 0.18), palette[2], 0.5 * (1 - nearness) + 0.06)
    crest = _crest(scene, nearness)
    top = max(0, int(min(y for _, y in crest)) - 2)
    size = (width, height - top)
    shape = Image.new("L", (size[0] * FINE, size[1] * FINE), 0)
    outline = [(x * FINE, (y - top) * FINE) for x, y in crest]
    corners = [(shape.width, shape.height), (0, shape.height)]
    ImageDraw.Draw(shape).polygon([*outline, *corners], fill=255)
    picture.paste(wash(size, (tone, tone, mix(tone, misty, 0.85))), (0, top), shape.reduce(FINE))


def _crest(scene: Scene, nearness: float) -> list[Point]:
    """The upper edge of a hill: a few waves, or sharp ridges where the model likes them."""
    width, height = scene.size
    base = height * (0.47 + 0.43 * nearness)
    swing = height * scene.style.between(0.05, 0.1, "swing") * (1.15 - 0.5 * nearness)
    sharp = scene.style.at("sharp") < 0.4
    waves = [
        (
            scene.chance.between(0.6, 1.5, nearness, wave) * 2**wave,
            scene.chance.at("phase", nearness, wave),
            0.62**wave,
        )
        for wave in range(6 if sharp else 3)
    ]
    points: list[Point] = []
    for x in range(0, width + 8, 8):
        lift = 0.0
        for pace, phase, weight in waves:
            turn = x / max(width, height) * pace + phase
            wave = abs(turn % 1 * 2 - 1) * 2 - 1 if sharp else math.sin(turn * math.tau)
            lift += wave * weight
        points.append((x, base - lift * swing * 0.75))
    return points
