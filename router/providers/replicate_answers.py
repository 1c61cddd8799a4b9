"""Replicate's answers: predictions on their way and at their end, and errors."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from router.core.data_url import MARK
from router.core.http import HttpResponse
from router.core.images import Picture, Pictures
from router.core.jsontypes import EMPTY, JSON
from router.core.outcome import Failure, Kind
from router.core.skeleton import as_object
from router.providers.failures import (
    LONGEST_MESSAGE,
    LONGEST_WORD,
    MALFORMED,
    Complaint,
    fail,
    load_object,
    text_of,
    tidy,
    unreadable,
)

STOPPED = frozenset({"canceled", "aborted"})

# FLUX and SDXL say the first, models behind an API the others.
# github.com/replicate/cog-flux predict.py
REFUSAL = re.compile(r"\bNSFW\b|flagged as sensitive|\bE005\b", re.IGNORECASE)

LONGEST_LOGS = 20_000  # characters, the last ones: what a filter says stands behind the steps

CODE = re.compile(r"\bE[0-9]{3,4}\b")  # replicate.com/docs/reference/error-codes
AVAILABLE = re.compile(r"(?:available in|resets in) ~?([0-9]{1,5}) ?s", re.IGNORECASE)

ADDRESS = ("https://", "http://", "data:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One report on a prediction. `ended` is told by a moment as well as by the status."""

    id: str
    status: str
    ended: bool
    error: str = ""
    pictures: tuple[Picture, ...] = ()
    created: int = 0
    metrics: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    urls: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    logs: str = ""

    def settle(self, wanted: int, *, filters: bool = False) -> Pictures | Failure | None:
        """Return how it ended; None where it goes on.

        An answer that was waited for can have all of its output while it claims to be
        `processing`, so all the `wanted` pictures are an end, too. `filters` tells that the model
        leaves pictures out of a batch, without a word, that its safety filter holds back.
        """
        if self.error or self.status == "failed":
            return self._failed()
        if self.status in STOPPED:
            # The first is stopped before it runs, and costs nothing.
            billed = False if self.status == "aborted" else None
            return self._failure(
                Kind.SERVER_ERROR, 502, f"the prediction was {self.status}", billed
            )
        if not self.ended and len(self.pictures) < wanted:
            return None
        if self._holds_back(wanted, filters=filters):
            return self._filtered(wanted)
        usage = {"usage": self.metrics} if self.metrics else {}
        return Pictures(created=self.created, data=self.pictures, fields={"id": self.id, **usage})

    def _holds_back(self, wanted: int, *, filters: bool) -> bool:
        """Tell whether pictures are missing for what they show."""
        if len(self.pictures) >= wanted:
            return False
        return (filters and bool(self.pictures)) or bool(REFUSAL.search(self.logs))

    def _filtered(self, wanted: int) -> Failure:
        came = f"{len(self.pictures)} of {wanted} pictures came"
        said = f"{came}; the model's safety filter held the others back"
        return self._failure(Kind.REFUSED, 400, said, True if self.pictures else None)

    def _failed(self) -> Failure:
        said = self.error or "the prediction failed, and does not say why"
        if REFUSAL.search(said):
            return self._failure(Kind.REFUSED, 400, said, None)
        return self._failure(Kind.SERVER_ERROR, 502, said, None)

    def _failure(self, kind: Kind, status: int, said: str, billed: bool | None) -> Failure:
        code = CODE.search(said)
        return Failure(
            kind=kind,
            status=status,
            message=tidy(said, LONGEST_MESSAGE),
            billed=billed,
            code=code[0] if code else None,
            request_id=self.id[:LONGEST_WORD] or None,
            pictures=self.pictures,
        )


def read_prediction(response: HttpResponse) -> Prediction | None:
    """Read data: {"id", "status", "output", "error", "urls", "metrics", "created_at", ...}.

    None where it is an error, or no prediction.
    """
    if not 200 <= response.status < 300:
        return None
    try:
        body = as_object(json.loads(response.body))
        status = body.get("status")
        if not isinstance(status, str):
            return None
        return Prediction(
            id=text_of(body.get("id")),
            status=status,
            ended=status == "succeeded" or bool(body.get("completed_at")),
            error=_error_text(body.get("error")),
            pictures=tuple(_pictures(body.get("output"))),
            created=_moment(body.get("created_at")),
            metrics=as_object(body.get("metrics")),
            urls=as_object(body.get("urls")),
            logs=text_of(body.get("logs"))[-LONGEST_LOGS:],
        )
    except MALFORMED:
        return None


def read_error(response: HttpResponse, *, official: bool) -> Failure:
    """Return what went wrong where no prediction was begun."""
    complaint = read_complaint(response)
    if 200 <= response.status < 300:
        return unreadable(response, complaint)
    failure = fail(response, complaint)
    if response.status == 404 and official:
        hint = "a model that is not an official one is asked as owner/name:version"
        return replace(failure, message=f"{failure.message} ({hint})")
    if failure.retry_after is None and failure.retry_at is None and response.status == 429:
        return replace(failure, retry_after=_advice(response))
    return failure


def read_complaint(response: HttpResponse) -> Complaint:
    """Read data: {"title"?, "detail", "status", "invalid_fields"?: [{"field", ...}]}."""
    body = load_object(response.body)
    title, detail = text_of(body.get("title")), text_of(body.get("detail"))
    listed = body.get("invalid_fields")
    fields = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    named = (text_of(as_object(one).get("field")) for one in fields)
    return Complaint(
        message=detail or title,
        type=title or None,
        param=next(filter(None, named), None),
    )


def _advice(response: HttpResponse) -> float | None:
    """Seconds that a throttled request has to wait, by the body's field or its words."""
    body = load_object(response.body)
    after = body.get("retry_after")
    if isinstance(after, int | float) and not isinstance(after, bool) and 0 <= after < 10**6:
        return float(after)
    found = AVAILABLE.search(text_of(body.get("detail")))
    return float(found[1]) if found else None


def _error_text(value: JSON) -> str:
    if isinstance(value, Mapping):
        return text_of(value.get("message")) or text_of(value.get("detail")) or "unknown error"
    return text_of(value)


def _pictures(output: JSON) -> Iterator[Picture]:
    """Find every address in an output: a string, a list, or fields with such in them."""
    if isinstance(output, str):
        if output.startswith(ADDRESS):
            yield _picture(output)
    elif isinstance(output, Mapping):
        for value in output.values():
            yield from _pictures(value)
    elif isinstance(output, Sequence):
        for value in output:
            yield from _pictures(value)


def _picture(address: str) -> Picture:
    """A picture inside its own address is taken out of it, so that it can be checked."""
    head, mark, text = address.partition(MARK)
    if mark and head.startswith("data:"):
        return Picture(b64=memoryview(text.encode("ascii", "replace")))
    return Picture(url=address)


def _moment(value: JSON) -> int:
    """Unix seconds of a moment such as `2026-11-22T10:00:00.000Z`; 0 where it is none."""
    try:
        moment = dt.datetime.fromisoformat(value if isinstance(value, str) else "")
        return int((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp())
    except (ValueError, OverflowError):
        return 0
