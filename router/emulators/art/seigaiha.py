"""Seigaiha: Xinference's language: a sea of fans, wave behind wave, and a quiet sun."""

from collections.abc import Mapping
from types import MappingProxyType

from PIL import ImageDraw

from router.emulators.art.canvas import FINE, Picture, wash
from router.emulators.art.colour import Colour, along, colours, mix
from router.emulators.art.scene import Scene

# Sky above, sky below, sun, then the waves from far to near, their lines, the accent.
PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("0b1236 2c3f80 f4e7c0 5470b8 101c54 e6ecf8 e2a84a"),
        "dusk": colours("f6cfa0 f8e6c8 d63a2f c9655a 3a1c4a fbeedd e89a3a"),
        "gold": colours("f3dfae fbf1d6 d9661f c99a4a 5a3018 fdf4dc 2f7472"),
        "green": colours("cfe3cf f4f3de e2633f 74a886 0e4038 f5f4e2 e0a83f"),
        "sea": colours("cfe6ec f6f4e6 e2573f 6aa9c4 0c3c6a f4f6ee e8b04a"),
        "violet": colours("d9c8ec f8edf4 e0557a 9a7acb 2c1a66 f9f0f8 eaa84a"),
        "pink": colours("fbd3cf fdf0e6 e24a62 e692a4 5a2560 fff3ec 5f78b8"),
    }
)


def seigaiha(scene: Scene) -> Picture:
    """Paint the scene."""
    fine = scene.fine
    palette = PALETTES[scene.mood]
    width, height = fine.size
    picture = wash(fine.size, palette[:2])
    pen = ImageDraw.Draw(picture)
    radius = min(fine.size) * scene.style.between(0.15, 0.22, "sun")
    shore = height * (scene.style.between(0.4, 0.5, "shore") + scene.chance.between(-0.05, 0.05))
    across = width * scene.chance.between(0.25, 0.75, "sun x")
    pen.circle(
        (across, shore - radius * scene.chance.between(0.1, 0.9, "sun y")), radius, palette[2]
    )
    _mist(pen, fine, palette, shore)
    _waves(pen, fine, palette, shore)
    return picture.reduce(FINE)


def _mist(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], shore: float
) -> None:
    """Banks of mist as on a folding screen: bars with round ends, one upon the other."""
    width, _ = scene.size
    short = min(scene.size)
    bar = short * scene.style.between(0.016, 0.026, "mist")
    for bank in range(scene.chance.whole(2, 4, "banks")):
        x = width * scene.chance.at("bank x", bank)
        y = shore * scene.chance.between(0.12, 0.72, "bank y", bank)
        tone = mix(palette[1], palette[5], scene.chance.between(0.4, 0.9, "bank tone", bank))
        for row in range(scene.chance.whole(2, 4, "bars", bank)):
            left = x + short * scene.chance.between(-0.14, 0.06, "left", bank, row)
            right = left + short * scene.chance.between(0.12, 0.34, "long", bank, row)
            top = y + row * bar
            pen.rounded_rectangle((left, top, right, top + bar), bar / 2, fill=tone)


def _waves(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], shore: float
) -> None:
    """Rows of fans, from the farthest to the nearest, each half behind the next."""
    width, height = scene.size
    reach = min(scene.size) / scene.style.whole(9, 15, "fans")
    step = reach * scene.style.between(0.44, 0.62, "step")
    rows = int((height - shore) / step) + 4
    columns = int(width / reach / 4) + 2
    for row in range(rows):
        for column in range(-columns, columns):
            tone = along(palette[3:5], row / rows)
            if scene.chance.at("accent", row, column) < 0.06:
                tone = palette[6]
            x = width / 2 + (column + 0.5 * (row % 2)) * reach * 2
            y = shore + reach * 0.7 + row * step
            if -reach < x < width + reach:
                _fan(pen, scene, (x, y, reach), (tone, palette[5]))


def _fan(
    pen: ImageDraw.ImageDraw,
    scene: Scene,
    place: tuple[float, float, float],
    tones: tuple[Colour, Colour],
) -> None:
    """Rings in one another; the nearer rows hide their lower halves."""
    x, y, reach = place
    tone, pale = tones
    rings = scene.style.whole(3, 5, "rings")
    line = scene.style.between(0.25, 0.5, "line") / rings
    core = mix(tone, pale, 0.12)
    for ring in range(rings):
        size = reach * (1 - ring / rings)
        pen.circle((x, y), size, fill=pale)
        pen.circle((x, y), size - reach * line, fill=core if ring % 2 else tone)
