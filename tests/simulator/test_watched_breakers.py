"""Breakers as a run has seen them: how long each was open, and whose it is."""

import signal

import pytest
from simulator_tools import OPENAI, STABILITY, TOGETHER, scenario, simulated, tally_of

from router.cli.simulation_table import show
from router.simulator.page.document import page_of
from router.simulator.results import result_of

DAY = 86_400.0


def guarded(*targets, cooldown):
    breaker = {"failure_threshold": 2, "cooldown_interval": cooldown * 1000}
    return {"strategy": {"mode": "fallback", "cb_config": breaker}, "targets": list(targets)}


def test_a_breaker_that_opens_after_the_last_arrival_is_open_all_the_same():
    late = {"openai": {"latency": 10, "cut_rate": 1}, "*": {"latency": 40}}

    result = simulated(
        guarded(OPENAI, STABILITY, cooldown=20),
        duration=5,
        arrivals={"times": [4, 4]},
        providers=late,
    )

    (seen,) = result.breakers
    assert (seen.opened, seen.first_opened) == (1, 14.0)
    assert (seen.open_seconds, seen.half_open_seconds) == (20.0, 20.0)
    assert sum(seen.open_at) == sum(seen.half_open_at) == 0.0


def test_a_breaker_is_half_open_no_longer_than_it_remembers():
    outage = {"openai": {"latency": 1, "outages": [{"from": 0, "to": 60}]}}

    result = simulated(
        guarded(OPENAI, STABILITY, cooldown=20),
        duration=4 * DAY,
        arrivals={"times": [0, 0, 3.5 * DAY]},
        providers=outage,
    )

    (seen,) = result.breakers
    assert seen.open_seconds == pytest.approx(20.0)
    assert seen.half_open_seconds == pytest.approx(DAY)
    assert sum(seen.half_open_at) == pytest.approx(DAY)


def test_a_breaker_has_its_targets_name_while_the_requests_that_opened_it_are_under_way():
    def press(tally):
        if tally.ended:
            signal.raise_signal(signal.SIGINT)

    slow = [{"from": 0, "to": 4, "latency_factor": 5000}]
    parts = {
        "duration": 900,
        "providers": {
            "openai": {"latency": 1, "cut_rate": 1},
            "stability-ai": {"latency": 1, "outages": slow},
        },
    }
    tally = tally_of(guarded(OPENAI, STABILITY, cooldown=600), press, **parts)

    assert tally.was_interrupted
    (seen,) = result_of(tally, scenario(**parts), "config.yaml").breakers
    assert (seen.path, seen.provider, seen.opened) == ("config.targets[0]", "openai", 1)


def test_a_target_that_is_asked_for_two_models_shows_its_breaker_once():
    asked = [{"params": {"model": model}} for model in ("gpt-image-2", "gpt-image-1")]
    config = guarded({"provider": "openai"}, STABILITY, cooldown=20)

    result = simulated(config, requests=asked, providers={"openai": {"error_rate": 0.5}})

    assert [target.provider for target in result.targets] == ["openai", "openai", "stability-ai"]
    assert len(result.breakers) == 1
    assert page_of([result]).count("breaker: opened") == 1
    assert "\n".join(show([result], None)).count(" in all, opened ") == 1


def test_a_target_that_requests_choose_the_provider_of_has_a_breaker_for_each():
    asked = [
        {"params": {"model": model}}
        for model in ("@openai/gpt-image-2", "@stability-ai/stable-image-core")
    ]
    config = guarded({"retry": {"attempts": 0}}, TOGETHER, cooldown=20)

    result = simulated(
        config, requests=asked, providers={"*": {"error_rate": 1}, "together-ai": {}}
    )

    assert sorted(breaker.provider for breaker in result.breakers) == ["openai", "stability-ai"]
    assert page_of([result]).count("breaker: opened") == 2
