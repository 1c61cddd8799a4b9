"""Monster API's jobs, held by hand: asked after until they end, and what may go wrong with them."""

from functools import partial

import provider_talk
import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import answer, ask, target

from router.core.http import BEARER, HttpResponse
from router.core.images import Pictures
from router.core.outcome import Failure, Kind
from router.providers.polling import MOST_STUMBLES
from router.providers.registry import adapter

HOST = "https://api.monsterapi.ai/v1"
SDXL = "sdxl-base"
WEB = "https://pictures.example/kite.png"
JOB = "0b7c1e9a-5f0e-4c55-9a55-3f1d2a7b9c10"
URL = f"https://processed-model-result.s3.us-east-2.amazonaws.com/{JOB}_0.png"


def status(word, result=None, code=200, **money):
    money = money or {"credit_used": 0, "overage": 0}
    return answer({"process_id": JOB, "status": word, "result": result or {}, **money}, code)


ACCEPTED = answer({"message": "accepted", "process_id": JOB})
QUEUED, RUNNING = status("IN_QUEUE"), status("IN_PROGRESS")
DONE = status("COMPLETED", {"output": [URL]}, credit_used=9, overage=0)


def failed(message=None, **money):
    return status("FAILED", {} if message is None else {"errorMessage": message}, **money)


talk = partial(provider_talk.talk, "monsterapi", ask(SDXL))


def outcome(*responses):
    return talk(ACCEPTED, *responses)[1]


def test_a_job_is_asked_after_until_it_is_done():
    sends, pictures = talk(ACCEPTED, QUEUED, *[RUNNING] * 5, DONE)

    questions = sends[1:]
    assert {(one.request.method, one.request.url) for one in questions} == {
        ("GET", f"{HOST}/status/{JOB}")
    }
    assert all(one.request.auth is BEARER and one.undo is None for one in questions)
    assert [one.after for one in questions] == [1.0, 1.5, 2.25, 3.375, 5.0, 5.0, 5.0]
    assert [one.url for one in pictures.data] == [URL]
    assert pictures.fields == {"usage": {"credit_used": 9, "overage": 0}}


def test_the_base_of_the_order_is_the_base_of_the_questions():
    flow = adapter("monsterapi").flow(
        ask(SDXL), target("monsterapi", base_url="https://own.example/m")
    )
    next(flow)

    assert flow.send(ACCEPTED).request.url == f"https://own.example/m/status/{JOB}"


@pytest.mark.parametrize("word", ["COMPLETED", "completed", "Completed"])
def test_a_state_may_be_written_in_any_case(word):
    assert outcome(status(word, {"output": [URL]})).data[0].url == URL


@pytest.mark.parametrize("word", ["IN_QUEUE", "PAUSED", "SOMETHING_NEW"])
def test_a_state_that_is_not_known_is_no_end(word):
    sends, end = talk(ACCEPTED, status(word))

    assert (len(sends), end) == (3, None)


@pytest.mark.parametrize(
    ("output", "urls"),
    [
        ([URL, WEB], [URL, WEB]),
        (URL, [URL]),
        ([], []),
        (None, []),
        (["", 3, None, URL], [URL]),
    ],
    ids=["several", "one", "none", "null", "odd ones"],
)
def test_what_is_done_gives_its_urls(output, urls):
    pictures = outcome(status("COMPLETED", {"output": output}))

    assert isinstance(pictures, Pictures)
    assert [one.url for one in pictures.data] == urls


def test_when_it_was_made_is_told_by_the_clock_of_the_answer():
    body = {"status": "COMPLETED", "result": {"output": [URL]}}

    assert outcome(answer(body)).created == 0
    assert outcome(answer(body, date="Thu, 01 Jan 1970 00:01:00 GMT")).created == 60


def test_what_is_not_said_of_money_is_not_told():
    response = answer({"status": "COMPLETED", "result": {"output": [URL]}})

    assert outcome(response).fields == {}


@pytest.mark.parametrize(
    ("message", "kind", "code"),
    [
        ("Stopped by the content filter", Kind.REFUSED, 400),
        ("NSFW content detected", Kind.REFUSED, 400),
        ("Out of credits", Kind.QUOTA_EXHAUSTED, 400),
        ("init_image_url is invalid", Kind.BAD_REQUEST, 400),
        ("CUDA out of memory", Kind.SERVER_ERROR, 502),
        (None, Kind.SERVER_ERROR, 502),
    ],
)
def test_a_job_that_failed_says_of_what(message, kind, code):
    failure = outcome(failed(message))

    assert (failure.kind, failure.status, failure.code) == (kind, code, "FAILED")
    assert failure.message == f"the job failed: {message or 'without a reason'}"
    assert failure.request_id == JOB


