"""What a file among configs is shows in what stands in it, and in its folder."""

import json

import pytest
from click.testing import CliRunner

from router.cli.app import pixroute
from router.config.kinds import kind_of
from router.workspace import config_files

CONFIG = "provider: openai\noverride_params: {model: gpt-image-2}\n"
SCENARIO = "duration: 1m\narrivals: {poisson: 6/m}\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CONFIG, "config"),
        (SCENARIO, "scenario"),
        ("duration: 1m\narivals: {poisson: 6/m}\n", "scenario"),
        (f"{CONFIG}duration: 1m\n", "config"),
        ("# the duration of requests\nprovder: openai\n", "config"),
        ("duration: [", "config"),
        ("- duration\n", "config"),
        ("", "config"),
    ],
    ids=["config", "scenario", "misspelt", "both", "neither", "no YAML", "a list", "empty"],
)
def test_a_file_is_known_by_its_keys(tmp_path, text, kind):
    path = tmp_path / "file.yaml"
    path.write_text(text)

    assert kind_of(path) == kind


@pytest.mark.parametrize("text", [SCENARIO, "seed: 1\n", "seed: ["])
def test_what_is_no_config_in_a_folder_of_scenarios_is_one(tmp_path, text):
    path = tmp_path / "scenarios" / "file.yaml"
    path.parent.mkdir()
    path.write_text(text)

    assert kind_of(path) == "scenario"


@pytest.mark.parametrize(
    "command",
    [
        "simulate prod.yaml --scenario day.yaml -q",
        "simulate prod.yaml --compare prod.yaml --scenario day.yaml -q",
        "test prod.test.yaml",
        "check prod.yaml --sandbox",
        "explain prod.yaml",
    ],
)
def test_what_a_command_has_printed_is_no_config(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prod.yaml").write_text(CONFIG)
    (tmp_path / "day.yaml").write_text(SCENARIO)
    (tmp_path / "prod.test.yaml").write_text("tests: [{name: a, then: {status: 200}}]\n")
    told = CliRunner().invoke(pixroute, [*command.split(), "--format", "json"])
    report = tmp_path / "report.json"

    report.write_text(told.stdout)

    assert json.loads(told.stdout)
    assert kind_of(report) == "report"
    assert [path.name for path in config_files(tmp_path)] == ["prod.yaml"]
    checked = CliRunner().invoke(pixroute, ["check", ".", "--sandbox"])
    assert (checked.exit_code, "report" in checked.stdout) == (0, False)
    assert "day.yaml: scenario of 1 min\n" in checked.stdout
    assert (
        CliRunner().invoke(pixroute, ["test", "."]).stdout.startswith("prod.test.yaml .\n1 test,")
    )
