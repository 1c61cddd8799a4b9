"""How long the waits of a retry are, one by one and all together."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.outcome import Failure, Kind
from router.policies.backoff import JITTER, LONGEST_SUM, Backoff

DUST = 1e-9


def waits(backoff, chances, advice):
    return [
        backoff.delay(number, failed(when), chance)
        for number, (chance, when) in enumerate(zip(chances, advice, strict=True), start=1)
    ]


def failed(when=None):
    return Failure(kind=Kind.RATE_LIMITED, status=429, message="", retry_after=when)


@given(data=st.data(), retries=st.integers(0, 5), honours=st.booleans(), is_told=st.booleans())
def test_all_waits_together_are_never_beyond_what_they_come_to(data, retries, honours, is_told):
    backoff = Backoff(use_retry_after=honours)
    chance, when = st.floats(0, 1, exclude_max=True), st.floats(0, 60) if is_told else st.none()
    chances, advice = (data.draw(st.lists(one, min_size=5, max_size=5)) for one in (chance, when))

    total = sum(waits(backoff, chances[:retries], advice[:retries]))

    assert total >= backoff.least(retries) - DUST
    assert min(total, LONGEST_SUM) <= backoff.most(retries, is_told=is_told) + DUST


@pytest.mark.parametrize("retries", range(6))
def test_the_least_and_the_most_are_come_to(retries):
    backoff = Backoff()
    nothing = [None] * retries

    luckiest = sum(waits(backoff, [1.0] * retries, nothing))
    unluckiest = sum(waits(backoff, [0.0] * retries, nothing))

    assert luckiest == pytest.approx(backoff.least(retries))
    assert unluckiest == pytest.approx(backoff.most(retries, is_told=False))
    assert unluckiest == pytest.approx(luckiest / (1 - JITTER))


def test_who_is_told_when_waits_a_minute_in_all_and_who_does_not_listen_no_longer_than_its_own():
    most = [Backoff(use_retry_after=one).most(2, is_told=True) for one in (True, False)]

    assert most == [LONGEST_SUM, 1 + 2]
    assert Backoff().most(0, is_told=True) == 0


def test_each_wait_of_our_own_is_longer_than_the_one_before():
    own = waits(Backoff(), [0.0] * 5, [None] * 5)

    assert all(after == 2 * before for before, after in pairwise(own))
