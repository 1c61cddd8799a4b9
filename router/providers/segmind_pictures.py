"""Pictures given to a model of Segmind: whether it takes them, and how they are sent."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

from router.core.adapter import ABLE, Ability
from router.core.files import Upload
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.providers import masks
from router.providers.originals import Original, originals_of
from router.providers.segmind_models import Endpoint


def ability_of(request: ImageRequest, endpoint: Endpoint) -> Ability:
    """Tell what a model can do with what is given to it."""
    name, facts, operation = endpoint.slug, endpoint.facts, request.operation
    if operation == "variation":
        return Ability(why_not="segmind has no variations: its models need a prompt")
    if facts is None:
        if operation == "generate":
            return ABLE
        return Ability(why_not=f"which field of {name} takes a picture is not in the catalog")
    if operation not in facts.operations:
        return Ability(why_not=f"{name} cannot do the operation {operation!r}")
    if operation == "generate":
        return ABLE
    return _with_pictures(request, endpoint, facts.most_images)


def _with_pictures(request: ImageRequest, endpoint: Endpoint, most: int) -> Ability:
    name, given = endpoint.slug, originals_of(request)
    if not 1 <= len(given) <= most:
        expected = f"up to {most} pictures" if most > 1 else "one picture"
        return Ability(why_not=f"{name} begins with {expected}, not with {len(given)}")
    if endpoint.flag("by_url") and any(isinstance(one, Upload) for one in given):
        return Ability(why_not=f"{name} takes pictures by URL, and no files")
    return _with_mask(request, endpoint)


def _with_mask(request: ImageRequest, endpoint: Endpoint) -> Ability:
    """Tell whether model and mask go together: one needs it, another has none."""
    name, field = endpoint.slug, endpoint.word("mask")
    if "markup" in request.files:
        return Ability(why_not=f"{name} takes no markup")
    if request.mask is None:
        return Ability(why_not=f"{name} edits only where a mask says") if field else ABLE
    if not field:
        return Ability(why_not=f"{name} takes no mask")
    return Ability(why_not=masks.why_not(masks.head_of(request.mask), name))


def write_pictures(request: ImageRequest, endpoint: Endpoint) -> Mapping[str, JSON]:
    """Return the fields with pictures in them. Raises ValueError where a mask is broken."""
    said: dict[str, JSON] = {}
    given = [_written(one) for one in originals_of(request)]
    if given:
        said[_image(endpoint)] = given if endpoint.flag("images") else given[0]
    if request.mask is not None:
        said[_mask(endpoint)] = _base64(masks.painted(request.mask, white=True))
    return said


def picture_words(request: ImageRequest, endpoint: Endpoint) -> Sequence[str]:
    """Return what the model calls the pictures that are given."""
    words = (_image(endpoint), _mask(endpoint))
    return words if request.mask is not None else words[:1]


def _image(endpoint: Endpoint) -> str:
    return endpoint.word("image") or "image"


def _mask(endpoint: Endpoint) -> str:
    return endpoint.word("mask") or "mask"


def _written(original: Original) -> str:
    return original if isinstance(original, str) else _base64(original.read())


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
