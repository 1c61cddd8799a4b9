"""Parameters: what pictures may be asked with, as JSON Schema."""

from collections.abc import Mapping
from types import MappingProxyType

from router.core.images import MOST_PICTURES, PARAMETERS
from router.core.jsontypes import JSON

Schema = Mapping[str, JSON]


def _may(kind: str, says: str, **more: JSON) -> Schema:
    """Return the schema of a value that may be null, too: null counts as not said."""
    return MappingProxyType({"type": [kind, "null"], "description": says, **more})


PROMPT: Schema = {"type": "string", "pattern": r"\S", "description": "What is to be seen."}
MODEL = _may("string", "A model; `@slug/model` names its virtual key or provider, too.")

SCHEMAS: Mapping[str, Schema] = MappingProxyType(
    {
        "background": _may(
            "string", "`transparent`, `opaque` or `auto`.", examples=["transparent"]
        ),
        "input_fidelity": _may("string", "How much an edit keeps: `high` or `low`."),
        "moderation": _may("string", "How strict the provider's filter is: `auto` or `low`."),
        "n": _may("integer", "How many pictures.", minimum=1, maximum=MOST_PICTURES),
        "negative_prompt": _may("string", "What is not to be seen."),
        "output_compression": _may(
            "integer", "Quality of JPEG and WebP, in percent.", minimum=0, maximum=100
        ),
        "output_format": _may("string", "`png`, `jpeg` or `webp`.", examples=["webp"]),
        "partial_images": _may("integer", "Unfinished pictures of a stream.", minimum=0, maximum=3),
        "quality": _may(
            "string", "What the model knows, such as `low` or `hd`.", examples=["high"]
        ),
        "response_format": _may("string", "`b64_json` or `url`.", examples=["b64_json"]),
        "seed": _may("integer", "The same one gives the same picture, where the model can."),
        "size": _may("string", "Width and height in pixels, or `auto`.", examples=["1024x1024"]),
        "stream": _may("boolean", "Whether pictures come as events while they are made."),
        "style": _may("string", "What the model knows, such as `vivid`."),
        "user": _may("string", "Who asks; becomes the metadata's `_user` unless that is set."),
    }
)
"""One for each of the PARAMETERS, which all models may be asked with."""

REFERENCE: Schema = {
    "type": "object",
    "description": "A picture that is somewhere else, or a `data:` URL of one.",
    "properties": {"image_url": {"type": "string"}, "file_id": {"type": "string"}},
    "minProperties": 1,
    "maxProperties": 1,
}

FILE: Schema = {"type": "string", "format": "binary"}
IMAGE: Schema = {
    "description": "The pictures to begin with, as `image` or `image[]`, up to 16.",
    "oneOf": [FILE, {"type": "array", "items": FILE, "minItems": 1, "maxItems": 16}],
}
MASK: Schema = {**FILE, "description": "A PNG whose transparent pixels say where to edit."}


def asked(*, needs: tuple[str, ...], without: tuple[str, ...] = (), **more: JSON) -> Schema:
    """Return a body's schema: what it needs, every parameter but some, and others."""
    common = {name: SCHEMAS[name] for name in sorted(PARAMETERS) if name not in without}
    properties: dict[str, JSON] = {"prompt": PROMPT, "model": MODEL, **more, **common}
    return {"type": "object", "required": list(needs), "properties": properties}


def in_form(schema: Schema) -> Schema:
    """Return a body's schema as a form has it: a form cannot say null."""
    properties = schema.get("properties")
    fields = properties if isinstance(properties, Mapping) else {}
    return {**schema, "properties": {name: _said(field) for name, field in fields.items()}}


def _said(field: JSON) -> JSON:
    if not isinstance(field, Mapping) or not isinstance(field.get("type"), list):
        return field
    kinds = field["type"]
    return {**field, "type": kinds[0]} if isinstance(kinds, list) else field


BODIES: Mapping[str, Schema] = MappingProxyType(
    {
        "GenerationRequest": asked(needs=("prompt",)),
        "EditRequest": asked(
            needs=("prompt", "images"),
            images={"type": "array", "items": REFERENCE, "minItems": 1, "maxItems": 16},
            mask=REFERENCE,
        ),
        "EditForm": in_form(asked(needs=("prompt", "image"), image=IMAGE, mask=MASK)),
        "VariationForm": in_form(
            asked(
                needs=("image",),
                without=("stream", "partial_images"),
                image={**FILE, "description": "The picture to vary."},
            )
        ),
        "ChatRequest": asked(
            needs=("prompt",),
            messages={"type": "array", "description": "With these, the answer is a 501."},
        ),
    }
)
"""Bodies by the name that they have in the document. Further parameters go to the provider."""
