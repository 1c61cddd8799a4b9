"""Stability's answers and errors, of both contracts. A filtered picture is no success."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from router.core.http import HttpResponse
from router.core.images import Picture, Pictures
from router.core.jsontypes import JSON
from router.core.outcome import Failure, Kind
from router.core.skeleton import Skeleton
from router.providers.failures import (
    LONGEST_WORD,
    Complaint,
    fail,
    load_object,
    request_id_of,
    text_of,
)
from router.providers.retry_after import parse_date

FILTERED = "CONTENT_FILTERED"  # answered with 200, and a blurred picture
BROKEN = "ERROR"

KIND_BY_NAME: Mapping[str, Kind] = {
    "content_moderation": Kind.REFUSED,  # v2beta, 403
    "invalid_prompts": Kind.REFUSED,  # v1, 400: how it refuses a prompt
    "insufficient_balance": Kind.QUOTA_EXHAUSTED,
    "payment_required": Kind.QUOTA_EXHAUSTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One picture and how its generation ended: `SUCCESS` and the two above."""

    picture: Picture
    reason: str


def read_result(item: Mapping[str, JSON], skeleton: Skeleton, *, image: str, reason: str) -> Result:
    """Read one picture; the two contracts name its fields differently."""
    picture = Picture(
        b64=skeleton.picture(item.get(image)),
        extras={key: value for key, value in item.items() if key != image},
    )
    return Result(picture=picture, reason=text_of(item.get(reason)))


def judge(
    response: HttpResponse, results: Sequence[Result], fields: Mapping[str, JSON]
) -> Pictures | Failure:
    """Return the pictures if all are good; else the failure, and the good ones in it."""
    good = tuple(one.picture for one in results if one.reason not in {FILTERED, BROKEN})
    if any(one.reason == FILTERED for one in results):
        why = "withheld by the provider's safety system"
        return _partly(response, Kind.REFUSED, 400, f"{_missing(results, good)} {why}", good)
    if len(good) < len(results):
        why = "not generated: the provider answered 200 and reports an error"
        return _partly(response, Kind.INVALID_OUTPUT, 502, f"{_missing(results, good)} {why}", good)
    return Pictures(created=_created(response), data=good, fields=fields)


def read_error(response: HttpResponse) -> Failure:
    """Classify an error: data: {"id": str, "name": str, "message": str | "errors": [str]}."""
    complaint = read_complaint(response)
    kind = KIND_BY_NAME.get(complaint.code or "") if response.status < 500 else None
    return fail(response, complaint, kind)


def read_complaint(response: HttpResponse) -> Complaint:
    body = load_object(response.body)
    errors = body.get("errors")
    listed = errors if isinstance(errors, Sequence) and not isinstance(errors, str) else ()
    message = text_of(body.get("message")) or ", ".join(filter(None, map(text_of, listed)))
    return Complaint(
        message=message,
        code=text_of(body.get("name")) or None,
        request_id=text_of(body.get("id"))[:LONGEST_WORD] or None,
    )


def _missing(results: Sequence[Result], good: Sequence[Picture]) -> str:
    missing = len(results) - len(good)
    return f"{missing} of {len(results)} pictures {'was' if missing == 1 else 'were'}"


def _partly(
    response: HttpResponse, kind: Kind, status: int, message: str, good: tuple[Picture, ...]
) -> Failure:
    return Failure(
        kind=kind,
        status=status,
        message=message,
        billed=None,
        code=FILTERED if kind is Kind.REFUSED else BROKEN,
        request_id=request_id_of(response),
        pictures=good,
    )


def _created(response: HttpResponse) -> int:
    """Unix seconds by the provider's clock; 0 where it does not tell, as no body does."""
    return int(parse_date(response.headers.get("date")) or 0)
