"""Gemini's answers, held by hand: pictures among parts, and refusals of every kind."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import LONG, answer, ask, told

from router.core.http import HttpResponse
from router.core.images import Pictures
from router.core.outcome import Kind

BANANA = "gemini-nano-banana-2.1"
HUGE = "QUJD" * 10_000  # so long that it is cut out of the answer unread


def picture(text=LONG, mime="image/png", **more):
    return {"inlineData": {"mimeType": mime, "data": text}, **more}


def candidate(*parts, **more):
    return {
        "content": {"role": "model", "parts": list(parts)},
        "finishReason": "STOP",
        "index": 0,
        **more,
    }


def gemini(*candidates, **more):
    return answer({"candidates": list(candidates), **more})


def heard(response, model=BANANA, **params):
    return told("google", ask(model, **params), response)


def texts(pictures):
    return [bytes(one.b64).decode() for one in pictures.data]


# Pictures


@pytest.mark.parametrize("text", [LONG, HUGE], ids=["short", "long"])
def test_a_picture_is_found_among_the_parts(text):
    parts = [{"text": "Here it is."}, picture(text, "image/jpeg", thoughtSignature=LONG)]

    pictures = heard(
        answer(
            {
                "candidates": [candidate(*parts, safetyRatings=[])],
                "modelVersion": BANANA,
                "responseId": "r-1",
            },
            date="Thu, 01 Jan 1970 00:01:00 GMT",
        )
    )

    assert texts(pictures) == [text]
    assert pictures.data[0].extras == {
        "mimeType": "image/jpeg",
        "modelVersion": BANANA,
        "responseId": "r-1",
        "finishReason": "STOP",
        "safetyRatings": [],
        "text": "Here it is.",
    }
    assert (pictures.created, pictures.raw, pictures.fields) == (60, None, {})


@pytest.mark.parametrize("text", [LONG, HUGE], ids=["short", "long"])
def test_what_is_thought_is_no_answer(text):
    thoughts = [{"text": "First a sketch.", "thought": True}, picture("c2tldGNo", thought=True)]
    long_thought = picture(HUGE[:-4], thought=True)

    pictures = heard(gemini(candidate(*thoughts, long_thought, picture(text))))

    assert texts(pictures) == [text]
    assert "text" not in pictures.data[0].extras


def test_several_pictures_of_one_answer_all_count():
    pictures = heard(
        gemini(candidate(picture("QUJD"), picture("REVG")), candidate(picture("R0hJ")))
    )

    assert texts(pictures) == ["QUJD", "REVG", "R0hJ"]
    assert pictures.created == 0  # nothing in the body says when


@pytest.mark.parametrize(
    "part",
    [
        {"inlineData": {"mimeType": "audio/wav", "data": LONG}},
        {"inlineData": {"mimeType": "image/png", "data": ""}},
        {"inlineData": {"mimeType": "image/png"}},
        {"inlineData": LONG},
        {"fileData": {"fileUri": "https://files.example/1"}},
        "picture",
        None,
    ],
    ids=["sound", "nothing in it", "no data", "no object", "a file", "text", "null"],
)
def test_a_part_that_is_no_picture_is_none(part):
    failure = heard(gemini(candidate(part)))

    assert (failure.kind, failure.status, failure.code) == (Kind.EMPTY, 502, "STOP")


# No picture


BLOCKS = ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR"]


@pytest.mark.parametrize("reason", BLOCKS)
def test_a_prompt_that_is_blocked_is_refused(reason):
    response = answer({"promptFeedback": {"blockReason": reason}, "responseId": "r-7"})

    failure = heard(response)

    assert (failure.kind, failure.status, failure.code) == (Kind.REFUSED, 400, reason)
    assert failure.message == f"the prompt was blocked: {reason}"
    assert (failure.billed, failure.request_id) == (None, "r-7")


def test_what_is_said_of_a_block_is_told():
    feedback = {"blockReason": "SAFETY", "blockReasonMessage": "Not this."}

    failure = heard(answer({"promptFeedback": feedback}, x_request_id="header"))

    assert (failure.message, failure.request_id) == ("Not this.", "header")


WITHHELD = [
    "BLOCKLIST",
    "IMAGE_OTHER",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "IMAGE_SAFETY",
    "LANGUAGE",
    "OTHER",
    "PROHIBITED_CONTENT",
    "RECITATION",
    "SAFETY",
    "SPII",
]


@pytest.mark.parametrize("reason", WITHHELD)
def test_a_picture_that_is_held_back_is_refused(reason):
    failure = heard(gemini({"finishReason": reason, "index": 0}))

    assert (failure.kind, failure.status, failure.code) == (Kind.REFUSED, 400, reason)
    assert failure.message == f"the picture was held back: {reason}"
    assert failure.billed is None


def test_where_google_says_that_it_takes_no_money_it_is_believed():
    said = "It was filtered out. You will not be charged for it."

    failure = heard(gemini({"finishReason": "IMAGE_SAFETY", "finishMessage": said}))

    assert (failure.message, failure.billed) == (said, False)


def test_what_the_model_says_of_money_is_not_believed():
    words = {"text": "I cannot draw this, and you will not be charged."}

    assert heard(gemini(candidate(words))).billed is None


@pytest.mark.parametrize("ended", [{"finishReason": "STOP"}, {"finishReason": None}])
def test_an_answer_in_words_alone_is_a_refusal_in_these_words(ended):
    failure = heard(gemini(candidate({"text": "I would "}, {"text": "rather not."}, **ended)))

    assert (failure.kind, failure.status) == (Kind.REFUSED, 400)
    assert failure.message == "it answered in words alone: I would rather not."
    assert failure.code == ended["finishReason"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"candidates": [{"finishReason": "NO_IMAGE"}]},
            "the answer has no picture in it (it ended with NO_IMAGE)",
        ),
        (
            {"candidates": [candidate({"text": "half"}, finishReason="MAX_TOKENS")]},
            "the answer has no picture in it (it ended with MAX_TOKENS)",
        ),
        (
            {"candidates": [{"finishReason": "NO_IMAGE", "finishMessage": "It made none."}]},
            "It made none.",
        ),
        (
            {"candidates": [candidate({"text": "hm", "thought": True})]},
            "the answer has no picture in it (it ended with STOP)",
        ),
        ({"candidates": []}, "the answer has no picture in it"),
        ({"candidates": "none"}, "the answer has no picture in it"),
        ({"usageMetadata": {}}, "the answer has no picture in it"),
        ({"promptFeedback": {}}, "the answer has no picture in it"),
    ],
    ids=["none", "cut", "says why", "thought", "empty", "text", "usage", "feedback"],
)
def test_an_answer_without_a_picture_is_empty(body, message):
    failure = heard(answer(body))

    assert (failure.kind, failure.status, failure.message) == (Kind.EMPTY, 502, message)
    assert failure.billed is None


FORGED = (
    b'{"candidates": [{"content": {"parts": [{"inlineData":'
    b' {"mimeType": "image/png", "data": "\\u0000picture:3"}}]}}]}'
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"data": []}',
        b"<html>hi</html>",
        b"[" * 100_000,
        FORGED,
    ],
    ids=["nothing", "object", "list", "another's", "html", "deep", "forged"],
)
def test_a_200_that_is_no_answer_of_geminis_is_invalid_output(body):
    failure = heard(HttpResponse(status=200, body=body))

    assert (failure.kind, failure.status, failure.billed) == (Kind.INVALID_OUTPUT, 502, None)


# Whatever comes


@given(st.integers(200, 599), st.binary() | st.text().map(str.encode))
def test_no_answer_breaks_the_conversation(status, content):
    outcome = heard(HttpResponse(status=status, body=content))

    assert isinstance(outcome, Pictures) or len(outcome.message) <= 1000


NAMES = """candidates content parts inlineData mimeType data text thought finishReason
promptFeedback blockReason usageMetadata promptTokenCount candidatesTokensDetails modality
tokenCount error details violations quotaId retryDelay message status @type"""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.sampled_from([200, 400, 403, 429, 500]), JSON)
def test_no_shape_breaks_the_conversation(status, body):
    outcome = heard(HttpResponse(status=status, body=json.dumps(body).encode()))

    assert isinstance(outcome, Pictures) or outcome.message
