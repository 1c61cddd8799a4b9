"""Truchet: vLLM-Omni's language: tiles of arcs, large and small, that always fit together."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, wash
from router.emulators.art.colour import Colour, colours
from router.emulators.art.scene import Scene

# The ground from above to below, then the bands from above to below.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("0a1038 14206a 08182f f3d58a 8fc4ff 6f8cf0"),
        "dusk": colours("35103f 6a1a4a 2a0f3a ffdf9a ff9a5a f0506a"),
        "gold": colours("3a2010 6a3a14 1f3a40 fff0bf f3bf4f d9822a"),
        "green": colours("06302f 0f5046 0a2438 f3f0a8 9fd66f 35a070"),
        "sea": colours("04264a 0a4a78 06203a f3f6d8 7adcd0 2aa0cf"),
        "violet": colours("1c0c4f 3a1a7a 120838 ffe0f0 d898f6 8f62e8"),
        "pink": colours("4a1548 7a2460 2a1248 fff0dc ffb0b4 f56a94"),
    }
)

Box = tuple[float, float, float, float]


def truchet(scene: Scene) -> Picture:
    """Paint the scene."""
    palette = PALETTES[scene.mood]
    bands = Image.new("L", scene.fine.size, 0)
    pen = ImageDraw.Draw(bands)
    for depth, tiles in enumerate(_tiles(scene.fine)):
        for number, (x, y, side) in enumerate(tiles):
            _tile(pen, scene, (x, y), side, (depth, number))
    ground, light = _washes(scene, palette)
    return Image.composite(light, ground, bands.reduce(FINE))


def _washes(scene: Scene, palette: tuple[Colour, ...]) -> tuple[Picture, Picture]:
    """The colours of ground and bands; they change downwards, or sideways where a model does so."""
    if scene.style.at("sideways") < 0.6:
        return wash(scene.size, palette[:3]), wash(scene.size, palette[3:])
    size = (scene.size[1], scene.size[0])
    turn = scene.chance.pick((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270), "turn")
    return wash(size, palette[:3]).transpose(turn), wash(size, palette[3:]).transpose(turn)


def _tiles(scene: Scene) -> Iterator[list[tuple[float, float, float]]]:
    """The tiles of each depth: corner and side. What is split has four at the next depth."""
    width, height = scene.size
    deepest = scene.style.whole(1, 2, "deepest")
    side = min(scene.size) / (scene.style.whole(2, 3, "tiles") + (deepest == 1))
    columns, rows = int(width / side / 2) + 1, int(height / side / 2) + 1
    tiles = [
        (width / 2 + column * side, height / 2 + row * side, side)
        for row in range(-rows, rows)
        for column in range(-columns, columns)
    ]
    split = scene.style.between(0.4, 0.75, "split")
    for depth in range(deepest + 1):
        yield tiles
        tiles = [
            (x + across * side / 2, y + down * side / 2, side / 2)
            for number, (x, y, side) in enumerate(tiles)
            if scene.chance.at("split", depth, number) < split
            for down in (0, 1)
            for across in (0, 1)
        ]


def _tile(
    pen: ImageDraw.ImageDraw,
    scene: Scene,
    corner: tuple[float, float],
    side: float,
    number: tuple[int, int],
) -> None:
    """One tile: its bands meet every edge in the middle, and half a tile of the next depth does."""
    x, y = corner
    band, ground = (255, 0) if number[0] % 2 == 0 else (0, 255)
    third, sixth = side / 3, side / 6
    pen.rectangle((x, y, x + side, y + side), fill=ground)
    known = sorted(MOTIFS, key=lambda motif: scene.style.at("knows", motif))[:2]
    motif = scene.chance.pick(("02", "13", "02", "13", *known), "motif", *number)
    for part in motif:
        _part(pen, corner, side, part, band)
    for px in (x, x + side):
        for py in (y, y + side):
            pen.circle((px, py), third, fill=ground)
    for px, py in (
        (x + side / 2, y),
        (x + side / 2, y + side),
        (x, y + side / 2),
        (x + side, y + side / 2),
    ):
        pen.circle((px, py), sixth, fill=band)


def _part(
    pen: ImageDraw.ImageDraw, corner: tuple[float, float], side: float, part: str, band: int
) -> None:
    """An arc around one of the corners 0 to 3, a bar across or down, half a bar, or a full tile."""
    x, y = corner
    third = side / 3
    match part:
        case "-":
            pen.rectangle((x, y + third, x + side, y + 2 * third), fill=band)
        case "|":
            pen.rectangle((x + third, y, x + 2 * third, y + side), fill=band)
        case "'":
            pen.rectangle((x + third, y, x + 2 * third, y + side / 2), fill=band)
        case "#":
            pen.rectangle((x, y, x + side, y + side), fill=band)
        case _:
            turn = int(part)
            px, py = x + side * (turn in {1, 2}), y + side * (turn in {2, 3})
            reach = 2 * third
            pen.pieslice(
                (px - reach, py - reach, px + reach, py + reach),
                turn * 90,
                turn * 90 + 90,
                fill=band,
            )


MOTIFS = ("-", "|", "-|", "-'", "#", "0", "2", "1", "")
