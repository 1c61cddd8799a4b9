"""Shape: what all emulators need to read requests and write answers."""

import json
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from router.core.http import HttpRequest, HttpResponse, bare_type
from router.core.jsontypes import EMPTY, JSON

REFUSE = "[refuse]"
"""A prompt with this in it is refused, as the provider's safety system would."""

FILTER = "[filter]"
"""A prompt with this in it passes, but its picture is caught by the provider's filter."""

EVENT_STREAM = "text/event-stream"

SHORT = 4096  # bytes of a body that is worth remembering


def path(request: HttpRequest) -> str:
    return _path(request.url)


@lru_cache(maxsize=256)
def _path(url: str) -> str:
    return urlsplit(url).path


def query(request: HttpRequest) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


def media_type(request: HttpRequest) -> str:
    """The request's media type alone; requests with parts are forms whatever they say."""
    if request.parts:
        return "multipart/form-data"
    return bare_type(request.headers.get("content-type", ""))


def bearer(request: HttpRequest) -> str:
    """The token of the authorization header; empty where there is none."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def json_object(body: bytes) -> Mapping[str, JSON] | None:
    """Parse a JSON object; None for anything else, JSON or not. It is not to be changed."""
    value = json_value(body)
    return value if isinstance(value, dict) else None


def json_value(body: bytes) -> JSON:
    """Parse JSON; None for anything that is none."""
    return _lately_parsed(body) if len(body) <= SHORT else _parsed(body)


def _parsed(body: bytes) -> JSON:
    try:
        text = body.decode(json.detect_encoding(body), "surrogatepass")
        value: JSON = DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    return value


_lately_parsed = lru_cache(maxsize=256)(_parsed)
"""The same body is looked into two or three times, with other requests in between."""


def _no_constant(name: str) -> JSON:
    raise ValueError(f"{name} is not JSON")


# Made once: `json.loads` and `json.dumps` make new ones for every call with options.
DECODER = json.JSONDecoder(parse_constant=_no_constant)
ENCODER = json.JSONEncoder(separators=(",", ":"))


def json_response(
    status: int,
    value: JSON,
    headers: Mapping[str, str],
    content_type: str = "application/json",
) -> HttpResponse:
    """An answer with a JSON body."""
    return HttpResponse(
        status=status,
        headers={"content-type": content_type, **headers},
        body=ENCODER.encode(value).encode(),
    )


def is_stream(response: HttpResponse) -> bool:
    """Tell whether an answer is made of server-sent events."""
    return response.content_type == EVENT_STREAM


def asks_for_stream(request: HttpRequest) -> bool:
    """Tell whether a JSON body, or a form, says `stream`."""
    for part in request.parts:
        if part.name == "stream" and part.filename is None:
            return part.read() == b"true"
    return b'"stream"' in request.body and (
        (json_object(request.body) or EMPTY).get("stream") is True
    )


def without(response: HttpResponse, key: str) -> HttpResponse:
    """The same JSON answer with an empty list under `key`, or without it if it was text."""
    value = json_object(response.body)
    if value is None or key not in value:
        return response
    headers = {name: text for name, text in response.headers.items() if name != "content-type"}
    emptied = {name: one for name, one in value.items() if name != key}
    if not isinstance(value[key], str):
        emptied[key] = []
    return json_response(response.status, emptied, headers, response.headers["content-type"])


def body_model(request: HttpRequest) -> str | None:
    """The `model` of a JSON body, or of a form."""
    for part in request.parts:
        if part.name == "model" and part.filename is None:
            return part.read().decode("utf-8", "replace")
    model = (json_object(request.body) or EMPTY).get("model")
    return model if isinstance(model, str) else None


def quoted(value: JSON) -> str:
    """A value as error messages show it: as JSON, and not too long."""
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:79] + "…"
