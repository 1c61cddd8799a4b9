"""What `explain` calls the worst is never exceeded, and is met by a run that it has played."""

import pytest
from forecasts import ATTEMPTS, SCRIPTS, forecast, happened, routes
from hypothesis import given, settings
from hypothesis import strategies as st

from router.explain.rehearsal import meets_seconds

DUST = 1e-6


@settings(max_examples=25, deadline=None)
@given(config=routes(), faults=SCRIPTS, n=st.integers(1, 3), seed=st.integers(0, 3))
def test_no_run_comes_to_more_than_the_worst(config, faults, n, seed):
    outlook = forecast(config, n=n)

    runs = happened(config, outlook, faults, seed=seed, n=n)

    bound = outlook.bound
    for run in (*runs, outlook.took):
        assert run.attempts <= bound.most("attempts")
        assert run.seconds <= bound.most("seconds") + DUST
        assert run.dollars <= bound.most("dollars") + DUST


@settings(max_examples=25, deadline=None)
@given(config=routes(budgets=None, shared=False), n=st.integers(1, 2))
def test_where_requests_are_alone_and_without_budgets_a_played_run_meets_the_worst(config, n):
    outlook = forecast(config, n=n)

    assert outlook.took.attempts == outlook.bound.most("attempts")
    assert outlook.took.dollars == pytest.approx(outlook.bound.most("dollars"))
    assert meets_seconds(outlook.took.seconds, outlook.bound)


@settings(max_examples=15, deadline=None)
@given(config=routes(budgets=ATTEMPTS, shared=False))
def test_with_budgets_of_attempts_a_played_run_makes_as_many_as_the_worst(config):
    outlook = forecast(config)

    assert outlook.took.attempts == outlook.bound.most("attempts")
