import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import answer

from router.core.http import HttpRequest
from router.core.outcome import Kind
from router.providers.failures import Complaint
from router.providers.polling import MOST_STUMBLES, Pace, fetch, lost, poll

ASK = HttpRequest(method="GET", url="https://api.test/job")
PACE = Pace(first=1.0, growth=2.0, longest=5.0)
PENDING, DONE = answer({"status": "running"}), answer({"status": "done"})
BUSY = answer({}, 503)
SILENCE = None  # what the driver says where a connection broke


def is_pending(response):
    return response is PENDING


def waits(talk, *responses):
    """Return how long each question waited, and the answer that ended it."""
    pauses, response = [], None
    for response in (None, *responses):
        try:
            pauses.append(talk.send(response).after)
        except StopIteration as end:
            return pauses, end.value
    return pauses, None


def waits_on(talk, response):
    """Return what a talk makes of its last answer."""
    try:
        talk.send(response)
    except StopIteration as end:
        return end.value
    return None


def test_pauses_grow_to_the_longest():
    pauses, end = waits(poll(ASK, is_pending, PACE), *[PENDING] * 5, DONE)

    assert pauses == [1, 2, 4, 5, 5, 5]
    assert end is DONE


@given(st.integers(1, 200))
def test_no_pause_is_shorter_than_the_first_or_longer_than_the_longest(count):
    pauses, _ = waits(poll(ASK, is_pending, Pace()), *[PENDING] * count, DONE)

    assert all(1 <= pause <= 5 for pause in pauses)
    assert pauses == sorted(pauses)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529])
def test_a_job_outlives_the_front_ends_troubles(status):
    trouble = answer({}, status)

    pauses, end = waits(poll(ASK, is_pending, PACE), trouble, PENDING, trouble, trouble, DONE)

    assert end is DONE
    assert len(pauses) == 5


def test_endless_trouble_ends_the_questions():
    pauses, end = waits(poll(ASK, is_pending, PACE), *[BUSY] * 99)

    assert end is BUSY
    assert len(pauses) == MOST_STUMBLES


def test_a_job_outlives_connections_that_break():
    pauses, end = waits(poll(ASK, is_pending, PACE), SILENCE, PENDING, SILENCE, BUSY, DONE)

    assert end is DONE
    assert pauses == [1, 2, 4, 5, 5]


def test_troubles_in_a_row_are_given_half_a_minute_however_quick_the_pace():
    pauses, _ = waits(poll(ASK, is_pending, Pace(first=0.5, growth=1.0)), *[BUSY] * 6)

    assert pauses == [0.5, 1, 2, 4, 8, 16]


def test_only_the_last_question_of_endless_trouble_may_break():
    talk = poll(ASK, is_pending, PACE)

    lenient = [talk.send(SILENCE).lenient for _ in range(MOST_STUMBLES)]

    assert lenient == [True] * (MOST_STUMBLES - 1) + [False]


def test_a_result_that_is_there_outlives_connections_that_break():
    talk = fetch(ASK, PACE)

    assert next(talk).lenient
    assert talk.send(SILENCE).after == 1
    assert waits_on(talk, DONE) is DONE


def test_trouble_that_comes_and_goes_does_not_add_up():
    pauses, end = waits(poll(ASK, is_pending, PACE), *[BUSY, PENDING] * 20, DONE)

    assert end is DONE
    assert len(pauses) == 41


@pytest.mark.parametrize(("advice", "pause"), [("3", 3), ("1", 2), ("900", 30), ("soon", 2)])
def test_advice_is_followed_within_reason(advice, pause):
    pauses, _ = waits(poll(ASK, is_pending, PACE), answer({}, 429, retry_after=advice), DONE)

    assert pauses == [1, pause]


@pytest.mark.parametrize("status", [302, 401, 404, 422])
def test_any_other_answer_ends_the_questions(status):
    other = answer({}, status)

    assert waits(poll(ASK, is_pending, PACE), other) == ([1], other)


def test_every_question_can_be_undone():
    cancel = HttpRequest(method="POST", url="https://api.test/job/cancel")
    talk = poll(ASK, is_pending, PACE, undo=cancel)

    assert next(talk).undo is cancel
    assert talk.send(PENDING).undo is cancel


def test_a_result_that_is_there_is_fetched_at_once_and_again_after_trouble():
    assert waits(fetch(ASK, PACE), DONE) == ([0], DONE)
    assert waits(fetch(ASK, PACE), BUSY, BUSY, DONE) == ([0, 1, 2], DONE)


def test_a_lost_job_may_be_billed_and_is_named():
    failure = lost(answer({}, 404), Complaint(message="no such request"), "job-7")

    assert (failure.kind, failure.status, failure.billed) == (Kind.CONNECTION_LOST, 502, None)
    assert "job-7" in failure.message
    assert "no such request" in failure.message
    assert failure.request_id == "job-7"
