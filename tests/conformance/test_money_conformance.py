"""Money: what an answer has cost, and what is not bought as it would cost too much."""

import pytest
from askings import ASKINGS
from speakers import config_of

from router.core.outcome import Kind

every = pytest.mark.parametrize("asking", ASKINGS, ids=str)


def spending(asking, **budget):
    return config_of(asking.speaker, budget=budget)


@every
def test_nothing_is_bought_that_costs_more_than_may_be_spent(asking):
    cost = asking.ask().trace.cost
    heard = asking.ask(config=spending(asking, max_cost=0.9 * cost if cost else 0.01))

    if cost != 0:
        assert heard.requests == []
        assert heard.answer.kind in {Kind.OUT_OF_BUDGET, Kind.UNSUPPORTED}


@every
def test_what_has_no_known_price_is_bought_where_that_is_allowed(asking):
    heard = asking.ask(config=spending(asking, max_cost=5, on_unknown_price="allow"))

    assert heard.answer.data
    assert heard.trace.cost is None or heard.trace.cost > 0
