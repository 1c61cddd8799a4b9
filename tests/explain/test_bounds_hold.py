"""What `explain` calls the worst is never exceeded, and is met by a run that it has played."""

import pytest
from forecasts import SCRIPTS, forecast, happened, routes
from hypothesis import given, settings
from hypothesis import strategies as st

from router.explain.rehearsal import meets_seconds

many = settings(max_examples=40, deadline=None)
DUST = 1e-6


@many
@given(config=routes(), faults=SCRIPTS, n=st.integers(1, 3), seed=st.integers(0, 3))
def test_no_run_comes_to_more_than_the_worst(config, faults, n, seed):
    outlook = forecast(config, n=n)

    took = happened(config, outlook, faults, seed=seed, n=n)

    bound = outlook.bound
    assert took.attempts <= bound.most("attempts")
    assert took.seconds <= bound.most("seconds") + DUST
    assert took.dollars <= bound.most("dollars") + DUST


@many
@given(config=routes(budgets=None, breakers=False))
def test_without_budgets_and_breakers_a_played_run_meets_the_worst(config):
    outlook = forecast(config)

    assert outlook.took.attempts == outlook.bound.most("attempts")
    assert outlook.took.dollars == pytest.approx(outlook.bound.most("dollars"))
    assert meets_seconds(outlook.took.seconds, outlook.bound)