@pytest.mark.parametrize(
    ("money", "billed"), [({"credit_used": 0}, False), ({"credit_used": 9}, True), ({"x": 1}, None)]
)
def test_whether_a_failed_job_is_billed_is_told_by_its_credits(money, billed):
    assert outcome(failed("gone wrong", **money)).billed is billed


def test_a_long_reason_is_cut():
    assert len(outcome(failed("x" * 5000)).message) == 1000


def test_a_failed_job_may_say_why_elsewhere():
    response = answer({"status": "FAILED", "message": "no worker", "result": None})

    assert outcome(response).message == "the job failed: no worker"


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_a_job_outlives_the_front_ends_troubles(code):
    trouble = answer({"message": "busy"}, code)

    assert isinstance(outcome(trouble, RUNNING, trouble, trouble, DONE), Pictures)


@pytest.mark.parametrize(
    "last",
    [
        [answer({"message": "There is no process"}, 404)],
        [answer({"message": "no key"}, 401)],
        [answer({"message": "hm"})],
        [answer(b"<html>")],
        [answer(b"[" * 100_000)],
        [answer({"message": "busy"}, 503)] * MOST_STUMBLES,
    ],
    ids=["vanished", "key", "no status", "html", "deep", "endless trouble"],
)
def test_a_job_whose_state_cannot_be_read_may_go_on_and_be_billed(last):
    failure = outcome(RUNNING, *last)

    assert (failure.kind, failure.status, failure.billed) == (Kind.CONNECTION_LOST, 502, None)
    assert failure.request_id == JOB
    assert failure.message.startswith(f"the job {JOB} was accepted")


@pytest.mark.parametrize(
    "accepted",
    [{}, {"process_id": None}, {"process_id": "../status"}, {"process_id": "x" * 129}, [], "x"],
)
def test_an_order_that_is_answered_without_a_job_is_invalid_output(accepted):
    sends, failure = talk(answer(accepted))

    assert len(sends) == 1
    assert (failure.kind, failure.status, failure.billed) == (Kind.INVALID_OUTPUT, 502, None)


# Errors


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        (400, "steps: has to be from 30 to 500", Kind.BAD_REQUEST),
        (400, "blocked by the content policy", Kind.REFUSED),
        (403, "blocked by moderation", Kind.REFUSED),
        (422, "NSFW prompt", Kind.REFUSED),
        (422, "steps is wrong", Kind.BAD_REQUEST),
        (401, "invalid key", Kind.AUTH),
        (402, "pay", Kind.QUOTA_EXHAUSTED),
        (400, "Insufficient balance", Kind.QUOTA_EXHAUSTED),
        (403, "not enough credits", Kind.QUOTA_EXHAUSTED),
        (403, "forbidden", Kind.AUTH),
        (404, "no such model", Kind.BAD_REQUEST),
        (429, "slow down", Kind.RATE_LIMITED),
        (500, "content policy service is down", Kind.SERVER_ERROR),
        (503, "busy", Kind.OVERLOADED),
    ],
)
@pytest.mark.parametrize("shape", ["message", "error", "nested", "detail"])
def test_errors_are_classified_by_status_and_words(code, said, kind, shape):
    nested = {"error": {"message": said}, "message": "Request failed."}
    body = nested if shape == "nested" else {shape: said}

    _, failure = talk(answer(body, code, x_request_id="r-1"))

    assert (failure.kind, failure.status, failure.message) == (kind, code, said)
    assert failure.request_id == "r-1"


def test_an_error_in_no_known_shape_is_shown_as_it_is():
    _, failure = talk(answer({"detail": [{"loc": ["body", "prompt"]}]}, 422))

    assert failure.kind is Kind.BAD_REQUEST
    assert "prompt" in failure.message


@given(st.integers(200, 599), st.binary() | st.text().map(str.encode))
def test_no_answer_breaks_the_conversation(code, content):
    strange = HttpResponse(status=code, body=content)

    assert isinstance(talk(strange)[1], Failure)
    assert isinstance(outcome(*[strange] * MOST_STUMBLES), Failure)
