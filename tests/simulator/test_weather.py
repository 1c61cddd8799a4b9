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

    def call(self, number, provider="openai", model="gpt-image-2", key="", now=0.0, host="a.com"):
        """Return the fault and the seconds of a request's first such call."""
        self.now = now
        PASSAGE.set(Passage(number))
        headers, url = {"authorization": key}, f"https://{host}/v1/images/{number}"
        self.weather.note(HttpRequest(method="POST", url=url, headers=headers))
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


def test_of_outages_at_one_time_each_strikes_its_share():
    outages = [{"status": 503, "probability": 0.3}, {"kind": "empty", "probability": 0.2}]
    sky = Sky(providers={"openai": {"outages": outages}})

    faults = [sky.call(number)[0] for number in range(2000)]

    down = sum(fault is not None and fault.status == 503 for fault in faults)
    empty = sum(fault is not None and fault.kind is FaultKind.EMPTY for fault in faults)
    assert (540 < down < 660, 340 < empty < 460) == (True, True)


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


def test_an_outage_that_only_says_how_slow_it_is_only_slows():
    quick = Sky(providers={"openai": {"latency": 5}})
    slow = Sky(providers={"openai": {"latency": 5, "outages": [{"latency_factor": 4}]}})

    assert quick.call(1) == (None, 5.0)
    assert [slow.call(number) for number in range(50)] == [(None, 20.0)] * 50


@pytest.mark.parametrize("said", [{"status": 500}, {"kind": "reset"}, {"retry_after": 3}])
def test_an_outage_that_says_how_calls_fail_strikes_them_all(said):
    outage = {"latency_factor": 4, **said}
    sky = Sky(providers={"openai": {"latency": 5, "outages": [outage]}})

    assert all(sky.call(number)[0] is not None for number in range(50))


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


LIMIT = {"per_minute": 6, "burst": 1}


def let_through(providers, *calls):
    """Return for each call, one after the other, whether it is let through."""
    sky = Sky(providers=providers)
    return [sky.call(number, **call)[0] is None for number, call in enumerate(calls)]


def test_models_under_the_limit_of_their_provider_share_its_bucket():
    models = {"gpt-image-1": {"latency": 3}}

    first, second = {"model": "gpt-image-1"}, {"model": "gpt-image-2"}
    assert let_through({"openai": {"rate_limit": LIMIT, "models": models}}, first, second) == [
        True,
        False,
    ]


def test_a_model_with_a_limit_of_its_own_has_its_own_bucket_though_the_limits_be_equal():
    models = {name: {"rate_limit": LIMIT} for name in ("gpt-image-1", "dall-e-3")}
    asked = [{"model": name} for name in ("gpt-image-1", "dall-e-3", "gpt-image-2", "dall-e-3")]

    through = let_through({"openai": {"rate_limit": LIMIT, "models": models}}, *asked)

    assert through == [True, True, True, False]


def test_a_key_has_a_bucket_at_each_host():
    one, other = {"key": "a", "host": "one.com"}, {"key": "a", "host": "other.com"}

    assert let_through({"openai": {"rate_limit": LIMIT}}, one, other, one) == [True, True, False]


def test_at_azure_each_deployment_has_a_bucket():
    one, other = ({"provider": "azure-openai", "model": name} for name in ("small", "large"))

    assert let_through({"azure": {"rate_limit": LIMIT}}, one, other, one) == [True, True, False]


def test_a_silent_limit_says_nothing_of_when_to_come_back():
    limit = {"per_minute": 6, "burst": 1, "retry_after": False}
    sky = Sky(providers={"*": {"rate_limit": limit}})
    sky.call(1)

    assert sky.call(2)[0].retry_after is None


def test_a_question_about_a_job_takes_no_token_and_no_time():
    limit = {"per_minute": 6, "burst": 1}
    sky = Sky(providers={"*": {"rate_limit": limit, "latency": 9}})

    assert [sky.call(number, "replicate", None) for number in range(3)] == [(None, 0.0)] * 3


def test_an_outage_strikes_a_question_about_a_job():
    sky = Sky(providers={"*": {"outages": [{"from": 100, "to": 200}]}})

    struck = [sky.call(1, "replicate", None, now=now)[0] for now in (99, 100)]

    assert struck[0] is None
    assert struck[1].status == 503


def test_a_model_may_be_called_by_any_name_that_it_has():
    models = {"stable-image-core": {"latency": 2}, "ultra": {"latency": 7}}
    sky = Sky(providers={"stability": {"latency": 4, "models": models}})

    names = ("core", "stable-image-core", "stable-image-ultra", "sd3")
    assert [sky.call(1, "stability-ai", name)[1] for name in names] == [2, 2, 7, 4]


@pytest.mark.parametrize(
    ("provider", "said", "asked"),
    [
        ("openai", "mini", "gpt-image-1-mini"),
        ("segmind", "fast-flux-schnell", "flux-schnell"),
        ("segmind", "flux-schnell", "fast-flux-schnell"),
        ("replicate", "flux-pro", "black-forest-labs/flux-1.1-pro"),
    ],
)
def test_what_is_said_of_one_model_is_not_said_of_another(provider, said, asked):
    sky = Sky(providers={provider: {"latency": 4, "models": {said: {"latency": 9}}}})

    assert sky.call(1, provider, asked)[1] == 4
