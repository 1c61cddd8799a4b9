import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import LONG, answer, ask, told
from replicate_talk import ID, SCHNELL, SDXL, STRANGER, URL, report, talk

from router.core.http import HttpResponse
from router.core.images import Pictures
from router.core.outcome import Failure, Kind


@pytest.mark.parametrize(
    ("output", "urls"),
    [
        (URL, [URL]),
        ([URL, URL + "1"], [URL, URL + "1"]),
        ({"image": URL, "seed": 7}, [URL]),
        ({"images": [{"url": URL}]}, [URL]),
        ([URL, "not an address", 7, None], [URL]),
    ],
    ids=["string", "list", "object", "nested", "mixed"],
)
def test_every_shape_of_output_gives_its_pictures(output, urls):
    pictures = told("replicate", ask(SCHNELL), report(output=output))

    assert [one.url for one in pictures.data] == urls
    assert pictures.created == 1795341600


def test_a_picture_inside_its_own_url_is_taken_out_of_it():
    pictures = told("replicate", ask(SCHNELL), report(output=[f"data:image/png;base64,{LONG}"]))

    assert [bytes(one.b64) for one in pictures.data] == [LONG.encode()]
    assert pictures.data[0].url is None


def test_what_a_prediction_took_is_kept():
    metrics = {"predict_time": 3.5, "total_time": 4.0}

    pictures = told("replicate", ask(SCHNELL), report(output=[URL], metrics=metrics))

    assert pictures.fields == {"id": ID, "usage": metrics}


def test_an_answer_that_was_waited_for_counts_by_its_output():
    outcome = told("replicate", ask(SCHNELL), report("processing", [URL]))

    assert isinstance(outcome, Pictures)


def test_a_batch_that_is_not_whole_is_waited_for_and_then_taken_as_it_is():
    few = report("processing", [URL])

    sends, outcome = talk(ask(SCHNELL, n=2), few, few, report(output=[URL]))

    assert len(sends) == 3
    assert len(outcome.pictures) == 1


@pytest.mark.parametrize("model", [SCHNELL, SDXL])
def test_a_model_that_filters_without_a_word_has_refused_what_is_missing(model):
    outcome = told("replicate", ask(model, n=3), report(output=[URL, URL]))

    assert (outcome.kind, outcome.status, outcome.billed) == (Kind.REFUSED, 400, True)
    assert outcome.message == (
        "2 of 3 pictures came; the model's safety filter held the others back"
    )
    assert (len(outcome.pictures), outcome.request_id) == (2, ID)


@pytest.mark.parametrize(("output", "billed"), [([URL], True), ([], None)])
def test_logs_that_speak_of_the_filter_are_a_refusal_of_what_is_missing(output, billed):
    said = {"logs": "step 4/4\nNSFW content detected in image 1\n"}

    outcome = told("replicate", ask(STRANGER, n=2), report(output=output, **said))

    assert (outcome.kind, outcome.billed) == (Kind.REFUSED, billed)
    assert len(outcome.pictures) == len(output)


def test_logs_that_speak_of_the_filter_are_no_matter_where_nothing_is_missing():
    said = {"logs": "loading the NSFW filter"}

    assert len(told("replicate", ask(SCHNELL), report(output=[URL], **said)).data) == 1


@pytest.mark.parametrize(
    ("model", "params", "logs"),
    [(STRANGER, {}, ""), (SCHNELL, {"disable_safety_checker": True}, None)],
    ids=["unknown", "unfiltered"],
)
def test_a_picture_that_is_missing_for_no_told_reason_is_nobodys_refusal(model, params, logs):
    outcome = told("replicate", ask(model, n=2, **params), report(output=[URL], logs=logs))

    assert len(outcome.data) == 1


def test_a_prediction_without_an_output_is_no_failure_of_its_own():
    outcome = told("replicate", ask(SCHNELL), report(output=None, data_removed=True))

    assert outcome.data == ()


def test_a_moment_of_completion_is_an_end_whatever_the_status_is_called():
    later = {"completed_at": "2026-11-22T10:00:09.000Z"}

    assert told("replicate", ask(SCHNELL), report("finalized", [], **later)).data == ()


