"""Document: every path of the gateway, as OpenAPI 3.1."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version

from router.core.images import Operation
from router.core.jsontypes import JSON
from router.gateway.openapi.answers import ANSWERS, FAILURES
from router.gateway.openapi.headers import (
    ON_FAILURE,
    ON_SUCCESS,
    answer_headers,
    header_parameters,
)
from router.gateway.openapi.parameters import BODIES
from router.gateway.routes import OPERATIONS, PAGES, Page

JSON_TYPE = "application/json"
FORM = "multipart/form-data"
EVENTS = "text/event-stream"

ABOUT = """\
A gateway for image generation that speaks OpenAI's dialect, and understands the headers of \
Portkey's clients. A config says who is asked, and what happens where one fails. \
Every GET answers HEAD, too."""

PREFIXES = {
    "/v1": "",
    "/openai/v1": " (Azure's newer path)",
    "/openai": " (Azure's path, where a client names no deployment)",
    "/openai/deployments/{deployment}": " (Azure's path; the body's own model wins)",
}

SUMMARIES: Mapping[Operation, str] = {
    "generate": "Make pictures of a prompt",
    "edit": "Edit pictures: files in a form, or references in JSON",
    "variation": "Vary a picture",
}

CONTENT: Mapping[Operation, Mapping[str, str]] = {
    "generate": {JSON_TYPE: "GenerationRequest"},
    "edit": {FORM: "EditForm", JSON_TYPE: "EditRequest"},
    "variation": {FORM: "VariationForm"},
}

OWN_PAGES: Mapping[Page, tuple[str, str, str]] = {
    "/": ("What this is, and where to start", JSON_TYPE, "About"),
    "/health": ("Whether this worker lives", JSON_TYPE, "Health"),
    "/ready": ("Whether requests can be served", JSON_TYPE, "Ready"),
    "/metrics": ("Numbers for Prometheus", "text/plain", ""),
    "/openapi.json": ("This document", JSON_TYPE, ""),
    "/docs": ("This document as a page", "text/html", ""),
}
"""A summary, the type and the shape of each."""


@cache
def document() -> Mapping[str, JSON]:
    """Return the whole document; it does not change while the gateway runs."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "pixroute", "version": version("pixroute"), "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"portkey": []}, {"azure": []}, {}],
        "tags": [
            {"name": "pictures", "description": "Making them costs money; fetching them does not."},
            {"name": "models", "description": "What may be asked for."},
            {"name": "gateway", "description": "How it is, for people and for machines."},
        ],
        "paths": dict(_paths()),
        "components": {
            "schemas": {**BODIES, **ANSWERS},
            "parameters": header_parameters(),
            "headers": answer_headers(),
            "responses": {str(status): _failure(says) for status, says in FAILURES.items()},
            "securitySchemes": _security(),
        },
    }


def _paths() -> Iterator[tuple[str, JSON]]:
    for prefix, note in PREFIXES.items():
        for name, operation in OPERATIONS.items():
            yield f"{prefix}/images/{name}", {"post": _image(operation, note, prefix)}
        yield f"{prefix}/chat/completions", {"post": _chat(note, prefix)}
    yield "/v1/images/artefacts/{picture}", {"get": _artefact()}
    for prefix in ("/v1", "/openai/v1"):
        note = PREFIXES[prefix]
        yield f"{prefix}/models", {"get": _models(f"List the models{note}", "Models")}
        one = {**_models(f"Look a model up{note}", "Model"), "parameters": [_in_path("model")]}
        yield f"{prefix}/models/{{model}}", {"get": one}
    for path, page in PAGES.items():
        yield path, {"get": _page(page)}


def _image(operation: Operation, note: str, prefix: str) -> JSON:
    content: JSON = {kind: {"schema": _shape(name)} for kind, name in CONTENT[operation].items()}
    return _asking(SUMMARIES[operation] + note, content, prefix, streams=operation != "variation")


