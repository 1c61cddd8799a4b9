"""Fields: what a model's input may have, and what is wrong with one that was sent."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from router.core.jsontypes import JSON
from router.emulators import shape
from router.emulators.replicate_errors import invalid

Kind = Literal["string", "integer", "number", "boolean", "uri", "uris"]

ADDRESS = re.compile(r"(https?://\S|data:[^,]*,)")

Mistake: TypeAlias = tuple[str, str, str]
"""Its type, the field, and what it is, as the API lists it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `low` and `high` bound numbers; of pictures `high` is the largest number."""

    kind: Kind = "string"
    options: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    required: bool = False


TEXT = Field()
PROMPT = Field(required=True)
FLAG = Field(kind="boolean")
SEED = Field(kind="integer")
PICTURE = Field(kind="uri")


def choice(*options: str) -> Field:
    return Field(options=options)


def whole(low: int, high: int) -> Field:
    return Field(kind="integer", low=low, high=high)


def number(low: float, high: float) -> Field:
    return Field(kind="number", low=low, high=high)


def pictures(most: int) -> Field:
    return Field(kind="uris", high=most)


def check(given: Mapping[str, JSON], fields: Mapping[str, Field]) -> None:
    """Raise Rejection with every mistake.

    Whether an input field that is not known is refused or passed over is not documented. Here it
    is refused, since it would do nothing.
    """
    mistakes: list[Mistake] = [
        ("required", "input", f"{name} is required")
        for name, field in fields.items()
        if field.required and name not in given
    ]
    for name, value in given.items():
        place = f"input.{name[:60]}"
        if name not in fields:
            text = f"Additional property {name[:60]} is not allowed"
            mistakes.append(("additional_property_not_allowed", "input", text))
        else:
            mistakes += ((kind, place, text) for kind, text in _mistakes(value, fields[name]))
    if mistakes:
        raise invalid(mistakes)


def _mistakes(value: JSON, field: Field) -> list[tuple[str, str]]:
    """What is wrong with a value: the mistake's type and its description."""
    wrong = _wrong_type(value, field.kind)
    if wrong:
        return [("invalid_type", f"Invalid type. Expected: {wrong}, given: {_type_of(value)}")]
    if field.options and value not in field.options:
        return [("enum", f"Must be one of: {', '.join(map(shape.quoted, field.options))}")]
    if field.kind == "uri" and not ADDRESS.match(str(value)):
        return [("format", "Does not match format 'uri'")]
    size = len(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    if isinstance(size, int | float) and size < field.low:
        return [("number_gte", f"Must be greater than or equal to {field.low:g}")]
    if isinstance(size, int | float) and size > field.high:
        return [("number_lte", f"Must be less than or equal to {field.high:g}")]
    return []


def _wrong_type(value: JSON, kind: Kind) -> str:
    """The type that was expected; empty where it is the one that came."""
    came = _type_of(value)
    match kind:
        case "string" | "uri":
            return "" if came == "string" else "string"
        case "number":
            return "" if came in {"integer", "number"} else "number"
        case "uris":
            return "" if _is_addresses(value) else "array of URIs"
        case _:
            return "" if came == kind else kind


def _is_addresses(value: JSON) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return False
    return all(isinstance(one, str) and ADDRESS.match(one) for one in value)


def _type_of(value: JSON) -> str:
    """JSON's name of a value's type."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    if isinstance(value, str):
        return "string"
    if value is None:
        return "null"
    return "object" if isinstance(value, Mapping) else "array"