@pytest.mark.parametrize(
    ("error", "kind", "status", "code"),
    [
        ("NSFW content detected. Try another prompt.", Kind.REFUSED, 400, None),
        ("The input was flagged as sensitive. (E005)", Kind.REFUSED, 400, "E005"),
        ("Prediction refused (E005)", Kind.REFUSED, 400, "E005"),
        ("CUDA out of memory", Kind.SERVER_ERROR, 502, None),
        ("Timeout starting prediction (E6716)", Kind.SERVER_ERROR, 502, "E6716"),
        ("the NSFWX model broke", Kind.SERVER_ERROR, 502, None),
        ({"message": "broken"}, Kind.SERVER_ERROR, 502, None),
        (None, Kind.SERVER_ERROR, 502, None),
        (True, Kind.SERVER_ERROR, 502, None),
    ],
)
def test_a_failed_prediction_is_a_refusal_or_an_error(error, kind, status, code):
    failure = told("replicate", ask(SCHNELL), report("failed", error=error))

    assert (failure.kind, failure.status, failure.billed) == (kind, status, None)
    assert (failure.code, failure.request_id) == (code, ID)
    assert failure.message


def test_the_pictures_of_a_failed_prediction_travel_in_the_failure():
    failure = told("replicate", ask(SCHNELL, n=2), report("failed", [URL], error="broke"))

    assert [one.url for one in failure.pictures] == [URL]


@pytest.mark.parametrize(("status", "billed"), [("canceled", None), ("aborted", False)])
def test_a_prediction_that_was_stopped_elsewhere_is_an_error(status, billed):
    failure = told("replicate", ask(SCHNELL), report(status))

    assert (failure.kind, failure.status, failure.billed) == (Kind.SERVER_ERROR, 502, billed)
    assert status in failure.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.BAD_REQUEST),
        (401, Kind.AUTH),
        (402, Kind.QUOTA_EXHAUSTED),
        (403, Kind.AUTH),
        (404, Kind.BAD_REQUEST),
        (422, Kind.BAD_REQUEST),
        (429, Kind.RATE_LIMITED),
        (500, Kind.SERVER_ERROR),
        (503, Kind.OVERLOADED),
    ],
)
def test_an_error_is_told_by_its_status(status, kind):
    error = {"title": "A title", "detail": "what happened", "status": status}

    failure = told("replicate", ask(SDXL), answer(error, status))

    assert (failure.kind, failure.status, failure.type) == (kind, status, "A title")
    assert failure.message == "what happened"


def test_what_is_wrong_with_an_input_names_its_field():
    error = {
        "detail": "- input.seed: Invalid type\n",
        "invalid_fields": [{"type": "invalid_type", "field": "input.seed", "description": "x"}],
    }

    failure = told("replicate", ask(SCHNELL), answer(error, 422))

    assert (failure.param, failure.message) == ("input.seed", "- input.seed: Invalid type")


def test_a_model_that_is_not_official_says_how_it_is_asked():
    not_found = answer({"detail": "not found", "status": 404}, 404)

    assert "owner/name:version" in told("replicate", ask(STRANGER), not_found).message
    assert "owner/name:version" not in told("replicate", ask(SDXL), not_found).message


@pytest.mark.parametrize(
    ("body_", "headers", "seconds"),
    [
        ({"detail": "Request was throttled.", "retry_after": 5}, {}, 5),
        ({"detail": "Your rate limit resets in ~30s."}, {}, 30),
        ({"detail": "Expected available in 1 second."}, {}, 1),
        ({"detail": "x", "retry_after": 5}, {"retry_after": "9"}, 9),
        ({"detail": "Request was throttled."}, {}, None),
        ({"detail": "x", "retry_after": -5}, {}, None),
        ({"detail": "x", "retry_after": True}, {}, None),
    ],
)
def test_a_throttled_request_is_told_when_to_come_back(body_, headers, seconds):
    failure = told("replicate", ask(SCHNELL), answer(body_, 429, **headers))

    assert failure.retry_after == seconds


def test_a_key_is_in_no_message():
    error = {"detail": "the token r8_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789a is wrong"}

    assert "r8_" not in told("replicate", ask(SCHNELL), answer(error, 401)).message


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "status", "output", "error", "urls", "metrics", "created_at", "detail"]
                ),
                inner,
                max_size=6,
            )
        ),
    ).map(lambda value: json.dumps(value).encode()),
    st.sampled_from([200, 201, 202, 301, 400, 429, 500]),
)
def test_any_answer_is_understood_or_named(content, status):
    response = HttpResponse(status=status, headers={}, body=content)

    sends, outcome = talk(ask(SCHNELL), response, response, report())

    assert isinstance(outcome, Pictures | Failure) or len(sends) > 1
