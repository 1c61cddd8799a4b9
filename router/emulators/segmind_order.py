"""Order: a request to one of Segmind's models, checked as far as the front end does."""

import binascii
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.http import HttpRequest
from router.core.jsontypes import JSON
from router.core.media import sniff_bytes
from router.emulators import shape
from router.emulators.brief import PictureFormat, Source
from router.emulators.chance import Chance
from router.emulators.inside import picture_in, source_of
from router.emulators.rejection import Rejection
from router.emulators.segmind_models import FORMATS, RATIOS, Model

JSON_TYPE, FORM_TYPE = "application/json", "multipart/form-data"
LONGEST_SIDE = 8192  # pixels; a limit of this stand-in
LARGEST_SEED = 2**63
WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
TRUE = frozenset({"true", "1", "yes"})


class RunError(Exception):
    """What goes wrong within the model: v1 answers 500, and a job of v2 fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made. `as_json` asks for base64 inside JSON."""

    model: Model
    prompt: str
    samples: int
    width: int
    height: int
    seed: int
    format: PictureFormat
    transparent: bool
    as_json: bool
    source: Source | None


def read_fields(request: HttpRequest) -> Mapping[str, JSON]:
    """Return the fields of a body, which may be JSON or a form. Raises Rejection."""
    kind = shape.media_type(request)
    if kind == FORM_TYPE:
        return {
            part.name: binascii.b2a_base64(part.read(), newline=False).decode()
            if part.filename is not None
            else part.read().decode("utf-8", "replace")
            for part in request.parts
        }
    if kind != JSON_TYPE:
        raise Rejection(406, "The content type is invalid: send application/json or a form.")
    fields = shape.json_object(request.body)
    if fields is None:
        raise Rejection(400, "The body is no JSON object.")
    return {name: value for name, value in fields.items() if value is not None}


def check_fields(model: Model, fields: Mapping[str, JSON]) -> None:
    """Check what is checked before the model runs. Raises Rejection."""
    for name in model.required:
        if fields.get(name) in (None, ""):
            raise Rejection(400, f"{name} is missing.")
    if not isinstance(fields.get("prompt", ""), str):
        raise Rejection(400, "prompt has to be text.")
    for name, allowed in model.choices.items():
        if name in fields and fields[name] not in allowed:
            found = shape.quoted(fields[name])
            raise Rejection(
                406, f"{name} {found} is not allowed; it is one of {', '.join(allowed)}."
            )


def read_order(model: Model, fields: Mapping[str, JSON], repeat: int) -> Order:
    """Read every field as the model does. Raises RunError."""
    for name, (low, high) in model.ranges.items():
        _number(fields, name, low, high)
    prompt = str(fields.get("prompt", ""))
    if shape.REFUSE in prompt or shape.FILTER in prompt:
        raise RunError("content_policy_violation: the prompt or the picture was not allowed")
    width, height = _size(model, fields)
    seed = _whole(fields, "seed", -1, LARGEST_SEED, -1)
    return Order(
        model=model,
        prompt=prompt,
        samples=_whole(fields, "samples", 1, model.most_samples, 1),
        width=width,
        height=height,
        seed=Chance("segmind", prompt, repeat).whole(0, 2**31) if seed == -1 else seed,
        format=_format(model, fields),
        transparent=fields.get("background") == "transparent",
        as_json=str(fields.get("base64", "")).lower() in TRUE,
        source=_source(fields) if model.edits else None,
    )


def _size(model: Model, fields: Mapping[str, JSON]) -> tuple[int, int]:
    """Width and height: the given picture's, else by the pixels, the size or the ratio."""
    if model.edits:
        return _given_size(fields)
    low, high, step = model.bounds
    edges = [_whole(fields, name, low, high, 0) for name in model.edges]
    ratio = str(fields.get("aspect_ratio", "custom"))
    if all(edges) and (ratio == "custom" or "aspect_ratio" not in model.choices):
        if any(edge % step for edge in edges):
            raise RunError(f"{' and '.join(model.edges)} must be multiples of {step}")
        return edges[0], edges[1]
    size = re.fullmatch(r"([0-9]{2,4})x([0-9]{2,4})", str(fields.get("size", "")))
    if size:
        return int(size[1]), int(size[2])
    return RATIOS.get(ratio, RATIOS["1:1"])


def _source(fields: Mapping[str, JSON]) -> Source | None:
    """Return what is to be made of the picture; its mask is white where it is edited."""
    return source_of(
        [_content(fields.get("image"))],
        mask=_content(fields.get("mask")),
        where="white",
        change=fields.get("strength"),
    )


def _given_size(fields: Mapping[str, JSON]) -> tuple[int, int]:
    """The size of the picture that is edited; that of one behind a URL is not looked up."""
    sizes = [_picture(fields, name) for name in ("image", "mask") if name in fields]
    known = [size for size in sizes if size is not None]
    if len(known) == 2 and known[0] != known[1]:
        raise RunError("image and mask must have the same size")
    return known[0] if known else RATIOS["1:1"]


def _picture(fields: Mapping[str, JSON], name: str) -> tuple[int, int] | None:
    text = fields[name]
    if not isinstance(text, str):
        raise RunError(f"{name} must be a URL or base64")
    if text.startswith(("http://", "https://")):
        return None
    media = sniff_bytes(_content(text) or b"")
    if media is None or not media.width or not media.height:
        raise RunError(f"{name} is no picture")
    if max(media.width, media.height) > LONGEST_SIDE:
        raise RunError(f"{name} is too large")
    return media.width, media.height


def _content(text: JSON) -> bytes | None:
    """Return the picture that a text holds; None where it is somewhere else, or is none."""
    return picture_in(text) or (_decoded(text) if isinstance(text, str) else None)


def _decoded(text: str) -> bytes | None:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None


def _format(model: Model, fields: Mapping[str, JSON]) -> PictureFormat:
    """The picture's type; a value that is not allowed was refused before."""
    return FORMATS.get(str(fields.get(model.format_field, "")), model.format)


def _whole(fields: Mapping[str, JSON], name: str, low: int, high: int, usual: int) -> int:
    """A whole number, which may come as text."""
    value = fields.get(name, usual)
    text = str(value)
    if isinstance(value, bool) or not WHOLE.fullmatch(text):
        raise RunError(f"{name} must be a whole number")
    if name in fields and not low <= int(text) <= high:
        raise RunError(f"{name} must be from {low} to {high}")
    return int(text)


def _number(fields: Mapping[str, JSON], name: str, low: float, high: float) -> None:
    if name not in fields:
        return
    value = fields[name]
    try:
        number = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise RunError(f"{name} must be a number from {low:g} to {high:g}")
