"""`pixroute simulate`: what is told on a terminal, as JSON and as a page."""

import json

import pytest
from click.testing import CliRunner

from router.cli.app import pixroute
from router.emulators import drawing

CONFIG = """
strategy: {mode: fallback}
targets:
  - {provider: openai, override_params: {model: gpt-image-2}}
  - {provider: stability-ai, override_params: {model: stable-image-core}}
"""
SCENARIO = """
name: a bad minute
description: Half of all calls to OpenAI fail.
duration: 1m
arrivals: {constant: 1}
providers:
  openai: {latency: 4, error_rate: 0.5, rate_limit: {per_minute: 50, burst: 5}}
  stability-ai: {latency: 2}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "a.yaml").write_text(CONFIG)
    (tmp_path / "b.yaml").write_text("provider: openai\noverride_params: {model: gpt-image-2}\n")
    (tmp_path / "bad.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(pixroute, ["simulate", *arguments])


def test_a_run_is_told_in_figures_and_timelines(folder):
    told = run("a.yaml", "--scenario", "bad.yaml")

    assert told.exit_code == 0
    for words in (
        "a bad minute, 1 min, seed 0",
        "a.yaml: all 60 requests were answered",
        "requests    60: 60 answered",
        "fallbacks ",
        "rate limits ",
        "targets[0] openai gpt-image-2",
        "targets[1] stability-ai stable-image-core",
    ):
        assert words in told.stdout
    assert told.stderr == ""


def test_json_has_everything_and_nothing_else(folder):
    told = run("a.yaml", "--scenario", "bad.yaml", "--format", "json")

    result = json.loads(told.stdout)
    assert result["requests"]["arrived"] == result["requests"]["succeeded"] == 60
    assert sum(target["served"] for target in result["targets"]) == 60
    assert len(result["timeline"]["arrived"]) == 60
    assert set(result["latency"]) == {"p50", "p90", "p95", "p99", "max"}


def test_the_same_command_tells_the_same(folder):
    command = ("a.yaml", "--scenario", "bad.yaml", "--format", "json")

    assert run(*command).stdout == run(*command).stdout
    assert run(*command).stdout != run(*command, "--seed", "4").stdout


def test_a_page_is_written_beside_the_figures(folder):
    told = run("a.yaml", "--scenario", "bad.yaml", "--html", "report.html")

    assert "wrote report.html" in told.stderr
    assert (folder / "report.html").read_text().startswith("<!doctype html>")


PAGE = ("--scenario", "bad.yaml", "--html")


def test_a_page_replaces_an_earlier_page(folder):
    one = run("a.yaml", *PAGE, "today.html")
    other = run("b.yaml", *PAGE, "today.html")

    assert one.exit_code == other.exit_code == 0
    assert "b.yaml" in (folder / "today.html").read_text()


@pytest.mark.parametrize("text", ["mine", "<!doctype html>\n<title>mine</title>"])
def test_a_page_replaces_another_file_by_force_only(folder, text):
    (folder / "mine.html").write_text(text)

    refused = run("a.yaml", *PAGE, "mine.html")
    kept = (folder / "mine.html").read_text()
    forced = run("a.yaml", *PAGE, "mine.html", "--force")

    assert (refused.exit_code, refused.stdout, kept) == (1, "", text)
    assert "mine.html exists and is no page of 'pixroute simulate'; --force" in refused.stderr
    assert forced.exit_code == 0
    assert (folder / "mine.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("name", ["a.yaml", "b.yaml", "bad.yaml", "link.yaml"])
def test_a_page_never_replaces_what_is_simulated(folder, name):
    (folder / "link.yaml").symlink_to("a.yaml")
    before = (folder / name).read_text()

    told = run("a.yaml", "--compare", "b.yaml", *PAGE, name, "--force")

    assert (told.exit_code, told.stdout) == (1, "")
    assert f"{name} is read by this run" in told.stderr
    assert (folder / name).read_text() == before


def test_a_page_never_replaces_a_recording_or_keys_that_are_read(folder):
    (folder / "times.txt").write_text("1\n2\n")
    (folder / "virtual-keys.yaml").write_text("{}\n")
    (folder / "bad.yaml").write_text("duration: 1m\narrivals: {file: times.txt}\n")

    for name in ("times.txt", "virtual-keys.yaml"):
        told = run("a.yaml", *PAGE, name, "--force")

        assert (told.exit_code, told.stdout) == (1, "")
        assert f"{name} is read by this run" in told.stderr
    assert (folder / "times.txt").read_text() == "1\n2\n"


def test_what_a_run_never_meets_is_told_and_does_not_stop_it(folder):
    (folder / "bad.yaml").write_text(SCENARIO + "  replicate: {error_rate: 1}\n")

    text = run("a.yaml", "--scenario", "bad.yaml")
    told = run("a.yaml", "--scenario", "bad.yaml", "--format", "json")

    assert (text.exit_code, told.exit_code) == (0, 0)
    assert "bad.yaml:9:3  warning  no target of this config is replicate" in text.stderr
    assert "warning" not in text.stdout
    (problem,) = json.loads(told.stdout)["problems"]
    assert (problem["severity"], problem["code"], problem["line"]) == ("warning", "no-bearing", 9)


def test_a_shipped_scenario_is_called_by_its_name(folder):
    told = run("a.yaml", "--scenario", "regional-outage", "--duration", "40m")

    assert told.stderr == (
        "regional-outage  warning  no target of this config is azure-openai\n"
        "      │ scenario.providers.azure-openai: asked are openai, stability-ai\n"
    )


def test_a_scenario_of_others_alone_is_refused_with_everything_that_is_wrong(folder):
    models = "providers: {segmind: {}, replicate: {}}\n"
    (folder / "others.yaml").write_text("duration: 1m\narrivals: {constant: 1}\n" + models)

    told = run("a.yaml", "--scenario", "others.yaml")

    assert (told.exit_code, told.stdout) == (1, "")
    assert "no target of this config is segmind" in told.stderr
    assert told.stderr.endswith("2 errors in 1 file\n")


def test_a_misspelt_model_is_no_all_clear(folder):
    models = "providers: {openai: {models: {gpt-image-22: {error_rate: 1.0}}}}\n"
    (folder / "typo.yaml").write_text("duration: 1m\narrivals: {constant: 1}\n" + models)

    told = run("a.yaml", "--scenario", "typo.yaml")

    assert told.exit_code == 1
    assert "did you mean 'gpt-image-2'?" in told.stderr


def test_a_shorter_run_notes_what_it_leaves_out(folder):
    told = run("b.yaml", "--scenario", "regional-outage", "--duration", "1m", "--format", "json")

    notes = [one for one in json.loads(told.stdout)["problems"] if one["severity"] == "note"]
    assert [one["message"] for one in notes] == ["so short a run leaves out 3 outages"]


def test_requests_that_are_wrong_themselves_say_so(folder):
    (folder / "bad.yaml").write_text(SCENARIO + "requests: [{params: {size: huge}}]\n")

    told = run("a.yaml", "--scenario", "bad.yaml")
    data = json.loads(run("a.yaml", "--scenario", "bad.yaml", "--format", "json").stdout)

    assert "mistakes " in told.stdout
    assert 'openai gpt-image-2: 400 bad_request: Invalid value: "huge"' in told.stdout
    assert data["targets"][0]["reasons"]["400 bad_request"].startswith('Invalid value: "huge"')


def test_requests_that_the_router_refuses_say_so(folder):
    asked = "requests: [{params: {prompt: x, extra_body: {n: 0}}}]\n"
    (folder / "bad.yaml").write_text(SCENARIO + asked)

    told = run("a.yaml", "--scenario", "bad.yaml")

    assert "60 requests: 400 bad_request: n is 0; expected a whole number" in told.stdout


def test_a_timeline_explains_its_marks_where_there_is_a_breaker(folder):
    breaker = "cb_config: {failure_threshold: 1, cooldown_interval: 30000}"
    (folder / "c.yaml").write_text(CONFIG.replace("fallback}", f"fallback, {breaker}}}"))

    with_one, without = (
        run(name, "--scenario", "bad.yaml").stdout for name in ("c.yaml", "a.yaml")
    )

    assert "breaker: · closed, ━ open, ╌ half-open" in with_one
    assert "half-open" not in without


def test_two_configs_stand_side_by_side(folder):
    told = run("a.yaml", "--compare", "b.yaml", "--scenario", "bad.yaml")

    assert "compared with a.yaml, b.yaml fails" in told.stdout
    (heads,) = (line for line in told.stdout.splitlines() if line.split() == ["a.yaml", "b.yaml"])
    assert heads.index("a.yaml") < heads.index("b.yaml")


def test_a_comparison_is_json_too(folder):
    told = run("a.yaml", "--compare", "b.yaml", "--scenario", "bad.yaml", "--format", "json")

    both = json.loads(told.stdout)
    assert [one["config"] for one in both["configs"]] == ["a.yaml", "b.yaml"]
    assert both["difference"].startswith("compared with a.yaml, b.yaml fails")


def test_of_two_configs_each_has_the_problems_that_it_has_alone(folder):
    (folder / "one.yaml").write_text(SCENARIO.replace("stability-ai", "replicate"))
    (folder / "c.yaml").write_text("provider: replicate\noverride_params: {model: x/y}\n")

    told = run("a.yaml", "--compare", "c.yaml", "--scenario", "one.yaml", "--format", "json")

    both = json.loads(told.stdout)
    assert both["problems"] == []
    assert [[one["message"] for one in config["problems"]] for config in both["configs"]] == [
        ["no target of this config is replicate"],
        ["no target of this config is openai"],
    ]


def test_what_only_one_of_two_configs_meets_is_an_error_of_neither(folder):
    only = SCENARIO.partition("  stability-ai")[0]
    (folder / "one.yaml").write_text(only)
    (folder / "c.yaml").write_text("provider: stability-ai\n")

    told = run("a.yaml", "--compare", "c.yaml", "--scenario", "one.yaml", "--format", "json")

    own = [config["problems"] for config in json.loads(told.stdout)["configs"]]
    assert [[one["severity"] for one in problems] for problems in own] == [[], ["warning"]]


def test_less_of_a_scenario_can_be_played(folder):
    told = run("a.yaml", "--scenario", "quiet-day", "--duration", "1m 30s")

    assert told.exit_code == 0
    assert "a quiet day, 1 min 30 s, seed 1" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--scenario", "quiet-dya"),
            "'quiet-dya' is no file, and no scenario that ships; did you",
        ),
        (("--scenario", "bad.yaml", "--duration", "soon"), "'soon' is no duration such as 90s"),
        (
            ("--scenario", "bad.yaml", "--duration", "200d"),
            "'200d' brings 17,280,000 requests; a run has 10,000,000 at most",
        ),
    ],
)
def test_wrong_options_are_told(folder, arguments, said):
    told = run("a.yaml", *arguments)

    assert told.exit_code == 2
    assert said in told.stderr


def test_a_wrong_scenario_is_told_with_its_place(folder):
    (folder / "wrong.yaml").write_text("duration: 1m\narrivals: {poison: 1}\n")

    told = run("a.yaml", "--scenario", "wrong.yaml")

    assert told.exit_code == 1
    assert "wrong.yaml:2:12" in told.stderr
    assert "did you mean 'poisson'?" in told.stderr


def test_a_wrong_config_is_told_with_its_place(folder):
    (folder / "wrong.yaml").write_text("provider: opnai\n")

    told = run("wrong.yaml", "--scenario", "bad.yaml")

    assert told.exit_code == 1
    assert "wrong.yaml:1" in told.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("a.yaml", "--scenario", "nowhere.yaml"),
        ("nowhere.yaml", "--scenario", "bad.yaml"),
        ("a.yaml", "--scenario", "bad.yaml", "--compare", "nowhere.yaml"),
    ],
)
def test_a_file_that_is_not_there_is_told(folder, arguments):
    told = run(*arguments)

    assert told.exit_code == 1
    assert "is 'nowhere.yaml'; there is no such file" in told.stderr


def test_no_key_is_needed_and_none_is_read(folder, monkeypatch):
    (folder / "key.yaml").write_text("provider: openai\napi_key: ${MY_KEY}\n")
    monkeypatch.setenv("MY_KEY", "invalid")

    told = run("key.yaml", "--scenario", "bad.yaml", "--format", "json")

    assert json.loads(told.stdout)["requests"]["succeeded"] > 0


def test_a_terminal_shows_how_far_it_is_and_wipes_it(folder, terminal):
    screen = terminal("simulate", "a.yaml", "--scenario", "bad.yaml", "--duration", "20m")
    screen.expect("requests")

    assert screen.end() == 0
    assert "/s" in screen.seen
    assert "\x1b[K" in screen.raw


def test_ctrl_c_shows_what_was_found_and_exits_with_130(folder, terminal):
    screen = terminal("simulate", "a.yaml", "--scenario", "bad.yaml", "--duration", "30d")
    screen.expect("/s")

    screen.press(b"\x03")

    assert screen.end() == 130
    assert "interrupted at " in screen.seen
    assert "requests    " in screen.seen
    assert "Traceback" not in screen.seen


def test_a_comparison_that_is_interrupted_keeps_its_shape(folder, terminal):
    command = ("a.yaml", "--compare", "b.yaml", "--scenario", "bad.yaml", "--format", "json")
    screen = terminal("simulate", *command, "--duration", "30d")
    screen.expect("/s")

    screen.press(b"\x03")

    assert screen.end() == 130
    told = json.loads(screen.seen[screen.seen.index("{") :])
    assert [one["config"] for one in told["configs"]] == ["a.yaml"]
    assert told["difference"] is None


def test_a_narrow_terminal_is_not_overrun(folder, terminal):
    screen = terminal("simulate", "a.yaml", "--scenario", "bad.yaml", "--quiet", columns=50)

    assert screen.end() == 0
    assert max(map(len, screen.lines)) <= 50


def test_every_process_tells_the_same(folder, pipe):
    command = ("simulate", "a.yaml", "--scenario", "429-storm", "--duration", "1m", "--format=json")

    one, other = (pipe(*command, PYTHONHASHSEED=seed) for seed in ("1", "2"))

    assert one.returncode == other.returncode == 0
    assert (one.stdout, one.stderr) == (other.stdout, other.stderr)


def test_a_picture_that_cannot_be_made_without_pillow_is_told_with_what_to_install(
    folder, monkeypatch
):
    monkeypatch.setattr(drawing, "find_spec", lambda name: None)
    asked = "requests: [{params: {output_format: webp, size: 1056x1056}}]\n"
    (folder / "bad.yaml").write_text(SCENARIO + asked)

    told = run("b.yaml", "--scenario", "bad.yaml")

    assert told.exit_code != 0
    assert "pip install 'pixroute[sandbox]'" in told.stderr
