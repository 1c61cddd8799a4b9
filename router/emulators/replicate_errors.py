"""Errors as Replicate writes them: problem details, of which only some have a title."""

from collections.abc import Mapping, Sequence

from router.core.http import HttpResponse
from router.core.jsontypes import EMPTY, JSON
from router.emulators import shape
from router.emulators.rejection import Rejection

PROBLEM = "application/problem+json"

NOT_FOUND = "There is nothing here, or nothing that this token may see."

# Status: title, detail. Only the titles of 401, 402 and 422 were seen.
FAILURES: Mapping[int, tuple[str, str]] = {
    401: ("Unauthenticated", "The token is missing or not valid."),
    402: ("Insufficient credit", "Add credit at https://replicate.com/account/billing to go on."),
    403: ("", "This token may not do that."),
    404: ("", NOT_FOUND),
    422: ("Input validation failed", "- input: the model does not take it\n"),
    429: (
        "",
        "Request was throttled. Your rate limit for creating predictions resets in ~1s.",
    ),
    500: ("Internal server error", "The server had an error with this request."),
    503: ("", "The server cannot answer now."),
}

THROTTLED: Mapping[str, JSON] = {"retry_after": 1}  # seconds


def failing(status: int, code: str | None = None) -> Rejection:
    """A failure by its status; `code` is put in place of the title."""
    title, detail = FAILURES.get(status, ("", f"Failed with status {status}."))
    extra = THROTTLED if status == 429 else EMPTY
    return Rejection(status, detail, kind=code or title, extra=extra)


def unfound() -> Rejection:
    return failing(404)


def invalid(fields: Sequence[tuple[str, str, str]]) -> Rejection:
    """What all validation comes to: each mistake's type, its field and what it is."""
    detail = "".join(f"- {field or '(root)'}: {text}\n" for _, field, text in fields)
    listed = [{"type": kind, "field": field, "description": text} for kind, field, text in fields]
    title = "Input validation failed"
    return Rejection(422, detail, kind=title, extra={"invalid_fields": listed})


def error(rejection: Rejection) -> HttpResponse:
    """Write it: data: {"title"?: str, "detail": str, "status": int, ...}."""
    title = {"title": rejection.kind} if rejection.kind else {}
    body = {
        **title,
        "detail": rejection.message,
        "status": rejection.status,
        **rejection.extra,
    }
    return shape.json_response(rejection.status, body, {}, PROBLEM)
