"""The figures on a terminal, where the second of two runs was interrupted."""

import re
from dataclasses import replace

import pytest
from click import unstyle

from router.cli.simulation_table import show
from router.lab.stage import loader_for
from router.simulator.accounts import Accounts
from router.simulator.reading import read_scenario
from router.simulator.results import result_of
from router.simulator.run import play

CONFIG = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}


def played(config):
    scenario = read_scenario({"duration": 9, "arrivals": {"constant": 1}})
    loader = loader_for(Accounts())
    return result_of(play(scenario, loader.load(config), loader), scenario, "a.yaml")


@pytest.fixture(scope="module")
def result():
    return played(CONFIG)


def shown(*results):
    return unstyle("\n".join(show(results, None)))


def test_two_runs_of_which_one_was_interrupted_are_told_each_by_itself(result):
    broken = replace(result, config="b.yaml", was_interrupted=True)

    text = shown(result, broken)

    assert "a.yaml: all 9 requests were answered" in text
    assert "interrupted at " in text
    assert text.index("a.yaml: ") < text.index("interrupted at ") < text.index("b.yaml: ")
    assert "difference" not in text
    assert text.count("requests    9: 9 answered") == 2


def test_two_whole_runs_are_compared(result):
    assert "no difference to speak of between a.yaml and b.yaml" in shown(
        result, replace(result, config="b.yaml")
    )


def test_a_target_that_was_never_asked_has_its_row():
    unasked = {**CONFIG, "override_params": {"model": "gpt-image-1"}}
    config = {"strategy": {"mode": "fallback"}, "targets": [CONFIG, unasked]}

    text = shown(played(config))

    (row,) = re.findall(r"^targets\[1\] openai gpt-image-1 +(.+)$", text, re.MULTILINE)
    assert row.split() == ["0", "0", "%", "0", "0", "0", "-", "-", "$0"]
    assert "targets[1] openai gpt-image-1\n  never asked" in text
