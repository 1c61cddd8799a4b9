"""A success has exactly so many pictures as were asked for; that more came is in the trace."""

import json
from dataclasses import replace

import pytest

from router.core.catalog import ModelFacts, Price
from router.core.http import HttpResponse
from router.core.outcome import Kind
from router.testing import picture_answer
from tests.toys import CAT, Toy, compiled, run, target

FLAT = ModelFacts(name="m", prices=(Price(per="image", usd=0.04),))


def asking(**params):
    return CAT.with_params({**CAT.params, **params})


def given(*steps, known=FLAT, request=CAT, most=10, **more):
    node = compiled(target(**more), adapters={"a": Toy("a", known=known, most=most)})
    return run(node, *steps, request=request)


def pictures(result):
    return result.outcome.pictures.data


@pytest.mark.parametrize("params", [{}, {"n": 1}], ids=["unsaid", "one"])
def test_the_pictures_that_came_first_are_the_answer(params):
    came = picture_answer(3)
    result = given(came, request=asking(**params))

    first = json.loads(came.body)["data"][0]["b64_json"]
    assert [bytes(one.b64).decode() for one in pictures(result)] == [first]
    assert result.outcome.pictures.raw is None


def test_that_more_came_is_in_the_trace_and_was_paid():
    result = given(picture_answer(3), request=asking(n=2))

    (attempt,) = result.attempts
    assert attempt.adaptations == ("1 more came than asked for -> dropped",)
    assert attempt.cost == pytest.approx(0.12)


def test_several_calls_that_give_more_give_exactly_so_many():
    result = given(*[picture_answer(2)] * 3, request=asking(n=3), most=1)

    assert len(pictures(result)) == 3


def test_as_many_as_were_asked_for_are_not_touched():
    came = picture_answer(2)
    result = given(came, request=asking(n=2))

    assert result.outcome.pictures.raw == came.body
    assert result.attempts[0].adaptations == ()


def test_passthrough_hands_on_what_comes():
    assert len(pictures(given(picture_answer(2), passthrough=True))) == 2


def test_who_counts_in_words_of_the_providers_own_gets_what_they_bring():
    params = {**CAT.params, "num_outputs": 2}
    verbatim = replace(CAT, params=params, verbatim=frozenset({"num_outputs"}))

    assert len(pictures(given(picture_answer(2), request=verbatim))) == 2
    assert len(pictures(given(picture_answer(2), request=CAT.with_params(params), known=None))) == 2


def test_a_broken_picture_that_nobody_asked_for_is_no_failure():
    body = json.loads(picture_answer(2).body)
    body["data"][1]["b64_json"] = body["data"][1]["b64_json"][:-40]
    result = given(HttpResponse(status=200, body=json.dumps(body).encode()))

    assert len(pictures(result)) == 1


def test_a_broken_picture_that_was_asked_for_is_one_whatever_came_behind_it():
    body = json.loads(picture_answer(3).body)
    body["data"][0]["b64_json"] = body["data"][0]["b64_json"][:-40]
    answer = HttpResponse(status=200, body=json.dumps(body).encode())
    result = given(answer, request=asking(n=2))

    assert (result.outcome.kind, len(result.outcome.pictures)) == (Kind.INVALID_OUTPUT, 1)


def test_every_picture_that_goes_on_was_looked_at():
    body = json.loads(picture_answer(2).body)
    body["data"][1]["b64_json"] = body["data"][1]["b64_json"][:-40]
    answer = HttpResponse(status=200, body=json.dumps(body).encode())

    assert given(answer, passthrough=True).outcome.kind is Kind.INVALID_OUTPUT
