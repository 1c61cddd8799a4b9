"""Stability's v1: JSON in, or a form with a picture; JSON or one PNG out."""

import binascii
import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.core.http import HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.emulators import shape
from router.emulators.brief import Brief, Source
from router.emulators.emulator import World
from router.emulators.stability_errors import StabilityRejection, bad, drawn, request_id
from router.emulators.stability_v1_form import (
    OF_IMAGES,
    OF_MASKS,
    image_source,
    mask_source,
    read_form,
    size_of,
)
from router.emulators.stability_words import FILTERED, STYLES, SUCCESS, accepted, seed_for

PATH = re.compile(r"/v1/generation/([^/]+)/(text-to-image|image-to-image(?:/masking)?)")

SDXL = "stable-diffusion-xl-1024-v1-0"
SD_16 = "stable-diffusion-v1-6"  # discontinued on 2025-07-24
ENGINES = (SDXL, SD_16)

# One official list has eight of them, without 832x1216; the live error text was seen with nine.
SDXL_SIZES = frozenset(
    {
        (1024, 1024),
        (1152, 896),
        (896, 1152),
        (1216, 832),
        (832, 1216),
        (1344, 768),
        (768, 1344),
        (1536, 640),
        (640, 1536),
    }
)

LARGEST_SEED = 4_294_967_295
LONGEST_PROMPT = 2_000
MOST_SAMPLES = 10

GUIDANCE = ("NONE", "FAST_BLUE", "FAST_GREEN", "SIMPLE", "SLOW", "SLOWER", "SLOWEST")
SAMPLERS = (
    "DDIM",
    "DDPM",
    "K_DPMPP_2M",
    "K_DPMPP_2S_ANCESTRAL",
    "K_DPM_2",
    "K_DPM_2_ANCESTRAL",
    "K_EULER",
    "K_EULER_ANCESTRAL",
    "K_HEUN",
    "K_LMS",
)

