"""Segmind's answers and errors: v1 gives a picture's bytes or JSON, v2 gives URLs."""

import json
import re
from binascii import b2a_base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from router.core.http import HttpResponse
from router.core.images import Picture, Pictures
from router.core.jsontypes import EMPTY, JSON
from router.core.media import sniff_bytes
from router.core.outcome import Failure, Kind
from router.core.skeleton import Skeleton, as_object, dissect
from router.providers.failures import (
    MALFORMED,
    Complaint,
    fail,
    load_object,
    request_id_of,
    text_of,
    tidy,
    unreadable,
)
from router.providers.plain_errors import is_money, is_refusal, kind_of_failed_job
from router.providers.retry_after import parse_date

PICTURES = ("images", "image", "output")
"""Where pictures stand in JSON, the fullest account first; `output` names but one."""

# docs.segmind.com/docs/serverless-api, and the asynchronous ones' `metrics`
ACCOUNT: Mapping[str, str] = MappingProxyType(
    {
        "x-seed-value": "seed",
        "x-remaining-credits": "remaining_credits",
        "x-generation-time": "inference_time",
    }
)

TOLD = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""Types that a picture's first bytes tell: one that says so and has others is broken."""

UNCHARGED = frozenset(range(400, 501))
"""Only a 200 is charged; what a gateway in between says (502, 504) tells nothing of that."""

RESET = "x-rate-limit-reset-at-utc"


def read_picture(response: HttpResponse) -> Pictures | Failure:
    """Read an answer of v1: bytes, or data: {"image": str | [str], "status", ...}."""
    if not 200 <= response.status < 300:
        return read_error(response)
    if not response.body:
        return _answer(response, (), EMPTY)
    if not _is_picture(response):
        return _read_json(response)
    view = memoryview(b2a_base64(response.body, newline=False))
    return _answer(response, (Picture(b64=view),), EMPTY)


def _is_picture(response: HttpResponse) -> bool:
    """Tell by the bytes; only a type that cannot be told by them is believed."""
    if sniff_bytes(response.body) is not None:
        return True
    return response.content_type.startswith("image/") and response.content_type not in TOLD


def read_result(response: HttpResponse) -> Pictures | Failure:
    """Read the result of a job: data: {"status", "output": url, "images": [{"url"}], "metrics"}."""
    return _read_json(response)


def read_error(response: HttpResponse) -> Failure:
    """Classify an error: data: {"error": str} or {"error": code, "error_description": str}."""
    complaint = read_complaint(response)
    failure = fail(response, complaint, _kind(response.status, complaint.message))
    if response.status in UNCHARGED:
        failure = replace(failure, billed=False)
    if failure.status == 429 and failure.retry_after is None and failure.retry_at is None:
        return _until_reset(failure, response)
    return failure


def read_failed_job(response: HttpResponse) -> Failure:
    """Classify a job that failed, which is not charged: data: {"status", "error": str}."""
    said = read_complaint(response).message
    kind = kind_of_failed_job(said)
    return Failure(
        kind=kind,
        status=502 if kind is Kind.SERVER_ERROR else max(response.status, 400),
        message=tidy(f"the job failed: {said or 'without a reason'}", 1000),
        billed=False,
        code="FAILED",
        request_id=request_id_of(response),
    )


def read_complaint(response: HttpResponse) -> Complaint:
    body = load_object(response.body)
    error, described = body.get("error"), text_of(body.get("error_description"))
    nested = text_of(as_object(error).get("message"))
    message = described or text_of(error) or nested or text_of(body.get("message"))
    return Complaint(message=message, code=text_of(error) or None if described else None)


def _kind(status: int, said: str) -> Kind | None:
    """Return what the words say beyond the status; None where they say nothing.

    One status, 406, has four meanings, and only the text tells them apart.
    """
    if status < 500 and status != 401 and is_refusal(said):
        return Kind.REFUSED
    return Kind.QUOTA_EXHAUSTED if status == 406 and is_money(said) else None


def _until_reset(failure: Failure, response: HttpResponse) -> Failure:
    """Say when a limit's window ends; there is no Retry-After.

    How the moment is written is not documented, so both usual ways are read.
    """
    text = response.headers.get(RESET, "")
    moment = _moment(text)
    if moment is None:
        return failure
    now = parse_date(response.headers.get("date"))
    if now is None:
        return replace(failure, retry_at=moment)
    return replace(failure, retry_after=max(0.0, moment - now))


def _moment(text: str) -> float | None:
    """Read Unix seconds, or a date in ISO 8601, which is UTC where it names no zone."""
    if re.fullmatch(r"[0-9]{9,11}(\.[0-9]+)?", text):
        return float(text)
    try:
        date = datetime.fromisoformat(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return parse_date(text)


def _read_json(response: HttpResponse) -> Pictures | Failure:
    try:
        skeleton = dissect(response.body, "image")
        body = as_object(skeleton.rest)
        found = tuple(_pictures(body, skeleton))
        if not found and not any(name in body for name in PICTURES):
            raise ValueError("there is no picture in it")
    except MALFORMED:
        return unreadable(response, read_complaint(response))
    return _answer(response, found, as_object(body.get("metrics")), body.get("seed"))


def _pictures(body: Mapping[str, JSON], skeleton: Skeleton) -> Iterator[Picture]:
    """Return what stands in the first place that has any; all pictures are told there."""
    for name in PICTURES:
        value = body.get(name)
        items = value if isinstance(value, list) else [value]
        found = [picture for item in items for picture in _picture(item, skeleton)]
        if found:
            yield from found
            return


def _picture(item: JSON, skeleton: Skeleton) -> Iterator[Picture]:
    text = item.get("url") if isinstance(item, Mapping) else item
    if not isinstance(text, str) or not text:
        return
    if text.startswith(("http://", "https://", "data:")):
        yield Picture(url=text)
    else:
        yield Picture(b64=skeleton.picture(text))


def _answer(
    response: HttpResponse,
    pictures: tuple[Picture, ...],
    metrics: Mapping[str, JSON],
    seed: JSON = None,
) -> Pictures:
    """Put the provider's account beside the pictures: what it cost, and what is left."""
    headers = response.headers
    own = {name: _number(headers[header]) for header, name in ACCOUNT.items() if header in headers}
    told = {name: metrics[name] for name in ACCOUNT.values() if name in metrics}
    extras = {**own, **told, **({} if seed is None else {"seed": seed})}
    cost = metrics.get("cost", _number(headers.get("x-cost", "")))
    return Pictures(
        created=int(parse_date(headers.get("date")) or 0),
        data=tuple(replace(picture, extras=extras) for picture in pictures),
        fields={"usage": {"cost": cost}} if isinstance(cost, int | float) else {},
    )


def _number(text: str) -> JSON:
    """Return a header's number; its text where it is none."""
    try:
        number: JSON = json.loads(text)
    except ValueError:
        return text
    return number if isinstance(number, int | float) else text
