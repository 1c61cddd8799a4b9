"""Order: what a model of Monster API is asked, checked field by field.

monsterapi 1.0.9.3 InputDataModels.py. What is answered to values out of bounds is not documented;
here it is a 400 that names the field. Fields that nobody knows make no difference.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.core.data_url import data_url
from router.core.http import HttpRequest, Part
from router.core.jsontypes import JSON
from router.core.media import sniff_bytes
from router.emulators import shape
from router.emulators.brief import Source
from router.emulators.inside import picture_in, source_of
from router.emulators.rejection import Rejection

LARGEST_FILE = 8 * 1024 * 1024  # bytes
LONGEST_SIDE = 8192  # pixels; a limit of this stand-in
LARGEST_SEED = 2**63 - 1

IMAGE = "init_image_url"
URL = re.compile(r"https?://\S+")

Sizes = Mapping[str, tuple[int, int]]

# How many pixels a shape has is documented nowhere.
SDXL_SIZES: Sizes = MappingProxyType(
    {"square": (1024, 1024), "landscape": (1216, 832), "portrait": (832, 1216)}
)
SD_SIZES: Sizes = MappingProxyType(
    {"square": (512, 512), "landscape": (768, 512), "portrait": (512, 768)}
)
NO_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model; one with no `sizes` begins with a picture. `credits` are those of a picture."""

    name: str
    steps: tuple[int, int] = (30, 500)
    most_samples: int = 1
    sizes: Sizes = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=lambda: NO_RANGES)
    credits: int = 5


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model(name="txt2img", most_samples=4, sizes=SD_SIZES),
            Model(name="sdxl-base", most_samples=4, sizes=SDXL_SIZES, credits=9),
            Model(name="sdxl", most_samples=4, sizes=SDXL_SIZES, credits=9),
            Model(name="img2img", ranges=MappingProxyType({"strength": (0, 1)})),
            Model(
                name="pix2pix",
                ranges=MappingProxyType(
                    {"guidance_scale": (5, 50), "image_guidance_scale": (0, 5)}
                ),
            ),
            Model(
                name="photo-maker",
                steps=(10, 60),
                most_samples=3,
                ranges=MappingProxyType({"strength": (30, 60)}),
                credits=12,
            ),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made. `seed` is None where any will do."""

    model: Model
    prompt: str
    samples: int
    size: tuple[int, int]
    seed: int | None
    filtered: bool
    source: Source | None


def read_fields(request: HttpRequest) -> Mapping[str, JSON]:
    """Return the fields of a body; JSON and forms mean the same. Raises Rejection."""
    kind = shape.media_type(request)
    if kind == "multipart/form-data":
        return _said({part.name: _content(part) for part in request.parts})
    fields = shape.json_object(request.body) if kind == "application/json" else None
    if fields is None:
        raise Rejection(400, "The body has to be a JSON object or a form.")
    return _said(fields)


def _content(part: Part) -> JSON:
    """A field of a form as text; a file as a URL that holds it."""
    content = part.read()
    if part.filename is None:
        return content.decode("utf-8", "replace")
    media = sniff_bytes(content)
    if part.name != IMAGE or media is None:
        raise Rejection(400, f"{part.name[:60]}: no picture can be read from this file.")
    if len(content) > LARGEST_FILE:
        raise Rejection(400, f"{part.name}: the file is larger than 8 MB.")
    return data_url(content, media.mime)


def _said(fields: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Leave out what says nothing: the provider's own client writes `None` for it."""
    return {name: value for name, value in fields.items() if value not in (None, "None", "")}


def read_order(model: Model, fields: Mapping[str, JSON]) -> Order:
    """Check every field. Raises Rejection."""
    prompt = fields.get("prompt")
    if not isinstance(prompt, str):
        raise Rejection(400, "prompt: a text is required.")
    if not isinstance(fields.get("negprompt", ""), str):
        raise Rejection(400, "negprompt: has to be a text.")
    _whole(fields, "steps", *model.steps, model.steps[0])
    _number(fields, "guidance_scale", 0, 100)
    for name, (low, high) in model.ranges.items():
        _number(fields, name, low, high)
    return Order(
        model=model,
        prompt=prompt,
        samples=_whole(fields, "samples", 1, model.most_samples, 1),
        size=_shape(model, fields) if model.sizes else _picture(fields),
        seed=_whole(fields, "seed", 0, LARGEST_SEED, 0) if "seed" in fields else None,
        filtered=str(fields.get("safe_filter", True)).lower() != "false",
        source=None if model.sizes else _source(fields),
    )


def _shape(model: Model, fields: Mapping[str, JSON]) -> tuple[int, int]:
    name = fields.get("aspect_ratio", "square")
    if not isinstance(name, str) or name not in model.sizes:
        raise Rejection(400, f"aspect_ratio: has to be one of {', '.join(model.sizes)}.")
    return model.sizes[name]


def _picture(fields: Mapping[str, JSON]) -> tuple[int, int]:
    """The size of the picture that is begun with; that of one somewhere else is not looked up."""
    url = fields.get(IMAGE)
    if isinstance(url, str) and URL.fullmatch(url):
        return SD_SIZES["square"]
    media = sniff_bytes(picture_in(url) or b"")
    if media is None or not media.width or not media.height:
        raise Rejection(400, f"{IMAGE}: a URL or a file is required.")
    if max(media.width, media.height) > LONGEST_SIDE:
        raise Rejection(400, f"{IMAGE}: the picture is too large.")
    return media.width, media.height


def _source(fields: Mapping[str, JSON]) -> Source | None:
    return source_of([picture_in(fields.get(IMAGE))], change=fields.get("strength"))


def _whole(fields: Mapping[str, JSON], name: str, low: int, high: int, usual: int) -> int:
    """A whole number, which may come as text."""
    value = fields.get(name, usual)
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,19}", text):
        raise Rejection(400, f"{name}: has to be a whole number.")
    if not low <= int(text) <= high:
        raise Rejection(400, f"{name}: has to be from {low} to {high}.")
    return int(text)


def _number(fields: Mapping[str, JSON], name: str, low: float, high: float) -> None:
    if name not in fields:
        return
    value = fields[name]
    try:
        fits = not isinstance(value, bool) and low <= float(str(value)) <= high
    except ValueError:
        fits = False
    if not fits:
        raise Rejection(400, f"{name}: has to be a number from {low:g} to {high:g}.")
