"""A scenario is read whole, and everything that is wrong with it is told with its place."""

import os
from pathlib import Path

import pytest
from simulator_tools import scenario

from router.config.problems import ConfigError
from router.simulator import shipped
from router.simulator.durations import parse, spoken
from router.simulator.reading import read_scenario
from router.simulator.shipped import folder, shipped_names
from router.workspace import config_files

CONFIGS = Path(__file__).parents[2] / "configs"

GOOD = "duration: 10m\narrivals: {poisson: 1}\n"


def problems(text):
    with pytest.raises(ConfigError) as caught:
        read_scenario(text)
    return [f"{one.line}: {one.place}: {one.message}; {one.hint}" for one in caught.value.problems]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("seeed: 1\n", "3: scenario.seeed: unknown key 'seeed'; did you mean 'seed'?"),
        ("providers: {opnai: {}}\n", "unknown provider 'opnai'; did you mean 'openai'?"),
        ("providers: {openai: {}, '*': {latency: -1}}\n", "latency is -1; expected 0 or more"),
        ("providers: {openai: {latency: soon}}\n", "is no duration such as 90s or 1h 30m"),
        ("providers: {openai: {latency: {median: 3}}}\n", "latency is no distribution"),
        ("providers: {openai: {latency: {median: 9, p95: 3}}}\n", "p95 is 3 s, the median 9 s"),
        ("providers: {openai: {latency: {between: [5, 2]}}}\n", "between has the longer first"),
        ("providers: {openai: {error_rate: 2}}\n", "error_rate is 2; expected 1 or less"),
        ("providers: {azure: {}, azure-openai: {}}\n", "is azure-openai, which is here already"),
        ("providers: {openai: {outages: [{from: 5m, to: 4m}]}}\n", "to is not later than 'from'"),
        (
            "providers: {openai: {outages: [{kind: hang, status: 503}]}}\n",
            "kind stands beside a status",
        ),
        (
            "providers: {openai: {outages: [{from: 10m}]}}\n",
            "outages[0].from: this outage begins after the end; the scenario ends at 10 min",
        ),
        (
            "providers: {openai: {models: {dall-e-3: {retired_at: 9h}}}}\n",
            "retired_at: the model is switched off after the end; the scenario ends at 10 min",
        ),
        (
            "providers: {openai: {error_rate: 0.7, refusal_rate: 0.7}}\n",
            "error_rate and refusal_rate are 1.4 of all calls together",
        ),
        (
            "providers: {openai: {cut_rate: 0.6, models: {dall-e-3: {empty_rate: 0.6}}}}\n",
            "dall-e-3.empty_rate: cut_rate and empty_rate are 1.2 of all calls together",
        ),
        (
            "requests: [{params: {sizee: 1024x1024}}]\n",
            "params.sizee: unknown key 'sizee'; did you mean 'size'?",
        ),
        ("requests: [{params: {n: 0}}]\n", "params.n: n is 0; expected 1 or more"),
        ("requests: [{params: {model: 3}}]\n", "params.model: model is 3; expected a string"),
        ("requests: []\n", "requests is empty"),
        ("requests: [{deadline: 0}]\n", "requests[0].deadline: deadline is 0; expected more"),
        ("requests: [{deadline: 0s}]\n", "requests[0].deadline: deadline is 0; expected more"),
        ("requests: [{weight: 0}]\n", "weight is 0; expected more than 0"),
    ],
)
def test_what_is_wrong_is_told(more, said):
    assert said in "\n".join(problems(GOOD + more))


@pytest.mark.parametrize(
    ("arrivals", "said"),
    [
        ("{}", "arrivals is empty"),
        ("{poisson: 1, constant: 2}", "arrivals has constant and poisson"),
        ("{poisson: often}", "is no rate such as 10/s or 600/m"),
        ("{times: [3, 1]}", "times[1] is 1, less than the one before"),
        ("{file: nowhere.txt}", "file cannot be read: No such file or directory"),
        ("{bursts: {size: 5, every: 10, over: 20}}", "over is longer than 'every'"),
        ("[{poisson: 1}, {poisson: 2}]", "'for' is missing; only the last phase may"),
        ("[{for: 1m}]", "arrivals says no pattern"),
        (
            "[{poisson: 1, for: 10m}, {poisson: 2}]",
            "arrivals[1]: this phase begins after the end; the scenario ends at 10 min",
        ),
        ("{constant: 1e9}", "arrivals brings 600,000,000,000 requests; a run has 10,000,000 at"),
        ("{bursts: {size: 10000000, every: 9m}}", "arrivals brings 20,000,000 requests"),
        ("{poisson: 0}", "arrivals brings no request; expected a rate of more than 0"),
        ("[{poisson: 0/h, for: 1m}, {constant: 0}]", "arrivals brings no request"),
        ("{times: []}", "arrivals brings no request; expected a time"),
        ("{file: /dev/null}", "file is no recording: it is no file that can be read again"),
    ],
)
def test_arrivals_that_make_no_sense_are_told(arrivals, said):
    assert said in "\n".join(problems(f"duration: 10m\narrivals: {arrivals}\n"))


