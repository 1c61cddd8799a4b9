"""Stability's v2beta: a multipart form in; the picture's bytes or flat JSON out."""

import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from router.core.http import HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.emulators import shape
from router.emulators.brief import Brief, PictureFormat, Source
from router.emulators.emulator import World
from router.emulators.stability_errors import StabilityRejection, bad, drawn, request_id
from router.emulators.stability_form import Form
from router.emulators.stability_v2_edit import (
    SERVICES,
    check_fields,
    grown,
    service_of,
    source_of,
)
from router.emulators.stability_words import FILTERED, STYLES, SUCCESS, accepted, seed_for

ROOT = "/v2beta/stable-image/generate/"

LARGEST_SEED = 4_294_967_294
LONGEST_PROMPT = 10_000
LARGEST_REQUEST = 10 * 1024 * 1024  # bytes

COMMON = frozenset(
    {"aspect_ratio", "negative_prompt", "output_format", "prompt", "seed", "style_preset"}
)

FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "core": COMMON,
        "ultra": COMMON | {"image", "strength"},
        "sd3": COMMON | {"cfg_scale", "image", "mode", "model", "strength"},
    }
)
"""What each endpoint's form may have. That others are refused is not documented, as in v1."""

FORMATS: Mapping[str, PictureFormat] = {"png": "png", "jpeg": "jpeg", "webp": "webp"}

# The deprecated names are served by their successors, which cost the same.
SD3_MODELS: Mapping[str, str] = MappingProxyType(
    {
        "sd3.5-large": "sd3.5-large",
        "sd3.5-large-turbo": "sd3.5-large-turbo",
        "sd3.5-medium": "sd3.5-medium",
        "sd3.5-flash": "sd3.5-flash",
        "sd3-large": "sd3.5-large",
        "sd3-large-turbo": "sd3.5-large-turbo",
        "sd3-medium": "sd3.5-medium",
    }
)

