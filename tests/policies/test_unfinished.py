"""Pictures that came and could not be given as asked cost their target, and nothing more."""

import json
from dataclasses import replace
from functools import partial

import pytest

from router.core.http import HttpResponse
from router.core.outcome import Kind
from tests.policies import promising
from tests.policies.promising import ABLE, CDN, PNG, POOR, answer, b64, file, url

BOTH = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "poor"}, {"provider": "able"}]}
TOPPING = {**BOTH, "strategy": {"mode": "fallback", "top_up": True}}
asked = partial(promising.asked, config=BOTH)


# Ports that break


class Broken:
    """A store with a bug."""

    async def put(self, content, media):
        raise RuntimeError("secret words")


@pytest.mark.parametrize("location", ["https://[bad", "//[", "http://[::1", "https://a:b:c/"])
def test_a_redirect_that_is_no_url_costs_the_target_and_no_more(location):
    lost = HttpResponse(status=302, headers={"location": location}, body=b"")
    got, _ = asked(answer(url()), lost, answer(b64()), response_format="b64_json")

    assert got.trace.served.provider == "able"


def test_a_store_that_breaks_costs_the_target_and_no_more():
    natively = answer(url(1))
    got, _ = asked(answer(b64()), natively, options={"artefacts": Broken()}, response_format="url")

    assert (got.data[0].url, got.trace.served.provider) == (CDN.format(1), "able")


def test_a_bug_of_a_store_is_a_failure_that_does_not_repeat_its_words():
    options = {"artefacts": Broken()}
    got, _ = asked(
        answer(b64()), config={"provider": "poor"}, options=options, response_format="url"
    )

    assert (got.kind, got.failure.billed) == (Kind.INVALID_OUTPUT, True)
    assert "it failed (RuntimeError)" in str(got)
    assert "secret words" not in str(got)


# What a failure carries


def test_pictures_of_a_failure_are_finished_before_others_are_asked_for():
    got, sender = asked(
        answer(url()), file(), answer(b64()), config=TOPPING, n=2, response_format="b64_json"
    )

    assert [(one.bytes(), one.url) for one in got.data] == [(PNG, None)] * 2
    assert json.loads(sender.requests[2].body)["n"] == 1


def test_a_picture_that_cannot_be_had_is_bought_anew_and_the_good_one_kept():
    got, sender = asked(
        answer(url(0), url(1)),
        file(status=403),
        file(),
        answer(b64()),
        config=TOPPING,
        n=2,
        response_format="b64_json",
    )

    assert [one.bytes() for one in got.data] == [PNG] * 2
    assert json.loads(sender.requests[3].body)["n"] == 1


def test_pictures_that_could_be_had_are_in_the_failure_without_those_that_could_not():
    steps = [answer(b64(), url(1)), file(status=403)]
    got, _ = asked(*steps, config={"provider": "poor"}, n=2, response_format="b64_json")

    assert "picture 1 came" in str(got)
    assert CDN.format(1) in str(got)
    assert [(picture.b64 is not None, picture.url) for picture in got.pictures] == [(True, None)]


def test_a_failure_says_what_else_could_not_be_had():
    steps = [answer(url(0), url(1)), file(), file(status=403)]
    got, _ = asked(*steps, config={"provider": "poor"}, n=3, response_format="b64_json")

    assert str(got).count("2 of 3 pictures came; picture 1 came, and could not be given") == 1
    assert [picture.url for picture in got.pictures] == [None]


def test_many_faults_are_not_told_one_by_one():
    steps = [answer(*map(url, range(6))), *[file(status=403)] * 6]
    got, _ = asked(*steps, config={"provider": "poor"}, n=6, response_format="b64_json")

    assert "pictures 0, 1, 2, 3, 4, 5 came" in str(got)
    assert str(got).count("answered 403") == 3


def test_a_deadline_keeps_what_was_finished_and_says_what_was_not():
    steps = [answer(url(0), url(1)), file(), (60.0, file())]
    config = {"provider": "poor", "budget": {"deadline": 5}}
    got, _ = asked(*steps, config=config, n=2, response_format="b64_json")

    assert (got.kind, got.status_code, got.failure.billed) == (Kind.OUT_OF_BUDGET, 408, True)
    assert [(picture.b64 is not None, picture.url) for picture in got.pictures] == [(True, None)]
    assert "picture 1 came" in str(got)


def test_what_a_deadline_leaves_of_several_calls_is_as_asked_for():
    few = replace(POOR, most=1)
    steps = [answer(b64()), answer(url()), (60.0, answer(b64()))]
    config = {"provider": "poor", "budget": {"deadline": 5}}
    options = {"adapters": [few, ABLE]}
    got, _ = asked(*steps, config=config, options=options, n=3, response_format="b64_json")

    assert [(picture.b64 is not None, picture.url) for picture in got.pictures] == [(True, None)]


# Pictures that are late

HASTY = {**BOTH, "request_timeout": 1000}


def test_finishing_takes_no_longer_than_an_attempt_may():
    steps = [(0.9, answer(url())), *[(60.0, file())] * 3]
    config = {"provider": "poor", "request_timeout": 1000}
    got, _ = asked(*steps, config=config, response_format="b64_json")

    assert (got.kind, got.status_code, got.failure.billed) == (Kind.TIMEOUT, 408, True)
    assert "was not ready in time" in str(got)


def test_it_has_so_many_seconds_of_its_own():
    got, _ = asked((0.9, answer(url())), (0.9, file()), config=HASTY, response_format="b64_json")

    assert got.trace.served.provider == "poor"


def test_all_pictures_of_an_answer_have_that_time_together():
    downloads = [(0.6, file())] * 16  # eight at a time
    steps = [answer(*map(url, range(16))), *downloads]
    config = {"provider": "poor", "request_timeout": 1000}
    few = {"adapters": [replace(POOR, most=20), ABLE]}
    got, _ = asked(*steps, config=config, options=few, n=16, response_format="b64_json")

    assert (got.kind, len(got.pictures)) == (Kind.TIMEOUT, 8)


def test_a_late_picture_is_asked_of_the_next_target_and_the_others_are_kept():
    steps = [answer(url(0), url(1)), file(), (60.0, file()), answer(b64())]
    config = {**TOPPING, "request_timeout": 1000}
    got, sender = asked(*steps, config=config, n=2, response_format="b64_json")

    assert [one.bytes() for one in got.data] == [PNG] * 2
    assert json.loads(sender.requests[3].body)["n"] == 1


def test_the_deadline_bounds_the_finishing_too():
    steps = [answer(url()), (60.0, file())]
    config = {"provider": "poor", "request_timeout": 50_000}
    got, _ = asked(*steps, config=config, response_format="b64_json", timeout=5)

    assert (got.kind, got.status_code) == (Kind.OUT_OF_BUDGET, 408)
