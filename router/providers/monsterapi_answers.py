"""Monster API's answers and errors. A job that failed is told with a 200, like one that did not."""

import json
from collections.abc import Mapping

from router.core.http import HttpResponse
from router.core.images import Picture, Pictures
from router.core.jsontypes import EMPTY, JSON
from router.core.outcome import Failure, Kind
from router.core.skeleton import as_object
from router.providers.failures import Complaint, fail, load_object, text_of, tidy
from router.providers.plain_errors import is_money, is_refusal, kind_of_failed_job
from router.providers.retry_after import parse_date

LONGEST = 1000  # characters of a message

USAGE = ("credit_used", "overage")
"""What a job says of money. How many dollars a credit is, is told nowhere."""


def read_error(response: HttpResponse) -> Failure:
    """Classify an error: data: {"message": str} or {"error": str | {"message": str}}.

    Its shape is not documented; clients read these.
    """
    complaint = read_complaint(response)
    return fail(response, complaint, _kind(response.status, complaint.message))


def read_complaint(response: HttpResponse) -> Complaint:
    body = load_object(response.body)
    error = body.get("error")
    nested = text_of(as_object(error).get("message")) or text_of(error)
    return Complaint(message=nested or text_of(body.get("message")) or text_of(body.get("detail")))


def _kind(status: int, said: str) -> Kind | None:
    """Return what the words say beyond the status; a 403 may be about credits."""
    if status in {400, 403, 422} and is_refusal(said):
        return Kind.REFUSED
    return Kind.QUOTA_EXHAUSTED if status in {400, 403} and is_money(said) else None


def read_state(response: HttpResponse) -> str:
    """Return how far a job is, in lower case as the provider's own client compares it.

    Empty where the answer does not tell.
    """
    if not 200 <= response.status < 300:
        return ""
    return text_of(_object(response.body).get("status")).lower()


def read_job(response: HttpResponse) -> Pictures:
    """Read a job that is done: data: {"result": {"output": [url]}, "credit_used", "overage"}."""
    body = _object(response.body)
    output = as_object(body.get("result")).get("output")
    urls = output if isinstance(output, list) else [output]
    usage = _usage(body)
    return Pictures(
        created=int(parse_date(response.headers.get("date")) or 0),
        data=tuple(Picture(url=url) for url in urls if isinstance(url, str) and url),
        fields={"usage": usage} if usage else {},
    )


def read_failed_job(response: HttpResponse, job_id: str) -> Failure:
    """Classify a job that failed: data: {"result": {"errorMessage": str}, "credit_used"}."""
    body = _object(response.body)
    told = as_object(body.get("result")).get("errorMessage")
    said = text_of(told) or text_of(body.get("message"))
    kind = kind_of_failed_job(said)
    used = _usage(body).get("credit_used")
    return Failure(
        kind=kind,
        status=502 if kind is Kind.SERVER_ERROR else 400,
        message=tidy(f"the job failed: {said or 'without a reason'}", LONGEST),
        billed=None if used is None else bool(used),
        code="FAILED",
        request_id=job_id,
    )


def _usage(body: Mapping[str, JSON]) -> Mapping[str, JSON]:
    return {name: body[name] for name in USAGE if isinstance(body.get(name), int | float)}


def _object(body: bytes) -> Mapping[str, JSON]:
    """Parse a job of any size: a sandbox puts whole pictures into their URLs."""
    try:
        return as_object(json.loads(body))
    except (ValueError, RecursionError):
        return EMPTY
