"""Google's errors: a status in words, and details that say which key, which limit, how long."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from router.core.http import HttpResponse
from router.core.jsontypes import EMPTY, JSON, sequence
from router.core.outcome import Failure, Kind
from router.core.skeleton import as_object
from router.providers.failures import READ_JSON, Complaint, fail, text_of

DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")

# No page of Google's tells the reason of a wrong key; it was seen with a 400, like other mistakes.
KIND_BY_REASON: Mapping[str, Kind] = MappingProxyType(
    {
        "API_KEY_INVALID": Kind.AUTH,
        "BILLING_DISABLED": Kind.QUOTA_EXHAUSTED,  # the project has no account that pays
    }
)

# The limits of a minute pass by themselves; those of a day do not within a request's patience.
# Of pictures nothing is free, so a project without a bill has a limit of none, and keeps it.
# gemini-cli packages/core/src/utils/googleQuotaErrors.ts, classifyGoogleError
LASTING = ("PerDay", "free_tier")


def read_error(response: HttpResponse) -> Failure:
    """Classify an error: data: {"error": {"code", "message", "status", "details": [...]}}.

    A wait that is advised in the details counts where the headers advise none.
    """
    error = _error_of(response.body)
    failure = fail(response, read_complaint(response), _kind(response.status, error))
    if failure.retry_after is not None or failure.retry_at is not None:
        return failure
    return replace(failure, retry_after=_wait(error))


def read_complaint(response: HttpResponse) -> Complaint:
    error = _error_of(response.body)
    status = text_of(error.get("status"))
    violations = sequence(_detail(error, "BadRequest").get("fieldViolations"))
    field = next((text_of(as_object(one).get("field")) for one in violations), "")
    return Complaint(
        message=text_of(error.get("message")),
        code=_reason(error) or status or None,
        type=status or None,
        param=field or None,
    )


def _error_of(body: bytes) -> Mapping[str, JSON]:
    """Return the error's object; some answers have it as the only item of a list."""
    if len(body) > READ_JSON:
        return EMPTY
    try:
        value: JSON = json.loads(body)
    except (ValueError, RecursionError):
        return EMPTY
    first = next(iter(sequence(value)), value)
    return as_object(as_object(first).get("error"))


def _kind(status: int, error: Mapping[str, JSON]) -> Kind | None:
    """Return what the details say beyond the status; None where they say nothing."""
    if status in {400, 403}:
        return KIND_BY_REASON.get(_reason(error))
    if status == 429 and any(word in limit for limit in _limits(error) for word in LASTING):
        return Kind.QUOTA_EXHAUSTED
    return None


def _reason(error: Mapping[str, JSON]) -> str:
    return text_of(_detail(error, "ErrorInfo").get("reason"))


def _limits(error: Mapping[str, JSON]) -> Iterator[str]:
    """Yield the names of the limits that were hit, and of what they count.

    Such as `GenerateRequestsPerMinute...` and `.../generate_content_free_tier_requests`.
    """
    for violation in map(as_object, sequence(_detail(error, "QuotaFailure").get("violations"))):
        yield text_of(violation.get("quotaId"))
        yield text_of(violation.get("quotaMetric"))


def _wait(error: Mapping[str, JSON]) -> float | None:
    """Return the seconds that are advised to be waited, as in `34.07s`."""
    found = DURATION.fullmatch(text_of(_detail(error, "RetryInfo").get("retryDelay")))
    return float(found[1]) if found else None


def _detail(error: Mapping[str, JSON], name: str) -> Mapping[str, JSON]:
    """Return the detail of that type, `type.googleapis.com/google.rpc.RetryInfo` and the like."""
    details = map(as_object, sequence(error.get("details")))
    found = (one for one in details if text_of(one.get("@type")).endswith(f".{name}"))
    return next(found, EMPTY)
