"""What is said of a run, and of the difference of two."""

from dataclasses import replace

import pytest
from simulator_tools import OPENAI, simulated

from router.simulator.verdict import comparison, difference, money, often, percent, verdict

SAME = "there is no difference to speak of between a and b"


@pytest.fixture(scope="module")
def result():
    return replace(simulated(OPENAI, duration=10, providers={"openai": {"latency": 4}}), config="a")


def test_a_run_is_said_in_a_sentence(result):
    said = (
        "all 10 requests were answered, half of them within 4.0 s and 95 of 100 within 4.0 s, for"
    )

    assert verdict(result).startswith(said)
    assert verdict(replace(result, ok=9, failed=1)).startswith("90.0 % of 10 requests")
    assert verdict(replace(result, ok=0)) == "no request came"


def test_two_runs_that_are_alike_are_said_to_be(result):
    assert difference(result, replace(result, config="b")) == SAME


def test_runs_are_compared_only_if_both_were_played_to_their_end(result):
    other = replace(result, config="b")
    broken = replace(other, was_interrupted=True)

    assert comparison([result, other]) == SAME
    assert [comparison(each) for each in ([result], [result, broken])] == [None, None]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"ok": 8, "failed": 2}, "b fails 2 more requests (80.0 % succeed, not 100 %)"),
        ({"cost": 20.0}, "($20.00)"),
        ({"calls": 15}, "b makes 1.50 calls a request instead of 1.00"),
    ],
)
def test_what_differs_is_said(result, other, said):
    told = difference(result, replace(result, config="b", **other))

    assert told.startswith("compared with a, b ")
    assert said in told


def rates(result, one, other):
    """Return what is said of two runs of 100,000 requests of which so many fail."""
    first, second = (
        replace(result, config=name, ok=100_000 - failed, failed=failed, cost=1.0, calls=100_000)
        for name, failed in (("a", one), ("b", other))
    )
    return difference(first, second).removeprefix("compared with a, b ")


def test_shares_that_are_told_beside_each_other_can_be_told_apart(result):
    assert rates(result, 340, 320) == "fails 20 fewer requests (99.68 % succeed, not 99.66 %)"
    assert rates(result, 321, 322) == "fails 1 more request (99.678 % succeed, not 99.679 %)"
    assert rates(result, 0, 1) == "fails 1 more request (99.999 % succeed, not 100 %)"


def test_shares_that_no_decimals_tell_apart_are_not_told(result):
    first = replace(result, ok=9_999_000, failed=1_000)
    second = replace(result, config="b", ok=9_998_999, failed=1_001)

    assert "fails 1 more request" in difference(first, second)
    assert "succeed" not in difference(first, second)


def test_a_difference_that_rounding_hides_is_none(result):
    quick = [replace(result.latency, p95=p95) for p95 in (0.31, 0.33)]
    first, second = (replace(result, latency=latency) for latency in quick)

    assert difference(first, replace(second, config="b")) == SAME


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "100 %"),
        (0.0, "0 %"),
        (0.9996, "99.96 %"),
        (0.0004, "0.04 %"),
        (0.99999999, "> 99.999 %"),
        (0.00000001, "< 0.001 %"),
        (0.25, "25.0 %"),
        (None, "-"),
    ],
)
def test_a_share_is_never_all_or_nothing_unless_it_is(share, said):
    assert percent(share) == said


def test_amounts_and_how_often_are_written_as_people_do():
    assert [money(0), money(0.04), money(1234.5)] == ["$0", "$0.040", "$1,234.50"]
    assert [often(1), often(2)] == ["once", "2 times"]