# Pixels of each ratio are not documented, only the area is: 1 megapixel, and 1.5 for core.
SIZES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "21:9": (1536, 640),
        "16:9": (1344, 768),
        "3:2": (1216, 832),
        "5:4": (1088, 896),
        "1:1": (1024, 1024),
        "4:5": (896, 1088),
        "2:3": (832, 1216),
        "9:16": (768, 1344),
        "9:21": (640, 1536),
    }
)
CORE_SCALE = math.sqrt(1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A checked request."""

    model: str
    prompt: str
    width: int
    height: int
    seed: int
    format: PictureFormat
    as_json: bool
    source: Source | None = None
    transparent: bool = False


def handle(request: HttpRequest, world: World) -> HttpResponse:
    """Answer a request whose key is good. Raises StabilityRejection."""
    task = _task(request, world)
    filtered = shape.FILTER in task.prompt
    reason = FILTERED if filtered else SUCCESS
    content = drawn(
        Brief(
            provider="stability-ai",
            model=task.model,
            prompt=task.prompt,
            width=task.width,
            height=task.height,
            seed=task.seed,
            format=task.format,
            transparent=task.transparent,
            blurred=filtered,
            source=task.source,
        ),
        world,
    )
    own = {"x-request-id": request_id(world)}
    mime = f"image/{task.format}"
    if task.as_json:
        image = binascii.b2a_base64(content, newline=False).decode()
        value: JSON = {"image": image, "finish_reason": reason, "seed": task.seed}
        return shape.json_response(200, value, own, f"application/json; type={mime}")
    headers = {"content-type": mime, "finish-reason": reason, "seed": str(task.seed), **own}
    return HttpResponse(status=200, headers=headers, body=content)


def endpoint(request: HttpRequest) -> str:
    """The last part of the path; empty where it is no generate endpoint."""
    path = shape.path(request)
    name = path.removeprefix(ROOT) if path.startswith(ROOT) else ""
    return name if name in FIELDS else ""


def model(request: HttpRequest) -> str | None:
    """The endpoint's name; of sd3 the model that its form names."""
    name = endpoint(request) or service_of(request)
    if name != "sd3":
        return name or None
    return Form(request.parts).text("model") or "sd3.5-large"


def _task(request: HttpRequest, world: World) -> Task:
    name = endpoint(request) or service_of(request)
    if request.method != "POST" or not name:
        raise StabilityRejection(404, "not_found", ["there is nothing at this address"])
    as_json = _wants_json(request)
    if shape.media_type(request) != "multipart/form-data":
        raise bad("content-type: must be multipart/form-data")
    form = Form(request.parts)
    if name != "core" and form.size > LARGEST_REQUEST:
        raise StabilityRejection(413, "bad_request", ["the request is larger than 10 MiB"])
    read = _read if name in FIELDS else _read_edit
    task = read(form, name, world, as_json=as_json)
    form.settle()
    if shape.REFUSE in task.prompt:
        message = "the prompt was stopped by the moderation system"
        raise StabilityRejection(403, "content_moderation", [message])
    return task


def _wants_json(request: HttpRequest) -> bool:
    """The picture's bytes are the default, and what a client gets that says nothing."""
    types = accepted(request)
    if not types or types[0] in {"*/*", "image/*"}:
        return False
    if types[0] == "application/json":
        return True
    raise bad("accept: must be image/* or application/json")


def _read(form: Form, name: str, world: World, *, as_json: bool) -> Task:
    """Read every field; the form collects what is wrong with them."""
    form.only(FIELDS[name])
    prompt = form.required("prompt", LONGEST_PROMPT)
    form.optional("negative_prompt", LONGEST_PROMPT)
    form.choice("style_preset", STYLES, None)
    # One specification has no webp for sd3; the newer one has.
    picture_format = form.choice("output_format", tuple(FORMATS), "png") or "png"
    seed = form.whole("seed", 0, LARGEST_SEED, 0)
    width, height = _shape(form, name)
    task_model = name
    if name == "sd3":
        form.number("cfg_scale", 1, 10)
        chosen = form.choice("model", tuple(SD3_MODELS), "sd3.5-large")
        task_model = SD3_MODELS.get(chosen or "", "sd3.5-large")
    return Task(
        model=task_model,
        prompt=prompt,
        width=width,
        height=height,
        seed=seed_for(seed, prompt, world.repeat, LARGEST_SEED),
        format=FORMATS.get(picture_format, "png"),
        as_json=as_json,
        source=_given(form, name),
    )


def _given(form: Form, name: str) -> Source | None:
    """Return the picture to begin with: the strength says how much of it goes."""
    content = form.content("image") if name != "core" else None
    strength = form.number("strength", 0, 1)
    return None if content is None else Source(content=content, change=strength or 0.0)


def _read_edit(form: Form, name: str, world: World, *, as_json: bool) -> Task:
    """Read every field of a service that only edits."""
    service = SERVICES[name]
    check_fields(form, service)
    reads_prompt = form.required if "prompt" in service.required else form.optional
    prompt = reads_prompt("prompt", LONGEST_PROMPT)
    form.optional("negative_prompt", LONGEST_PROMPT)
    picture_format = form.choice("output_format", service.formats, "png") or "png"
    seed = form.whole("seed", 0, LARGEST_SEED, 0)
    size = form.picture("image", service.most_pixels) or (1024, 1024)
    ratio = form.choice("aspect_ratio", tuple(SIZES), None)
    if name == "outpaint":
        size = grown(form, size)
    elif ratio is not None:
        size = SIZES.get(ratio, size)
    return Task(
        model=name,
        prompt=prompt,
        width=size[0],
        height=size[1],
        seed=seed_for(seed, prompt, world.repeat, LARGEST_SEED),
        format=FORMATS.get(picture_format, "png"),
        as_json=as_json,
        source=source_of(form, service),
        transparent=name == "remove-background",
    )


def _shape(form: Form, name: str) -> tuple[int, int]:
    """The picture's size: the given picture's, else by the ratio."""
    ratio = form.choice("aspect_ratio", tuple(SIZES), None)
    if name != "core":
        source = _source(form, name, ratio)
        if source is not None:
            return source
    width, height = SIZES.get(ratio or "1:1", SIZES["1:1"])
    if name != "core":
        return width, height
    return round(width * CORE_SCALE / 64) * 64, round(height * CORE_SCALE / 64) * 64


def _source(form: Form, name: str, ratio: str | None) -> tuple[int, int] | None:
    """Check the fields about a given picture; return its size if there is one."""
    from_image = form.has("image")
    if name == "sd3":
        mode = form.choice("mode", ("text-to-image", "image-to-image"), "text-to-image")
        by_mode = mode == "image-to-image"
        form.expect(by_mode or not (from_image or form.has("strength")), "image", "needs its mode")
        form.expect(not by_mode or from_image, "image", "is required in this mode")
        form.expect(not by_mode or ratio is None, "aspect_ratio", "does not go with an image")
    form.number("strength", 0, 1)
    form.expect(not from_image or form.has("strength"), "strength", "is required with an image")
    return form.picture("image")
