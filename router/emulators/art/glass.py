"""Glass: Azure's language: a leaded window, a rose of petals in a field of shards."""

import math
from collections.abc import Mapping
from heapq import heappop, heappush
from types import MappingProxyType

from PIL import Image, ImageDraw

from router.emulators.art.canvas import FINE, Picture, Point, shine
from router.emulators.art.colour import Colour, along, colours, darker, lighter
from router.emulators.art.scene import Scene

LEAD: Colour = (18, 20, 30)

PALETTES: Mapping[str, tuple[Colour, ...]] = MappingProxyType(
    {
        "night": colours("0b1a4a 14418c 3b7dd8 8fd0ff f7e7a1 5a3fa0"),
        "dusk": colours("6b1236 c2263e f0623a ffb347 ffe9b0 3d1f5c"),
        "gold": colours("7a3b08 c9751a f2b431 ffe08a fff6d6 1f6f78"),
        "green": colours("0c3d2e 19775a 4fb477 b8e08a fdf3b4 0f5f8c"),
        "sea": colours("06344f 0f6c9b 27a7c4 8fe3df f5f9d8 1b3c8c"),
        "violet": colours("2b1055 5b2a9c 9a57d6 d9a6f2 ffe7fb 1f6fc2"),
        "pink": colours("701c4f c93a7c f27ba5 ffc2cf fff0e2 5561b8"),
    }
)


def glass(scene: Scene) -> Picture:
    """Paint the scene."""
    width, height = scene.size
    short = min(scene.size)
    palette = PALETTES[scene.mood]
    heart = (width / 2, height * scene.style.between(0.42, 0.5, "heart"))
    picture = _window(scene.fine, palette, (heart[0] * FINE, heart[1] * FINE)).reduce(FINE)
    shine(picture, heart, short * 0.8, palette[4], 0.22)
    corner = (width * scene.chance.pick((0.15, 0.85), "corner"), height * 0.05)
    shine(picture, corner, short * 0.8, palette[4], 0.2)
    return picture


def _window(scene: Scene, palette: tuple[Colour, ...], heart: Point) -> Picture:
    """The glass in its leading, before light falls through it."""
    picture = Image.new("RGB", scene.size, LEAD)
    pen = ImageDraw.Draw(picture)
    lead = max(2, round(min(scene.size) * 0.0055))
    for number, shard in enumerate(_shards(scene)):
        _pane(pen, shard, _field(scene, palette, shard, heart, number), lead)
    _rose(pen, scene, palette, heart, lead)
    return picture


def _pane(pen: ImageDraw.ImageDraw, points: list[Point], tone: Colour, lead: int) -> None:
    """One piece of glass, brighter in its middle; the lead is what it leaves uncovered."""
    middle = _middle(points)
    pen.polygon(points, fill=LEAD)
    pen.polygon(_shrunk(points, middle, lead * 0.8), fill=tone)
    pen.polygon(_shrunk(points, middle, lead * 5.0), fill=lighter(tone, 0.09))


def _shrunk(points: list[Point], middle: Point, by: float) -> list[Point]:
    """The outline with every corner moved that far towards the middle, or half the way there."""
    moved: list[Point] = []
    for x, y in points:
        share = min(0.5, by / (math.dist((x, y), middle) or 1.0))
        moved.append((x + (middle[0] - x) * share, y + (middle[1] - y) * share))
    return moved


def _field(
    scene: Scene, palette: tuple[Colour, ...], shard: list[Point], heart: Point, number: int
) -> Colour:
    """The tone of a shard: by its distance from the rose, with a stray accent here and there."""
    middle = _middle(shard)
    far = math.dist(middle, heart) / (max(scene.size) * 0.72)
    if scene.chance.at("accent", number) < 0.1:
        return palette[5]
    tone = along(palette[:4], 0.95 - far + scene.chance.between(-0.17, 0.17, "tone", number))
    return darker(tone, scene.chance.between(0, 0.22, "shade", number))