def test_a_phase_may_be_quiet():
    read_scenario("duration: 10m\narrivals: [{poisson: 0, for: 5m}, {poisson: 1}]\n")


def test_a_pipe_is_no_recording_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "times.txt")
    path = tmp_path / "scenario.yaml"
    path.write_text("duration: 10m\narrivals: {file: times.txt}\n")

    assert "is no recording: it is no file that can be read again" in problems(path)[0]


def test_a_recording_with_no_time_in_it_brings_no_request(tmp_path):
    (tmp_path / "times.txt").write_text("# nobody came\n")
    path = tmp_path / "scenario.yaml"
    path.write_text("duration: 10m\narrivals: {file: times.txt}\n")

    assert "arrivals brings no request; expected a time" in problems(path)[0]


def test_a_recording_with_a_bad_line_names_it(tmp_path):
    (tmp_path / "times.txt").write_text("1\nsoon\n")
    path = tmp_path / "scenario.yaml"
    path.write_text("duration: 10m\narrivals: {file: times.txt}\n")

    assert "is no recording: line 2 is 'soon'; expected seconds" in problems(path)[0]


def test_an_empty_scenario_says_what_is_missing():
    said = "\n".join(problems("name: x\n"))

    assert "'duration' is missing" in said
    assert "'arrivals' is missing" in said


def test_a_model_is_like_its_provider_but_for_what_it_says():
    openai = scenario(
        providers={"openai": {"error_rate": 0.5, "models": {"dall-e-3": {"latency": 2}}}}
    ).conducts("openai")

    own = openai.by_model["dall-e-3"]
    assert own.error_rate == openai.general.error_rate == 0.5
    assert own.delay.at(0.9, "openai", "dall-e-3") == 2


def test_shares_may_be_all_calls_but_no_more():
    rates = {"error_rate": 0.1, "refusal_rate": 0.2, "cut_rate": 0.3, "empty_rate": 0.4}

    assert scenario(providers={"openai": rates}).conducts("openai").general.empty_rate == 0.4


def test_the_star_stands_for_every_other_provider():
    both = scenario(providers={"openai": {"error_rate": 0.5}, "*": {"error_rate": 0.1}})

    found = [both.conducts(name).general.error_rate for name in ("openai", "segmind")]
    assert found == [0.5, 0.1]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", None), (90, 90), ("1h 30m", 5400), ("1.5h", 5400), ("250ms", 0.25), ("1d", 86_400)],
)
def test_durations_are_written_as_people_say_them(text, seconds):
    assert parse(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(45, "45 s"), (0.5, "0.5 s"), (5400, "1 h 30 min"), (86_400, "1 d"), (90_061, "1 d 1 h")],
)
def test_durations_are_told_in_their_largest_units(seconds, said):
    assert spoken(seconds) == said


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_scenario_says_what_happens_in_it(name):
    read = read_scenario(folder() / f"{name}.yaml")

    assert read.name
    assert read.description.endswith(".")


def test_the_shipped_scenarios_are_found_in_a_checkout_and_in_a_wheel(tmp_path, monkeypatch):
    beside = folder()
    inside = tmp_path / "router" / "scenarios"
    inside.mkdir(parents=True)
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path / "router")

    assert folder() == inside
    assert beside == CONFIGS / "scenarios"


@pytest.mark.parametrize("name", shipped_names())
def test_editors_find_the_schema_of_a_shipped_scenario(name):
    path = folder() / f"{name}.yaml"
    comment = path.read_text().splitlines()[0]

    assert comment.startswith("# yaml-language-server: $schema=")
    assert (path.parent / comment.partition("=")[2]).is_file()


def test_scenarios_are_no_configs():
    assert not {path.stem for path in config_files(CONFIGS)} & set(shipped_names())
