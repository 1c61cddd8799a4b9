"""Faults: scripts on the command line, and in files."""

import click
import pytest

from router.cli.faults import read_faults
from router.cli.terminal import Failed


@pytest.fixture
def file(tmp_path):
    """Write a file and return its path, as it is written on a command line."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def test_a_script_may_stand_on_the_command_line():
    assert read_faults("openai: 503 x2") == "openai: 503 x2"


@pytest.mark.parametrize("name", ["faults.yaml", "faults.YML", "faults.json"])
def test_a_script_may_stand_in_a_file(file, name):
    assert read_faults(file(name, '{"openai": [503, 429]}')) == {"openai": [503, 429]}


def test_a_file_of_another_type_is_read_as_text(file):
    assert read_faults(file("faults.txt", "\ufeffopenai: 503\nstability-ai: 429\n")) == (
        "openai: 503\nstability-ai: 429\n"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00", "is not a UTF-8 text"),
        ("{openai: [503", "is not valid YAML: "),
    ],
)
def test_a_file_that_is_none_is_told_in_one_line(file, content, told):
    path = file("faults.yaml", content)

    with pytest.raises(Failed) as caught:
        read_faults(path)

    assert caught.value.message.startswith(f"{path} {told}")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", ["faults.yaml", "faults.txt"])
def test_a_script_that_cannot_be_understood_is_a_usage_error(file, name):
    with pytest.raises(click.BadParameter, match="nonsense"):
        read_faults(file(name, "openai: nonsense"))


def test_a_file_that_may_not_be_read_is_told(file, monkeypatch):
    path = file("faults.yaml", "openai: 503")
    monkeypatch.setattr("pathlib.Path.read_text", forbidden)

    with pytest.raises(Failed, match=r"faults\.yaml cannot be read: Permission denied"):
        read_faults(path)


def forbidden(path, **_):
    raise PermissionError(13, "Permission denied")


def test_generate_plays_a_file(run, config, file):
    path = file("faults.yaml", "{stability-ai: 503, openai: 401}")

    result = run("generate", "kite", "-c", config(), "--sandbox", "--faults", path)

    assert result.exit_code == 1
    assert "stability-ai stable-image-core: 503 overloaded" in result.stderr
    assert "openai gpt-image-2: 401 auth" in result.stderr
