"""OpenAI's answers and errors, which Azure's and many other servers resemble."""

from collections.abc import Mapping

from router.core.http import HttpResponse
from router.core.images import Pictures
from router.core.jsontypes import JSON
from router.core.openai_shape import parse_answer
from router.core.outcome import Failure, Kind
from router.core.skeleton import as_object
from router.providers.failures import MALFORMED, Complaint, fail, load_object, text_of, unreadable

REFUSALS = frozenset(
    {
        "moderation_blocked",  # gpt-image, at OpenAI and at Azure
        "content_policy_violation",  # dall-e, at both
        "contentFilter",  # Azure's how-to page
        "content_filter",  # Azure, as for chat
        "ResponsibleAIPolicyViolation",  # Azure's inner code
    }
)

# A 429 for money: waiting does not help.
SPENT = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)

# What both companies' refusals say where a proxy has lost the code.
# litellm litellm_core_utils/exception_mapping_utils.py
REFUSAL_TEXT = "safety system"


def read_answer(response: HttpResponse) -> Pictures | Failure:
    """Read an answer in OpenAI's shape, whatever has really come."""
    if not 200 <= response.status < 300:
        return read_error(response)
    try:
        return parse_answer(response.body)
    except MALFORMED:
        complaint, _ = _complaint(response)
        return unreadable(response, complaint)


def read_error(response: HttpResponse) -> Failure:
    """Classify an error: data: {"error": {"message", "type", "param", "code"} | str, ...}."""
    complaint, error = _complaint(response)
    return fail(response, complaint, _kind(response.status, complaint, error))


def _complaint(response: HttpResponse) -> tuple[Complaint, Mapping[str, JSON]]:
    """Return what is said, and the object it was read from: the error, else the whole body."""
    body = load_object(response.body)
    found = body.get("error")
    error = found if isinstance(found, Mapping) else body
    message = found if isinstance(found, str) else text_of(error.get("message"))
    complaint = Complaint(
        message=message or text_of(body.get("message")) or text_of(body.get("detail")),
        code=text_of(error.get("code")) or None,
        type=text_of(error.get("type")) or None,
        param=text_of(error.get("param")) or None,
    )
    return complaint, error


def _kind(status: int, complaint: Complaint, error: Mapping[str, JSON]) -> Kind | None:
    """Return what the words say beyond the status; None where they say nothing."""
    if status == 429 and (complaint.code in SPENT or complaint.type in SPENT):
        return Kind.QUOTA_EXHAUSTED
    if status == 400 and _is_refusal(complaint, error):
        return Kind.REFUSED
    return None


def _is_refusal(complaint: Complaint, error: Mapping[str, JSON]) -> bool:
    # Real bodies spell it either way.
    inner = as_object(error.get("inner_error") or error.get("innererror"))
    return (
        complaint.code in REFUSALS
        or text_of(inner.get("code")) in REFUSALS
        or "moderation_details" in error
        or (complaint.code is None and REFUSAL_TEXT in complaint.message)
    )
