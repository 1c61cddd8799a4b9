"""Errors as Google writes them: a status in words, and details of several types."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from router.core.http import HttpResponse
from router.core.jsontypes import JSON
from router.emulators import shape

TYPE = "type.googleapis.com/google.rpc."
SERVICE = "generativelanguage.googleapis.com"

STATUSES: Mapping[int, str] = MappingProxyType(
    {
        400: "INVALID_ARGUMENT",
        401: "UNAUTHENTICATED",
        403: "PERMISSION_DENIED",
        404: "NOT_FOUND",
        409: "ABORTED",
        429: "RESOURCE_EXHAUSTED",
        499: "CANCELLED",
        500: "INTERNAL",
        501: "UNIMPLEMENTED",
        503: "UNAVAILABLE",
        504: "DEADLINE_EXCEEDED",
    }
)

MESSAGES: Mapping[int, str] = MappingProxyType(
    {
        400: "The request has an invalid argument.",
        401: "The request has no valid authentication credentials.",
        403: "The caller does not have permission.",
        404: "The requested entity was not found.",
        429: "The current quota is exceeded; see the plan and the billing details.",
        500: "An internal error has occurred.",
        503: "The model is overloaded. Please try again later.",
        504: "The deadline expired before the operation was complete.",
    }
)

FREE = "FreeTier"
"""In a limit's name it means a project without a bill, which may have no picture at all."""

PER_MINUTE = "GenerateRequestsPerMinutePerProjectPerModel"
RETRY_DELAY = "2s"

BAD_KEY = "API_KEY_INVALID"


class GoogleRejection(Exception):
    """Raised by checks; `details` are written as they are."""

    def __init__(
        self, status: int, message: str, details: Sequence[Mapping[str, JSON]] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = tuple(details)


def bad_fields(violations: Sequence[tuple[str, str]]) -> GoogleRejection:
    """What is wrong with which fields, all at once; a field of the body itself has no name."""
    listed = [
        {"description": why} if not field else {"field": field, "description": why}
        for field, why in violations
    ]
    detail: Mapping[str, JSON] = {"@type": f"{TYPE}BadRequest", "fieldViolations": listed}
    return GoogleRejection(400, "\n".join(why for _, why in violations), [detail])


def because(status: int, message: str, reason: str) -> GoogleRejection:
    """A rejection with its reason in one word."""
    detail: Mapping[str, JSON] = {
        "@type": f"{TYPE}ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": SERVICE},
    }
    return GoogleRejection(status, message, [detail])


def failing(status: int, code: str | None, model: str) -> GoogleRejection:
    """A failure by status. `code` is a limit's name where a quota is spent, else a reason."""
    message = MESSAGES.get(status, f"Failed with status {status}.")
    if status == 429 and (code is None or "Per" in code):
        return GoogleRejection(429, message, _over(code or PER_MINUTE, model))
    return because(status, message, code) if code else GoogleRejection(status, message)


def error(rejection: GoogleRejection, headers: Mapping[str, str]) -> HttpResponse:
    value: dict[str, JSON] = {
        "code": rejection.status,
        "message": rejection.message,
        "status": STATUSES.get(rejection.status, "UNKNOWN"),
    }
    if rejection.details:
        value["details"] = list(rejection.details)
    return shape.json_response(rejection.status, {"error": value}, headers)


def _over(limit: str, model: str) -> Sequence[Mapping[str, JSON]]:
    violation: dict[str, JSON] = {
        "quotaMetric": f"{SERVICE}/generate_requests_per_model",
        "quotaId": limit,
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": "10",
    }
    if FREE in limit:  # a limit of none is left out, as protobuf leaves out every zero
        violation["quotaMetric"] = f"{SERVICE}/generate_content_free_tier_requests"
        del violation["quotaValue"]
    return (
        {"@type": f"{TYPE}QuotaFailure", "violations": [violation]},
        {"@type": f"{TYPE}RetryInfo", "retryDelay": RETRY_DELAY},
    )
