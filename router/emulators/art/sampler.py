"""Sampler: LocalAI's language: a house and its garden in cross-stitch, between bands of motifs."""

from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image, ImageChops, ImageDraw

from router.emulators.art.canvas import BICUBIC, Picture, Size
from router.emulators.art.colour import Colour, colours, darker, lighter
from router.emulators.art.scene import Scene
from router.emulators.art.stitches import BANDS, GROWING, HOUSES, LINES, SKY, Motif

# Linen, then threads: dark, main, second, light, leaf.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("e3e4ea 16224f 34509e 7a9be0 e2a83a 4a7a78"),
        "dusk": colours("f3e8d6 4a1a33 c23a36 ee8648 e3a93f 5f6f44"),
        "gold": colours("f5ead0 4f2a14 b8641c e09a2e d2b04a 5f7040"),
        "green": colours("eef0e0 17402f 2f7f55 84ac4f d9a03a 3f6f3a"),
        "sea": colours("edf1ee 12385c 1f78a6 5fb3bf e6a13c 3f8272"),
        "violet": colours("efe9f2 2f1a5c 7247b8 b184dc e0a23f 5a8060"),
        "pink": colours("f9ece6 5a1f47 d64a78 f290a0 e3ad4f 62885a"),
    }
)

THREADS = "dmslg"
FRAME = 3  # stitches from the edge of the linen to the frame


def sampler(scene: Scene) -> Picture:
    """Paint the scene."""
    short = min(scene.size)
    count = scene.style.whole(58, 70, "count")
    size = (round(count * scene.size[0] / short), round(count * scene.size[1] / short))
    cloth = Cloth(size, _palette(scene))
    _frame(cloth, scene)
    _bands(cloth, scene)
    picture = cloth.stitched(max(4, round(1.2 * short / count)))
    return picture.resize(scene.size, BICUBIC)


def _palette(scene: Scene) -> tuple[Colour, ...]:
    """Light linen and dark thread, or dark linen and light thread where a model likes it."""
    linen, dark, *others = PALETTES[scene.mood]
    first = scene.chance.whole(0, 1, "first")
    main, second, *rest = others
    threads = (main, second, *rest) if first == 0 else (second, main, *rest)
    if scene.style.at("night") < 0.35:
        return (dark, linen, *(lighter(thread, 0.16) for thread in threads))
    return (linen, dark, *threads)


