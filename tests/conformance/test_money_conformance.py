"""Money: what an answer has cost, and what is not bought as it would cost too much."""

import pytest
from askings import ASKINGS, WORDED
from speakers import config_of

from router.core.outcome import Kind

every = pytest.mark.parametrize("asking", ASKINGS, ids=str)
streaming = pytest.mark.parametrize(
    "asking", [asking for asking in WORDED if asking.speaker.streams], ids=str
)


def spending(asking, **budget):
    return config_of(asking.speaker, budget=budget)


def share_of(asking):
    """How much of a cost is told beforehand: what gpt-image-1.5 writes to itself is not."""
    return 0.7 if asking.speaker.model == "gpt-image-1.5" else 0.999


def check_bounds(asking, **params):
    """What costs more than may be spent is not bought."""
    cost = asking.ask(**params).trace.cost
    too_little = spending(asking, max_cost=share_of(asking) * cost if cost else 0.01)
    heard = asking.ask(config=too_little, **params)

    assert cost != 0
    assert heard.requests == []
    assert heard.answer.kind in {Kind.OUT_OF_BUDGET, Kind.UNSUPPORTED}


@every
@pytest.mark.parametrize("n", [1, 3])
def test_nothing_is_bought_that_costs_more_than_may_be_spent(asking, n):
    check_bounds(asking, n=n)


@streaming
@pytest.mark.parametrize("n", [1, 3])
def test_unfinished_pictures_are_paid_for_too(asking, n):
    check_bounds(asking, n=n, stream=True, partial_images=3)


@every
def test_what_has_no_known_price_is_bought_where_that_is_allowed(asking):
    heard = asking.ask(config=spending(asking, max_cost=5, on_unknown_price="allow"))

    assert heard.answer.data
    assert heard.trace.cost is None or heard.trace.cost > 0
