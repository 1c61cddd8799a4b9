"""The command check: every problem at once, with its place; exit codes; no secrets."""

import json

import pytest

THREE_MISTAKES = """\
strategy: {mode: fallback}
targets:
  - provider: opnai
  - provider: openai
    retrry: {attempts: 3}
    weight: -1
"""

SECRET = "sk-proj-AbCdEf0123456789AbCdEf0123456789"


def test_all_mistakes_are_told_with_their_places_and_the_exit_code_is_1(run, config):
    path = config(THREE_MISTAKES)

    result = run("check", path, "--sandbox")

    assert result.exit_code == 1
    assert f"{path}:3:15  error  " in result.stdout
    assert f"{path}:5:5  error  unknown key 'retrry'" in result.stdout
    assert f"{path}:6:13  error  " in result.stdout
    assert "did you mean 'retry'?" in result.stdout
    assert result.stdout.endswith("3 errors in 1 file\n")


def test_a_mark_stands_under_the_spot(run, config):
    result = run("check", config(THREE_MISTAKES), "--sandbox")

    lines = result.stdout.splitlines()
    mark = next(number for number, line in enumerate(lines) if "retrry: {" in line) + 1
    assert lines[mark].index("^^^^^^") == lines[mark - 1].index("retrry")


def test_a_good_config_is_told_in_one_line(run, config):
    path = config(
        "strategy: {mode: fallback}\n"
        "targets:\n"
        "  - strategy: {mode: loadbalance}\n"
        "    targets: [{provider: openai}, {provider: stability}]\n"
        "  - provider: google\n"
    )

    result = run("check", path, "--sandbox")

    assert result.exit_code == 0
    expected = f"{path}: fallback of 2 (loadbalance of openai, stability-ai; google)\n"
    assert result.stdout == expected


def test_an_unset_variable_is_an_error_unless_allowed_or_in_the_sandbox(run, config):
    path = config("provider: openai")

    plain, allowed, sandbox = (
        run("check", path, *o) for o in ((), ["--allow-unset"], ["--sandbox"])
    )

    assert plain.exit_code == 1
    assert "OPENAI_API_KEY is not set" in plain.stdout
    assert (allowed.exit_code, sandbox.exit_code) == (0, 0)


def test_an_env_file_sets_variables(run, config, tmp_path):
    (tmp_path / ".env").write_text("# mine\nexport OPENAI_API_KEY='abc' # here\n")

    assert run("check", config("provider: openai"), "--env-file", ".env").exit_code == 0


def test_a_missing_env_file_is_a_usage_error(run, config):
    result = run("check", config(), "--env-file", "nowhere.env")

    assert result.exit_code == 2
    assert "nowhere.env" in result.stderr


def test_a_broken_env_file_is_told_without_its_text(run, config, tmp_path):
    (tmp_path / ".env").write_text(f"A=1\n{SECRET}\n")

    result = run("check", config(), "--env-file", ".env")

    assert result.exit_code == 1
    assert ".env:2 is not understood; expected KEY=VALUE" in result.stderr
    assert SECRET not in result.output


def test_a_warning_is_shown_and_is_no_failure(run, config):
    result = run(
        "check", config("provider: openai\nstrict_open_ai_compliance: true\n"), "--sandbox"
    )

    assert result.exit_code == 0
    assert "warning" in result.stdout
    assert result.stdout.endswith("1 warning in 1 file\n")


def test_a_folder_stands_for_its_configs_and_their_tests(run, config, tmp_path):
    config("virtual_key: key", "configs/one.yaml")
    config('{"provider": "stability-ai"}', "configs/two.json")
    config("tests: [{name: a, then: {status: 200}}]", "configs/one.test.yaml")
    config("key: {provider: openai, api_key: x}", "configs/virtual-keys.yaml")

    result = run("check", "configs", "--sandbox")

    assert result.stdout.splitlines() == [
        "configs/one.yaml: openai",
        "configs/two.json: stability-ai",
        "configs/one.test.yaml: 1 test of one.yaml",
        "2 configs, no problems",
    ]


SCENARIO = "duration: 10m\narrivals: {poisson: 1}\n"


def test_a_folders_scenarios_are_checked_with_its_configs(run, config):
    config("provider: openai", "configs/one.yaml")
    config(f"{SCENARIO}seeed: 1\n", "configs/scenarios/evening.yaml")

    result = run("check", "configs", "--sandbox")

    assert result.exit_code == 1
    assert result.stdout.startswith(
        "configs/scenarios/evening.yaml:3:1  error  unknown key 'seeed'  [unknown-key]\n"
    )
    assert result.stdout.endswith("1 error in 1 file\n")


