"""Edit: OpenAI's edits and variations, checked, and made orders.

openai-openapi openapi.yaml, CreateImageEditRequest, EditImageBodyJsonParam,
CreateImageVariationRequest; the package openai 3.54.0, types/image_edit_params.py.
"""

import io
from collections.abc import Mapping
from dataclasses import replace

from router.core.files import Upload
from router.core.http import HttpRequest
from router.core.jsontypes import JSON
from router.core.media import has_alpha
from router.emulators import shape
from router.emulators.brief import Source
from router.emulators.openai_form import Given, missing, read_form, read_references
from router.emulators.openai_models import Family
from router.emulators.openai_order import Order, read_order
from router.emulators.rejection import Rejection

TYPES = ("image/jpeg", "image/png", "image/webp")
USUAL = "gpt-image-1.5"
"""The model of an edit that names none, by the OpenAPI document."""

LARGEST_IMAGE = 50 * 1024 * 1024  # bytes
LARGEST_SMALL = 4 * 1024 * 1024  # bytes, of masks and of whatever DALL-E 2 is given
MOST_IMAGES = 16

DALL_E_PARAMS = frozenset({"model", "n", "response_format", "size", "user"})
NOT_IN_FORMS = frozenset({"moderation"})
NEUTRAL = "a variation of the picture"  # stands for the prompt that a variation has not

# By OpenAI's own sizes; the real `auto` is the model's choice.
WIDE, TALL = 1.2, 1 / 1.2


def is_json(request: HttpRequest) -> bool:
    return shape.media_type(request) == "application/json"


def read_given(request: HttpRequest, json: Mapping[str, JSON] | None) -> Given:
    """Read either form of an edit; `json` is the body where there is one. Raises Rejection."""
    return read_form(request, TYPES) if json is None else read_references(json)


def edit_order(given: Given, model: str, family: Family, *, json: bool) -> Order:
    """Return the order of an edit. Raises Rejection."""
    if family.kind == "dall-e-3" or (json and not family.is_gpt):
        raise Rejection(
            400,
            f"The model {shape.quoted(model)} cannot edit" + (" in this form." if json else "."),
            code="invalid_value",
            param="model",
        )
    order = read_order(given.params, model, replace(family, params=_params(family, json=json)))
    _check_fidelity(order, given)
    _check_images(given, family)
    _check_overlay("mask", given.mask, given)
    _check_overlay("markup", given.markup, given)
    _check_markup(given, model)
    return _with_source(order, given, family)


def variation_order(given: Given, model: str, family: Family) -> Order:
    """Return the order of a variation, which DALL-E 2 alone can make. Raises Rejection."""
    if family.kind != "dall-e-2":
        message = f"The model {shape.quoted(model)} makes no variations."
        raise Rejection(400, message, code="invalid_value", param="model")
    if given.has_mask or given.markup is not None or "prompt" in given.params:
        name = "prompt" if "prompt" in given.params else "mask"
        message = f"Unknown parameter: '{name}'."
        raise Rejection(400, message, code="unknown_parameter", param=name)
    allowed = replace(family, params=DALL_E_PARAMS | {"prompt"})
    order = read_order({**given.params, "prompt": NEUTRAL}, model, allowed)
    _check_images(given, family)
    return replace(_with_source(order, given, family), operation="variation")


def _params(family: Family, *, json: bool) -> frozenset[str]:
    """Return what an edit may say: not quite what a generation may."""
    if not family.is_gpt:
        return DALL_E_PARAMS | {"prompt"}
    own = family.params | ({"input_fidelity"} if family.fidelities else frozenset())
    return own if json else own - NOT_IN_FORMS


def _check_fidelity(order: Order, given: Given) -> None:
    fidelity = given.params.get("input_fidelity")
    allowed = ("low",) if "mini" in order.model else order.family.fidelities
    if fidelity is not None and fidelity not in allowed:
        message = f"'input_fidelity' is {shape.quoted(fidelity)}; expected {' or '.join(allowed)}."
        raise Rejection(400, message, code="invalid_value", param="input_fidelity")


def _check_images(given: Given, family: Family) -> None:
    most = MOST_IMAGES if family.is_gpt else 1
    if not given.images:
        raise missing("image")
    if len(given.images) > most:
        message = f"'image' has {len(given.images)} files; expected {most} at most."
        raise Rejection(400, message, code="array_above_max_length", param="image")
    for upload in given.images:
        if upload is not None:
            _check_image(upload, family)


def _check_image(upload: Upload, family: Family) -> None:
    largest = LARGEST_IMAGE if family.is_gpt else LARGEST_SMALL
    media = upload.media
    if upload.size >= largest:
        raise _unfit("image", f"must have fewer than {largest} bytes")
    if not family.is_gpt and (
        media is None or media.format != "png" or media.width != media.height
    ):
        raise _unfit("image", "must be a square png")


def _check_overlay(name: str, overlay: Upload | None, given: Given) -> None:
    """Check what is laid over the first picture."""
    if overlay is None:
        return
    media, first = overlay.media, given.images[0]
    if media is None or media.format != "png" or not has_alpha(io.BytesIO(overlay.read())):
        raise _unfit(name, "must be a png with an alpha channel")
    if overlay.size >= LARGEST_SMALL and name == "mask":
        raise _unfit(name, f"must have fewer than {LARGEST_SMALL} bytes")
    of_first = first.media if first else None
    if of_first and (media.width, media.height) != (of_first.width, of_first.height):
        raise _unfit(name, "must be as large as the first image")


def _check_markup(given: Given, model: str) -> None:
    if given.markup is None:
        return
    if given.has_mask:
        raise _unfit("markup", "does not go with a mask")
    if not model.startswith(("gpt-image-2.5", "gpt-image-2.6")):
        message = "Unknown parameter: 'markup'."
        raise Rejection(400, message, code="unknown_parameter", param="markup")


def _with_source(order: Order, given: Given, family: Family) -> Order:
    """Put the pictures into the order; one that is somewhere else is painted without it."""
    first, *others = given.images
    source = None
    if first is not None:
        overlay = given.mask or given.markup
        source = Source(
            content=first.read(),
            mask=overlay.read() if overlay else None,
            others=tuple(other.read() for other in others if other),
        )
    size = given.params.get("size")
    if first is not None and family.is_gpt and size in {None, "auto"}:
        width, height = _shape_like(first)
        order = replace(order, width=width, height=height)
    tokens = sum(_tokens(upload, order) for upload in given.images)
    return replace(order, operation="edit", source=source, image_tokens=tokens)


def _shape_like(upload: Upload) -> tuple[int, int]:
    """Return the standard size whose shape is the nearest."""
    media = upload.media
    ratio = media.width / media.height if media and media.width and media.height else 1.0
    if ratio > WIDE:
        return 1536, 1024
    return (1024, 1536) if ratio < TALL else (1024, 1024)


def _tokens(upload: Upload | None, order: Order) -> int:
    """Count a picture's tokens: near enough, for nobody has told exactly."""
    media = upload.media if upload else None
    width, height = (media.width or 1024, media.height or 1024) if media else (1024, 1024)
    if order.model.startswith("gpt-image-2"):
        return min(1536, -(-width // 32) * -(-height // 32))
    scale = 512 / min(width, height)
    return 65 + 129 * -(-round(width * scale) // 512) * -(-round(height * scale) // 512)


def _unfit(name: str, reason: str) -> Rejection:
    return Rejection(400, f"'{name}' {reason}.", code="invalid_image_file", param=name)
