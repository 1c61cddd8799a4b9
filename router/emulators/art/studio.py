"""Studio: from a brief to a file: paint large enough, bring to size, label, encode."""

import io
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter

from router.emulators.art import emerging
from router.emulators.art.canvas import BICUBIC, BILINEAR, Picture, Size
from router.emulators.art.caption import caption
from router.emulators.art.png import encode_png
from router.emulators.art.retouch import retouched
from router.emulators.art.scene import Scene, is_sparkling, mood
from router.emulators.brief import Brief
from router.emulators.chance import Chance

SMALLEST = 64  # pixels, of either side: nothing can be painted in less
NEARLY = 0.85
Painter: TypeAlias = Callable[[Scene], Picture]

LONGEST = 1400  # pixels
# Larger pictures are painted at this size and enlarged: nothing in them is finer than that.

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "hills",
        "azure-openai": "glass",
        "stability-ai": "ribbons",
        "google": "bauhaus",
        "replicate": "currents",
        "segmind": "facets",
        "together-ai": "watercolour",
        "monsterapi": "skyline",
        "x-ai": "planet",
        "recraft-ai": "folk",
        "deepinfra": "blocks",
        "nscale": "terraces",
        "localai": "sampler",
        "vllm-omni": "truchet",
        "sglang": "marbling",
        "xinference": "seigaiha",
        "sd-cpp": "pixels",
        "openai-compatible": "rainbows",
    }
)
"""Who paints for a provider: a function, and the module beside this one that has its name."""


def paint(brief: Brief) -> bytes:
    """Paint and encode one picture."""
    size = (brief.width, brief.height)
    painter = _painter(LANGUAGES.get(brief.provider, "hills"))
    longest = LONGEST if brief.finished == 1 else emerging.LONGEST
    picture = painter(_scene(brief, _working_size(size, longest)))
    if picture.size != size:
        picture = picture.resize(size, BICUBIC)
    if brief.source is not None:
        picture = retouched(picture, brief.source)
    if brief.finished < 1:
        picture = emerging.emerging(picture, brief.finished)
    if brief.blurred:
        picture = _blurred(picture)
    if brief.transparent:
        picture.putalpha(_medallion(size))
    elif brief.finished == 1:
        words = "" if brief.blurred else brief.prompt
        solid = brief.source is not None
        caption(picture, brief.provider, brief.model, words, solid=solid)
    return _encoded(picture, brief)


@lru_cache
def _painter(name: str) -> Painter:
    """Load the one who is asked for; there are many, and most requests need one."""
    painter: Painter = getattr(import_module(f"router.emulators.art.{name}"), name)
    return painter


def _working_size(size: Size, longest: int) -> Size:
    """A size of the same shape; of exactly the same, where that costs little of it.

    The same shape is the same picture: what is drawn large is what is drawn small.
    """
    scale = min(1.0, longest / max(size))
    common = math.gcd(*size)
    exact = int(scale * common) / common
    scale = exact if exact > NEARLY * scale else scale
    return max(SMALLEST, round(size[0] * scale)), max(SMALLEST, round(size[1] * scale))


def _scene(brief: Brief, size: Size) -> Scene:
    chance = Chance(brief.provider, brief.model, brief.prompt, brief.seed, brief.index)
    return Scene(
        size=size,
        chance=chance,
        style=Chance(brief.provider, brief.model),
        mood=mood(brief.prompt, chance),
        sparkling=is_sparkling(brief.prompt),
    )


def _blurred(picture: Picture) -> Picture:
    """Beyond recognition: what is left is the colours."""
    small = picture.resize((24, 24), BILINEAR).filter(ImageFilter.GaussianBlur(2))
    return small.resize(picture.size, BICUBIC)


def _medallion(size: Size) -> Picture:
    """A mask that keeps a round piece and leaves the corners transparent."""
    mask = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    margin = min(size) * 0.08
    ImageDraw.Draw(mask).rounded_rectangle(
        (margin, margin, size[0] * 2 - margin, size[1] * 2 - margin), min(size), fill=255
    )
    return mask.resize(size, BILINEAR)


def _encoded(picture: Picture, brief: Brief) -> bytes:
    out = io.BytesIO()
    quality = max(1, min(95, brief.compression))
    match brief.format:
        case "png":
            return encode_png(picture)
        case "jpeg":
            picture.save(out, "JPEG", quality=quality)
        case "webp":
            picture.save(out, "WEBP", quality=quality, method=1)
    return out.getvalue()
