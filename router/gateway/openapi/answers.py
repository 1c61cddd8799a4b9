"""Answers: what comes back, as JSON Schema, and the statuses of failures."""

from collections.abc import Mapping
from types import MappingProxyType

from router.core.jsontypes import JSON

ANYTHING: Mapping[str, JSON] = MappingProxyType({"type": "object"})
TEXT: Mapping[str, JSON] = MappingProxyType({"type": "string"})
TEXTS: Mapping[str, JSON] = MappingProxyType({"type": "array", "items": TEXT})


def _ref(name: str) -> Mapping[str, JSON]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(says: str, needs: tuple[str, ...], **properties: JSON) -> Mapping[str, JSON]:
    return {
        "type": "object",
        "description": says,
        "required": list(needs),
        "properties": properties,
    }


ANSWERS: Mapping[str, JSON] = MappingProxyType(
    {
        "ImagesResponse": _object(
            "Pictures. What its provider says besides is kept, unless strict answers are wished.",
            ("created", "data"),
            created={"type": "integer", "description": "Unix seconds."},
            data={"type": "array", "items": _ref("Picture"), "minItems": 1},
            usage=ANYTHING,
        ),
        "Picture": _object(
            "One picture: base64 text, a URL, or both.",
            (),
            b64_json={"type": "string", "contentEncoding": "base64"},
            url=TEXT,
            revised_prompt=TEXT,
        ),
        "ImageEvent": _object(
            "What one event's `data` holds. Its `type` ends in `partial_image` or `completed`.",
            ("type",),
            type=TEXT,
            b64_json=TEXT,
            url=TEXT,
            partial_image_index={"type": "integer"},
            created_at={"type": "integer"},
            size=TEXT,
            output_format=TEXT,
            usage=ANYTHING,
        ),
        "Error": _object(
            "What went wrong, as OpenAI says it.",
            ("error",),
            error={
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "properties": {
                    "message": TEXT,
                    "type": TEXT,
                    "param": {"type": ["string", "null"]},
                    "code": {"type": ["string", "null"]},
                },
            },
        ),
        "Model": _object(
            "A model of the catalog.",
            ("id", "object", "created", "owned_by"),
            id=TEXT,
            object={"const": "model"},
            created={"type": "integer"},
            owned_by=TEXT,
        ),
        "Models": _object(
            "The models that the catalog knows; others are asked as they are.",
            ("object", "data"),
            object={"const": "list"},
            data={"type": "array", "items": _ref("Model")},
        ),
        "About": _object(
            "What this is.",
            ("what", "version", "start", "configs", "see"),
            what=TEXT,
            version=TEXT,
            start=TEXT,
            configs=TEXTS,
            see=TEXTS,
        ),
        "Health": _object("This worker lives.", ("status",), status={"const": "ok"}),
        "Ready": _object(
            "Whether requests can be served, which configs are broken, and which files are stale: "
            "they cannot be used as they are now, and what they said before is.",
            ("status", "configs", "broken", "stale", "workers"),
            status={"enum": ["ready", "not ready"]},
            configs=TEXTS,
            broken=TEXTS,
            stale=TEXTS,
            workers={"type": "integer", "minimum": 1},
            per_worker={"type": "string", "description": "What each worker has for itself."},
        ),
    }
)

FAILURES: Mapping[int, str] = MappingProxyType(
    {
        400: "The request cannot be understood, or names a config that is not there.",
        401: "The API key is missing or not known.",
        402: "The budget is spent, or the provider's account is empty.",
        403: "The API key may not use this.",
        404: "There is no such thing.",
        408: "It took too long.",
        413: "The body is too large.",
        429: "Too many requests.",
        431: "The config in the header is too long.",
        500: "A bug of the gateway's own; its log has more.",
        501: "No target can do what is asked, or it is no request for pictures.",
        502: "The provider's answer was broken, or broke off.",
        503: "The provider or the gateway is overloaded or down, or the config has mistakes.",
    }
)
"""Statuses of our own. A provider's error keeps the status that the provider gave it."""
