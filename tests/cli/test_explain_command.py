"""`pixroute explain` shows a config's tree, and what becomes of a request, in every form."""

import json

import pytest

NESTED = """\
strategy: {mode: fallback}
retry: {attempts: 1}
request_timeout: 60000
targets:
  - strategy: {mode: loadbalance}
    targets:
      - provider: openai
        override_params: {model: dall-e-2}
      - provider: stability-ai
        override_params: {model: stable-image-core}
  - provider: openai
    override_params: {model: dall-e-2}
    retry: {attempts: 2}
"""

CONDITIONAL = """\
strategy:
  mode: conditional
  conditions:
    - query: {metadata.plan: pro}
      then: best
  default: quick
targets:
  - {name: best, provider: openai, override_params: {model: gpt-image-2}}
  - {name: quick, provider: stability-ai, override_params: {model: stable-image-core}}
"""


def test_without_a_request_the_tree_is_drawn(run, config):
    result = run("explain", config(NESTED))

    assert result.exit_code == 0
    assert result.stdout.splitlines()[2].startswith("│  ├─ 50 %  openai dall-e-2")
    assert "timeout 60 s (from config)" in result.stdout
    assert "worst" not in result.stdout


def test_with_a_request_its_best_and_its_worst_are_told(run, config):
    result = run("explain", config(NESTED), "--size", "1024x1024")

    assert result.exit_code == 0
    assert "best    1 attempt   ~8 s   $0.020" in result.stdout
    assert "worst   5 attempts   420 s   $0.120" in result.stdout
    assert "the prompt is 'a red kite', as none was given" in result.stdout


def test_a_prompt_that_was_given_is_not_made_up(run, config):
    result = run("explain", config(NESTED), "--prompt", "a boat")

    assert "as none was given" not in result.stdout


def test_json_is_one_object_and_nothing_else(run, config):
    result = run("explain", config(NESTED), "--n", "2", "--format", "json")

    told = json.loads(result.stdout)
    assert set(told) == {"config", "tree", "request"}
    assert told["request"]["params"] == {"prompt": "a red kite", "n": 2}
    assert told["request"]["worst"]["attempts"]["bound"] > 0


def test_mermaid_is_a_flowchart(run, config):
    result = run("explain", config(NESTED), "--format", "mermaid")

    assert result.stdout.startswith("flowchart TD\n")


def test_metadata_decides_as_it_does_for_a_request(run, config):
    path = config(CONDITIONAL)

    for plan, chosen in (("pro", "targets[0]"), ("free", "targets[1]")):
        result = run("explain", path, "--metadata", f"plan={plan}")
        assert f"(at {chosen})" in result.stdout


def test_a_request_may_be_a_file(run, config, tmp_path):
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"prompt": "a boat", "metadata": {"plan": "pro"}}))

    result = run("explain", config(CONDITIONAL), request)

    assert "conditions[0] holds" in result.stdout


def test_a_request_may_come_through_a_pipe(run, config):
    result = run("explain", config(CONDITIONAL), "-", stdin='{"metadata": {"plan": "pro"}}')

    assert "conditions[0] holds" in result.stdout


def test_a_config_may_come_through_a_pipe(run):
    result = run("explain", "-", stdin=CONDITIONAL)

    assert result.exit_code == 0
    assert result.stdout.startswith("conditional")


def test_an_edit_is_told_with_its_picture(run, config, picture):
    result = run("explain", config(NESTED), "--image", picture(), "--format", "json")

    told = json.loads(result.stdout)
    assert told["request"]["operation"] == "edit"
    first, second = told["tree"]["children"][0]["children"]
    assert "takes no picture" in second["asked"]["refused"]["message"]
    assert first["asked"]["chance_first"] == 1


