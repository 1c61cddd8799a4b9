"""Stability's v1 edits: forms with a picture to begin with, and with a mask or without."""

import re
from collections.abc import Mapping

from router.core.http import HttpRequest, Part
from router.core.jsontypes import JSON
from router.core.media import sniff_bytes
from router.emulators import shape
from router.emulators.brief import Source
from router.emulators.stability_errors import StabilityRejection, bad

PROMPT = re.compile(r"text_prompts\[([0-9]{1,2})\]\[(text|weight)\]")
FILES = frozenset({"init_image", "mask_image"})
TEXTS = frozenset({"clip_guidance_preset", "init_image_mode", "mask_source", "sampler"})
TEXTS |= {"style_preset"}

OF_IMAGES = frozenset(
    {"image_strength", "init_image_mode", "step_schedule_end", "step_schedule_start"}
)
OF_MASKS = frozenset({"mask_source"})
MODES = ("IMAGE_STRENGTH", "STEP_SCHEDULE")
MASKS = ("MASK_IMAGE_WHITE", "MASK_IMAGE_BLACK", "INIT_IMAGE_ALPHA")

USUAL_STRENGTH = 0.35
LARGEST = 5 * 1024 * 1024  # bytes; as users report it


def read_form(request: HttpRequest) -> tuple[Mapping[str, JSON], Mapping[str, Part]]:
    """Return the fields as JSON would have them, and the files. Raises StabilityRejection."""
    if shape.media_type(request) != "multipart/form-data":
        raise bad("content-type: must be multipart/form-data")
    body: dict[str, JSON] = {}
    prompts: dict[int, dict[str, JSON]] = {}
    files: dict[str, Part] = {}
    for part in request.parts:
        match = PROMPT.fullmatch(part.name)
        if part.name in FILES:
            files[part.name] = _file(part)
        elif part.filename is not None:
            raise bad(f"{part.name[:60]}: must not be a file")
        elif match:
            prompts.setdefault(int(match[1]), {})[match[2]] = _value(match[2], part)
        else:
            body[part.name] = _value(part.name, part)
    if prompts:
        body["text_prompts"] = [prompts[place] for place in sorted(prompts)]
    return body, files


def _file(part: Part) -> Part:
    if part.filename is None:
        raise bad(f"{part.name}: must be a file")
    if part.size > LARGEST:
        message = f"{part.name}: is larger than 5 MB"
        raise StabilityRejection(400, "invalid_file_size", [message])
    media = sniff_bytes(part.read())
    if media is None or media.format not in {"png", "jpeg"}:
        message = f"{part.name}: must be a png or jpeg file"
        raise StabilityRejection(400, "invalid_mime_type", [message])
    return part


def _value(name: str, part: Part) -> JSON:
    """Read a number where one is meant; what is none stays text, and is refused later."""
    text = part.read().decode("utf-8", "replace")
    if name in TEXTS or name == "text":
        return text
    if re.fullmatch(r"[+-]?[0-9]{1,20}", text, re.ASCII):
        return int(text)
    return float(text) if re.fullmatch(r"[+-]?[0-9.]{1,20}", text, re.ASCII) else text


def size_of(files: Mapping[str, Part]) -> tuple[int, int]:
    """Return the given picture's size, which the new one has too."""
    if "init_image" not in files:
        raise bad("init_image: is required")
    media = sniff_bytes(files["init_image"].read())
    if media is None or media.width is None or media.height is None:
        raise StabilityRejection(400, "invalid_image_dimensions", ["init_image: has no size"])
    return media.width, media.height


def image_source(body: Mapping[str, JSON], files: Mapping[str, Part]) -> Source:
    """Return what image-to-image repaints: the more, the less the given picture is to count."""
    mode = body.get("init_image_mode", MODES[0])
    if mode not in MODES:
        raise bad(f"init_image_mode: must be one of {', '.join(MODES)}")
    strength = body.get("image_strength", USUAL_STRENGTH)
    for name in ("image_strength", "step_schedule_start", "step_schedule_end"):
        value = body.get(name, 0)
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise bad(f"{name}: must be from 0 to 1")
    kept = float(strength) if isinstance(strength, int | float) else USUAL_STRENGTH
    return Source(content=files["init_image"].read(), change=1 - kept)


def mask_source(body: Mapping[str, JSON], files: Mapping[str, Part]) -> Source:
    """Return what masking repaints: where the mask has the colour that is named."""
    named = body.get("mask_source")
    content = files["init_image"].read()
    match named:
        case "INIT_IMAGE_ALPHA":
            return Source(content=content, mask=content)
        case "MASK_IMAGE_WHITE":
            return Source(content=content, mask=_mask(files), where="white")
        case "MASK_IMAGE_BLACK":
            return Source(content=content, mask=_mask(files), where="black")
    raise bad(f"mask_source: must be one of {', '.join(MASKS)}")


def _mask(files: Mapping[str, Part]) -> bytes:
    if "mask_image" not in files:
        raise bad("mask_image: is required")
    mask = files["mask_image"].read()
    media = sniff_bytes(mask)
    if media is None or (media.width, media.height) != size_of(files):
        message = "mask_image: must be as large as init_image"
        raise StabilityRejection(400, "invalid_mask_image", [message])
    return mask
