"""The command init: what it writes works at once, and what was there stays."""

import json
import shutil
import subprocess

import pytest

from router.cli.furnishing import TEMPLATES


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_it_writes_all_files_and_names_them(run, tmp_path):
    result = run("init", "made")

    expected = [name for _, name in TEMPLATES]
    schemas = ("config", "virtual-keys", "gateway", "tests", "scenario")
    expected += [f"schemas/{name}.schema.json" for name in schemas]
    assert result.exit_code == 0
    assert files_in(tmp_path / "made") == sorted(expected)
    assert all(f"wrote  made/{name}\n" in result.stdout for name in expected)


def test_what_it_writes_passes_check_with_an_empty_environment(run):
    run("init", "made")

    result = run("check", "made/configs", "--sandbox")

    assert result.exit_code == 0
    assert result.stdout.endswith("3 configs, no problems; 2 notes (--notes shows them)\n")


def test_the_next_steps_work_as_they_are_printed(run, tmp_path):
    steps = run("init").stdout.partition("\nnext:\n")[2]

    assert "  pixroute check configs --sandbox\n" in steps
    assert '  pixroute generate "a red kite" --config configs/fallback.yaml --sandbox\n' in steps
    assert run("check", "configs", "--sandbox").exit_code == 0
    made = run("generate", "a red kite", "--config", "configs/fallback.yaml", "--sandbox")
    assert made.exit_code == 0


def test_the_next_steps_serve_too(run):
    steps = [line.strip() for line in run("init").stdout.splitlines()]

    assert any(line.startswith("pixroute serve --sandbox ") for line in steps)
    assert "pixroute serve --env-file .env" in steps


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_a_gateway_keeps_is_ignored_by_git(run, tmp_path):
    run("init", "made")
    subprocess.run(["git", "init", "-q", "made"], check=True)
    kept = [
        "configs/requests.sqlite3",
        "configs/requests.sqlite3-wal",
        "configs/requests.pictures/a.bin",
        "configs/artefacts/.link-key",
    ]

    ignored = ["git", "-C", "made", "check-ignore", *kept, "configs/fallback.yaml"]
    said = subprocess.run(ignored, capture_output=True, text=True, check=True).stdout

    assert said.split() == kept


def test_the_next_steps_begin_with_the_folder(run):
    assert "  cd 'my pictures'\n" in run("init", "my pictures").stdout


def test_the_env_file_that_it_writes_can_be_filled_in_and_read(run, tmp_path):
    run("init")
    example = (tmp_path / ".env.example").read_text()
    (tmp_path / ".env").write_text(example.replace("=", "=abc"))

    assert run("check", "configs", "--env-file", ".env").exit_code == 0
    assert ".env" in (tmp_path / ".gitignore").read_text().splitlines()


def test_files_that_are_there_are_kept(run, tmp_path):
    (tmp_path / ".gitignore").write_text("mine\n")

    result = run("init")

    assert "kept   .gitignore\n" in result.stdout
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_force_writes_them_anew(run, tmp_path):
    (tmp_path / ".gitignore").write_text("mine\n")

    result = run("init", "--force")

    assert "wrote  .gitignore\n" in result.stdout
    assert (tmp_path / ".gitignore").read_text() != "mine\n"


def test_a_folder_that_cannot_be_written_is_told_in_one_line(run, tmp_path):
    (tmp_path / "file").write_text("")

    result = run("init", "file/below")

    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_editors_are_pointed_to_schemas_that_exist(run, tmp_path):
    run("init")
    settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text())

    schemas = {f"./{path.relative_to(tmp_path)}" for path in (tmp_path / "schemas").iterdir()}
    assert settings["yaml.schemas"].keys() == schemas
    for path in (tmp_path / "configs").iterdir():
        comment = path.read_text().splitlines()[0]
        assert comment.startswith("# yaml-language-server: $schema=")
        assert (path.parent / comment.partition("=")[2]).is_file()
