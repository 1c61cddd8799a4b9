"""What explain calls the best can be: no worse than the worst, and in time."""

import pytest
from forecasts import forecast, routes
from hypothesis import given, settings
from told import group, openai, stability, text, told

DUST = 1e-6


@settings(max_examples=25, deadline=None)
@given(config=routes())
def test_the_best_is_no_worse_than_the_worst(config):
    outlook = forecast(config)

    best, bound = outlook.best, outlook.bound
    if best is not None:
        assert best.attempts <= bound.most("attempts")
        assert (best.seconds or 0.0) <= bound.most("seconds") + DUST
        assert (best.dollars or 0.0) <= bound.most("dollars") + DUST


LATE = {
    "by a deadline": (openai(budget={"deadline": 3}), {}),
    "by a timeout": (openai(request_timeout=3000), {}),
    "by a deadline further up": (group("fallback", openai(), budget={"deadline": 3}), {}),
    "by the request's own": (openai(), {"options": {"timeout": 3}}),
}


@pytest.mark.parametrize(("config", "request_"), LATE.values(), ids=LATE)
def test_where_nobody_has_the_time_that_a_model_takes_there_is_no_best(config, request_):
    found = told(config, n=1, **request_)["request"]

    assert found["best"] is None
    assert (found["late"]["seconds"], found["late"]["allowed"]) == (16, 3)
    assert "nobody is answered in time: ~16 s at " in text(config, n=1, **request_)


def test_who_is_asked_after_one_that_times_out_may_be_the_best():
    config = group("fallback", openai(request_timeout=3000), stability())

    best = told(config, n=1, size="1024x1024")["request"]["best"]

    assert (best["path"], best["attempts"]) == ("config.targets[1]", 2)
    assert best["seconds"] == pytest.approx(7)
    assert best["dollars"] == pytest.approx(
        0.241, abs=0.001
    )  # nobody knows whether the first one is billed
    assert best["dollars_are_most"]


def test_a_deadline_that_a_timeout_eats_leaves_nobody_to_answer():
    config = group("fallback", openai(request_timeout=3000), stability(), budget={"deadline": 5})

    assert told(config, n=1)["request"]["late"]["path"] == "config.targets[0]"
