"""Schema: the messages of a request as protobuf reads them from JSON: strict, in either spelling.

googleapis google/ai/generativelanguage/v1beta/generative_service.proto and content.proto, as far
as image models have a use for them.
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from router.core.jsontypes import JSON
from router.emulators.shape import quoted

Shape: TypeAlias = "str | frozenset[str] | Repeated | Mapping[str, Shape]"
"""A scalar's name, the words of an enum, a list, or a message."""

INT32 = range(-(2**31), 2**31)
WHOLE = re.compile(r"-?[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Repeated:
    """A list of one shape."""

    of: Shape


BLOB: Mapping[str, Shape] = MappingProxyType({"mimeType": "string", "data": "bytes"})

CONTENT: Mapping[str, Shape] = MappingProxyType(
    {
        "role": "string",
        "parts": Repeated(
            MappingProxyType(
                {
                    "text": "string",
                    "inlineData": BLOB,
                    "fileData": MappingProxyType({"mimeType": "string", "fileUri": "string"}),
                    "thought": "bool",
                    "thoughtSignature": "bytes",
                }
            )
        ),
    }
)

CONFIG: Mapping[str, Shape] = MappingProxyType(
    {
        "candidateCount": "int32",
        "frequencyPenalty": "number",
        "imageConfig": MappingProxyType({"aspectRatio": "string", "imageSize": "string"}),
        "logprobs": "int32",
        "maxOutputTokens": "int32",
        "mediaResolution": frozenset(
            {
                "MEDIA_RESOLUTION_UNSPECIFIED",
                "MEDIA_RESOLUTION_LOW",
                "MEDIA_RESOLUTION_MEDIUM",
                "MEDIA_RESOLUTION_HIGH",
            }
        ),
        "presencePenalty": "number",
        "responseLogprobs": "bool",
        "responseMimeType": "string",
        "responseModalities": Repeated(
            frozenset({"MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO"})
        ),
        "seed": "int32",
        "stopSequences": Repeated("string"),
        "temperature": "number",
        "thinkingConfig": MappingProxyType(
            {
                "includeThoughts": "bool",
                "thinkingBudget": "int32",
                "thinkingLevel": frozenset(
                    {"THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"}
                ),
            }
        ),
        "topK": "int32",
        "topP": "number",
    }
)

REQUEST: Mapping[str, Shape] = MappingProxyType(
    {
        "cachedContent": "string",
        "contents": Repeated(CONTENT),
        "generationConfig": CONFIG,
        "safetySettings": Repeated(
            MappingProxyType({"category": "string", "threshold": "string", "method": "string"})
        ),
        "serviceTier": "string",
        "store": "bool",
        "systemInstruction": CONTENT,
        "toolConfig": "any",
        "tools": Repeated("any"),
    }
)

Violation: TypeAlias = tuple[str, str]
"""A field's place, and what is wrong."""


def find_violations(value: JSON, message: Shape, place: str = "") -> Iterator[Violation]:
    """Yield what does not fit, each with its place in snake case, as the real API writes it."""
    if value is None:
        return
    if isinstance(message, Repeated):
        yield from _in_list(value, message, place)
    elif isinstance(message, Mapping):
        yield from _in_message(value, message, place)
    elif isinstance(message, frozenset):
        if not isinstance(value, str) or value not in message:
            yield place, f"Invalid value at '{place}' (enum), {quoted(value)}"
    elif not _fits(value, message):
        yield place, f"Invalid value at '{place}' (TYPE_{message.upper()}), {quoted(value)}"


def _in_list(value: JSON, message: Repeated, place: str) -> Iterator[Violation]:
    if not isinstance(value, list):
        yield place, f"Proto field is not repeating, cannot start list: '{place}'"
        return
    for index, item in enumerate(value):
        yield from find_violations(item, message.of, f"{place}[{index}]")


def _in_message(value: JSON, message: Mapping[str, Shape], place: str) -> Iterator[Violation]:
    if not isinstance(value, Mapping):
        yield place, f"Invalid value at '{place}' (message), {quoted(value)}"
        return
    seen: set[str] = set()
    at = f" at '{place}'" if place else ""
    for name, item in value.items():
        field = field_of(name, message)
        if field is None:
            yield place, f"The JSON payload has an unknown name {quoted(name)}{at}."
        elif field in seen:
            yield place, f"The JSON payload has {quoted(name)} twice{at}."
        else:
            seen.add(field)
            inner = f"{place}.{snake(field)}" if place else snake(field)
            yield from find_violations(item, message[field], inner)


def _fits(value: JSON, scalar: str) -> bool:
    match scalar:
        case "string":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "int32":
            return whole(value) is not None
        case "bytes":
            return isinstance(value, str) and decoded(value) is not None
        case _:
            return True


def whole(value: JSON) -> int | None:
    """Read an int32, which may be text or a float without a fraction."""
    if isinstance(value, str) and WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if value in INT32 else None


def decoded(text: str) -> bytes | None:
    """Read base64 in either alphabet, padded or not; None where it is none."""
    padded = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(padded + "=" * (-len(padded) % 4), strict_mode=True)
    except ValueError:
        return None


def field_of(name: str, message: Mapping[str, Shape]) -> str | None:
    """Return the field that a name means, which may be in snake case."""
    return next((field for field in message if name in {field, snake(field)}), None)


def snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)


def normal(value: JSON, message: Shape) -> JSON:
    """Return a value that fits with all its names in camel case, and without nulls."""
    if isinstance(message, Repeated) and isinstance(value, list):
        return [normal(item, message.of) for item in value]
    if isinstance(message, Mapping) and isinstance(value, Mapping):
        return {
            field: normal(item, message[field])
            for name, item in value.items()
            if item is not None and (field := field_of(name, message)) is not None
        }
    return value
