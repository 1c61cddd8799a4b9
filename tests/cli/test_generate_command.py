"""The command generate: pictures become files; what happened is told, and nothing secret is."""

import json

import pytest
from easel import pictures_in

SECRET = "sk-proj-AbCdEf0123456789AbCdEf0123456789"

RETRIED = """\
provider: openai
override_params: {model: gpt-image-2}
retry: {attempts: 1}
"""


def test_a_picture_is_saved_under_words_of_its_prompt(run, config, tmp_path):
    result = run("generate", "Lucy in the sky with diamonds!", "-c", config(), "--sandbox")

    assert result.exit_code == 0
    assert pictures_in(tmp_path) == ["lucy-in-the-sky-with-diamonds-1.png"]
    first, second, *_ = result.stdout.splitlines()
    assert first.startswith("lucy-in-the-sky-with-diamonds-1.png   1280x1280 PNG, ")
    assert second.startswith(
        "served by stability-ai stable-image-core (config.targets[0]) after 1 "
    )


def test_no_file_is_ever_overwritten(run, config, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a-kite-1.png").write_text("mine")

    for _ in range(2):
        run("generate", "A kite", "-c", config(), "--sandbox", "--out", "out")

    assert (tmp_path / "out" / "a-kite-1.png").read_text() == "mine"
    assert pictures_in(tmp_path / "out") == ["a-kite-2.png", "a-kite-3.png"]


def test_the_folder_is_made_and_every_picture_has_its_own_file(run, config, tmp_path):
    path = config("{provider: openai, override_params: {model: gpt-image-2}}")

    result = run("generate", "kite", "-c", path, "--sandbox", "--n", 3, "--out", "deep/down")

    assert result.exit_code == 0
    names = ["kite-1.png", "kite-2.png", "kite-3.png"]
    assert pictures_in(tmp_path / "deep" / "down") == names
    assert len({(tmp_path / "deep" / "down" / name).read_bytes() for name in names}) == 3


def test_the_extension_is_that_of_the_real_format(run, config, tmp_path):
    run("generate", "kite", "-c", config(), "--sandbox", "--output-format", "jpeg")

    assert pictures_in(tmp_path) == ["kite-1.jpg"]


def test_a_picture_behind_a_url_is_fetched(run, config, tmp_path):
    path = config("{provider: openai, override_params: {model: dall-e-2}}")

    result = run("generate", "kite", "-c", path, "--sandbox", "--param", "response_format=url")

    assert result.exit_code == 0, result.stderr
    assert pictures_in(tmp_path) == ["kite-1.png"]


def test_a_fallback_and_what_was_adapted_are_told(run, config):
    result = run(
        "generate", "kite", "-c", config(), "--sandbox",
        "--faults", "stability-ai: 503", "--style", "vivid",
    )  # fmt: skip

    assert "(config.targets[1]) after 2 attempts in " in result.stdout
    assert "  fallback:  config.targets[0] answered 503 overloaded -> config.targets[1]\n" in (
        result.stdout
    )
    assert "  adapted:   style vivid dropped" in result.stdout


def test_without_a_terminal_each_event_is_a_plain_line(pipe, config):
    result = pipe(
        "generate", "kite", "-c", config(), "--sandbox", "--faults", "stability-ai: 503"
    )  # fmt: skip

    events = [line.partition(" s  ")[2] for line in result.stderr.splitlines()]
    assert events == [
        "config.targets[0]  stability-ai stable-image-core asked",
        "config.targets[0]  stability-ai stable-image-core failed: 503 overloaded",
        "config  fallback: config.targets[0] answered 503 overloaded -> config.targets[1]",
        "config.targets[1]  openai gpt-image-2 asked",
        "config.targets[1]  openai gpt-image-2 answered 200",
    ]
    assert "\x1b" not in result.stdout + result.stderr


def test_quiet_prints_the_paths_only(run, config):
    result = run("generate", "kite", "-c", config(), "--sandbox", "--n", 2, "--quiet")

    assert (result.stdout, result.stderr) == ("kite-1.png\nkite-2.png\n", "")


def test_json_is_exactly_one_object(run, config):
    result = run("generate", "kite", "-c", config(), "--sandbox", "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    (picture,) = answer["pictures"]
    assert (picture["path"], picture["format"], picture["width"]) == ("kite-1.png", "png", 1280)
    assert answer["served_by"]["path"] == "config.targets[0]"
    assert [attempt["status"] for attempt in answer["trace"]["attempts"]] == [200]


def test_a_failure_is_one_object_too(run, config):
    result = run("generate", "kite", "-c", config(), "--sandbox", "--json", "--faults", "503")

    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (answer["ok"], answer["error"]["status"]) == (False, 503)
    assert [attempt["kind"] for attempt in answer["trace"]["attempts"]] == ["overloaded"] * 2


def test_a_wrong_config_is_one_object_too(run, config):
    result = run("generate", "kite", "-c", config("provider: opnai"), "--json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answer["error"]["problems"][0]["message"] == "unknown provider 'opnai'"


def test_a_failure_tells_each_attempt_and_no_traceback(run, config, tmp_path):
    result = run("generate", "kite", "-c", config(), "--sandbox", "--faults", "503")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "error: no picture: 503 overloaded: " in result.stderr
    assert (
        "  config.targets[0]  stability-ai stable-image-core: 503 overloaded after "
        in result.stderr
    )
    assert "  config.targets[1]  openai gpt-image-2: 503 overloaded after " in result.stderr
    assert "2 attempts in " in result.stderr
    assert "Traceback" not in result.stderr
    assert pictures_in(tmp_path) == []


def test_pictures_that_came_all_the_same_are_saved(run, config, tmp_path):
    path = config("{provider: stability-ai, override_params: {model: stable-image-core}}")

    result = run(
        "generate", "kite", "-c", path, "--sandbox", "--n", 3, "--faults", "503 x1"
    )  # fmt: skip

    assert result.exit_code == 1
    assert "too few pictures" in result.stderr
    _, _, listed = result.stderr.partition("\nsaved all the same:\n")
    assert [line.split()[0] for line in listed.splitlines()] == ["kite-1.png", "kite-2.png"]
    assert pictures_in(tmp_path) == ["kite-1.png", "kite-2.png"]


def test_a_wrong_config_is_told_as_check_tells_it(run, config):
    path = config("provider: opnai\n")

    result = run("generate", "kite", "-c", path)

    assert result.exit_code == 1
    assert f"{path}:1:11  error  unknown provider 'opnai'" in result.stderr
    assert result.stdout == ""


def test_a_refused_argument_is_told_in_one_line(run, config):
    result = run("generate", "  ", "-c", config(), "--sandbox")

    assert result.exit_code == 1
    assert result.stderr == "error: prompt is ' '; expected some words\n"


def test_the_config_may_be_pixroute_yaml_here(run, config):
    config(name="pixroute.yaml")

    assert run("generate", "kite", "--sandbox").exit_code == 0


def test_a_provider_alone_is_a_config(run):
    result = run("generate", "kite", "--provider", "openai", "--sandbox")

    assert result.exit_code == 0
    assert "served by openai" in result.stdout


def test_without_any_config_it_is_a_usage_error(run):
    result = run("generate", "kite", "--sandbox")

    assert result.exit_code == 2
    assert "--config or --provider is needed" in result.stderr


def test_metadata_reaches_the_conditions(run, config):
    path = config(
        "strategy:\n"
        "  mode: conditional\n"
        "  conditions:\n"
        "    - {query: {metadata.plan: {$eq: '2'}}, then: text}\n"
        "    - {query: {metadata.plan: {$eq: 2}}, then: number}\n"
        "  default: other\n"
        "targets:\n"
        "  - {name: text, provider: openai, override_params: {model: gpt-image-2}}\n"
        "  - {name: number, provider: openai, override_params: {model: gpt-image-1}}\n"
        "  - {name: other, provider: openai, override_params: {model: dall-e-2}}\n"
    )

    def served(*options):
        result = run("generate", "kite", "-c", path, "--sandbox", "--json", *options)
        return json.loads(result.stdout)["served_by"]["model"]

    assert served("--metadata", "plan=2") == "gpt-image-2"
    assert served("--metadata", "plan:=2") == "gpt-image-1"
    assert served() == "dall-e-2"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--n", "0"], "--n"),
        (["--timeout", "0"], "--timeout"),
        (["--param", "quality"], "'quality' is not NAME=VALUE"),
        (["--param", "quality=low", "--quality", "high"], "'quality' is given twice"),
        (["--param", "a=1", "--param", "a=2"], "'a' is given twice"),
        (["--param", "n=null"], "n is None; expected a whole number"),
        (["--param", "image=1"], "'image' is no parameter of a picture: --image of edit"),
        (["--param", "timeout=3"], "'timeout' is no parameter of a picture: --timeout"),
        (["--param", "seed=red"], "seed is 'red'; expected a whole number"),
        (["--metadata", "a:=b"], "the value of 'a' is not JSON"),
        (["--faults", "openai: 503x"], "--faults"),
        (["--config", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_wrong_options_are_usage_errors(run, config, options, told):
    result = run("generate", "kite", "-c", config(), "--sandbox", *options)

    assert result.exit_code == 2
    assert told in result.stderr


def test_faults_need_the_sandbox(run, config):
    result = run("generate", "kite", "-c", config(), "--faults", "503")

    assert result.exit_code == 2
    assert "--faults needs --sandbox" in result.stderr


def test_parameters_are_passed_on(run, config):
    path = config("{provider: openai, override_params: {model: gpt-image-2}}")

    result = run(
        "generate", "kite", "-c", path, "--sandbox", "--json",
        "--param", "size=1536x1024", "--param", "output_compression=50",
        "--param", "output_format=jpeg", "--param", "background=opaque",
    )  # fmt: skip

    (picture,) = json.loads(result.stdout)["pictures"]
    assert (picture["width"], picture["height"], picture["format"]) == (1536, 1024, "jpeg")


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_asked(run, config, tmp_path):
    (tmp_path / "file").write_text("")

    result = run("generate", "kite", "-c", config(), "--sandbox", "--out", "file/below")

    assert result.exit_code == 1
    assert result.stderr.startswith("error: the folder file/below cannot be made: ")
    assert "asked" not in result.stderr


def test_a_deadline_is_kept(run, config):
    result = run(
        "generate", "kite", "-c", config(), "--sandbox", "--timeout", "0.1", "--faults", "delay=60"
    )  # fmt: skip

    assert result.exit_code == 1
    assert "error: no picture: 408 " in result.stderr


@pytest.mark.parametrize("options", [(), ("--json",), ("--quiet",)], ids=str)
@pytest.mark.parametrize("faults", ["401", "503", "x1 401"])
def test_no_secret_is_ever_printed(run, config, options, faults):
    path = config(
        f"{{provider: openai, api_key: {SECRET}, override_params: {{model: gpt-image-2}}}}"
    )

    result = run("generate", "kite", "-c", path, "--sandbox", "--faults", faults, *options)

    assert SECRET not in result.output
    assert SECRET[10:] not in result.output


def test_a_terminal_shows_who_is_waited_for(terminal, config):
    screen = terminal(
        "generate", "kite", "-c", config(), "--sandbox",
        "--faults", "stability-ai: 503; openai: delay=1",
    )  # fmt: skip

    screen.expect("config.targets[0]  stability-ai  stable-image-core  503 overloaded  ")
    screen.expect(" waiting")
    screen.expect("served by openai gpt-image-2 (config.targets[1]) after 2 attempts in ")

    assert screen.end() == 0


def test_a_terminal_shows_that_a_retry_is_waited_for(terminal, config):
    screen = terminal("generate", "kite", "-c", config(RETRIED), "--sandbox", "--faults", "503 x1")

    screen.expect(" pausing")
    screen.expect("before attempt 2: backoff after 503 overloaded")

    assert screen.end() == 0


@pytest.mark.parametrize("columns", [20, 40, 60, 100])
def test_the_display_fits_the_terminal(terminal, config, columns):
    screen = terminal(
        "generate", "kite", "-c", config(), "--sandbox",
        "--faults", "stability-ai: 503; openai: delay=0.2", columns=columns,
    )  # fmt: skip

    assert screen.end() == 0
    live = [line for line in screen.lines if line.startswith("  ") and "stability-ai" in line]
    assert live
    assert max(map(len, live)) <= columns


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_colours_can_be_declined(terminal, config, environment):
    screen = terminal("generate", "kite", "-c", config(), "--sandbox", **environment)

    assert screen.end() == 0
    assert "\x1b[3" not in screen.raw.replace("\x1b[3F", "")


def test_ctrl_c_cancels_the_call_and_is_told_in_one_line(terminal, config):
    screen = terminal("generate", "kite", "-c", config(), "--sandbox", "--faults", "delay=60")
    screen.expect(" waiting")

    screen.press(b"\x03")

    assert screen.end() == 130
    assert "499 cancelled" in screen.seen
    assert "interrupted after " in screen.seen
    assert "Traceback" not in screen.seen


def test_ctrl_c_without_a_display_is_told_in_one_line(terminal, config):
    screen = terminal(
        "generate", "kite", "-c", config(), "--sandbox", "--faults", "delay=60", TERM="dumb"
    )  # fmt: skip
    screen.expect(" asked")

    screen.press(b"\x03")

    assert screen.end() == 130
    assert screen.seen.splitlines()[-1].endswith("may have been billed")


def test_warnings_are_left_to_check(run, config):
    config("unused: {provider: openai, api_key: '${NOT_SET_ANYWHERE}'}", "virtual-keys.yaml")

    result = run("generate", "kite", "-c", config("provider: opnai"))

    assert "NOT_SET_ANYWHERE" not in result.stderr
    assert result.stderr.endswith("1 error in 1 file\n")


@pytest.mark.parametrize("columns", [40, 100])
def test_a_failure_fits_the_terminal(terminal, config, columns):
    screen = terminal(
        "generate", "kite", "-c", config(), "--sandbox", "--faults", "401", columns=columns
    )  # fmt: skip

    assert screen.end() == 1
    told = screen.seen.partition("error: ")[2].splitlines()
    assert len(told) > 2
    assert max(map(len, told)) <= columns
