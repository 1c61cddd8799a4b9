"""Order: a request for pictures in OpenAI's parameters, checked against its family's rules.

OpenAI documents the codes `unknown_parameter` and, less surely, `invalid_value`. The others here
are those of its other endpoints and may differ on this one.
"""

import re
from collections.abc import Mapping, Sequence

from router.core.images import Operation
from router.core.jsontypes import JSON
from router.core.light_value import light_value
from router.emulators.brief import PictureFormat, Source
from router.emulators.openai_models import FREE_SIZE, Family
from router.emulators.rejection import Rejection
from router.emulators.shape import quoted

FORMATS: Mapping[str, PictureFormat] = {"png": "png", "jpeg": "jpeg", "webp": "webp"}

# The rule for free sizes, from Microsoft's page on gpt-image-2 and from OpenAI's size text.
EDGE_STEP = 16
LONGEST_EDGE = 3840
STEEPEST = 3
FEWEST_PIXELS, MOST_PIXELS = 655_360, 8_294_400


@light_value
class Order:
    """What is to be made. Nothing in it is `auto` any more.

    `source` is the picture that an edit begins with, and `image_tokens` what it counts for.
    `partials` are shown of each picture before it is finished; only what `streams` has any.
    """

    model: str
    family: Family
    prompt: str
    n: int
    width: int
    height: int
    quality: str
    format: PictureFormat
    compression: int
    transparent: bool
    by_url: bool
    safety_identifier: str | None
    operation: Operation = "generate"
    source: Source | None = None
    image_tokens: int = 0
    streams: bool = False
    partials: int = 0

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"


def read_order(params: Mapping[str, JSON], model: str, family: Family) -> Order:
    """Check every parameter. Raises Rejection at the first that is wrong."""
    for name in params:
        if name not in family.params:
            raise Rejection(
                400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name
            )
    given = {name: value for name, value in params.items() if value is not None or name == "user"}
    prompt = _prompt(given, family)
    _rarely_used(given)
    picture_format = FORMATS[_choice(given, "output_format", family.formats, "png")]
    width, height = _size(given, family)
    streams, partials = _stream(given)
    return Order(
        model=model,
        family=family,
        prompt=prompt,
        n=_whole(given, "n", 1, family.most, 1),
        width=width,
        height=height,
        quality=_quality(given, family),
        format=picture_format,
        compression=_compression(given, picture_format),
        transparent=_is_transparent(given, picture_format),
        by_url=_is_by_url(given, family),
        safety_identifier=_text(given, "safety_identifier"),
        streams=streams,
        partials=partials,
    )


def _prompt(given: Mapping[str, JSON], family: Family) -> str:
    if "prompt" not in given:
        raise Rejection(
            400,
            "The required parameter 'prompt' is missing.",
            code="missing_required_parameter",
            param="prompt",
        )
    prompt = _text(given, "prompt") or ""
    if not prompt:
        raise Rejection(400, "'prompt' is empty.", code="invalid_value", param="prompt")
    if len(prompt) > family.prompt:
        raise Rejection(
            400,
            f"'prompt' has {len(prompt)} characters; this model takes {family.prompt} at most.",
            code="string_above_max_length",
            param="prompt",
        )
    return prompt


def _rarely_used(given: Mapping[str, JSON]) -> None:
    """Check what makes no difference to the picture."""
    _text(given, "user")
    _choice(given, "moderation", ("auto", "low"), "auto")
    _choice(given, "style", ("vivid", "natural"), "vivid")
    _choice(given, "complexity", ("low", "medium", "high"), "high")


def _stream(given: Mapping[str, JSON]) -> tuple[bool, int]:
    """Whether pictures are shown while they are made, and how many of each."""
    partials = _whole(given, "partial_images", 0, 3, 0)
    stream = given.get("stream", False)
    if not isinstance(stream, bool):
        raise _wrong_type("stream", "a boolean", stream)
    return stream, partials if stream else 0


