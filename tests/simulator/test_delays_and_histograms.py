"""How long answers take, and how that is counted."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.simulator.delays import PLAUSIBLE, Always, Empirical, LogNormal, Uniform
from router.simulator.histogram import Histogram

CHANCES = [(number + 0.5) / 1000 for number in range(1000)]
SECONDS = st.lists(st.floats(min_value=0.002, max_value=5000), min_size=1, max_size=300)


def drawn(delay, model="gpt-image-2"):
    return sorted(delay.at(chance, "openai", model) for chance in CHANCES)


def test_a_lognormal_has_its_median_and_its_p95():
    seconds = drawn(LogNormal(8.0, 20.0))

    assert seconds[500] == pytest.approx(8.0, rel=0.01)
    assert seconds[950] == pytest.approx(20.0, rel=0.02)


def test_other_distributions_keep_within_what_they_say():
    assert set(drawn(Always(3.0))) == {3.0}
    assert set(drawn(Empirical((1.0, 7.0)))) == {1.0, 7.0}
    assert drawn(Uniform(2.0, 4.0))[0] >= 2.0
    assert drawn(Uniform(2.0, 4.0))[-1] < 4.0


def test_a_model_that_a_scenario_does_not_name_takes_its_usual_time():
    assert drawn(PLAUSIBLE, "core")[500] < drawn(PLAUSIBLE, "gpt-image-2")[500]


@given(seconds=SECONDS, percent=st.sampled_from([1, 50, 90, 95, 99, 100]))
def test_a_percentile_is_at_most_a_step_above_the_exact_one(seconds, percent):
    histogram = Histogram()
    for one in seconds:
        histogram.add(one)

    exact = sorted(seconds)[math.ceil(len(seconds) * percent / 100) - 1]
    assert exact <= histogram.percentile(percent) <= exact * 1.008


@given(seconds=SECONDS)
def test_the_slowest_is_exact(seconds):
    histogram = Histogram()
    for one in seconds:
        histogram.add(one)

    assert histogram.most == histogram.percentile(100) == max(seconds)
    assert histogram.count == len(seconds)


def test_without_numbers_there_is_no_percentile():
    assert Histogram().percentile(95) is None


def test_a_histogram_does_not_grow_with_what_is_counted():
    histogram = Histogram()
    for number in range(50_000):
        histogram.add(0.01 + number * 0.01)

    assert len(list(histogram)) < 2_500
