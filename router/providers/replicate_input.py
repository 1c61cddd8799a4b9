"""Input: what a model of Replicate is sent."""

from collections.abc import Mapping
from dataclasses import replace

from router.core.catalog import ModelFacts
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.order import LOOKED_AT
from router.providers.replicate_pictures import REFERENCES, picture_words, write_pictures
from router.providers.wire import as_said

UNWRITTEN = frozenset({"input", "model", "n"})


def write_input(request: ImageRequest, facts: ModelFacts | None) -> Mapping[str, JSON]:
    """Return the body's `input`. What the caller says as `input` itself is part of it.

    Raises ValueError where a mask is broken.
    """
    unwritten = UNWRITTEN if request.operation == "generate" else UNWRITTEN | REFERENCES
    said = as_said(request.params, unwritten)
    if facts is not None:
        said |= _count(request, facts)
        said |= {} if request.operation == "generate" else write_pictures(request, facts)
        if facts.options.get("prompt") is False:
            said.pop("prompt", None)
        else:
            said.setdefault("prompt", "")
    own = request.params.get("input")
    return said | dict(own) if isinstance(own, Mapping) else said


def lifted(request: ImageRequest, facts: ModelFacts | None) -> ImageRequest:
    """Return the request with what counts, costs or is a picture taken out of its `input`."""
    own = request.params.get("input")
    if facts is None or not isinstance(own, Mapping):
        return request
    priced = (name for price in facts.prices for name in price.when)
    seen = {count_word(facts), *picture_words(facts), *LOOKED_AT, *priced}
    found = {name: value for name, value in own.items() if name in seen and value is not None}
    rest = {name: value for name, value in own.items() if name not in found}
    plain = request.with_params({**request.params, **found, "input": rest})
    return replace(plain, verbatim=request.verbatim | found.keys())


def count_word(facts: ModelFacts) -> str:
    """Return what a model calls the number of pictures, or would if it gave more than one."""
    return str(facts.options.get("count", "num_outputs"))


def _count(request: ImageRequest, facts: ModelFacts) -> Mapping[str, JSON]:
    field = facts.options.get("count")
    has_n = isinstance(request.params.get("n"), int)
    return {field: request.n} if isinstance(field, str) and has_n else {}
