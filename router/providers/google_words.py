"""Gemini's own words, and where in a request's body each of them belongs."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.skeleton import as_object

CONFIG = ("generationConfig",)
PICTURE = (*CONFIG, "imageConfig")
THINKING = (*CONFIG, "thinkingConfig")

# googleapis google/ai/generativelanguage/v1beta/generative_service.proto
HOMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "cachedContent",
                "contents",
                "generationConfig",
                "safetySettings",
                "serviceTier",
                "systemInstruction",
                "toolConfig",
                "tools",
            ),
            (),
        ),
        **dict.fromkeys(
            (
                "candidateCount",
                "frequencyPenalty",
                "imageConfig",
                "logprobs",
                "maxOutputTokens",
                "mediaResolution",
                "presencePenalty",
                "responseLogprobs",
                "responseModalities",
                "seed",
                "stopSequences",
                "temperature",
                "thinkingConfig",
                "topK",
                "topP",
            ),
            CONFIG,
        ),
        **dict.fromkeys(("aspectRatio", "imageSize"), PICTURE),
        **dict.fromkeys(("includeThoughts", "thinkingBudget", "thinkingLevel"), THINKING),
    }
)
"""The objects that each word stands in, from the outside in."""

LIFTED = frozenset({"candidateCount", "imageSize", "maxOutputTokens"})
"""Words for how many pictures, and for what they cost."""

SETTINGS = frozenset({"generationConfig", "imageConfig"})
"""Objects that those words stand in."""


def camel(name: str) -> str:
    """Write a name as the API's own pages do: it reads `aspect_ratio` as `aspectRatio`."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def said(params: Mapping[str, JSON], word: str) -> bool:
    """Tell whether a word of the picture's settings is given: by itself, or where it belongs."""
    config = under(params, "generationConfig")
    places = (params, under(params, "imageConfig"), under(config, "imageConfig"))
    return any(find(place, word) is not None for place in places)


def under(value: Mapping[str, JSON], word: str) -> Mapping[str, JSON]:
    return as_object(find(value, word))


def find(value: Mapping[str, JSON], word: str) -> JSON:
    """Return what stands under a word, however it is spelt; None where nothing does."""
    return next((item for name, item in value.items() if camel(name) == word), None)


def merged(one: Mapping[str, JSON], other: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return both objects as one; where they say the same, `other` wins."""
    result = dict(one)
    for name, value in other.items():
        key = next((known for known in result if camel(known) == camel(name)), name)
        held = result.get(key)
        if isinstance(held, Mapping) and isinstance(value, Mapping):
            result[key] = merged(held, value)
        else:
            result[key] = value
    return result


def nested(word: str, value: JSON) -> Mapping[str, JSON]:
    """Return an object with the value in its place."""
    result: Mapping[str, JSON] = {word: value}
    for name in reversed(HOMES.get(word, ())):
        result = {name: result}
    return result


def lifted(request: ImageRequest) -> ImageRequest:
    """Return the request with what counts and costs beside everything else, spelt as Gemini does.

    What stood where it belongs, `generationConfig.imageConfig.imageSize`, is written there again.
    """
    rest, found = _parted(request.params)
    if not found or rest | found == request.params:
        return request
    untouched = {
        word
        for name in request.verbatim & request.params.keys()
        for word in _parted({name: request.params[name]})[1]
    }
    plain = request.with_params(rest | found)
    return replace(plain, verbatim=request.verbatim | untouched) if untouched else plain


def _parted(value: Mapping[str, JSON]) -> tuple[dict[str, JSON], dict[str, JSON]]:
    """Part an object's words that count and cost from all others."""
    rest: dict[str, JSON] = {}
    found: dict[str, JSON] = {}
    for name, item in value.items():
        word = camel(name)
        if word in LIFTED:
            found[word] = item
        elif word in SETTINGS and isinstance(item, Mapping):
            rest[name], below = _parted(item)
            found |= below
        else:
            rest[name] = item
    return rest, found
