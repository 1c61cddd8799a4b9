"""Answers: pictures and failures as OpenAI writes them."""

from dataclasses import replace

from router.core.images import Picture, Pictures
from router.core.jsontypes import EMPTY, JSON
from router.core.openai_shape import encode_answer
from router.errors import RoutingError
from router.gateway.headers import failure_headers, trace_headers
from router.gateway.refusal import type_of
from router.gateway.reply import Reply, error_object, json_reply

FIELDS = frozenset({"background", "output_format", "quality", "size", "usage"})
"""What OpenAI's answers have beside their pictures."""

STATUSES = range(400, 600)
"""Those of failures; what else a provider says goes out as a bad gateway."""

BAD_GATEWAY = 502


def answer_body(pictures: Pictures, *, is_strict: bool) -> bytes:
    """Write an answer: the bytes that arrived, where they have this shape already."""
    return encode_answer(_strict(pictures) if is_strict else pictures)


def _strict(pictures: Pictures) -> Pictures:
    """Return an answer without what only its provider says."""
    fields = {name: value for name, value in pictures.fields.items() if name in FIELDS}
    is_plain = len(fields) == len(pictures.fields) and not any(p.extras for p in pictures.data)
    if is_plain:
        return pictures
    data = tuple(_plain(picture) for picture in pictures.data)
    return replace(pictures, data=data, fields=fields, raw=None)


def _plain(picture: Picture) -> Picture:
    return replace(picture, extras=EMPTY)


def failure_reply(error: RoutingError, request_id: str) -> Reply:
    """Write a failure with the provider's own words."""
    failure, trace = error.failure, error.trace
    headers = trace_headers(trace, request_id) | failure_headers(failure, trace)
    status = failure.status if failure.status in STATUSES else BAD_GATEWAY
    return json_reply(error_of(error), status=status, headers=headers)


def error_of(error: RoutingError) -> dict[str, JSON]:
    """Return a failure as OpenAI says it: {"error": {"message", "type", "param", "code"}}."""
    failure = error.failure
    return error_object(
        message=failure.message or str(failure.kind),
        kind=failure.type or type_of(failure.status),
        param=failure.param,
        code=failure.code or str(failure.kind),
    )
