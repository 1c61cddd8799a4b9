"""What the page draws where results are unusual: no time at all, narrow ranges, two of a kind."""

import re
from dataclasses import replace

import pytest
from simulator_tools import OPENAI, STABILITY, simulated

from router.simulator.page.axes import amount
from router.simulator.page.costs import costs
from router.simulator.page.document import page_of
from router.simulator.page.latencies import latencies

LABEL = re.compile(r"<span[^>]*>([^<]*)\N{NO-BREAK SPACE}s</span>")


@pytest.fixture(scope="module")
def result():
    return simulated(OPENAI, duration=5, providers={"openai": {"latency": 4}})


def lasting(result, *seconds):
    """Return the result as if its answers had taken so long."""
    bars = tuple((end, seconds.count(end)) for end in sorted(set(seconds)))
    return replace(result, ok=len(seconds), latency_bars=bars)


def labels(drawing):
    """Return the seconds that are written below the chart."""
    return [float(label) for label in LABEL.findall(drawing.partition("level")[2])]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "1"),
        (2.5, "2.5"),
        (50_000, "50,000"),
        (100_000, "100 k"),
        (250_000, "250 k"),
        (5e6, "5 M"),
        (1e7, "10 M"),
    ],
)
def test_large_numbers_are_short(number, written):
    assert amount(number) == written


def test_answers_that_took_no_time_are_answers(result):
    for seconds in ((0.0, 0.0), (0.0, 3.0)):
        drawn = latencies([lasting(result, *seconds)])

        assert "No request was answered" not in drawn
        assert labels(drawn)[0] == 0


@pytest.mark.parametrize("seconds", [(2.9, 3.3), (0.02, 0.03), (7000.0, 9000.0), (4.0,)])
def test_an_axis_has_labels_however_narrow_it_is(result, seconds):
    found = labels(latencies([lasting(result, *seconds)]))

    assert 3 <= len(found) <= 9
    assert found == sorted(set(found))


def test_an_axis_over_wide_ranges_has_no_more_labels_than_there_is_room_for(result):
    assert 3 <= len(labels(latencies([lasting(result, 0.1, 4000.0)]))) <= 8


def test_the_second_config_has_its_own_colour_where_the_first_answered_nothing(result):
    silent = replace(result, ok=0, latency_bars=())

    drawn = latencies([silent, lasting(result, 2.0, 5.0)])

    assert 'class="steps other"' in drawn
    assert 'class="steps one"' not in drawn
    assert "p50" not in drawn


def test_the_costs_of_two_configs_are_in_one_grid(result):
    other = simulated(STABILITY, duration=5)

    drawn = costs([replace(result, config="a"), replace(other, config="b")])

    assert drawn.count('class="bars"') == 1
    assert [drawn.count(part) for part in ("<h4>a:", "<h4>b:", 'class="bar"')] == [1, 1, 2]


def test_names_that_a_user_has_given_are_written_as_they_are(result):
    named = replace(result, scenario="iPhone day", config="a.yaml")

    alone, both = page_of([named]), page_of([named, replace(named, config="b.yaml")])

    assert "<h1>iPhone day</h1>" in alone
    assert "There is no difference to speak of between a.yaml and b.yaml." in both


def test_an_interrupted_run_is_compared_with_nothing(result):
    whole = replace(result, config="a.yaml")
    other = replace(result, config="b.yaml", was_interrupted=True, ok=1, requests=4, cost=9.0)

    page = page_of([whole, other])

    assert "b.yaml was interrupted at 8\N{NO-BREAK SPACE}s: the two cannot be compared." in page
    assert "ompared with" not in page
    assert all(f">{name}.yaml: all " in page for name in "ab")


def test_the_page_of_an_interrupted_run_says_so(result):
    page = page_of([replace(result, config="a.yaml", was_interrupted=True)])

    assert "a.yaml was interrupted at 8\N{NO-BREAK SPACE}s.</p>" in page
