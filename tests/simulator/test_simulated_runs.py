"""A run: the engine that serves, in virtual time, and everything about it counted."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator_tools import FALLBACK, OPENAI, STABILITY, simulated, tally_of

from router.lab.stage import loader_for
from router.simulator.accounts import Accounts
from router.simulator.reading import read_scenario
from router.simulator.result_json import as_json
from router.simulator.run import play
from router.simulator.shipped import folder, shipped_names

CONFIGS = Path(__file__).parents[2] / "configs"
RETRYING = {**OPENAI, "retry": {"attempts": 2}}


def test_a_day_without_incidents_is_served_by_the_first_target():
    result = simulated(providers={"openai": {"latency": 4}})

    assert (result.ok, result.failed, result.calls) == (60, 0, 60)
    assert [target.served for target in result.targets] == [60, 0]
    assert result.latency.p50 == result.latency.most == 4.0
    assert result.seconds == 63.0


@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_the_same_seed_gives_the_same_result(seed):
    parts = {
        "arrivals": {"poisson": 2},
        "providers": {"openai": {"error_rate": 0.3}, "*": {"empty_rate": 0.2}},
        "seed": seed,
    }

    assert as_json(simulated(**parts)) == as_json(simulated(**parts))


def test_another_seed_gives_another_result():
    one, other = (simulated(arrivals={"poisson": 2}, seed=seed) for seed in (1, 2))

    assert as_json(one) != as_json(other)


def test_two_configs_meet_the_same_traffic_and_the_same_weather():
    parts = {"arrivals": {"poisson": 2}, "providers": {"openai": {"error_rate": 0.3}}}

    alone, with_net = simulated(OPENAI, **parts), simulated(FALLBACK, **parts)

    assert alone.arrived_at == with_net.arrived_at
    assert alone.failed == with_net.fallbacks > 0
    assert alone.targets[0].latency == with_net.targets[0].latency


def test_every_request_that_comes_is_counted_once():
    result = simulated(RETRYING, arrivals={"poisson": 3}, providers={"openai": {"error_rate": 0.5}})

    assert (
        result.requests == result.ended == sum(result.arrived_at) == sum(result.attempts.values())
    )
    assert result.calls == sum(number * count for number, count in result.attempts.items())
    assert result.calls == sum(result.targets[0].calls_at)
    assert result.failed == sum(result.failed_at) == sum(result.failures.values())


def test_retries_amplify():
    result = simulated(RETRYING, providers={"openai": {"error_rate": 1}})

    assert result.amplification == 3.0
    assert result.success_rate == 0.0
    assert result.waited > 0


def test_a_limit_is_waste_where_nobody_minds_it():
    limit = {"rate_limit": {"per_minute": 30, "burst": 1}}

    result = simulated(OPENAI, providers={"openai": limit})

    assert result.failures == {"429 rate_limited": result.rate_limited}
    assert result.rate_limit_waste == pytest.approx(0.5, abs=0.02)
    assert sum(result.targets[0].full_at) == result.rate_limited


def test_two_accounts_have_twice_the_limit(tmp_path):
    keys = {"one": {"provider": "openai", "api_key": "${ONE}"}}
    keys["two"] = {"provider": "openai", "api_key": "${TWO}"}
    targets = [{"virtual_key": name} for name in keys]
    config = {"strategy": {"mode": "fallback"}, "targets": targets, "virtual_keys": keys}
    limit = {"rate_limit": {"per_minute": 30, "burst": 1}}

    result = simulated(
        config, providers={"openai": limit}, requests=[{"params": {"model": "gpt-image-2"}}]
    )

    assert result.failed == 0
    assert [target.served for target in result.targets] == [30, 30]


def test_a_breaker_is_seen_open_for_its_cooldown():
    breaker = {"failure_threshold": 2, "cooldown_interval": 20_000}
    config = {"strategy": {"mode": "fallback", "cb_config": breaker}}
    config["targets"] = [OPENAI, STABILITY]
    outage = {"openai": {"latency": 1, "outages": [{"from": 10, "to": 25}]}}

    result = simulated(config, providers={**outage, "*": {"latency": 1}})

    (seen,) = result.breakers
    assert (seen.path, seen.opened, seen.first_opened) == ("config.targets[0]", 1, 11.0)
    assert seen.open_seconds == pytest.approx(20.0)
    assert seen.half_open_seconds == pytest.approx(1.0)
    assert [place for place, seconds in enumerate(seen.open_at) if seconds] == list(range(11, 31))
    assert result.ok == 60


def test_a_model_that_retires_is_asked_in_vain_from_then_on():
    models = {"models": {"gpt-image-2": {"retired_at": 30}}}

    result = simulated(providers={"openai": models})

    first, second = result.targets
    assert (first.served, second.served) == (30, 30)
    assert [status.split()[0] for status in first.failures] == ["404"]


def test_cut_empty_and_refused_answers_reach_the_engine():
    for rate, kind in (
        ("cut_rate", "connection_lost"),
        ("empty_rate", "empty"),
        ("refusal_rate", "refused"),
    ):
        result = simulated(OPENAI, duration=3, providers={"openai": {rate: 1}})
        assert [what.split()[1] for what in result.failures] == [kind]


def test_what_hangs_ends_with_the_timeout():
    config = {**OPENAI, "request_timeout": 5000}

    result = simulated(config, duration=3, providers={"openai": {"outages": [{"kind": "hang"}]}})

    assert result.failures == {"408 timeout": 3}
    assert result.latency_of_failures.most == 5.0
    assert (result.unsure, result.cost) == (3, 0.0)


def test_a_callers_deadline_binds():
    asked = [{"params": {"model": "gpt-image-2"}, "deadline": 2}]

    result = simulated(OPENAI, duration=3, requests=asked, providers={"openai": {"latency": 9}})

    assert result.failed == 3
    assert result.latency_of_failures.most == 2.0


def test_what_is_no_request_fails_and_is_counted():
    result = simulated(OPENAI, duration=3, requests=[{"params": {"extra_body": {"n": 0}}}])

    assert result.failures == {"400 bad_request": 3}
    assert result.reasons["400 bad_request"].startswith("n is 0")
    assert (result.calls, result.latency_of_failures.most) == (0, 0)


def test_a_cache_answers_repeated_prompts():
    asked = [{"params": {"model": "gpt-image-2"}, "prompts": 1}]
    config = {**OPENAI, "cache": {"mode": "simple"}}

    result = simulated(config, requests=asked, providers={"openai": {"latency": 0.5}})

    assert (result.cached, result.calls, result.ok) == (59, 1, 60)


@pytest.mark.parametrize(("namespace", "cached"), [({}, 0), ({"cache_namespace": "all"}, 59)])
def test_users_share_answers_where_they_share_a_cache_namespace(namespace, cached):
    asked = [{"params": {}, "prompts": 1, "users": 10**12, **namespace}]
    config = {**OPENAI, "cache": {"mode": "simple"}}

    result = simulated(config, requests=asked, providers={"openai": {"latency": 0.5}})

    assert (result.cached, result.calls) == (cached, 60 - cached)


def test_users_stay_where_they_were_drawn_to():
    strategy = {
        "mode": "loadbalance",
        "sticky": {"enabled": True, "hash_fields": ["metadata.user"]},
    }
    config = {"strategy": strategy, "targets": [OPENAI, STABILITY]}

    result = simulated(config, requests=[{"params": {}, "users": 1}])

    assert sorted(target.served for target in result.targets) == [0, 60]


def test_a_target_that_was_never_asked_is_told_of_with_nothing():
    result = simulated(duration=3)

    asked, unasked = result.targets
    assert (asked.calls, unasked.calls, unasked.cost) == (3, 0, 0)
    assert unasked.name == "targets[1] stability-ai stable-image-core"
    assert as_json(result)["targets"][1]["latency"]["p50"] is None


def test_a_bug_ends_the_run_and_is_not_swallowed():
    class BrokenError(Exception):
        pass

    def look(tally):
        raise BrokenError

    with pytest.raises(BrokenError):
        tally_of(OPENAI, look, duration=600)


def test_a_run_tells_how_far_it_is():
    seen = []

    tally_of(OPENAI, lambda tally: seen.append(tally.ended), duration=900)

    assert seen == [200, 400, 600, 800]


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_can_be_played(name):
    shipped = replace(read_scenario(folder() / f"{name}.yaml"), duration=90)
    loader = loader_for(Accounts())

    tally = play(shipped, loader.load(CONFIGS / "nested.yaml"), loader)

    assert tally.ended == tally.arrived > 0
    assert tally.failed <= tally.ended * 0.1


def test_a_model_that_is_priced_by_the_pixel_costs_what_its_pictures_do():
    config = {
        "provider": "together-ai",
        "override_params": {"model": "black-forest-labs/FLUX.1-schnell"},
    }

    small, large = (
        simulated(config, duration=1, requests=[{"params": {"size": size}}]).cost
        for size in ("512x512", "1024x1024")
    )

    assert large == pytest.approx(4 * small, rel=0.01)
    assert large > 0.001


def test_the_extra_body_of_a_request_goes_to_the_provider_as_it_is():
    adapted, refused = (
        simulated(OPENAI, duration=2, requests=[{"params": params}])
        for params in ({"style": "vivid"}, {"extra_body": {"style": "vivid"}})
    )

    assert (adapted.ok, refused.ok) == (2, 0)
    assert "style" in refused.reasons["400 bad_request"]


def test_what_is_wrong_with_requests_themselves_is_kept_in_words():
    result = simulated(OPENAI, duration=3, requests=[{"params": {"size": "huge"}}])

    (target,) = result.targets
    assert result.failures == target.failures == {"400 bad_request": 3}
    assert result.reasons["400 bad_request"].startswith('Invalid value: "huge"')
    assert result.reasons == target.reasons
