"""Routes: which paths are there, OpenAI's own and Azure's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from router.core.images import Operation
from router.gateway.arrival import Arrival
from router.gateway.refusal import Refusal

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {"generations": "generate", "edits": "edit", "variations": "variation"}
)

# OpenAI's client for Node names no deployment in the path of a form.
IMAGES = re.compile(
    r"(?:/openai/deployments/(?P<deployment>[^/]+)|/openai(?:/v1)?|/v1)"
    r"/images/(?P<operation>generations|edits|variations)"
)
MODEL = re.compile(r"(?:/openai)?/v1/models/(?P<name>.+)")
ARTEFACT = re.compile(r"/v1/images/artefacts/(?P<name>[^/]+)")

Page = Literal["/", "/health", "/ready", "/metrics", "/openapi.json", "/docs"]
PAGES: Mapping[str, Page] = MappingProxyType(
    {
        "/": "/",
        "/v1": "/",
        "/health": "/health",
        "/ready": "/ready",
        "/metrics": "/metrics",
        "/openapi.json": "/openapi.json",
        "/docs": "/docs",
    }
)


@dataclass(frozen=True, slots=True)
class ImagePath:
    """A request for pictures. `deployment` is Azure's name for the model, if it is in the path."""

    operation: Operation
    deployment: str | None = None


@dataclass(frozen=True, slots=True)
class ChatPath:
    """A chat completion; with a `prompt` it asks for pictures."""


@dataclass(frozen=True, slots=True)
class ModelPath:
    """The models, or the one of this name."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class ArtefactPath:
    """A picture that is kept."""

    name: str


@dataclass(frozen=True, slots=True)
class PagePath:
    """What a person or a machine looks at."""

    page: Page


PLAIN = {f"/v1/images/{word}": ImagePath(operation) for word, operation in OPERATIONS.items()}
"""The paths that nearly everybody asks."""

Path: TypeAlias = ImagePath | ChatPath | ModelPath | ArtefactPath | PagePath


def path_of(arrival: Arrival) -> Path:
    """Return what is asked for. Raises Refusal: 404, or 405 with the methods that are allowed."""
    path = arrival.path.rstrip("/") or "/"
    found = PLAIN.get(path) or _find(path)
    if found is None:
        raise Refusal(404, f"no {path[:80]!r} is here; pictures are at /v1/images/generations")
    allowed = ("POST",) if isinstance(found, ImagePath | ChatPath) else ("GET", "HEAD")
    if arrival.method not in allowed:
        methods = ", ".join(allowed)
        message = f"{arrival.method} is not what {path[:80]!r} takes; use {allowed[0]}"
        raise Refusal(405, message, headers={"allow": methods})
    return found


def _find(path: str) -> Path | None:
    if (images := IMAGES.fullmatch(path)) is not None:
        return ImagePath(OPERATIONS[images["operation"]], images["deployment"])
    if path.endswith("/chat/completions") and path.startswith(("/v1/", "/openai/")):
        return ChatPath()
    if path in {"/v1/models", "/openai/v1/models"}:
        return ModelPath()
    if (model := MODEL.fullmatch(path)) is not None:
        return ModelPath(model["name"])
    if (artefact := ARTEFACT.fullmatch(path)) is not None:
        return ArtefactPath(artefact["name"])
    page = PAGES.get(path)
    return None if page is None else PagePath(page)
