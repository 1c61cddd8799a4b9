"""Stability v1's edits: a form to image-to-image, with a mask to image-to-image/masking.

Stability-AI/rest-api-support, generated/spec/merged.json
"""

from collections.abc import Iterator
from functools import partial

from router.core.catalog import ModelFacts
from router.core.http import BEARER, HttpRequest
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.skeleton import as_object
from router.providers.abilities import Limits
from router.providers.rules import drop
from router.providers.stability_edit import (
    IMAGE_STRENGTH,
    NEUTRAL,
    Edit,
    inverse,
    keeping_size,
    mask_part,
    note_of,
)
from router.providers.stability_rules import SPOKEN, common_rules
from router.providers.stability_v1 import LARGEST_SEED, read_artifacts, text_prompts
from router.providers.wire import FORM_HEADERS, as_said, file_part, text_parts

OWN = frozenset({"image_strength", "init_image_mode", "step_schedule_start", "step_schedule_end"})
SIZES = frozenset({"width", "height"})
"""What only text-to-image has: here the picture stays as large as the given one."""

UNWRITTEN = SPOKEN | {"text_prompts"}
ALL_CHANGES = drop("strength", "a mask says where, and all of it changes")

# That an engine with a list of sizes takes pictures of these sizes only, and none above 5 MB, is
# what its users report.
LARGEST = 5 * 1024 * 1024  # bytes


def find_edit(request: ImageRequest, facts: ModelFacts) -> Edit | str:
    """Return what makes an edit or a variation; the reason where nothing does."""
    reason = _why_not_size(request, facts)
    if reason:
        return reason
    masked = request.mask is not None
    own = facts.parameters - SIZES
    return Edit(
        model=facts.name,
        rules={
            **common_rules(facts.name, LARGEST_SEED),
            **keeping_size(request),
            "output_format": drop("output_format", f"{facts.name} gives png", harmless=("png",)),
            "strength": ALL_CHANGES if masked else inverse("strength", "image_strength"),
        },
        own=own if masked else own | OWN,
        limits=Limits(formats=("png", "jpeg"), largest=LARGEST),
        write=partial(_write, facts.name),
        read=read_artifacts,
        pictures_per_call=facts.per_call,
        note="" if masked else note_of(request, f"image_strength {IMAGE_STRENGTH:g}"),
    )


def _why_not_size(request: ImageRequest, facts: ModelFacts) -> str:
    media = request.images[0].media if request.images else None
    if media is None or media.width is None or not facts.sizes:
        return ""
    size, sizes = f"{media.width}x{media.height}", [str(one) for one in facts.sizes]
    if size in sizes:
        return ""
    return f"{facts.name} takes pictures of {', '.join(sizes)}, and {size} is given"


def _write(engine: str, request: ImageRequest, base: str) -> HttpRequest:
    """Write the form. Raises ValueError where the mask is broken."""
    said: dict[str, JSON] = dict(_prompts(request))
    if request.mask is not None:
        said["mask_source"] = "MASK_IMAGE_WHITE"
    elif request.params.get("init_image_mode") is None:
        said["image_strength"] = IMAGE_STRENGTH
    said |= as_said(request.params, UNWRITTEN)
    if "n" in request.params:
        said["samples"] = request.n
    parts = [*text_parts(said), file_part("init_image", request.images[0])]
    if request.mask is not None:
        parts.append(mask_part("mask_image", request.mask))
    path = "image-to-image/masking" if request.mask is not None else "image-to-image"
    return HttpRequest(
        method="POST",
        url=f"{base}/v1/generation/{engine}/{path}",
        headers=FORM_HEADERS,
        parts=tuple(parts),
        auth=BEARER,
    )


def _prompts(request: ImageRequest) -> Iterator[tuple[str, JSON]]:
    """Yield the prompts as fields: `text_prompts[0][text]`, `text_prompts[0][weight]`."""
    prompts = text_prompts(request)
    if not request.prompt and "text_prompts" not in request.params:
        prompts = [{"text": NEUTRAL, "weight": 1}, *prompts]
    for place, prompt in enumerate(prompts):
        for key, value in as_object(prompt).items():
            yield f"text_prompts[{place}][{key}]", value
