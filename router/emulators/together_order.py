"""Order: a request to Together AI, checked field by field.

docs.together.ai/reference/post-images-generations and its pages on images. What is said to values
that are not allowed is not documented; here it is a 400 that names the parameter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.jsontypes import JSON
from router.emulators.brief import PictureFormat, Source
from router.emulators.inside import picture_in, source_of
from router.emulators.rejection import Rejection
from router.emulators.shape import quoted

FORMATS: Mapping[str, PictureFormat] = {"jpeg": "jpeg", "png": "png"}
RESPONSE_FORMATS = ("base64", "b64_json", "url")  # the second is in no document, and works

EDGE_STEP = 8
SHORTEST_EDGE, LONGEST_EDGE = 256, 1920

# Models that take `image_url`.
EDITORS = frozenset(
    {
        "black-forest-labs/FLUX.1-kontext-pro",
        "black-forest-labs/FLUX.1-kontext-max",
        "black-forest-labs/FLUX.2-pro",
        "black-forest-labs/FLUX.2-flex",
    }
)
MODELS = EDITORS | {
    "black-forest-labs/FLUX.2-dev",
    "black-forest-labs/FLUX.2-max",
    "black-forest-labs/FLUX.1.1-pro",
    "black-forest-labs/FLUX.1-pro",
    "black-forest-labs/FLUX.1-schnell",
    "openai/gpt-image-2",
    "google/flash-image-2.5",
    "google/gemini-3-pro-image",
    "ByteDance-Seed/Seedream-4.0",
    "Qwen/Qwen-Image",
    "ideogram/ideogram-3.0",
    "stabilityai/stable-diffusion-xl-base-1.0",
}

URL = re.compile(r"https?://.+|data:image/[a-z+]+;base64,[A-Za-z0-9+/]+=*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made. `unchecked` turns the safety checker off, as far as that goes."""

    model: str
    prompt: str
    n: int
    width: int
    height: int
    seed: int | None
    format: PictureFormat
    by_url: bool
    unchecked: bool
    source: Source | None


def read_order(params: Mapping[str, JSON]) -> Order:
    """Check every parameter. Raises Rejection at the first that is wrong."""
    given = {name: value for name, value in params.items() if value is not None}
    model = _text(given, "model")
    if model not in MODELS:
        raise Rejection(
            404, f"The model {quoted(model)} does not exist.", code="model_not_available"
        )
    _check_picture(given, model)
    _whole(given, "steps", 1, 50, 20)
    _number(given, "guidance_scale")
    _optional_text(given, "negative_prompt")
    return Order(
        model=model,
        prompt=_text(given, "prompt"),
        n=_whole(given, "n", 1, 4, 1),
        width=_edge(given, "width"),
        height=_edge(given, "height"),
        seed=_whole(given, "seed", -(2**63), 2**63 - 1, 0) if "seed" in given else None,
        format=FORMATS[_choice(given, "output_format", tuple(FORMATS), "jpeg")],
        by_url=_choice(given, "response_format", RESPONSE_FORMATS, "url") == "url",
        unchecked=given.get("disable_safety_checker") is True,
        source=source_of([picture_in(given.get("image_url"))]),
    )


def _check_picture(given: Mapping[str, JSON], model: str) -> None:
    url = _optional_text(given, "image_url")
    if url is None:
        return
    if model not in EDITORS:
        raise Rejection(400, f"{model} does not take 'image_url'.", param="image_url")
    if not URL.fullmatch(url):
        raise Rejection(400, "'image_url' is no URL of a picture.", param="image_url")


def _edge(given: Mapping[str, JSON], name: str) -> int:
    edge = _whole(given, name, SHORTEST_EDGE, LONGEST_EDGE, 1024)
    if edge % EDGE_STEP:
        raise Rejection(400, f"'{name}' is {edge}; expected a multiple of 8.", param=name)
    return edge


def _text(given: Mapping[str, JSON], name: str) -> str:
    text = _optional_text(given, name)
    if not text:
        raise Rejection(400, f"The required parameter '{name}' is missing.", param=name)
    return text


def _optional_text(given: Mapping[str, JSON], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong(name, value, "a string")
    return value


def _choice(given: Mapping[str, JSON], name: str, options: tuple[str, ...], default: str) -> str:
    value = _optional_text(given, name)
    if value is not None and value not in options:
        raise _wrong(name, value, " or ".join(options))
    return value or default


def _whole(given: Mapping[str, JSON], name: str, low: int, high: int, default: int) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(name, value, f"an integer from {low} to {high}")
    return value


def _number(given: Mapping[str, JSON], name: str) -> None:
    value = given.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name, value, "a number")


def _wrong(name: str, value: JSON, expected: str) -> Rejection:
    return Rejection(400, f"'{name}' is {quoted(value)}; expected {expected}.", param=name)