def test_an_edit_may_be_a_file_that_names_its_picture(run, config, picture, tmp_path):
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"prompt": "at night", "image": str(picture())}))

    result = run("explain", config(NESTED), request, "--format", "json")

    assert json.loads(result.stdout)["request"]["operation"] == "edit"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON"),
        ("[]", "holds no JSON object"),
        ('{"operation": "generat"}', "did you mean 'generate'"),
        ('{"metadata": "pro"}', "metadata is 'pro'; expected an object"),
        ('{"timeout": "1"}', "timeout is '1'; expected seconds"),
        ('{"provider": 3}', "provider is 3; expected a name"),
        ('{"image": "kite.png"}', "image is 'kite.png', and no file is there"),
        ('{"image": 3}', "image is 3; expected a path"),
        ('{"prompt": ""}', "this is no request: prompt is ''"),
        ('{"n": 1, "n": 2}', "standard input: 'n' is there twice"),
        ('{"metadata": {"plan": "pro", "plan": "pro"}}', "standard input: 'plan' is there twice"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_no_request_is_refused_in_a_line(run, config, text, message):
    result = run("explain", config(NESTED), "-", stdin=text)

    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stdout == ""


def test_an_empty_prompt_is_refused_as_it_is_in_a_file(run, config):
    alone = run("explain", config(NESTED), "--prompt", "")
    beside = run("explain", config(NESTED), "-", "--prompt", "", stdin="{}")

    assert (alone.exit_code, alone.stdout) == (1, "")
    assert "this is no request: prompt is ''" in alone.stderr
    assert "REQUEST and options of a request cannot go together" in beside.stderr


@pytest.mark.parametrize(("name", "given"), [("model", ""), ("size", ""), ("seed", 0)])
def test_an_option_that_gives_nothing_or_0_is_given(run, config, name, given):
    result = run("explain", config(NESTED), f"--{name}", given, "--format", "json")

    assert json.loads(result.stdout)["request"]["params"][name] == given


def test_a_file_and_options_do_not_go_together(run, config):
    result = run("explain", config(NESTED), "-", "--n", "2", stdin="{}")

    assert result.exit_code == 2
    assert "cannot go together" in result.stderr


def test_standard_input_can_be_one_thing_only(run):
    result = run("explain", "-", "-", stdin="{}")

    assert result.exit_code == 2


def test_a_config_that_is_none_is_told_as_check_does(run, config):
    result = run("explain", config("provider: opnai\n"))

    assert result.exit_code == 1
    assert "did you mean 'openai'" in result.stderr


def test_a_file_that_is_not_there_is_told(run):
    result = run("explain", "nowhere.yaml")

    assert result.exit_code == 1
    assert "config is 'nowhere.yaml'; there is no such file" in result.stderr
    assert "'pixroute init' writes some" in result.stderr


@pytest.mark.parametrize("arguments", [("check",), ("simulate", "--scenario", "quiet-day")])
def test_it_is_told_in_the_same_words_elsewhere(run, arguments):
    told, other = run("explain", "nowhere.yaml"), run(*arguments, "nowhere.yaml")

    assert other.exit_code == 1
    for words in ("config is 'nowhere.yaml'; there is no such file", "'pixroute init' writes some"):
        assert words in told.output
        assert words in other.output


def test_a_folder_is_no_config(run, tmp_path):
    result = run("explain", tmp_path)

    assert result.exit_code == 1
    assert "is a folder; expected one config" in result.stderr


def test_no_key_is_needed(run, config):
    path = config("provider: openai\napi_key: ${NOT_SET_ANYWHERE}\n")

    assert run("explain", path, "--model", "dall-e-2").exit_code == 0


@pytest.mark.parametrize(("columns", "widest"), [("60", 60), ("0", None), ("wide", None)])
def test_a_pipe_is_as_wide_as_it_is_said_to_be_or_as_any_line(pipe, config, columns, widest):
    path = config(NESTED)

    shown = pipe("explain", path, "--size", "1024x1024", COLUMNS=columns).stdout

    if widest is None:
        assert shown == pipe("explain", path, "--size", "1024x1024").stdout
        assert max(map(len, shown.splitlines())) > 80
    else:
        assert max(map(len, shown.splitlines())) <= widest


@pytest.mark.parametrize("columns", [50, 120])
def test_a_terminal_is_as_wide_as_it_is(terminal, config, columns):
    shown = terminal("explain", config(NESTED), "--size", "1024x1024", columns=columns)

    assert shown.end() == 0
    assert max(map(len, shown.lines)) <= columns
    assert "worst" in shown.seen
