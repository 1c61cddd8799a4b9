"""The command import: a config on standard output, what differs on standard error, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from router.config.load import load_text
from router.config.report import Report

PORTKEY = '{"provider": "openai", "api_key": "sk-Abcdefgh0123456789", "request_timeout": 9000}\n'
LITELLM = """\
model_list:
  - {model_name: pictures, litellm_params: {model: openai/gpt-image-1}}
router_settings: {num_retries: 7, set_verbose: true}
"""
SECRET = "sk-Abcdefgh0123456789"


@pytest.fixture
def source(tmp_path):
    def write(text, name="source.json"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_the_config_goes_to_standard_output_and_what_differs_to_standard_error(run, source):
    path = source(LITELLM, "proxy.yaml")

    result = run("import", path)

    assert result.exit_code == 1
    assert "attempts: 5" in result.stdout
    assert "differs: 7 retries become 5, the most there are (proxy.yaml:3)" in result.stdout
    assert f"{path}:3:19  warning  7 retries become 5, the most there are" in result.stderr
    assert result.stderr.endswith(f"{path}: 1 thing differs, 1 note\n")


def test_where_all_is_carried_over_the_exit_code_is_0(run, source):
    path = source('{"provider": "openai"}')

    result = run("import", path)

    assert (result.exit_code, result.stderr) == (0, f"{path}: all means the same\n")
    assert result.stdout.endswith("\n\nprovider: openai\n")


def test_notes_leave_the_exit_code_at_0_and_no_secret_is_shown(run, source):
    result = run("import", source(PORTKEY))

    assert result.exit_code == 0
    assert "put it into OPENAI_API_KEY" in result.stderr
    assert SECRET not in result.output


def test_what_was_written_passes_check_at_once(run, source, tmp_path):
    (tmp_path / "configs").mkdir()
    run("import", source(LITELLM, "proxy.yaml"), "-o", tmp_path / "configs" / "images.yaml")

    result = run("check", tmp_path / "configs", "--allow-unset")

    assert result.exit_code == 0


def test_a_file_is_written_over_only_by_force(run, source, tmp_path):
    path, output = source(PORTKEY), tmp_path / "images.yaml"
    output.write_text("mine")

    refused = run("import", path, "-o", output)
    kept = output.read_text()
    forced = run("import", path, "-o", output, "--force")

    assert (refused.exit_code, kept) == (1, "mine")
    assert f"{output} exists; --force writes over it" in refused.stderr
    assert forced.exit_code == 0
    assert forced.stdout == ""
    assert f"{path} -> {output}: 1 note" in forced.stderr
    assert "provider: openai" in output.read_text()


@pytest.mark.parametrize("text", ["", "[]", "{", "greeting: hello\n"], ids=repr)
def test_what_cannot_be_imported_exits_with_2_and_writes_nothing(run, source, tmp_path, text):
    path, output = source(text, "source.yaml"), tmp_path / "images.yaml"

    result = run("import", path, "-o", output)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"{path} cannot be imported\n")
    assert not output.exists()


def test_a_file_that_is_not_there_exits_with_2(run, tmp_path):
    result = run("import", tmp_path / "nothing.json")

    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_standard_input_is_imported_and_called_what_it_is(run):
    result = run("import", "-", stdin=LITELLM)

    assert result.exit_code == 1
    assert "<stdin>:3:19  warning" in result.stderr
    assert result.stdout.startswith("# From LiteLLM, by pixroute import.")


def test_the_kind_can_be_said(run, source):
    path = source("passthrough: true\nmodel_list: []\n", "odd.yaml")

    unsaid, said = run("import", path), run("import", path, "--from", "portkey")

    assert unsaid.exit_code == 2
    assert "say --from portkey or --from litellm" in unsaid.stderr
    assert (said.exit_code, "passthrough: true" in said.stdout) == (0, True)


def test_json_is_one_object(run, source, tmp_path):
    path = source(LITELLM, "proxy.yaml")

    good = run("import", path, "--format", "json")
    written = run("import", path, "--format", "json", "-o", tmp_path / "images.yaml")
    bad = run("import", source("[]"), "--format", "json")

    told = json.loads(good.stdout)
    assert (good.exit_code, told["ok"], told["kind"]) == (1, False, "litellm")
    assert told["config"].startswith("# From LiteLLM's proxy.yaml")
    assert [problem["severity"] for problem in told["problems"]] == ["warning", "note"]
    assert json.loads(written.stdout)["config"] is None
    assert (bad.exit_code, json.loads(bad.stdout)["ok"]) == (2, False)


def test_a_json_file_becomes_json_that_means_the_same(run, source, tmp_path):
    path, output = source(LITELLM, "proxy.yaml"), tmp_path / "configs" / "images.json"
    output.parent.mkdir()

    result = run("import", path, "-o", output)
    yaml = run("import", path, "-o", tmp_path / "configs" / "other.yaml")

    assert result.stderr.endswith("JSON has no comments: write to a .yaml file to keep them\n")
    assert "JSON" not in yaml.stderr
    assert run("check", tmp_path / "configs", "--allow-unset").exit_code == 0
    other = load_text((tmp_path / "configs" / "other.yaml").read_text(), Report(), root="config")
    assert json.loads(output.read_text()) == other.value


def test_of_several_that_write_one_file_only_the_first_does(run, source, tmp_path, monkeypatch):
    path, output = source(PORTKEY), tmp_path / "images.yaml"
    monkeypatch.setattr(Path, "exists", lambda _: False)  # as each sees it before it begins

    first, second = (run("import", path, "-o", output) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "images.yaml exists; --force writes over it" in second.stderr


def test_findings_fit_a_narrow_terminal(terminal, source):
    path = source(LITELLM, "proxy.yaml")

    shown = terminal("import", path.name, "-o", "images.yaml", columns=50)

    assert shown.end() == 1
    assert all(len(line) <= 50 for line in shown.lines)


def test_a_reader_who_leaves_is_no_error_of_ours(source):
    path = source(LITELLM, "proxy.yaml")
    command = (
        f"{sys.executable} -m router import {path} 2>/dev/null | true; echo ${{PIPESTATUS[0]}}"
    )

    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)

    assert told.stdout.strip() in {"1", "141"}
    assert "Traceback" not in told.stderr