def _size(given: Mapping[str, JSON], family: Family) -> tuple[int, int]:
    """Width and height; `auto` is a square here, though the real models choose."""
    size = _text(given, "size") or family.sizes[0]
    if size == "auto" and "auto" in family.sizes:
        return 1024, 1024
    match = re.fullmatch(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", size, re.ASCII)
    known = size in family.sizes
    if match is None or not (known or FREE_SIZE in family.sizes):
        raise _not_among("size", size, [name for name in family.sizes if name != FREE_SIZE])
    width, height = int(match[1]), int(match[2])
    if not known and not _is_allowed(width, height):
        raise Rejection(
            400,
            f"'size' is {size}: both edges must be multiples of {EDGE_STEP} and at most"
            f" {LONGEST_EDGE}, their ratio at most {STEEPEST}:1, and the picture between"
            f" {FEWEST_PIXELS} and {MOST_PIXELS} pixels.",
            code="invalid_value",
            param="size",
        )
    return width, height


def _is_allowed(width: int, height: int) -> bool:
    long, short = max(width, height), min(width, height)
    return (
        width % EDGE_STEP == height % EDGE_STEP == 0
        and long <= LONGEST_EDGE
        and long <= short * STEEPEST
        and FEWEST_PIXELS <= width * height <= MOST_PIXELS
    )


def _quality(given: Mapping[str, JSON], family: Family) -> str:
    quality = _choice(given, "quality", family.qualities, family.qualities[0])
    return "medium" if quality == "auto" else quality


def _compression(given: Mapping[str, JSON], picture_format: PictureFormat) -> int:
    compression = _whole(given, "output_compression", 0, 100, 100)
    if picture_format == "png" and compression < 100:
        raise Rejection(
            400,
            "'output_compression' below 100 needs 'output_format' jpeg or webp.",
            code="invalid_value",
            param="output_compression",
        )
    return compression


def _is_transparent(given: Mapping[str, JSON], picture_format: PictureFormat) -> bool:
    background = _choice(given, "background", ("auto", "transparent", "opaque"), "auto")
    if background == "transparent" and picture_format == "jpeg":
        raise Rejection(
            400,
            "A transparent 'background' needs 'output_format' png or webp.",
            code="invalid_value",
            param="background",
        )
    return background == "transparent"


def _is_by_url(given: Mapping[str, JSON], family: Family) -> bool:
    """DALL·E answers with a URL unless told otherwise; GPT models never do."""
    answer = _choice(given, "response_format", ("url", "b64_json"), "url")
    return answer == "url" and not family.is_gpt


def _text(given: Mapping[str, JSON], name: str) -> str | None:
    if name not in given:
        return None
    value = given[name]
    if not isinstance(value, str):
        raise _wrong_type(name, "a string", value)
    return value


def _choice(given: Mapping[str, JSON], name: str, options: Sequence[str], default: str) -> str:
    value = _text(given, name)
    if value is None:
        return default
    if value not in options:
        raise _not_among(name, value, options)
    return value


def _whole(given: Mapping[str, JSON], name: str, low: int, high: int, default: int) -> int:
    if name not in given:
        return default
    value = given[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(name, "an integer", value)
    if not low <= value <= high:
        below = value < low
        raise Rejection(
            400,
            f"'{name}' is {quoted(value)}; expected {low} to {high}.",
            code="integer_below_min_value" if below else "integer_above_max_value",
            param=name,
        )
    return value


def _wrong_type(name: str, expected: str, value: JSON) -> Rejection:
    message = f"'{name}' is {quoted(value)}; expected {expected}."
    return Rejection(400, message, code="invalid_type", param=name)


def _not_among(name: str, value: str, options: Sequence[str]) -> Rejection:
    supported = ", ".join(f"'{option}'" for option in options)
    message = f"Invalid value: {quoted(value)}. Supported values are: {supported}."
    return Rejection(400, message, code="invalid_value", param=name)
