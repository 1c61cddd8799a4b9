"""Failures: what a provider's error means, in our words, with its own words kept."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from router.core.http import HttpResponse
from router.core.jsontypes import EMPTY, JSON
from router.core.outcome import Failure, Kind
from router.core.skeleton import as_object
from router.providers.retry_after import read_advice

LONGEST = 200  # characters of a text that stands in for a message
LONGEST_MESSAGE = 1000  # characters of a provider's own message: refusals are long
LONGEST_WORD = 80  # characters of a code, a type, a parameter's name, an id
READ = 4000  # characters of a body looked at for a message
READ_JSON = 262_144  # bytes of an error's body: a larger one is no error message

SECRET = re.compile(
    r"\b(?:sk|pk|rk|r8)[-_][\w*.\-]{6,}"  # OpenAI's, Stability's and Replicate's keys
    r"|\beyJ[\w\-]{8,}(?:\.[\w\-]*)*"  # JSON web tokens, such as Azure's
    r"|\b(?:AIza|AQ\.)[\w\-]{16,}"  # Google's keys, the older and the newer ones
    r"|(?<=[Bb]earer )\S+"
    # bare ones, such as Azure's keys; a request's id looks the same, and support asks for it
    r"|(?<!request )(?<!request ID )(?<!request id )(?<!Request ID )(?<!Request id )"
    r"\b(?=[A-Za-z]*\d)[A-Za-z0-9]{32,}"
)

MALFORMED = (ValueError, LookupError, OverflowError, RecursionError)
"""What reading an answer may raise; a hostile one can forge marks and endless numbers."""

UNBILLED = frozenset(
    {Kind.RATE_LIMITED, Kind.OVERLOADED, Kind.QUOTA_EXHAUSTED, Kind.AUTH, Kind.BAD_REQUEST}
)
"""Kinds that nobody is charged for; of all others nobody can know."""

KIND_BY_STATUS: Mapping[int, Kind] = {
    401: Kind.AUTH,
    402: Kind.QUOTA_EXHAUSTED,
    403: Kind.AUTH,
    408: Kind.TIMEOUT,
    429: Kind.RATE_LIMITED,
    503: Kind.OVERLOADED,
    529: Kind.OVERLOADED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """An error in the provider's own words; an empty `message` says nothing."""

    message: str = ""
    code: str | None = None
    type: str | None = None
    param: str | None = None
    request_id: str | None = None


def fail(response: HttpResponse, complaint: Complaint, kind: Kind | None = None) -> Failure:
    """Return the failure that an answer other than 2xx stands for; `kind` defaults by status."""
    if response.status < 400:
        return _redirected(response)
    kind = kind or kind_of(response.status)
    advice = read_advice(response.headers)
    return Failure(
        kind=kind,
        status=response.status,
        message=tidy(complaint.message, LONGEST_MESSAGE) or _without_message(response),
        billed=False if kind in UNBILLED else None,
        code=_word(complaint.code),
        type=_word(complaint.type),
        param=_word(complaint.param),
        request_id=request_id_of(response) or complaint.request_id,
        retry_after=advice.after,
        retry_at=advice.at,
    )


def kind_of(status: int) -> Kind:
    """Return what an error status means where the body says no more."""
    if status >= 500:
        return KIND_BY_STATUS.get(status, Kind.SERVER_ERROR)
    return KIND_BY_STATUS.get(status, Kind.BAD_REQUEST)


def unreadable(response: HttpResponse, complaint: Complaint) -> Failure:
    """Return the failure of a 2xx answer that is no answer; it may have been billed."""
    said = complaint.message or plain_text(response) or "it is empty"
    kind = response.content_type or "of no type"
    return Failure(
        kind=Kind.INVALID_OUTPUT,
        status=502,
        message=tidy(f"the answer ({response.status}, {kind}) has no pictures: {said}"),
        billed=None,
        code=_word(complaint.code),
        type=_word(complaint.type),
        param=_word(complaint.param),
        request_id=request_id_of(response) or complaint.request_id,
    )


def unfit(message: str, kind: Kind = Kind.BAD_REQUEST, status: int = 400) -> Failure:
    """Return the failure of a request that is not sent."""
    return Failure(kind=kind, status=status, message=tidy(message), local=True)


def tidy(text: str, longest: int = LONGEST) -> str:
    """Make a message of it: one line, no secret, at most `longest` characters."""
    line = SECRET.sub("***", " ".join(text[:READ].split()))
    return line if len(line) <= longest else line[: longest - 3] + "..."


def load_object(body: bytes) -> Mapping[str, JSON]:
    """Parse an error's body; empty where it is no JSON object."""
    if len(body) > READ_JSON:
        return EMPTY
    try:
        return as_object(json.loads(body))
    except (ValueError, RecursionError):
        return EMPTY


def text_of(value: JSON) -> str:
    """Return a string or a number as text; empty for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def plain_text(response: HttpResponse) -> str:
    """Return the body's text without HTML's tags."""
    text = response.body[:READ].decode("utf-8", "replace")
    visible = re.sub(r"(?is)<(style|script)\b.*?</\1>|<[^>]*>", " ", text) if "<" in text else text
    return "".join(char if char.isprintable() else " " for char in visible).strip()


def request_id_of(response: HttpResponse) -> str | None:
    headers = response.headers
    found = headers.get("x-request-id") or headers.get("apim-request-id")
    return found[:LONGEST_WORD] if found else None


def _without_message(response: HttpResponse) -> str:
    return tidy(plain_text(response)) or f"status {response.status} without a message"


def _word(text: str | None) -> str | None:
    return tidy(text)[:LONGEST_WORD] if text else None


def _redirected(response: HttpResponse) -> Failure:
    """Redirects are not followed: a credential would go to a host it is not meant for."""
    try:
        host = urlsplit(response.headers.get("location", "")).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    where = f" to {host}" if host else ""
    return Failure(
        kind=Kind.INVALID_OUTPUT,
        status=502,
        message=tidy(f"the provider answered {response.status}{where}; redirects are not followed"),
        billed=None,
        request_id=request_id_of(response),
    )
