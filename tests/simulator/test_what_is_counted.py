"""What is counted: money, answers and moves, each where it belongs."""

from simulator_tools import OPENAI, simulated

from router.simulator.page.document import page_of

DALL_E_3 = {"provider": "openai", "override_params": {"model": "dall-e-3"}}
PRICE = 0.04  # dollars, of a picture by dall-e-3 at its standard size and quality


def test_money_is_counted_where_it_was_spent():
    config = {"strategy": {"mode": "fallback"}, "targets": [DALL_E_3, OPENAI]}
    models = {"models": {"dall-e-3": {"outages": [{"from": 30, "to": 60}]}}}

    result = simulated(config, providers={"openai": models})

    first, second = result.targets
    assert (first.cost, first.wasted) == (30 * PRICE, 0.0)
    assert second.cost > 0
    assert result.cost == round(first.cost + second.cost, 9)
    assert (first.share, second.share) == (0.5, 0.5)


def test_calls_that_are_turned_away_are_not_among_those_that_fail():
    limit = {"rate_limit": {"per_minute": 30, "burst": 1}, "outages": [{"from": 0, "to": 10}]}

    result = simulated(OPENAI, providers={"openai": limit})

    (target,) = result.targets
    assert target.failed == sum(target.failed_at) == 10
    assert target.rate_limited == sum(target.full_at) > 10
    assert "60 calls, 10 failed" in page_of([result])
