"""Edits: requests that begin with pictures, and what becomes of them at an adapter."""

from router.core.files import held
from router.core.images import ImageRequest
from router.providers.registry import adapter
from tests.originals.pictures import MASK, PNG
from tests.providers.provider_talk import target

CAT = held(PNG, "cat.png")
OVER = held(MASK, "mask.png")


def edit(model=None, *, images=(CAT,), mask=None, operation="edit", files=None, **params):
    """Return a request for an edit; a variation has no prompt."""
    named = {} if model is None else {"model": model}
    words = {} if operation == "variation" else {"prompt": "a red kite"}
    given = {"image": images} if images else {}
    if mask is not None:
        given["mask"] = (mask,)
    return ImageRequest(
        params={**words, **named, **params}, operation=operation, files={**given, **(files or {})}
    )


def variation(model=None, **more):
    return edit(model, operation="variation", **more)


def ability(provider, request, **fields):
    return adapter(provider).ability(request, target(provider, **fields))


def why_not(provider, request, **fields):
    return ability(provider, request, **fields).why_not


def parts(request):
    """Return a form as (name, filename, text or type of file) in its order."""
    return [
        (part.name, part.filename, part.content_type or part.read().decode())
        for part in request.parts
    ]
