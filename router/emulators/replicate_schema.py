"""Schemas: a model's page as the API gives it, with the shape of its input and its output."""

import math
from collections.abc import Mapping

from router.core.jsontypes import JSON
from router.emulators.replicate_fields import Field
from router.emulators.replicate_models import Model

PUBLISHED = "2026-01-01T00:00:00.000000Z"
COG = "0.16.7"
URI: Mapping[str, JSON] = {"type": "string", "format": "uri"}


def model_page(model: Model) -> Mapping[str, JSON]:
    owner, _, name = model.name.partition("/")
    return {
        "url": f"https://replicate.com/{model.name}",
        "owner": owner,
        "name": name,
        "description": f"a stand-in for {model.name}",
        "visibility": "public",
        "is_official": model.official,
        "github_url": None,
        "paper_url": None,
        "license_url": None,
        "run_count": 0,
        "cover_image_url": None,
        "default_example": None,
        "latest_version": version_page(model),
    }


def version_page(model: Model) -> Mapping[str, JSON]:
    return {
        "id": model.version,
        "created_at": PUBLISHED,
        "cog_version": COG,
        "openapi_schema": {
            "openapi": "3.0.2",
            "info": {"title": "Cog", "version": "0.1.0"},
            "components": {"schemas": {"Input": _input(model), "Output": _output(model)}},
        },
    }


def _input(model: Model) -> Mapping[str, JSON]:
    return {
        "title": "Input",
        "type": "object",
        "required": [name for name, field in model.fields.items() if field.required],
        "properties": {name: _property(field) for name, field in model.fields.items()},
    }


def _output(model: Model) -> Mapping[str, JSON]:
    return {"title": "Output", "type": "array", "items": URI} if model.many else URI


def _property(field: Field) -> Mapping[str, JSON]:
    if field.kind == "uri":
        return URI
    if field.kind == "uris":
        return {"type": "array", "items": URI}
    said: dict[str, JSON] = {"type": field.kind}
    if field.options:
        said["enum"] = list(field.options)
    if math.isfinite(field.low):
        said["minimum"] = field.low
    if math.isfinite(field.high):
        said["maximum"] = field.high
    return said
