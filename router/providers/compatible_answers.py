"""Answers of servers that resemble OpenAI's: its shape, with errors in any of six others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urljoin

from router.core.http import HttpResponse
from router.core.images import Picture, Pictures
from router.core.jsontypes import JSON
from router.core.openai_shape import parse_answer
from router.core.outcome import Failure, Kind
from router.core.skeleton import as_object
from router.dialects.dialect import Dialect
from router.providers.failures import (
    MALFORMED,
    Complaint,
    fail,
    load_object,
    request_id_of,
    text_of,
    unreadable,
)
from router.providers.openai_answers import REFUSALS, SPENT

BY_ITSELF = ("https:", "http:", "data:")
"""What a URL begins with that needs no other to be opened."""


def read_answer(response: HttpResponse, dialect: Dialect, url: str) -> Pictures | Failure:
    """Read an answer to a request that was sent to `url`."""
    if not 200 <= response.status < 300:
        return read_error(response)
    try:
        pictures = _opened(parse_answer(response.body), url)
    except MALFORMED:
        return unreadable(response, read_complaint(response))
    return _shown(pictures, dialect.withheld, response) if dialect.withheld else pictures


def read_error(response: HttpResponse) -> Failure:
    """Classify an error by its status, and by OpenAI's words for a refusal and for money."""
    complaint = read_complaint(response)
    words = {complaint.code, complaint.type}
    if response.status < 500 and words & REFUSALS:
        return fail(response, complaint, Kind.REFUSED)
    spent = response.status == 429 and words & SPENT
    return fail(response, complaint, Kind.QUOTA_EXHAUSTED if spent else None)


def read_complaint(response: HttpResponse) -> Complaint:
    """Read what is said from the first place that says something.

    data: {"error": {"message", ...} | str, "code"?} | {"detail": str | [{"msg"}] | {"error"}} |
    {"message"}. Where `error` is a word beside a `message`, it is the code.
    """
    body = load_object(response.body)
    found = body.get("error")
    error = found if isinstance(found, Mapping) else body
    plain, message = text_of(found), text_of(body.get("message"))
    said = text_of(as_object(found).get("message")) or message or plain or _detail(body)
    code = text_of(error.get("code")) or (plain if message else "")
    return Complaint(
        message=said,
        code=code or None,
        type=text_of(error.get("type")) or None,
        param=text_of(error.get("param")) or None,
    )


def _detail(body: Mapping[str, JSON]) -> str:
    """Read FastAPI's `detail`: a text, a list of complaints, or an object."""
    detail = body.get("detail")
    if isinstance(detail, Mapping):
        return text_of(detail.get("error")) or text_of(detail.get("message"))
    if isinstance(detail, Sequence) and not isinstance(detail, str):
        return "; ".join(filter(None, (_located(as_object(one)) for one in detail)))
    return text_of(detail)


def _located(complaint: Mapping[str, JSON]) -> str:
    """Write one of FastAPI's complaints: `body.size: must be WIDTHxHEIGHT`."""
    place = complaint.get("loc")
    path = ".".join(map(text_of, place)) if isinstance(place, list) else ""
    message = text_of(complaint.get("msg"))
    return f"{path}: {message}" if path and message else message


def _shown(pictures: Pictures, flag: str, response: HttpResponse) -> Pictures | Failure:
    """Return the pictures unless some were withheld; then the failure, and the others in it."""
    good = tuple(one for one in pictures.data if one.extras.get(flag) is not False)
    missing = len(pictures.data) - len(good)
    if not missing:
        return pictures
    were = "was" if missing == 1 else "were"
    return Failure(
        kind=Kind.REFUSED,
        status=400,
        message=f"{missing} of {len(pictures.data)} pictures {were} withheld by the provider",
        billed=None,
        code=flag,
        request_id=request_id_of(response),
        pictures=good,
    )


def _opened(pictures: Pictures, url: str) -> Pictures:
    """Make URLs whole that are only paths on the server."""
    if all(_is_whole(picture.url) for picture in pictures.data):
        return pictures
    data = tuple(_completed(picture, url) for picture in pictures.data)
    return replace(pictures, data=data, raw=None)


def _is_whole(url: str | None) -> bool:
    return not url or url.startswith(BY_ITSELF)


def _completed(picture: Picture, url: str) -> Picture:
    return picture if _is_whole(picture.url) else replace(picture, url=urljoin(url, picture.url))
