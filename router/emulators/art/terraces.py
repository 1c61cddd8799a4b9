"""Terraces: nscale's language: a landscape from above, cut from layers of paper."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, ImageChops, ImageFilter

from router.emulators.art.canvas import BICUBIC, BILINEAR, Picture, Size
from router.emulators.art.colour import Colour, along, colours, darker, lighter
from router.emulators.art.scene import Scene

# From the deepest layer to the highest.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("070d2b 16296b 3a5cc0 8fb2f0 f0f4ff"),
        "dusk": colours("2a1140 7d1f4f d84a4a f7a25c fff0cf"),
        "gold": colours("17444f 3f8f88 e8cf8a d8913a 7a4318"),
        "green": colours("0a3a4a 1f8078 8fc27f dfe0a0 fbf7e0"),
        "sea": colours("052445 0f5c92 35a6bf a5dfd2 f8f3d8"),
        "violet": colours("1a0d47 4c2896 9a58d0 e0a3e6 fff0fa"),
        "pink": colours("43215f a83a82 f0788f fbb9ac fff3e2"),
    }
)

CELLS = 44  # along the shorter side: how finely the land is known
MARGIN = 4  # cells of it beyond the edges, for the shadows
SHADOW = 256  # pixels along the shorter side that shadows are painted at, and then enlarged

Wave = tuple[float, float, float, float]


def terraces(scene: Scene) -> Picture:
    """Paint the scene."""
    palette = PALETTES[scene.mood]
    land = _land(scene)
    layers = scene.style.whole(6, 13, "layers")
    heights = _seen(land, scene.size, scene.size, 0.0)
    coarse = max(1, round(min(scene.size) / SHADOW))
    small = (scene.size[0] // coarse, scene.size[1] // coarse)
    deep = scene.style.between(0.25, 0.5, "deep")
    shaded = _seen(land, scene.size, small, deep)
    steps, shade, lines = (Image.new("L", scene.size, 0) for _ in range(3))
    for layer in range(1, layers):
        sheet = _above(heights, layer / layers)
        steps = ImageChops.add(steps, sheet.point([round(v / (layers - 1)) for v in range(256)]))
        cast = _cast(shaded, layer / layers, deep).resize(scene.size, BILINEAR)
        shade = ImageChops.lighter(shade, ImageChops.subtract(cast, sheet))
        lines = ImageChops.lighter(lines, sheet.point(EDGE))
    ramp = [along(palette, level / 255) for level in range(256)]
    picture = Image.merge("RGB", [steps.point([tone[band] for tone in ramp]) for band in range(3)])
    picture.paste(darker(palette[0], 0.4), (0, 0), shade.point([v * 5 // 8 for v in range(256)]))
    if scene.style.at("inked") < 0.5:
        picture.paste(lighter(palette[4], 0.3), (0, 0), lines)
    return picture


EDGE = tuple(round(255 - abs(level - 128) * 2 * 255 / 256) for level in range(256))
"""From a mask to the line along its edge."""


def _land(scene: Scene) -> Picture:
    """Heights from 0 to 1, in floating point and small."""
    short = min(scene.size)
    columns = round(CELLS * scene.size[0] / short) + 2 * MARGIN
    rows = round(CELLS * scene.size[1] / short) + 2 * MARGIN
    waves = _waves(scene)
    warp = scene.style.between(0.05, 0.16, "warp")
    heights = [
        _height(waves, warp, (column - columns / 2) / CELLS, (row - rows / 2) / CELLS)
        for row in range(rows)
        for column in range(columns)
    ]
    low, high = min(heights), max(heights)
    land = Image.new("F", (columns, rows))
    land.putdata([(height - low) / (high - low) for height in heights])
    return land


def _waves(scene: Scene) -> list[Wave]:
    """Long waves and short ones, in all directions: pace across and down, phase, weight."""
    waves: list[Wave] = []
    for wave in range(6):
        pace = scene.style.between(4.0, 7.0, "pace") * 1.38**wave
        turn = scene.chance.at("turn", wave) * math.tau
        phase = scene.chance.at("phase", wave) * math.tau
        waves.append((pace * math.cos(turn), pace * math.sin(turn), phase, 0.6**wave))
    return waves


def _height(waves: list[Wave], warp: float, x: float, y: float) -> float:
    x, y = x + warp * math.sin(y * 7 + waves[0][2]), y + warp * math.sin(x * 6 + waves[1][2])
    return sum(
        weight * math.sin(x * across + y * down + phase) for across, down, phase, weight in waves
    )


def _seen(land: Picture, size: Size, drawn: Size, shift: float) -> Picture:
    """The land that is on the canvas, drawn at a size; `shift` moves it down to the left."""
    cell = min(size) / CELLS
    left, top = MARGIN + shift, MARGIN - shift
    box = (left, top, left + size[0] / cell, top + size[1] / cell)
    return land.resize(drawn, BICUBIC, box=box)


def _above(heights: Picture, level: float) -> Picture:
    """A mask of all land that is higher, with a fine edge."""
    gain = max(12_000.0, min(heights.size) * 40.0)
    return heights.point(lambda height: height * gain + (128 - level * gain)).convert("L")


def _cast(shaded: Picture, level: float, deep: float) -> Picture:
    """The soft shadow of all land that is higher."""
    blur = min(shaded.size) / CELLS * deep * 0.9
    return _above(shaded, level).filter(ImageFilter.BoxBlur(blur))
