"""Pictures given to a model of Replicate: whether it takes them, and how they are sent."""

from collections.abc import Mapping, Sequence

from router.core.adapter import ABLE, Ability
from router.core.catalog import ModelFacts
from router.core.data_url import data_url, decode_data_url
from router.core.files import Upload
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.skeleton import as_object
from router.providers import masks
from router.providers.wire import data_uri

REFERENCES = frozenset({"images", "mask"})
"""Parameters of an edit that name pictures which are somewhere else."""


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
    if not isinstance(facts.options.get("image"), str):
        return Ability(why_not=f"which field of {model} takes a picture is not in the catalog")
    given = _originals(request)
    if given is None:
        return Ability(why_not="replicate takes files and URLs, and no file_id")
    if not 1 <= len(given) <= facts.most_images:
        most = f"up to {facts.most_images} pictures" if facts.most_images > 1 else "one picture"
        return Ability(why_not=f"{model} begins with {most}, not with {len(given)}")
    return _with_mask(request, model, facts)


def _with_mask(request: ImageRequest, model: str, facts: ModelFacts) -> Ability:
    """A mask is black and white here, so that one must be made of its transparency."""
    if "markup" in request.files:
        return Ability(why_not=f"{model} takes no markup")
    if not _has_mask(request):
        if facts.options.get("masked") is True:
            return Ability(why_not=f"{model} edits only where a mask says")
        return ABLE
    if not facts.takes_mask:
        return Ability(why_not=f"{model} takes no mask")
    return Ability(why_not=masks.why_not(_mask_head(request), model))


def write_pictures(request: ImageRequest, facts: ModelFacts) -> Mapping[str, JSON]:
    """Return the fields with pictures in them: as data URLs, or the URLs that were given.

    Raises ValueError where a mask is broken.
    """
    said: dict[str, JSON] = {}
    field, mask = facts.options.get("image"), facts.options.get("mask")
    given = [one if isinstance(one, str) else data_uri(one) for one in _originals(request) or ()]
    if isinstance(field, str) and given:
        said[field] = given if facts.options.get("images") is True else given[0]
    if isinstance(mask, str) and _has_mask(request):
        said[mask] = data_url(_painted(request, white=_is_white(facts)), "image/png")
    return said


def picture_words(facts: ModelFacts | None) -> Sequence[str]:
    """Return what a model calls the picture it begins with, and its mask."""
    said = (facts.options.get("image"), facts.options.get("mask")) if facts is not None else ()
    return tuple(word for word in said if isinstance(word, str))


def _originals(request: ImageRequest) -> Sequence[Upload | str] | None:
    """The files to begin with, or the addresses given in their place; None for a `file_id`."""
    listed = request.params.get("images")
    if request.images or not isinstance(listed, Sequence) or isinstance(listed, str):
        return request.images
    urls = [as_object(one).get("image_url") for one in listed]
    return None if not all(isinstance(url, str) for url in urls) else [str(url) for url in urls]


def _has_mask(request: ImageRequest) -> bool:
    return request.mask is not None or isinstance(request.params.get("mask"), Mapping)


def _mask_head(request: ImageRequest) -> bytes:
    return _mask(request) if request.mask is None else masks.head_of(request.mask)


def _mask(request: ImageRequest) -> bytes:
    """Return the mask's content; nothing where it is somewhere else, out of reach."""
    if request.mask is not None:
        return request.mask.read()
    url = as_object(request.params.get("mask")).get("image_url")
    return (decode_data_url(url) or b"") if isinstance(url, str) else b""


def _painted(request: ImageRequest, *, white: bool) -> bytes:
    if request.mask is not None:
        return masks.painted(request.mask, white=white)
    return masks.paint(_mask(request), white=white)


def _is_white(facts: ModelFacts) -> bool:
    """Whether the model edits where its mask is white; else where it is black."""
    return facts.options.get("edited") != "black"