# Whether the real API refuses other fields is not documented. It is done here, since a field that
# it does not know cannot have been meant for it.
FIELDS = frozenset(
    {
        "cfg_scale",
        "clip_guidance_preset",
        "extras",
        "height",
        "sampler",
        "samples",
        "seed",
        "steps",
        "style_preset",
        "text_prompts",
        "width",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A checked request. `as_png` answers with the bytes of one picture."""

    engine: str
    prompt: str
    width: int
    height: int
    samples: int
    seed: int
    as_png: bool
    source: Source | None = None


def handle(request: HttpRequest, world: World) -> HttpResponse:
    """Answer a request whose key is good. Raises StabilityRejection."""
    task = _task(request, world)
    reason = FILTERED if shape.FILTER in task.prompt else SUCCESS
    if task.as_png:
        headers = {"content-type": "image/png", "finish-reason": reason, "seed": str(task.seed)}
        return HttpResponse(
            status=200, headers={**headers, **_id(world)}, body=_draw(task, 0, world)
        )
    artifacts: list[JSON] = [
        {
            "base64": binascii.b2a_base64(_draw(task, index, world), newline=False).decode(),
            # Whether the real seeds follow each other is not known.
            "seed": (task.seed + index) % (LARGEST_SEED + 1),
            "finishReason": reason,
        }
        for index in range(task.samples)
    ]
    return shape.json_response(200, {"artifacts": artifacts}, _id(world))


def _id(world: World) -> Mapping[str, str]:
    return {"x-request-id": request_id(world)}


def _draw(task: Task, index: int, world: World) -> bytes:
    return drawn(
        Brief(
            provider="stability-ai",
            model=task.engine,
            prompt=task.prompt,
            width=task.width,
            height=task.height,
            seed=(task.seed + index) % (LARGEST_SEED + 1),
            blurred=shape.FILTER in task.prompt,
            source=task.source,
        ),
        world,
    )


def _task(request: HttpRequest, world: World) -> Task:
    engine = _engine(request, world)
    as_png = _wants_png(request)
    body, source = _body(request)
    _check_rarely_used(body)
    prompt = _prompt(body)
    width, height = _size(body, engine)
    samples = _whole(body, "samples", 1, MOST_SAMPLES, 1)
    if as_png and samples > 1:
        message = "samples: must be 1 where one PNG is accepted"
        raise StabilityRejection(400, "invalid_samples", [message])
    if shape.REFUSE in prompt:
        message = "text_prompts: a word in them was stopped by the filter"
        raise StabilityRejection(400, "invalid_prompts", [message])
    return Task(
        engine=engine,
        prompt=prompt,
        width=width,
        height=height,
        samples=samples,
        seed=seed_for(_whole(body, "seed", 0, LARGEST_SEED, 0), prompt, world.repeat, LARGEST_SEED),
        as_png=as_png,
        source=source,
    )


def _body(request: HttpRequest) -> tuple[Mapping[str, JSON], Source | None]:
    """Read the request's fields, the given picture's size among them, and that picture."""
    path = shape.path(request)
    if path.endswith("/text-to-image"):
        body = _json(request)
        _check_names(body, FIELDS)
        return body, None
    body, files = read_form(request)
    masking = path.endswith("/masking")
    _check_names(body, FIELDS - {"width", "height"} | (OF_MASKS if masking else OF_IMAGES))
    width, height = size_of(files)
    source = mask_source(body, files) if masking else image_source(body, files)
    return {**body, "width": width, "height": height}, source


def _json(request: HttpRequest) -> Mapping[str, JSON]:
    if shape.media_type(request) != "application/json":
        raise bad("content-type: must be application/json")
    body = shape.json_object(request.body)
    if body is None:
        raise bad("body: is not a JSON object")
    return body


def _check_names(body: Mapping[str, JSON], known: AbstractSet[str]) -> None:
    for name in body:
        if name not in known:
            raise bad(f"{name[:60]}: is not a field of this endpoint")


def _engine(request: HttpRequest, world: World) -> str:
    match = PATH.fullmatch(shape.path(request))
    engine = match[1] if match else ""
    gone = world.retired and engine == SD_16
    if request.method != "POST" or engine not in ENGINES or gone:
        message = f"there is no engine {engine[:60]!r} for {request.method}"
        raise StabilityRejection(404, "not_found", [message])
    return engine


def _wants_png(request: HttpRequest) -> bool:
    types = accepted(request)
    if not types or types[0] in {"*/*", "application/*", "application/json"}:
        return False
    if types[0] == "image/png":
        return True
    raise bad("accept: must be application/json or image/png")


def _prompt(body: Mapping[str, JSON]) -> str:
    """What is wanted: the texts without a negative weight."""
    prompts = body.get("text_prompts")
    if not isinstance(prompts, Sequence) or isinstance(prompts, str) or not prompts:
        raise bad("text_prompts: must be a list of one or more prompts")
    wanted = []
    for place, prompt in enumerate(prompts):
        where = f"text_prompts[{place}]"
        if not isinstance(prompt, Mapping) or not isinstance(text := prompt.get("text"), str):
            raise bad(f"{where}.text: is required")
        if not 1 <= len(text) <= LONGEST_PROMPT:
            raise bad(f"{where}.text: must have 1 to {LONGEST_PROMPT} characters")
        if _number(prompt, "weight", -math.inf, math.inf, 1) >= 0:
            wanted.append(text)
    return ", ".join(wanted)


def _size(body: Mapping[str, JSON], engine: str) -> tuple[int, int]:
    usual = 1024 if engine == SDXL else 512
    width = _whole(body, "width", 128, 8192, usual)
    height = _whole(body, "height", 128, 8192, usual)
    if engine == SDXL and (width, height) not in SDXL_SIZES:
        allowed = ", ".join(f"{w}x{h}" for w, h in sorted(SDXL_SIZES, reverse=True))
        message = f"width, height: {width}x{height} is none of {allowed}"
        raise StabilityRejection(400, "invalid_sdxl_v1_dimensions", [message])
    if engine == SD_16 and not all(320 <= s <= 1536 and s % 64 == 0 for s in (width, height)):
        message = "width, height: must be multiples of 64 from 320 to 1536"
        raise StabilityRejection(400, "invalid_height_or_width", [message])
    return width, height


def _check_rarely_used(body: Mapping[str, JSON]) -> None:
    """Check what makes no difference to the picture."""
    _number(body, "cfg_scale", 0, 35, 7)
    # An older specification has 10 to 150; the newer has 10 to 50.
    _whole(body, "steps", 10, 50, 30)
    for name, options in (
        ("clip_guidance_preset", GUIDANCE),
        ("sampler", SAMPLERS),
        ("style_preset", STYLES),
    ):
        if name in body and body[name] not in options:
            raise bad(f"{name}: must be one of {', '.join(options)}")
    if not isinstance(body.get("extras", {}), Mapping):
        raise bad("extras: must be an object")


def _whole(body: Mapping[str, JSON], name: str, low: int, high: int, usual: int) -> int:
    number = _number(body, name, low, high, usual)
    if not number.is_integer():
        raise bad(f"{name}: must be a whole number")
    return int(number)


def _number(body: Mapping[str, JSON], name: str, low: float, high: float, usual: float) -> float:
    value = body.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad(f"{name}: must be a number")
    if not low <= value <= high:
        raise bad(f"{name}: must be from {low:g} to {high:g}")
    try:
        return float(value)
    except OverflowError:
        raise bad(f"{name}: is too large") from None
