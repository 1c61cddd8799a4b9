"""Gemini's answers: pictures among parts; a refusal comes with 200, and in three shapes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from router.core.http import HttpResponse
from router.core.images import Picture, Pictures
from router.core.jsontypes import EMPTY, JSON, sequence
from router.core.outcome import Failure, Kind
from router.core.skeleton import Skeleton, as_object, dissect
from router.providers.failures import (
    LONGEST_MESSAGE,
    LONGEST_WORD,
    MALFORMED,
    request_id_of,
    text_of,
    tidy,
    unreadable,
)
from router.providers.google_errors import read_complaint, read_error
from router.providers.google_usage import read_usage
from router.providers.retry_after import parse_date

TOLD = frozenset({"candidates", "promptFeedback", "usageMetadata"})
"""An answer has one of these at least; without any it is something else's."""

WITHHELD = frozenset(
    {
        "BLOCKLIST",
        "IMAGE_OTHER",  # drawn, and then held back; seen where real persons are named
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_SAFETY",
        "LANGUAGE",
        "OTHER",
        "PROHIBITED_CONTENT",
        "RECITATION",
        "SAFETY",
        "SPII",
    }
)
"""Reasons for which a picture is not handed out. Not NO_IMAGE: there the model drew none.

python-genai google/genai/types.py, FinishReason
"""

UNCHARGED = "not be charged"
"""What is said of pictures that Gemini holds back and does not bill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An answer taken apart."""

    response: HttpResponse
    skeleton: Skeleton
    body: Mapping[str, JSON]

    @property
    def candidates(self) -> Sequence[Mapping[str, JSON]]:
        return tuple(map(as_object, sequence(self.body.get("candidates"))))

    @property
    def own(self) -> Mapping[str, JSON]:
        """What is said of the whole call: which model it was, what it used, its number."""
        names = ("modelVersion", "responseId", "usageMetadata")
        return {name: self.body[name] for name in names if name in self.body}


def read_answer(response: HttpResponse) -> Pictures | Failure:
    """Read data: {"candidates": [...], "promptFeedback": {...}, "usageMetadata": {...}}."""
    if not 200 <= response.status < 300:
        return read_error(response)
    try:
        skeleton = dissect(response.body, "data")
        call = Call(response=response, skeleton=skeleton, body=as_object(skeleton.rest))
        if TOLD.isdisjoint(call.body):
            raise ValueError("no answer of Gemini's")
        pictures = tuple(_pictures(call))
    except MALFORMED:
        return unreadable(response, read_complaint(response))
    if not pictures:
        return _without(call)
    usage = read_usage(as_object(call.body.get("usageMetadata")))
    return Pictures(
        created=int(parse_date(response.headers.get("date")) or 0),
        data=pictures,
        fields={"usage": usage} if usage else {},
    )


def _pictures(call: Call) -> Iterator[Picture]:
    for candidate in call.candidates:
        beside = {key: one for key, one in candidate.items() if key not in {"content", "index"}}
        words = _words(candidate)
        if words:
            beside["text"] = words
        for part in _parts(candidate):
            picture = _picture(part, {**call.own, **beside}, call.skeleton)
            if picture is not None:
                yield picture


def _parts(candidate: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
    """Yield what was answered, without what was thought: sketches are no answers."""
    for part in map(as_object, sequence(as_object(candidate.get("content")).get("parts"))):
        if part.get("thought") is not True:
            yield part


def _picture(
    part: Mapping[str, JSON], beside: Mapping[str, JSON], skeleton: Skeleton
) -> Picture | None:
    """Read a part; None where it is none of a picture.

    Its type is kept as it is told and not relied on: JPEGs are handed out as `image/png`, too.
    """
    inline = as_object(part.get("inlineData"))
    mime = text_of(inline.get("mimeType"))
    b64 = skeleton.picture(inline.get("data"))
    if not b64 or not mime.startswith("image/"):
        return None
    return Picture(b64=b64, extras={"mimeType": mime, **beside})


def _words(candidate: Mapping[str, JSON]) -> str:
    return "".join(text_of(part.get("text")) for part in _parts(candidate)).strip()


def _without(call: Call) -> Failure:
    """Return why there is no picture: the prompt was blocked, the picture was, or there is none."""
    feedback = as_object(call.body.get("promptFeedback"))
    blocked = text_of(feedback.get("blockReason"))
    if blocked:
        said = text_of(feedback.get("blockReasonMessage"))
        return _refused(call, blocked, said or f"the prompt was blocked: {blocked}")
    candidate = next(iter(call.candidates), EMPTY)
    reason = text_of(candidate.get("finishReason"))
    said, words = text_of(candidate.get("finishMessage")), _words(candidate)
    if reason in WITHHELD:
        return _refused(call, reason, said or f"the picture was held back: {reason}")
    if reason in {"", "STOP"} and words:
        # These are the model's own words: what they say of a bill means nothing.
        return _failure(call, Kind.REFUSED, reason, f"it answered in words alone: {words}")
    ended = f" (it ended with {reason})" if reason else ""
    return _failure(call, Kind.EMPTY, reason, said or f"the answer has no picture in it{ended}")


def _refused(call: Call, reason: str, message: str) -> Failure:
    failure = _failure(call, Kind.REFUSED, reason, message)
    return replace(failure, billed=False) if UNCHARGED in message else failure


def _failure(call: Call, kind: Kind, code: str, message: str) -> Failure:
    number = text_of(call.body.get("responseId"))
    return Failure(
        kind=kind,
        status=400 if kind is Kind.REFUSED else 502,
        message=tidy(message, LONGEST_MESSAGE),
        billed=None,
        code=tidy(code)[:LONGEST_WORD] or None,
        request_id=request_id_of(call.response) or number[:LONGEST_WORD] or None,
    )