@pytest.mark.parametrize("path", ["configs", "configs/scenarios", "configs/scenarios/calm.yaml"])
def test_a_scenario_is_known_by_its_folder_and_no_config(run, config, path):
    config("provider: openai", "configs/one.yaml")
    config(SCENARIO, "configs/scenarios/calm.yaml")

    result = run("check", path, "--sandbox")

    assert result.exit_code == 0
    assert "configs/scenarios/calm.yaml: scenario of 10 min\n" in result.stdout


@pytest.mark.parametrize(
    ("name", "head"), [("prod.test.yaml", ""), ("prod.yaml", "provider: openai\n")]
)
def test_mistakes_in_routing_tests_are_told_wherever_they_stand(run, config, name, head):
    config("provider: openai\n", "prod.yaml")
    config(f"{head}tests: [{{name: a, thn: {{}}}}]\n", name)

    result = run("check", name, "--sandbox")

    assert result.exit_code == 1
    assert "unknown key 'thn'" in result.stdout
    assert "tests[0].thn: did you mean 'then'?" in result.stdout


def test_tests_of_a_cache_that_there_is_not_are_wrong(run, config):
    config("provider: openai\n", "prod.yaml")
    config("tests: [{name: a, then: {cache: hit}}]\n", "prod.test.yaml")

    result = run("check", "prod.test.yaml", "--sandbox")

    assert result.exit_code == 1
    assert "there is no cache in prod.yaml" in result.stdout


@pytest.mark.parametrize(
    "text",
    ["provider: openai\n", "strategy: {mode: fallback}\ntargets: [{provider: openai}]\n"],
    ids=["target", "group"],
)
def test_a_config_in_a_folder_called_scenarios_is_a_config(run, config, text):
    path = config(f"{text}seeed: 1\n", "scenarios/prod.yaml")

    assert "config.seeed: " in run("check", path, "--sandbox").stdout

    config(text, "scenarios/prod.yaml")
    assert run("check", path, "--sandbox").exit_code == 0


def test_where_there_are_only_scenarios_no_configs_are_counted(run, config):
    for name in ("calm", "wild"):
        config(SCENARIO, f"configs/scenarios/{name}.yaml")

    result = run("check", "configs/scenarios", "--sandbox")

    assert result.stdout.splitlines()[-1] == "no problems"


def test_a_folder_without_configs_is_an_error_beside_the_others(run, config, tmp_path):
    (tmp_path / "empty").mkdir()

    result = run("check", "empty", config("provider: opnai"), "--sandbox")

    assert result.exit_code == 1
    assert "empty  error  the folder has no configs" in result.stdout
    assert "unknown provider 'opnai'" in result.stdout
    assert result.stdout.endswith("2 errors in 2 files\n")


@pytest.mark.parametrize("paths", [["configs"], ["configs/a.json", "configs/a.yaml"]], ids=str)
def test_two_configs_of_one_name_are_an_error(run, config, paths):
    config('{"provider": "openai"}', "configs/a.json")
    config("provider: openai", "configs/a.yaml")

    result = run("check", *paths, "--sandbox")

    assert result.exit_code == 1
    assert "configs/a.yaml  error  'a' is the name of a.yaml and of a.json" in result.stdout
    assert result.stdout.endswith("1 error in 1 file\n")


def test_configs_of_one_name_in_two_folders_are_two(run, config):
    config("provider: openai", "configs/a.yaml")
    config("provider: openai", "more/a.yaml")

    assert run("check", "configs", "more", "--sandbox").exit_code == 0


def test_a_missing_file_is_an_error(run):
    result = run("check", "nowhere.yaml")

    assert result.exit_code == 1
    assert "nowhere.yaml  error  " in result.stdout


def test_no_path_is_a_usage_error(run):
    result = run("check")

    assert result.exit_code == 2
    assert "PATH" in result.stderr


@pytest.mark.parametrize("text", ["provider: opnai", "provider: opnai\n", '{"provider": "opnai"}'])
def test_a_config_is_read_from_standard_input(run, text):
    result = run("check", "-", "--sandbox", stdin=text)

    assert result.exit_code == 1
    assert "<stdin>:1:" in result.stdout
    assert "unknown provider 'opnai'" in result.stdout