def _rose(
    pen: ImageDraw.ImageDraw, scene: Scene, palette: tuple[Colour, ...], heart: Point, lead: int
) -> None:
    """Rings of petals around the heart; how many is the model's own."""
    petals = scene.style.pick((8, 10, 12, 16), "petals")
    rings = scene.style.whole(2, 4, "rings")
    reach = min(scene.size) * scene.style.between(0.3, 0.4, "reach")
    pen.circle(heart, reach * 1.06, fill=palette[0], outline=LEAD, width=lead * 2)
    for ring in range(rings, 0, -1):
        outer = reach * ring / rings
        turn = math.pi / petals * (ring % 2) + scene.chance.at("turn") * 0.3
        for petal in range(petals):
            start = turn + math.tau * petal / petals
            tone = along((palette[4], palette[3], palette[2]), ring / rings - 0.1)
            if petal % 2 and ring % 2 == rings % 2:
                tone = palette[5]
            points = _petal(heart, outer, start, math.tau / petals)
            _pane(pen, points, darker(tone, scene.chance.between(0, 0.15, ring, petal)), lead)
    pen.circle(heart, reach / rings * 0.36, fill=palette[4], outline=LEAD, width=lead)


def _petal(heart: Point, reach: float, start: float, spread: float) -> list[Point]:
    """A drop from the heart outwards, as wide at its end as its share of the circle."""
    points: list[Point] = [heart]
    for step in range(9):
        share = step / 8
        length = reach * (0.78 + 0.22 * math.sin(math.pi * share))
        turn = start + spread * share
        points.append((heart[0] + length * math.cos(turn), heart[1] + length * math.sin(turn)))
    return points


def _shards(scene: Scene) -> list[list[Point]]:
    """Cut the canvas into convex pieces, the largest first, until there are enough."""
    width, height = scene.size
    whole: list[Point] = [(0, 0), (width, 0), (width, height), (0, height)]
    pieces = [(-_area(whole), whole)]
    for cut in range(scene.style.whole(60, 110, "shards")):
        for half in _halves(scene, heappop(pieces)[1], cut):
            heappush(pieces, (-_area(half), half))
    return [piece for _, piece in pieces]


def _halves(scene: Scene, piece: list[Point], cut: int) -> list[list[Point]]:
    """Both sides of a cut across the longest edge of a piece."""
    count = len(piece)
    longest = max(range(count), key=lambda i: math.dist(piece[i], piece[(i + 1) % count]))
    one, other = piece[longest], piece[(longest + 1) % count]
    share = scene.chance.between(0.36, 0.64, "cut", cut)
    through = (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)
    along_edge = math.atan2(other[1] - one[1], other[0] - one[0])
    turn = along_edge + math.pi / 2 + scene.chance.between(-0.5, 0.5, "slant", cut)
    normal = (-math.sin(turn), math.cos(turn))
    return [_clip(piece, through, normal), _clip(piece, through, (-normal[0], -normal[1]))]


def _clip(piece: list[Point], through: Point, normal: Point) -> list[Point]:
    """The part of a convex piece on one side of a line (Sutherland and Hodgman's way)."""
    kept: list[Point] = []
    for here, following in zip(piece, [*piece[1:], piece[0]], strict=True):
        side = _side(here, through, normal)
        next_side = _side(following, through, normal)
        if side >= 0:
            kept.append(here)
        if (side >= 0) != (next_side >= 0):
            share = side / (side - next_side)
            kept.append(
                (
                    here[0] + (following[0] - here[0]) * share,
                    here[1] + (following[1] - here[1]) * share,
                )
            )
    return kept


def _side(point: Point, through: Point, normal: Point) -> float:
    return (point[0] - through[0]) * normal[0] + (point[1] - through[1]) * normal[1]


def _area(points: list[Point]) -> float:
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _middle(points: list[Point]) -> Point:
    count = len(points)
    return sum(x for x, _ in points) / count, sum(y for _, y in points) / count
