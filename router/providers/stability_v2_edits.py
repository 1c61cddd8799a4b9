"""Stability v2beta's edits: a form with a picture to edit/..., control/..., or image-to-image.

platform.stability.ai/docs/api-reference; the fields that each endpoint takes are listed there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from router.core.adapter import Rule
from router.core.catalog import Catalog, ModelFacts
from router.core.http import BEARER, HttpRequest
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.providers.abilities import Limits
from router.providers.rules import absent, one_of, shown
from router.providers.stability_edit import (
    NEUTRAL,
    SIDES,
    STRENGTH,
    Edit,
    growing_size,
    inverse,
    keeping_size,
    mask_part,
    note_of,
)
from router.providers.stability_rules import common_rules
from router.providers.stability_v2 import (
    LARGEST_SEED,
    OUTPUT_FORMAT,
    SD3,
    UNWRITTEN,
    find_generation,
    read_picture,
    shapes,
)
from router.providers.wire import FORM_HEADERS, as_said, file_part, text_parts

LARGEST_REQUEST = 10 * 1024 * 1024  # bytes
LARGEST = LARGEST_REQUEST - 64 * 1024  # bytes of a picture: with some room for the texts
HEAD = 512  # bytes at most that a form has before and after each of its parts
LIMITS = Limits(
    formats=("png", "jpeg", "webp"),
    largest=LARGEST,
    shortest=64,
    least_area=4_096,
    most_area=9_437_184,
)
IMAGE_TO_IMAGE_LIMITS = Limits(
    formats=("png", "jpeg", "webp"), largest=LARGEST, shortest=64, longest=16_384, least_area=4_096
)
GROWING_LIMITS = replace(LIMITS, steepest=2.5)
SMALL_LIMITS = Limits(
    formats=("png", "jpeg", "webp"),
    largest=LARGEST,
    shortest=64,
    least_area=4_096,
    most_area=4_194_304,
)

INPAINT = "inpaint"
"""What edits by a mask, whatever model is named."""

DEFAULT_MODEL = "sd3.5-large"
"""What edits without a mask where no model is named: sd3's own default."""

TRANSPARENT_FORMATS = one_of(
    "output_format",
    ("png", "webp"),
    "what has no background is png or webp",
    nearest=MappingProxyType(dict.fromkeys(("jpeg", "jpg", "gif", "svg"), "png")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An endpoint that does nothing but edits. `own` are its fields beyond the common ones."""

    path: str
    own: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    takes_mask: bool = False
    limits: Limits = LIMITS
    output_format: Rule = OUTPUT_FORMAT


TEXTLESS = frozenset({"prompt", "negative_prompt"})

SERVICES: Mapping[str, Service] = MappingProxyType(
    {
        INPAINT: Service(
            path="edit/inpaint", own=frozenset({"grow_mask", "style_preset"}), takes_mask=True
        ),
        "erase": Service(
            path="edit/erase", own=frozenset({"grow_mask"}), lacks=TEXTLESS, takes_mask=True
        ),
        "outpaint": Service(
            path="edit/outpaint",
            own=frozenset({*SIDES, "creativity"}),
            lacks=frozenset({"negative_prompt"}),
            limits=GROWING_LIMITS,
        ),
        "search-and-replace": Service(
            path="edit/search-and-replace", own=frozenset({"search_prompt", "grow_mask"})
        ),
        "search-and-recolor": Service(
            path="edit/search-and-recolor", own=frozenset({"select_prompt", "grow_mask"})
        ),
        "remove-background": Service(
            path="edit/remove-background",
            lacks=TEXTLESS | {"seed"},
            limits=SMALL_LIMITS,
            output_format=TRANSPARENT_FORMATS,
        ),
        "sketch": Service(path="control/sketch", own=frozenset({"control_strength"})),
        "structure": Service(path="control/structure", own=frozenset({"control_strength"})),
        "style": Service(path="control/style", own=frozenset({"aspect_ratio", "fidelity"})),
    }
)


class TooLargeError(Exception):
    """The picture, its mask and the texts are more than a request may have."""


def find_edit(request: ImageRequest, catalog: Catalog) -> Edit | str:
    """Return what makes an edit or a variation; the reason where nothing does."""
    name = request.model
    service = SERVICES.get(name or "")
    if service is not None and name is not None:
        return _by_service(name, service, request)
    if request.operation == "edit" and request.mask is not None:
        instead = f", not {shown(name)}" if name else ""
        note = f"edit by a mask -> {INPAINT}{instead}"
        return _by_service(INPAINT, SERVICES[INPAINT], request, note)
    model = name or DEFAULT_MODEL
    return _image_to_image(model, catalog.find(model), request)


def _by_service(name: str, service: Service, request: ImageRequest, note: str = "") -> Edit | str:
    if request.operation == "variation":
        return f"{name} makes no variations"
    if request.mask is not None and not service.takes_mask:
        return f"{name} takes no mask"
    lacks = service.lacks if "style_preset" in service.own else service.lacks | {"style"}
    rules = {
        **common_rules(name, LARGEST_SEED),
        "output_format": service.output_format,
        **_sizes(service, request),
        **absent(lacks, name),
    }
    return Edit(
        model=name,
        rules=rules,
        own=service.own,
        limits=service.limits,
        write=partial(_write, service.path, {}),
        read=read_picture,
        note=note,
    )


def _sizes(service: Service, request: ImageRequest) -> Mapping[str, Rule]:
    if "aspect_ratio" in service.own:
        return shapes(None)
    return growing_size(request) if service.own.issuperset(SIDES) else keeping_size(request)


def _image_to_image(model: str, facts: ModelFacts | None, request: ImageRequest) -> Edit | str:
    """Let a model that draws begin with a picture instead of noise."""
    generation = find_generation(model, facts)
    if generation is None or generation.endpoint not in {SD3, "ultra"}:
        able = "stable-image-ultra or a model of sd3.5, or a mask"
        return f"{shown(model)} takes no picture; expected {able}"
    rules = {
        **generation.rules,
        **keeping_size(request),
        "image_strength": inverse("image_strength", "strength"),
    }
    always: dict[str, JSON] = {"strength": STRENGTH}
    if not request.prompt:
        always["prompt"] = NEUTRAL
    if generation.endpoint == SD3:
        always |= {"mode": "image-to-image", "model": generation.field}
    return Edit(
        model=model,
        rules=rules,
        own=generation.own,
        limits=IMAGE_TO_IMAGE_LIMITS,
        write=partial(_write, f"generate/{generation.endpoint}", always),
        read=read_picture,
        note=note_of(request, f"strength {STRENGTH:g}"),
    )


def _write(path: str, always: Mapping[str, JSON], request: ImageRequest, base: str) -> HttpRequest:
    """Write the form. Raises ValueError where the mask is broken, TooLargeError."""
    said = {"prompt": request.params.get("prompt"), **always, **as_said(request.params, UNWRITTEN)}
    parts = [*text_parts(said), file_part("image", request.images[0])]
    if request.mask is not None:
        parts.append(mask_part("mask", request.mask))
    size = sum(part.size + HEAD for part in parts)
    if size > LARGEST_REQUEST:
        raise TooLargeError(f"Stability takes {LARGEST_REQUEST} bytes in all, and {size} are given")
    return HttpRequest(
        method="POST",
        url=f"{base}/v2beta/stable-image/{path}",
        headers=FORM_HEADERS,
        parts=tuple(parts),
        auth=BEARER,
    )
