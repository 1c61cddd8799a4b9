"""OpenAI's streams: partial pictures while one is made, then the one that is finished.

data: {"type": "image_generation.partial_image" | "image_edit.partial_image", "b64_json",
"partial_image_index", "created_at", "size", "quality", "background", "output_format"}; the last is
of the type `.completed` and has `usage` in place of the index. openai-openapi openapi.yaml
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from router.core.adapter import Emit, Flow, Send, exchange
from router.core.events import Event, Partial
from router.core.http import HttpRequest, HttpResponse
from router.core.images import ImageRequest, Picture, Pictures
from router.core.jsontypes import JSON
from router.core.outcome import Failure, Kind
from router.core.skeleton import Skeleton, as_object, dissect
from router.providers.failures import MALFORMED, text_of, tidy
from router.providers.openai_answers import REFUSALS, SPENT, read_answer, read_error

# An error within a stream has no status of its own, and no source says what its event looks like:
# the openai package takes any event with an `error` in it for one. Its words stand for the status.
STATUS_BY_WORD: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(REFUSALS, 400),
        **dict.fromkeys(SPENT, 429),
        "invalid_request_error": 400,
        "image_generation_user_error": 400,
        "rate_limit_exceeded": 429,
        "slow_down": 429,
        "server_is_overloaded": 503,
        "service_unavailable_error": 503,
    }
)

NO_FIELDS = frozenset({"type", "b64_json", "url", "created_at", "partial_image_index"})
"""What stands in an event and not among an answer's fields."""

Told: TypeAlias = Pictures | Failure | Partial | None
"""What an event says: the end, one way or the other, a partial picture, or nothing of these."""


def answered(request: ImageRequest, asked: HttpRequest) -> Flow:
    """Send what was made of a request, and read the answer, be it a stream or not."""
    if request.params.get("stream"):
        return (yield from streamed(asked))
    return read_answer((yield from exchange(asked)))


def streamed(request: HttpRequest) -> Flow:
    """Send a request that asks for a stream, and read it to its finished picture."""
    answer = yield Send(request=request, stream=True)
    if isinstance(answer, HttpResponse):
        return read_answer(answer)
    return (yield from _events(answer))


def _events(event: Event | None) -> Flow:
    is_shown = False
    while isinstance(event, Event):
        told = read_event(event)
        if isinstance(told, Pictures):
            return told
        if isinstance(told, Failure):
            # Whatever the words of the error mean elsewhere: here the work had begun.
            return replace(told, billed=None) if is_shown else told
        is_shown = is_shown or told is not None
        heard = yield Emit(told)
        event = heard if isinstance(heard, Event) else None
    return Failure(
        kind=Kind.EMPTY,
        status=502,
        message="the stream ended without a finished picture",
        billed=None,
    )


def read_event(event: Event) -> Told:
    """Read one event; its picture is not parsed. One without content keeps a connection alive."""
    if not event.data.strip():
        return None
    try:
        skeleton = dissect(event.data)
        body = as_object(skeleton.rest)
        return _told(text_of(body.get("type")) or event.name, body, skeleton, event)
    except MALFORMED:
        start = event.data[:800].decode("utf-8", "replace")
        return Failure(
            kind=Kind.INVALID_OUTPUT,
            status=502,
            message=tidy(f"an event of the stream cannot be read: {start}"),
            billed=None,
        )


def _told(name: str, body: Mapping[str, JSON], skeleton: Skeleton, event: Event) -> Told:
    if body.get("error") or name == "error":
        return _error(body, event)
    fields = {key: value for key, value in body.items() if key not in NO_FIELDS}
    if name.endswith(".partial_image"):
        index = body.get("partial_image_index")
        picture = _picture(body, skeleton)
        if picture.b64 is None:
            return None
        created = {"created_at": _number(body.get("created_at"))}
        return Partial(picture=picture, index=_number(index), fields={**created, **fields})
    if name.endswith(".completed"):
        created_at = _number(body.get("created_at"))
        return Pictures(created=created_at, data=(_picture(body, skeleton),), fields=fields)
    return None


def _picture(body: Mapping[str, JSON], skeleton: Skeleton) -> Picture:
    return Picture(b64=skeleton.picture(body.get("b64_json")), url=text_of(body.get("url")) or None)


def _number(value: JSON) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _error(body: Mapping[str, JSON], event: Event) -> Failure:
    """Classify an error as if it had come with a status."""
    error = as_object(body.get("error")) or body
    words = (text_of(error.get("code")), text_of(error.get("type")))
    status = next((STATUS_BY_WORD[word] for word in words if word in STATUS_BY_WORD), None)
    if status is None:
        status = _status_in(words[0])
    return read_error(HttpResponse(status=status, body=event.data))


def _status_in(code: str) -> int:
    """Return the status that a code is, as Azure numbers some of them; 500 where it is none."""
    is_status = len(code) == 3 and code.isdecimal() and code.startswith(("4", "5"))
    return int(code) if is_status else 500
