"""A run that is interrupted: what was found by then, and no more."""

import signal

import pytest
from simulator_tools import OPENAI, scenario, tally_of

from router.simulator.page.document import page_of
from router.simulator.result_json import as_json
from router.simulator.results import result_of


def press(tally):
    if tally.ended:
        signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def tail():
    """Return what was found by a run that was interrupted after the last arrival."""
    parts = {"duration": 21, "arrivals": {"constant": 10}}
    parts["providers"] = {"openai": {"latency": 30, "cut_rate": 0.3}}
    tally = tally_of(OPENAI, press, **parts)
    return result_of(tally, scenario(**parts), "config.yaml")


def test_ctrl_c_keeps_what_was_found_so_far():
    tally = tally_of(OPENAI, press, duration=3600)

    assert tally.was_interrupted
    assert 0 < tally.ended < tally.arrived < 3600


def test_json_says_how_far_an_interrupted_run_came(tail):
    told = as_json(tail)

    assert (told["interrupted"], told["duration"]) == (True, 21)
    assert told["seconds_played"] == pytest.approx(49.9)


def test_requests_under_way_are_not_among_those_that_were_answered(tail):
    assert (tail.requests, tail.ended) == (210, 200)
    assert sum(tail.under_way_at) == sum(tail.under_way_at[-3:]) == 10
    assert sum(tail.answered_at) == tail.ok < 200
    assert as_json(tail)["timeline"]["under_way"] == list(tail.under_way_at)


def test_the_page_says_how_many_were_still_under_way(tail):
    assert page_of([tail]).count("were still under way") == 3


def test_a_call_that_only_the_end_of_the_run_cancels_has_not_failed():
    tally = tally_of(
        {**OPENAI, "cache": {"mode": "simple"}},
        press,
        arrivals={"constant": 10},
        requests=[{"params": {}, "prompts": 1, "deadline": 5}],
        providers={"openai": {"latency": 100}},
    )

    assert (tally.ended, tally.failed) == (200, 200)
    assert tally.targets == {}
