"""A token bucket lets through what was agreed, and says when to come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator_tools import scenario

from router.simulator.scenario import RateLimit
from router.simulator.token_bucket import EARLY, TokenBucket, retry_after
from router.simulator.traffic import arrivals

GAPS = st.lists(st.floats(min_value=0, max_value=20), min_size=1, max_size=80)


@given(gaps=GAPS, per_minute=st.floats(min_value=1, max_value=600), burst=st.integers(1, 20))
def test_no_stretch_of_time_lets_through_more_than_burst_and_rate(gaps, per_minute, burst):
    bucket = TokenBucket(RateLimit(per_minute=per_minute, burst=burst))
    now, passed = 0.0, []
    for gap in gaps:
        now += gap
        if bucket.take(now) is None:
            passed.append(now)

    for first in range(len(passed)):
        for last in range(first, len(passed)):
            allowed = burst + (passed[last] - passed[first] + EARLY) * per_minute / 60
            assert last - first + 1 <= allowed + 1e-6


@given(rate=st.integers(1, 6000))
def test_calls_at_exactly_the_rate_are_let_through(rate):
    bucket = TokenBucket(RateLimit(per_minute=rate, burst=1))
    pattern = {"constant": f"{rate}/m"}

    times = arrivals(scenario(arrivals=pattern, duration=60_000 / rate))

    assert not [at for at in times if bucket.take(at) is not None]


@given(per_minute=st.floats(min_value=1, max_value=600), burst=st.integers(1, 20))
def test_whoever_waits_as_told_is_let_through(per_minute, burst):
    bucket = TokenBucket(RateLimit(per_minute=per_minute, burst=burst))
    while (wait := bucket.take(1.0)) is None:
        pass

    assert bucket.take(1.0 + retry_after(wait)) is None


@pytest.mark.parametrize(("wait", "told"), [(0.2, 1), (1.0, 1), (1.2, 2), (20.0, 20)])
def test_waits_are_told_in_whole_seconds(wait, told):
    assert retry_after(wait) == told


def test_whoever_hammers_waits_longer_where_rejections_count():
    limit = {"per_minute": 60, "burst": 2}
    plain = TokenBucket(RateLimit(**limit))
    strict = TokenBucket(RateLimit(**limit, rejected_count=True))

    waits = [[bucket.take(0.0) for _ in range(4)] for bucket in (plain, strict)]

    assert waits == [[None, None, 1.0, 1.0], [None, None, 2.0, 3.0]]
