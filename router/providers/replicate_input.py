"""Input: what a model is sent, pictures included, and whether it can take them."""

from collections.abc import Mapping

from router.core.adapter import ABLE, Ability
from router.core.catalog import ModelFacts
from router.core.files import Upload
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.providers.wire import data_uri

UNWRITTEN = frozenset({"input", "model", "n"})

COLOUR_TYPE = 25  # where a PNG says how its pixels are made
WITH_ALPHA = (4, 6)  # www.w3.org/TR/png/#11IHDR


def ability_of(request: ImageRequest, model: str, facts: ModelFacts | None) -> Ability:
    """Tell whether a model can do a request's operation with the pictures given to it."""
    operation = request.operation
    if facts is None:
        if operation == "generate":
            return ABLE
        return Ability(why_not=f"which field of {model} takes a picture is not in the catalog")
    if operation not in facts.operations:
        return Ability(why_not=f"{model} cannot do the operation {operation!r}")
    if operation == "generate":
        return ABLE
    return _with_pictures(request, model, facts)


def _with_pictures(request: ImageRequest, model: str, facts: ModelFacts) -> Ability:
    count = len(request.images)
    if not isinstance(facts.options.get("image"), str):
        return Ability(why_not=f"which field of {model} takes a picture is not in the catalog")
    if not 1 <= count <= facts.most_images:
        most = f"up to {facts.most_images} pictures" if facts.most_images > 1 else "one picture"
        return Ability(why_not=f"{model} begins with {most}, not with {count}")
    if request.mask is None:
        needed = facts.options.get("masked") is True
        return Ability(why_not=f"{model} edits only where a mask says") if needed else ABLE
    if not facts.takes_mask:
        return Ability(why_not=f"{model} takes no mask")
    return _with_mask(request.mask, model, facts)


def _with_mask(mask: Upload, model: str, facts: ModelFacts) -> Ability:
    """Masks are opaque here: a colour says where to edit, and transparency would say nothing."""
    colour = facts.options.get("edited", "white")
    if _has_alpha(mask):
        why = f"{model} takes a mask without transparency, {colour} where to edit"
        return Ability(why_not=why)
    return Ability(note=f"mask sent as it is ({model} edits where it is {colour})")


def _has_alpha(mask: Upload) -> bool:
    if mask.media is None or mask.media.format != "png":
        return False
    with mask.open() as stream:
        head = stream.read(COLOUR_TYPE + 1)
    return len(head) > COLOUR_TYPE and head[COLOUR_TYPE] in WITH_ALPHA


def write_input(request: ImageRequest, facts: ModelFacts | None) -> Mapping[str, JSON]:
    """Return the body's `input`. What the caller says as `input` itself is part of it."""
    params = request.params
    said: dict[str, JSON] = {
        name: value for name, value in params.items() if value is not None and name not in UNWRITTEN
    }
    if facts is not None:
        said |= _count(request, facts)
        said |= _pictures(request, facts)
        if facts.options.get("prompt") is False:
            said.pop("prompt", None)
        else:
            said.setdefault("prompt", "")
    own = params.get("input")
    return said | dict(own) if isinstance(own, Mapping) else said


def _count(request: ImageRequest, facts: ModelFacts) -> Mapping[str, JSON]:
    field = facts.options.get("count")
    has_n = isinstance(request.params.get("n"), int)
    return {field: request.n} if isinstance(field, str) and has_n else {}


def _pictures(request: ImageRequest, facts: ModelFacts) -> Mapping[str, JSON]:
    """Put pictures into the fields that the model has for them, as data URLs."""
    field, mask = facts.options.get("image"), facts.options.get("mask")
    said: dict[str, JSON] = {}
    if isinstance(field, str) and request.images:
        urls = [data_uri(upload) for upload in request.images]
        said[field] = urls if facts.options.get("images") is True else urls[0]
    if isinstance(mask, str) and request.mask is not None:
        said[mask] = data_uri(request.mask)
    return said
