"""Answers: whose pictures are in them, what was paid in vain, and what no target gave."""

import pytest
from simulator_tools import OPENAI, STABILITY, simulated

DALL_E_3 = {"provider": "openai", "override_params": {"model": "dall-e-3"}}
PRICE = 0.04  # dollars, of a picture by dall-e-3 at its standard size and quality
CACHE = {"mode": "simple"}
ALIKE = {"prompts": 1}


def asked(*, n=1, **more):
    return [{"params": {"n": n}, **more}]


def fallback(*targets, **strategy):
    return {"strategy": {"mode": "fallback", **strategy}, "targets": list(targets)}


def test_every_part_of_a_split_answer_is_in_it():
    result = simulated(DALL_E_3, duration=4, requests=asked(n=3))

    (target,) = result.targets
    assert (result.calls, target.served) == (12, 4)
    assert (result.cost, result.wasted) == (12 * PRICE, 0.0)


def test_what_one_target_gave_of_a_topped_up_answer_is_in_it():
    half = {"openai": {"models": {"dall-e-3": {"error_rate": 0.5}}}}

    topped, plain = (
        simulated(fallback(DALL_E_3, OPENAI, top_up=top_up), requests=asked(n=4), providers=half)
        for top_up in (True, False)
    )

    gave = topped.targets[0].calls - topped.targets[0].failed
    assert (topped.ok, topped.wasted) == (60, 0.0)
    assert topped.targets[0].cost == pytest.approx(gave * PRICE) != topped.targets[0].served * PRICE
    assert plain.ok == 60
    assert plain.targets[0].wasted == pytest.approx(
        plain.targets[0].cost - 4 * PRICE * plain.targets[0].served
    )
    assert plain.wasted > PRICE


def test_a_nested_group_that_does_not_top_up_gives_nothing_of_what_failed():
    half = {"openai": {"models": {"dall-e-3": {"error_rate": 0.6}}}}
    plain, topping = ({"mode": "fallback", "top_up": top_up} for top_up in (False, True))
    targets = [DALL_E_3, OPENAI]

    inner, outer = (
        simulated(
            {"strategy": above, "targets": [{"strategy": below, "targets": targets}, STABILITY]},
            requests=asked(n=4),
            providers=half,
        )
        for above, below in ((topping, plain), (plain, topping))
    )

    assert inner.wasted > PRICE
    assert outer.wasted == 0.0


def test_what_is_paid_for_requests_that_fail_is_in_vain():
    result = simulated(DALL_E_3, requests=asked(n=4), providers={"openai": {"error_rate": 0.2}})

    assert 0 < result.failed < 60
    assert result.wasted == pytest.approx(result.cost - 4 * PRICE * result.ok) != 0


def test_a_cache_below_a_strategy_is_seen():
    config = fallback(OPENAI, {**STABILITY, "cache": CACHE})

    result = simulated(
        config,
        requests=asked(**ALIKE),
        providers={"openai": {"error_rate": 1}, "stability-ai": {"latency": 0.5}},
    )

    first, second = result.targets
    assert (result.ok, result.cached, result.joined) == (60, 59, 0)
    assert (first.served, first.share) == (0, 0.0)
    assert (second.calls, second.served, second.share) == (1, 1, 1.0)


def test_an_answer_from_a_cache_is_not_that_of_a_target_that_gave_too_little():
    config = fallback(DALL_E_3, {**OPENAI, "cache": CACHE})
    models = {"models": {"dall-e-3": {"error_rate": 0.5, "latency": 1}}, "latency": 0.5}

    result = simulated(config, requests=asked(n=2, **ALIKE), providers={"openai": models})

    first, second = result.targets
    assert result.ok == 60 == result.cached + first.served + second.served
    assert first.wasted == pytest.approx(first.cost - 2 * PRICE * first.served) != 0


def test_requests_that_wait_for_anothers_call_are_told_from_those_that_a_cache_answers():
    result = simulated(
        {**OPENAI, "cache": CACHE},
        arrivals={"times": [0, 0, 0, 20]},
        requests=asked(**ALIKE),
        providers={"openai": {"latency": 10}},
    )

    assert (result.calls, result.joined, result.cached) == (1, 2, 1)


def test_a_call_that_outlives_its_request_is_counted_when_it_ends():
    result = simulated(
        {**DALL_E_3, "cache": CACHE},
        arrivals={"times": [place / 10 for place in range(10)]},
        requests=asked(deadline=9.55, **ALIKE),
        providers={"openai": {"latency": 10}},
    )

    (target,) = result.targets
    assert (result.ok, result.failed, result.joined, result.cached) == (5, 5, 5, 0)
    assert (target.calls, target.failures, target.latency.most) == (1, {}, 10.0)
    assert (result.cost, result.wasted) == (PRICE, 0.0)


def test_a_call_that_outlives_its_request_and_fails_has_failed():
    result = simulated(
        {**DALL_E_3, "cache": CACHE},
        arrivals={"times": [0, 5]},
        requests=asked(deadline=11, **ALIKE),
        providers={"openai": {"latency": 12, "cut_rate": 1}},
    )

    (target,) = result.targets
    assert (result.failed, target.calls, target.unsure) == (2, 1, 1)
    assert target.failures == {"502 connection_lost": 1}
