"""Numbers over time in one line: a column shows what there was most of."""

import pytest
from click import unstyle

from router.cli.sparks import breaker_row
from router.simulator.results import BreakerResult


def breaker(open_at, half_open_at):
    return BreakerResult(
        path="config",
        provider="openai",
        opened=1,
        first_opened=0.0,
        open_seconds=sum(open_at),
        half_open_seconds=sum(half_open_at),
        open_at=open_at,
        half_open_at=half_open_at,
    )


@pytest.mark.parametrize(
    ("opened", "half", "drawn"),
    [
        (0.0, 0.0, "·"),
        (1.0, 1.0, "·"),
        (6.0, 1.0, "━"),
        (3.0, 4.0, "╌"),
        (4.0, 3.0, "━"),
        (5.0, 5.0, "━"),
        (0.0, 5.1, "╌"),
        (2.0, 2.0, "·"),
    ],
)
def test_a_column_shows_the_state_that_a_breaker_was_in_for_longest(opened, half, drawn):
    row = breaker_row(breaker([opened], [half]), width=10.0, columns=1)

    assert unstyle(row) == drawn


def test_the_last_column_is_measured_by_the_buckets_that_are_in_it():
    row = breaker_row(breaker([0.0, 10.0, 10.0, 0.0, 6.0], [0.0] * 5), width=10.0, columns=3)

    assert unstyle(row) == "━━━"