class Cloth:
    """Linen, and which thread goes through each of its squares."""

    def __init__(self, size: Size, palette: tuple[Colour, ...]) -> None:
        self.size = size
        self._threads = dict(zip(THREADS, palette[1:], strict=True))
        self._linen = palette[0]
        self._colours = Image.new("RGB", size, palette[0])
        self._crossed = Image.new("L", size, 0)

    def stitch(self, x: int, y: int, thread: str) -> None:
        """One cross; outside of the cloth it is left out."""
        if thread in self._threads and 0 <= x < self.size[0] and 0 <= y < self.size[1]:
            self._colours.putpixel((x, y), self._threads[thread])
            self._crossed.putpixel((x, y), 255)

    def motif(self, motif: Motif, middle: int, top: int) -> None:
        for down, row in enumerate(motif):
            for across, thread in enumerate(row):
                self.stitch(middle - len(row) // 2 + across, top + down, thread)

    def stitched(self, side: int) -> Picture:
        """The cloth with crosses of that many pixels."""
        size = (self.size[0] * side, self.size[1] * side)
        crossed = self._crossed.resize(size, Image.Resampling.NEAREST)
        threads = self._colours.resize(size, Image.Resampling.NEAREST)
        thread, shade = _cross(side)
        lit = ImageChops.multiply(threads, Image.merge("RGB", [_tiled(shade, size)] * 3))
        linen = _tiled(_weave(side, self._linen), size)
        return Image.composite(lit, linen, ImageChops.multiply(crossed, _tiled(thread, size)))


def _cross(side: int) -> tuple[Picture, Picture]:
    """Where the thread of one cross is, and how light falls on it."""
    large = side * 4
    thread, shade = Image.new("L", (large, large), 0), Image.new("L", (large, large), 200)
    width = round(large * 0.36)
    edge = round(large * 0.1)
    for points, level in (
        ([(0, 0), (large, large)], 205),
        ([(large, 0), (0, large)], 255),
    ):
        ImageDraw.Draw(thread).line(points, fill=255, width=width)
        ImageDraw.Draw(shade).line(points, fill=150, width=width + edge)
        ImageDraw.Draw(shade).line(points, fill=level, width=width - edge)
    return thread.reduce(4), shade.reduce(4)


def _weave(side: int, linen: Colour) -> Picture:
    """One square of linen: a hole in each corner."""
    large = side * 4
    square = Image.new("RGB", (large, large), linen)
    pen = ImageDraw.Draw(square)
    pen.rectangle((0, 0, large, large // 14), darker(linen, 0.05))
    pen.rectangle((0, 0, large // 14, large), darker(linen, 0.05))
    for x in (0, large):
        for y in (0, large):
            pen.circle((x, y), large * 0.12, fill=darker(linen, 0.25))
    return square.reduce(4)


def _tiled(tile: Picture, size: Size) -> Picture:
    """A surface paved with a tile: a row first, then rows."""
    row = Image.new(tile.mode, (size[0], tile.height))
    for x in range(0, size[0], tile.width):
        row.paste(tile, (x, 0))
    surface = Image.new(tile.mode, size)
    for y in range(0, size[1], tile.height):
        surface.paste(row, (0, y))
    return surface


def _frame(cloth: Cloth, scene: Scene) -> None:
    """A border all around."""
    width, height = cloth.size
    kind = scene.style.whole(0, 2, "frame")
    for x in range(FRAME, width - FRAME):
        for y in (FRAME, height - 1 - FRAME):
            cloth.stitch(x, y, _bead(kind, min(x, width - 1 - x)))
    for y in range(FRAME, height - FRAME):
        for x in (FRAME, width - 1 - FRAME):
            cloth.stitch(x, y, _bead(kind, min(y, height - 1 - y)))


def _bead(kind: int, place: int) -> str:
    return ("m", "ms"[place % 2], "dml."[place % 4])[kind]


def _bands(cloth: Cloth, scene: Scene) -> None:
    """The garden, and bands above and below it, the same ones from the garden outwards."""
    height = cloth.size[1]
    house = scene.style.pick(HOUSES, "house")
    garden = len(house) + 2
    top = round((height - garden) * scene.chance.pick((0.36, 0.5, 0.64), "top"))
    _garden(cloth, scene, house, top)
    order = [
        scene.chance.pick(BANDS if number % 2 else LINES, "band", number) for number in range(16)
    ]
    for band, away in _fitting(order, top - FRAME - 2):
        _row(cloth, band, top - away - len(band))
    for band, away in _fitting(order, height - FRAME - 2 - top - garden):
        _row(cloth, band, top + garden + away)


def _fitting(order: list[Motif], room: int) -> list[tuple[Motif, int]]:
    """The bands that there is room for, each with its distance, spread evenly."""
    bands: list[Motif] = []
    used = 0
    for band in order:
        if used + len(band) + 1 <= room:
            bands.append(band)
            used += len(band) + 1
    gap = 1 + max(0, room - used) // (len(bands) + 1)
    placed: list[tuple[Motif, int]] = []
    away = gap
    for band in bands:
        placed.append((band, away))
        away += len(band) + gap
    return placed


def _row(cloth: Cloth, band: Motif, top: int) -> None:
    """A band from frame to frame, the same on both sides of the middle."""
    middle = cloth.size[0] // 2
    long = len(band[0])
    step = long + 2 if long > 6 else long
    count = (middle - FRAME - 2 - long // 2) // step
    for place in range(-count, count + 1):
        cloth.motif(band, middle + place * step, top)


def _garden(cloth: Cloth, scene: Scene, house: Motif, top: int) -> None:
    """The house, what grows beside it and flies above, and the grass."""
    width, _ = cloth.size
    middle = width // 2
    cloth.motif(house, middle, top)
    foot = top + len(house)
    edge = middle - len(house[0]) // 2 - FRAME - 3
    right = middle + len(house[0]) // 2 + 1
    for plant in range(9):
        motif = scene.chance.pick(GROWING, "plant", plant)
        long = len(motif[0])
        if long + 1 > edge:
            break
        place = right + 1 + long // 2
        for at in (place, 2 * middle - place):
            cloth.motif(motif, at, foot - len(motif))
            if plant % 2 == 0:
                cloth.motif(scene.chance.pick(SKY, "sky", plant), at, top - 2)
        right, edge = right + long + 1, edge - long - 1
    for x in range(FRAME + 2, width - FRAME - 2):
        cloth.stitch(x, foot, "g")
        cloth.stitch(x, foot + 1, "g."[x % 2])