def test_standard_input_that_is_no_text_is_told_in_one_line(run):
    result = run("check", "-", stdin=b"\xff\xfe")

    assert (result.exit_code, result.stderr) == (1, "error: standard input is not a UTF-8 text\n")


def test_a_file_of_virtual_keys_is_checked_as_such(run, config):
    good = config("a: {provider: openai, api_key: '${A:-x}'}", "virtual-keys.yaml")

    assert run("check", good).stdout == f"{good}: 1 virtual key\n"

    bad = config("a: {provider: opnai, api_key: x}", "virtual-keys.yaml")
    result = run("check", bad)

    assert result.exit_code == 1
    assert "unknown provider 'opnai'" in result.stdout


def test_a_folders_gateway_is_checked_with_its_configs(run, config):
    config("provider: openai", "configs/one.yaml")
    config("config: one", "configs/gateway.yaml")

    good = run("check", "configs", "--sandbox")
    config("config: onw", "configs/gateway.yaml")
    bad = run("check", "configs", "--sandbox")
    alone = run("check", "configs/gateway.yaml")

    assert good.stdout.splitlines() == [
        "configs/one.yaml: openai",
        "configs/gateway.yaml: gateway with no API keys",
        "1 config, no problems",
    ]
    assert (bad.exit_code, alone.exit_code) == (1, 1)
    assert "configs/gateway.yaml:1:9  error  the folder has no config 'onw'" in bad.stdout
    assert alone.stdout == bad.stdout


def test_a_gateway_that_is_not_there_is_an_error(run, config):
    config("provider: openai", "configs/one.yaml")

    assert run("check", "configs/gateway.yaml").exit_code == 1


def test_a_problem_of_keys_that_configs_share_is_told_once(run, config):
    config("a: {provider: opnai, api_key: x}", "configs/virtual-keys.yaml")
    config("virtual_key: a", "configs/one.yaml")
    config("virtual_key: a", "configs/two.yaml")

    result = run("check", "configs")

    assert result.stdout.count("unknown provider 'opnai'") == 1


def test_json_is_one_object_with_every_problem(run, config):
    path = config(THREE_MISTAKES)

    result = run("check", path, "--sandbox", "--format", "json")

    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (report["ok"], report["errors"], report["warnings"]) == (False, 3, 0)
    assert [problem["line"] for problem in report["problems"]] == [3, 5, 6]
    assert report["files"] == [{"file": str(path), "ok": False, "outline": None}]


def test_json_of_a_good_config_has_its_outline(run, config):
    path = config("provider: openai")

    report = json.loads(run("check", path, "--sandbox", "--format", "json").stdout)

    assert report["ok"]
    assert report["files"] == [{"file": str(path), "ok": True, "outline": "openai"}]


@pytest.mark.parametrize(
    "line",
    [
        f"api_key: {SECRET}",
        f"api_kee: {SECRET}",
        f"api_key: [{SECRET}]",
        f"provider: {SECRET}",
        f"retry: {{attempts: {SECRET}}}",
        f"virtual_key: {SECRET}",
    ],
)
@pytest.mark.parametrize("shape", ["text", "json"])
def test_no_secret_is_ever_printed(run, config, line, shape):
    path = config(
        f"provider: opnai\n{line}\nweight: -1\n" if "provider" not in line else f"{line}\n"
    )

    result = run("check", path, "--format", shape)

    assert result.exit_code == 1
    assert SECRET not in result.output
    assert SECRET[10:] not in result.output


def test_a_pipe_sees_no_colours(pipe, config):
    result = pipe("check", config(THREE_MISTAKES))

    assert result.returncode == 1
    assert "\x1b" not in result.stdout + result.stderr


def test_a_terminal_sees_colours(terminal, config):
    screen = terminal("check", config(THREE_MISTAKES))

    assert screen.end() == 1
    assert "\x1b[31m" in screen.raw


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_colours_can_be_declined(terminal, config, environment):
    screen = terminal("check", config(THREE_MISTAKES), **environment)

    assert screen.end() == 1
    assert "\x1b" not in screen.raw


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_excerpts_and_remarks_fit_the_terminal(terminal, config, columns):
    long = ", ".join(f"parameter_{number}: {number}" for number in range(20))
    path = config(f"provider: openai\nretry: {{attempts: 3, {long}, on_status_codes: [4290]}}\n")

    screen = terminal("check", path, columns=columns)

    assert screen.end() == 1
    excerpts = [line for line in screen.lines if "│" in line]
    assert excerpts
    assert max(map(len, excerpts)) <= columns
