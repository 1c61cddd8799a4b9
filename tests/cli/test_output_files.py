"""Files that commands are asked for: one law for pages, reports of tests, and imported configs."""

import re
from pathlib import Path

import pytest

CONFIG = "provider: openai\noverride_params: {model: gpt-image-2}\n"
COMMANDS = {
    "simulate": "simulate prod.yaml --scenario short.yaml --html",
    "test": "test prod.yaml --junit",
    "import": "import portkey.json -o",
}


@pytest.fixture(autouse=True)
def files(config):
    """Write what the commands read."""
    config(CONFIG + "catalog: models.yaml\n", "prod.yaml")
    config(
        "provider: openai\nmodels: [{name: mine, prices: [{per: image, usd: 1}]}]\n", "models.yaml"
    )
    config("tests: [{name: a, then: {status: 200}}]\n", "prod.test.yaml")
    config("{mine: {provider: openai, api_key: sk-x}}\n", "virtual-keys.yaml")
    config("duration: 9\narrivals: {constant: 1}\n", "short.yaml")
    config('{"provider": "openai"}\n', "portkey.json")


@pytest.fixture(params=COMMANDS)
def write(run, request):
    """Run a command that writes a file."""
    return lambda *args: run(*COMMANDS[request.param].split(), *args)


def test_what_is_asked_for_is_written(write):
    result = write("out.file")

    assert result.exit_code == 0
    assert Path("out.file").stat().st_size > 0


def test_another_file_is_replaced_by_force_only_and_nothing_is_run_before(write, config):
    config("mine", "out.file")

    refused = write("out.file")
    kept = Path("out.file").read_text()
    forced = write("out.file", "--force")

    assert (refused.exit_code, refused.stdout, kept) == (1, "", "mine")
    assert re.search(r"out\.file exists.*; --force writes over it", refused.stderr)
    assert forced.exit_code == 0
    assert Path("out.file").read_text() != "mine"


@pytest.mark.parametrize("name", ["out.file", "missing/../out.file"])
def test_an_empty_file_is_nobodys(write, config, name):
    config("", "out.file")
    config("", "missing/file")

    assert write(name).exit_code == 0


def test_a_folder_that_is_not_there_is_not_made(write):
    result = write("nope/deep/out.file")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "nope/deep/out.file cannot be written: there is no folder nope/deep" in result.stderr
    assert not Path("nope").exists()


def test_a_file_is_no_folder(write):
    result = write("prod.yaml/out.file")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "prod.yaml/out.file cannot be written: " in result.stderr


def test_a_device_loses_nothing(write):
    assert write("/dev/null").exit_code == 0


@pytest.mark.parametrize(
    ("command", "read"),
    [
        *(("simulate", one) for one in ("prod.yaml", "short.yaml", "virtual-keys.yaml")),
        ("simulate", "models.yaml"),
        *(("test", one) for one in ("prod.yaml", "prod.test.yaml", "virtual-keys.yaml")),
        ("test", "models.yaml"),
        ("import", "portkey.json"),
    ],
)
@pytest.mark.parametrize("kind", ["itself", "link"])
def test_what_a_command_reads_is_never_replaced(run, command, read, kind):
    before = Path(read).read_text()
    name = read
    if kind == "link":
        name = "link"
        Path(name).symlink_to(read)

    result = run(*COMMANDS[command].split(), name, "--force")

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{name} is read by this run; write to another file" in result.stderr
    assert Path(read).read_text() == before


def test_a_config_that_a_test_file_names_is_never_replaced_by_its_report(run, config):
    config(CONFIG, "elsewhere/other.yaml")
    named = config(
        "config: elsewhere/other.yaml\ntests: [{name: a, then: {status: 200}}]\n", "some.test.yaml"
    )

    result = run("test", named, "--junit", "elsewhere/other.yaml", "--force")

    assert (result.exit_code, Path("elsewhere/other.yaml").read_text()) == (1, CONFIG)


def test_a_report_replaces_an_earlier_one_but_not_that_of_another_program(run, config):
    config('<testsuites name="pytest tests" />', "pytest.xml")

    codes = [run("test", "--junit", name).exit_code for name in ("a.xml", "a.xml", "pytest.xml")]

    assert codes == [0, 0, 1]
