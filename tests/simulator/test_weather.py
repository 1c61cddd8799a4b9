"""What becomes of a call: by the seed, the call and the request, whatever else is under way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator_tools import scenario

from router.core.http import HttpRequest
from router.sandbox.fault import FaultKind
from router.simulator.passage import PASSAGE, Passage
from router.simulator.weather import Weather

CONDUCT = {
    "openai": {
        "latency": {"median": 8, "p95": 20},
        "error_rate": 0.2,
        "refusal_rate": 0.1,
        "outages": [{"from": 100, "to": 200, "probability": 0.5, "latency_factor": 3}],
        "models": {"dall-e-3": {"retired_at": 50}},
    }
}


class Sky:
    """A weather, and a clock that is set by hand."""

    def __init__(self, **parts):
        self.now = 0.0
        self.weather = Weather(scenario(duration=300, **parts), lambda: self.now)

    def call(self, number, provider="openai", model="gpt-image-2", key="", now=0.0):
        """Return the fault and the seconds of a request's first such call."""
        self.now = now
        PASSAGE.set(Passage(number))
        self.weather.note(HttpRequest(method="POST", url="", headers={"authorization": key}))
        fault = self.weather.strike(provider, model, 0, 0.0)
        return fault, self.weather.latency(provider, model, 0)


@given(numbers=st.permutations(range(30)))
def test_the_order_of_calls_makes_no_difference(numbers):
    sky = Sky(providers=CONDUCT, seed=5)
    mixed = {number: sky.call(number) for number in numbers}

    other = Sky(providers=CONDUCT, seed=5)
    assert mixed == {number: other.call(number) for number in sorted(numbers)}


def test_calls_of_another_provider_in_between_make_no_difference():
    alone, beside = Sky(providers=CONDUCT), Sky(providers=CONDUCT)
    for number in range(50):
        beside.call(number, provider="stability-ai", model="core")
        assert beside.call(number) == alone.call(number)


def test_another_seed_is_another_day():
    one, other = (Sky(providers=CONDUCT, seed=seed) for seed in (1, 2))

    assert [one.call(number) for number in range(20)] != [
        other.call(number) for number in range(20)
    ]


def test_faults_come_as_often_as_they_are_said_to():
    sky = Sky(providers=CONDUCT)

    faults = [sky.call(number)[0] for number in range(3000)]

    failed = sum(fault is not None and fault.status == 500 for fault in faults)
    refused = sum(fault is not None and fault.kind is FaultKind.REFUSAL for fault in faults)
    assert (540 < failed < 660, 240 < refused < 360) == (True, True)


def test_an_outage_strikes_its_share_while_it_lasts():
    sky = Sky(providers=CONDUCT)

    struck = {
        now: sum(
            fault is not None and fault.status == 503
            for fault, _ in (sky.call(number, now=now) for number in range(400))
        )
        for now in (99, 100, 199, 200)
    }

    assert (struck[99], struck[200]) == (0, 0)
    assert 160 < struck[100] < 240
    assert struck[100] == struck[199]


def test_in_a_brown_out_the_other_calls_take_longer():
    sky = Sky(providers=CONDUCT)
    before = [sky.call(number) for number in range(100)]
    during = [sky.call(number, now=150) for number in range(100)]

    spared = [
        (one[1], other[1])
        for one, other in zip(before, during, strict=True)
        if other[0] is None or other[0].status != 503
    ]
    assert spared
    assert all(other == pytest.approx(3 * one) for one, other in spared)


def test_a_retired_model_is_gone_from_its_hour_on():
    sky = Sky(providers=CONDUCT)

    assert sky.call(1, model="dall-e-3", now=50)[0].status == 404
    assert all(
        (sky.call(number, now=50)[0] is None or sky.call(number, now=50)[0].status != 404)
        for number in range(50)
    )


def test_each_account_has_a_bucket_of_its_own():
    sky = Sky(providers={"openai": {"rate_limit": {"per_minute": 6, "burst": 1}}})

    assert sky.call(1, key="a")[0] is None
    assert sky.call(2, key="b")[0] is None
    full = sky.call(3, key="a")[0]
    assert (full.status, full.retry_after) == (429, 10.0)


def test_a_silent_limit_says_nothing_of_when_to_come_back():
    limit = {"per_minute": 6, "burst": 1, "retry_after": False}
    sky = Sky(providers={"*": {"rate_limit": limit}})
    sky.call(1)

    assert sky.call(2)[0].retry_after is None


def test_a_question_about_a_job_takes_no_token_and_no_time():
    limit = {"per_minute": 6, "burst": 1}
    sky = Sky(providers={"*": {"rate_limit": limit, "latency": 9}})

    assert [sky.call(number, "replicate", None) for number in range(3)] == [(None, 0.0)] * 3


def test_a_model_may_be_named_longer_than_its_provider_does():
    models = {"stable-image-core": {"latency": 2}, "stable-image-ultra": {"latency": 7}}
    sky = Sky(providers={"stability": {"latency": 4, "models": models}})

    taken = [sky.call(1, "stability-ai", model)[1] for model in ("core", "ultra", "sd3")]
    assert taken == [2, 7, 4]
