"""Moves: requests that end elsewhere than they were sent first, whatever strategy sends them."""

import pytest
from simulator_tools import FALLBACK, OPENAI, STABILITY, simulated

from router.core.attempt import Decision
from router.simulator.answering import moved_on

BOTH = [OPENAI, STABILITY]
BREAKER = {"failure_threshold": 1, "cooldown_interval": 1_000_000}


def decided(by, path, chosen, at=0.0):
    return Decision(path=path, by=by, chosen=chosen, reason="", at=at)


def test_a_fallback_moves_whom_its_first_target_fails():
    result = simulated(FALLBACK, providers={"openai": {"error_rate": 0.5}})

    assert result.fallbacks == sum(result.fallbacks_at) == result.targets[0].failed > 0


def test_a_load_balance_moves_whom_its_first_draw_fails():
    config = {"strategy": {"mode": "loadbalance", "failover": True}, "targets": BOTH}

    result = simulated(config, providers={"openai": {"error_rate": 1}})

    assert result.ok == 60
    assert result.fallbacks == result.calls - 60 == result.targets[0].failed > 0


def test_a_draw_alone_is_no_move():
    config = {"strategy": {"mode": "loadbalance"}, "targets": BOTH}

    assert simulated(config).fallbacks == 0


def test_requests_that_pass_an_open_breaker_have_moved():
    config = {**FALLBACK, "strategy": {"mode": "fallback", "cb_config": BREAKER}}

    result = simulated(config, providers={"openai": {"latency": 0.5, "error_rate": 1}})

    assert (result.targets[0].calls, result.fallbacks) == (1, 60)


def test_what_comes_back_past_open_breakers_to_its_first_target_has_not_moved():
    config = {**FALLBACK, "strategy": {"mode": "fallback", "cb_config": BREAKER}}
    outage = {"latency": 0.5, "outages": [{"from": 0, "to": 1}]}

    result = simulated(config, providers={"*": outage})

    assert [target.served for target in result.targets] == [59, 0]
    assert (result.failed, result.fallbacks, result.fallbacks_at[0]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("decisions", "at"),
    [
        ([], None),
        ([("conditional", "config", "config.targets[1]", 0.0)], None),
        ([("fallback", "config", "config.targets[1].targets[0]", 2.0)], 2.0),
        (
            [
                ("fallback", "config", "config.targets[1]", 1.0),
                ("fallback", "config", "config.targets[0].targets[0]", 2.0),
            ],
            None,
        ),
        (
            [
                ("loadbalance", "config", "config.targets[3]", 0.0),
                ("loadbalance", "config", "config.targets[2]", 1.0),
                ("loadbalance", "config", "config", 2.0),
                ("loadbalance", "config", "config.targets[2]", 2.0),
            ],
            1.0,
        ),
        (
            [
                ("loadbalance", "config.targets[0]", "config.targets[0].targets[1]", 0.0),
                ("loadbalance", "config.targets[0]", "config.targets[0].targets[0]", 3.0),
                ("fallback", "config", "config.targets[1]", 5.0),
                ("loadbalance", "config.targets[1]", "config.targets[1].targets[1]", 5.0),
            ],
            3.0,
        ),
    ],
    ids=["none", "chosen", "left", "back", "drawn anew", "nested"],
)
def test_a_request_has_moved_when_a_strategy_has_left_its_first_choice_for_good(decisions, at):
    assert moved_on([decided(by, path, chosen, when) for by, path, chosen, when in decisions]) == at
