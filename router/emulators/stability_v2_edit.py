"""Stability's v2beta edits: forms with a picture, under edit/ and control/."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.core.http import HttpRequest
from router.core.media import sniff_bytes
from router.emulators import shape
from router.emulators.brief import PictureFormat, Source
from router.emulators.stability_form import MOST_PIXELS, Form
from router.emulators.stability_words import STYLES

PATH = re.compile(r"/v2beta/stable-image/(?:edit|control)/([a-z-]+)")

STEEPEST = 2.5  # of what is given to outpaint
LARGEST_GROWTH = 2_000  # pixels on each side
SIDES = ("left", "right", "up", "down")

NO_NUMBERS: Mapping[str, float] = MappingProxyType({})
COMMON = frozenset({"image", "output_format"})
TEXTS = frozenset({"prompt", "negative_prompt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One endpoint. `numbers` are fields from 0 to the given bound; `change` is for the artist."""

    group: str
    fields: frozenset[str] = TEXTS | {"seed"}
    required: frozenset[str] = frozenset({"prompt"})
    numbers: Mapping[str, float] = field(default_factory=lambda: NO_NUMBERS)
    takes_mask: bool = False
    formats: tuple[PictureFormat, ...] = ("png", "jpeg", "webp")
    most_pixels: int = MOST_PIXELS
    change: float = 0.45


GROWING: Mapping[str, float] = {"grow_mask": 100}  # the bound is what one client's comment says
CONTROL: Mapping[str, float] = {"control_strength": 1}

SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        "erase": Service(
            group="edit",
            fields=frozenset({"seed"}),
            required=frozenset(),
            numbers=GROWING,
            takes_mask=True,
        ),
        "inpaint": Service(
            group="edit",
            # The style is in newer pages only.
            fields=TEXTS | {"seed", "style_preset"},
            numbers=GROWING,
            takes_mask=True,
        ),
        "outpaint": Service(
            group="edit",
            fields=frozenset({"prompt", "seed"}),
            required=frozenset(),
            numbers={**dict.fromkeys(SIDES, LARGEST_GROWTH), "creativity": 1},
            change=0.2,
        ),
        "search-and-replace": Service(
            group="edit",
            fields=TEXTS | {"seed", "search_prompt"},
            required=frozenset({"prompt", "search_prompt"}),
            numbers=GROWING,
        ),
        "search-and-recolor": Service(
            group="edit",
            fields=TEXTS | {"seed", "select_prompt"},
            required=frozenset({"prompt", "select_prompt"}),
            numbers=GROWING,
        ),
        "remove-background": Service(
            group="edit",
            fields=frozenset(),
            required=frozenset(),
            formats=("png", "webp"),
            most_pixels=4_194_304,
            change=0.0,
        ),
        "sketch": Service(group="control", numbers=CONTROL, change=0.7),
        "structure": Service(group="control", numbers=CONTROL, change=0.7),
        "style": Service(
            group="control",
            fields=TEXTS | {"seed", "aspect_ratio"},
            numbers={"fidelity": 1},
            change=0.6,
        ),
    }
)


def service_of(request: HttpRequest) -> str:
    """Name the service that a path stands for; empty where there is none."""
    match = PATH.fullmatch(shape.path(request))
    name = match[1] if match else ""
    found = SERVICES.get(name)
    return name if found and f"/{found.group}/" in shape.path(request) else ""


def check_fields(form: Form, service: Service) -> None:
    """Check what every service has, and what this one has beside it."""
    masks = {"mask"} if service.takes_mask else set()
    form.only(COMMON | service.fields | set(service.numbers) | masks)
    for name in service.numbers:
        form.number(name, 0, service.numbers[name])
    for name in service.required - {"prompt"}:
        form.required(name, 10_000)
    if "style_preset" in service.fields:
        form.choice("style_preset", STYLES, None)
    form.expect(form.has("image"), "image", "is required")
    if form.has("mask"):
        form.picture("mask", most=math.inf)


def grown(form: Form, size: tuple[int, int]) -> tuple[int, int]:
    """Return the size of an outpainted picture."""
    sides = [form.number(name, 0, LARGEST_GROWTH) or 0 for name in SIDES]
    form.expect(any(sides), "left", "or another side must be more than 0")
    slope = max(size) / min(size)
    form.expect(slope <= STEEPEST, "image", "must be between 1:2.5 and 2.5:1")
    left, right, up, down = (round(side) for side in sides)
    return size[0] + left + right, size[1] + up + down


def source_of(form: Form, service: Service) -> Source | None:
    """Return what is painted over; where there is no mask the picture's own holes are one."""
    image = form.content("image")
    if image is None:
        return None
    mask = form.content("mask") if service.takes_mask else None
    if mask is not None:
        return Source(content=image, mask=mask, where="white")
    media = sniff_bytes(image)
    if service.takes_mask and media is not None and media.format in {"png", "webp"}:
        return Source(content=image, mask=image)
    return Source(content=image, change=service.change)