def _chat(note: str, prefix: str) -> JSON:
    summary = f"Make pictures of a `prompt` in a chat completion{note}"
    content = {JSON_TYPE: {"schema": _shape("ChatRequest")}}
    return _asking(summary, content, prefix, streams=True)


def _asking(summary: str, content: JSON, prefix: str, *, streams: bool) -> JSON:
    """Return an operation that pictures are asked by."""
    answer: dict[str, JSON] = {JSON_TYPE: {"schema": _shape("ImagesResponse")}}
    if streams:
        says = "Events, each an `event:` and a line of `data:` that holds an ImageEvent."
        answer[EVENTS] = {"schema": {"type": "string", "description": says}}
    headers = _headers(ON_SUCCESS)
    pictures: JSON = {"description": "Pictures.", "headers": headers, "content": answer}
    others: list[JSON] = [
        {"$ref": f"#/components/parameters/{name}"} for name in header_parameters()
    ]
    path = [_in_path("deployment")] if "{deployment}" in prefix else []
    return {
        "tags": ["pictures"],
        "summary": summary,
        "parameters": [*path, *others],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": pictures, **_failures(*FAILURES), "default": _failure(THEIRS)},
    }


THEIRS = "A failure of the provider's, with the status that it gave."


def _models(summary: str, shape: str) -> Mapping[str, JSON]:
    statuses = (401, 404) if shape == "Model" else (401,)
    return {
        "tags": ["models"],
        "summary": summary,
        "responses": {"200": _content(JSON_TYPE, _shape(shape)), **_plain(*statuses)},
    }


def _artefact() -> JSON:
    signed = [
        {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}
        for name in ("expires", "signature")
    ]
    picture = _content("image/*", {"type": "string", "format": "binary"})
    return {
        "tags": ["pictures"],
        "summary": "Fetch a picture by the link of an answer",
        "security": [{}],
        "parameters": [_in_path("picture"), *signed],
        "responses": {"200": picture, **_plain(403, 404)},
    }


def _page(page: Page) -> JSON:
    summary, kind, shape = OWN_PAGES[page]
    answer = _content(kind, _shape(shape) if shape else _any(kind))
    others: Mapping[str, JSON] = {}
    if page == "/ready":
        others = {"503": _content(kind, _shape(shape), "Every config has mistakes.")}
    elif page == "/metrics":
        others = _plain(404)
    return {
        "tags": ["gateway"],
        "summary": summary,
        "security": [{}],
        "responses": {"200": answer, **others},
    }


def _any(kind: str) -> Mapping[str, JSON]:
    return {"type": "object"} if kind == JSON_TYPE else {"type": "string"}


def _shape(name: str) -> Mapping[str, JSON]:
    return {"$ref": f"#/components/schemas/{name}"}


def _in_path(name: str) -> JSON:
    schema: JSON = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _content(kind: str, schema: JSON, says: str = "Here it is.") -> Mapping[str, JSON]:
    return {"description": says, "content": {kind: {"schema": schema}}}


def _failures(*statuses: int) -> dict[str, JSON]:
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _plain(*statuses: int) -> dict[str, JSON]:
    """Return failures of what is no request for pictures: they name no request."""
    return {
        str(status): _content(JSON_TYPE, _shape("Error"), FAILURES[status]) for status in statuses
    }


def _failure(says: str) -> Mapping[str, JSON]:
    return {**_content(JSON_TYPE, _shape("Error"), says), "headers": _headers(ON_FAILURE)}


def _headers(names: tuple[str, ...]) -> dict[str, JSON]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _security() -> JSON:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The gateway's key, as OpenAI's clients send it.",
        },
        "portkey": {
            "type": "apiKey",
            "in": "header",
            "name": "x-portkey-api-key",
            "description": "The gateway's key, as Portkey's clients send it; it goes first.",
        },
        "azure": {
            "type": "apiKey",
            "in": "header",
            "name": "api-key",
            "description": "The gateway's key, as Azure's clients send it.",
        },
    }
