"""The scripts of the cookbook, run as a new user runs them: nothing in HOME, no variable set."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from router.core.media import sniff_bytes
from tests.configs.asking import ROOT, ask, told

COOKBOOK = ROOT / "cookbook"
TIMEOUT = 120  # seconds, for a machine that has much else to do


def run(name, *arguments, folder, **environment):
    return subprocess.run(
        [sys.executable, COOKBOOK / f"{name}.py", *arguments],
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo, run twice in the same folder."""
    folder = tmp_path_factory.mktemp("demo")
    runs = [run("multi_provider", folder=folder) for _ in range(2)]
    return folder, runs


def test_the_demo_succeeds_and_runs_again(demo):
    _, runs = demo

    assert [(one.returncode, one.stderr) for one in runs] == [(0, "")] * 2


def test_the_demo_leaves_pictures_and_says_where(demo):
    folder, runs = demo

    pictures = sorted((folder / "demo-pictures").iterdir())

    assert [path.name for path in pictures] == [
        "1-openai.png",
        "2-stability-ai.png",
        "3-openai.png",
        "4-cache.png",
    ]
    assert all(sniff_bytes(path.read_bytes()).format == "png" for path in pictures)
    assert all(f"demo-pictures/{path.name}" in runs[0].stdout for path in pictures)
    assert pictures[2].read_bytes() == pictures[3].read_bytes()


def test_the_demo_tells_who_served_each_picture_and_why(demo):
    _, runs = demo

    served = [line for line in runs[0].stdout.splitlines() if line.startswith("served ")]

    assert served[0].startswith("served by openai gpt-image-2 at config after 1 attempt")
    assert served[1].startswith("served by stability-ai stable-image-core at config")
    assert served[2].startswith("served by openai dall-e-2 at targets[1] after 2 attempts")
    assert served[3].startswith("served from the cache")
    assert "503 overloaded" in runs[0].stdout
    assert "adapted: size 1536x1024 -> aspect_ratio 3:2" in runs[0].stdout


def test_the_demo_is_plain_and_fits_a_narrow_terminal_where_it_is_none(demo):
    _, runs = demo
    told_of, _, steps = runs[0].stdout.partition("Look at the pictures")

    assert "\x1b" not in runs[0].stdout
    assert runs[0].stdout.isascii()
    assert max(map(len, told_of.splitlines())) <= 80
    assert steps


def test_the_demo_ends_with_commands_that_work(demo):
    folder, runs = demo
    steps = runs[0].stdout.partition("go on\n\n")[2]
    commands = re.findall(r"^\S+pixroute (\w+)", steps, re.MULTILINE)
    call = steps.partition(" -c '")[2].partition("'\n")[0]

    done = subprocess.run(
        [sys.executable, "-c", call],
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )

    assert commands == ["check", "generate", "init", "sandbox", "serve"]
    assert done.stdout.startswith("served by "), done.stderr


def test_the_demo_writes_where_it_is_told(tmp_path):
    done = run("multi_provider", "--out", "there/pictures", folder=tmp_path)

    assert done.returncode == 0
    assert len(list((tmp_path / "there" / "pictures").iterdir())) == 4


@pytest.mark.parametrize("taken", ["pictures", "pictures/1-openai.png"])
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, taken):
    # Root may write anywhere, so something that is no folder, or no file, stands in the way.
    place = tmp_path / taken
    place.mkdir(parents=True) if taken.endswith(".png") else place.touch()

    done = run("multi_provider", "--out", "pictures", folder=tmp_path)

    assert done.returncode == 1
    assert re.fullmatch(r"error: cannot (make|write) [^\n]+\n", done.stderr)


def test_real_providers_are_asked_only_with_their_keys(tmp_path):
    flag = run("multi_provider", "--live", folder=tmp_path, OPENAI_API_KEY="sk-test")
    variable = run("multi_provider", folder=tmp_path, PIXROUTE_LIVE="1")

    assert flag.stderr == "error: --live needs STABILITY_API_KEY in the environment\n"
    assert "OPENAI_API_KEY and STABILITY_API_KEY" in variable.stderr
    assert flag.returncode == variable.returncode == 1


def test_keys_alone_do_not_make_the_demo_ask_real_providers(tmp_path):
    done = run("multi_provider", folder=tmp_path, OPENAI_API_KEY="sk-1", STABILITY_API_KEY="sk-2")

    assert done.returncode == 0
    assert done.stdout.startswith("Answered by the built-in sandbox; keys are set")


def test_an_interrupted_demo_leaves_no_traceback(tmp_path):
    process = subprocess.Popen(
        [sys.executable, COOKBOOK / "multi_provider.py"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.defpath},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=TIMEOUT)

    assert (process.returncode, complaint) == (130, "interrupted\n")


def test_live_the_mission_falls_back_from_hosts_that_do_not_answer(monkeypatch):
    monkeypatch.syspath_prepend(COOKBOOK)
    from multi_provider import mission

    [trace] = ask(mission(live=True), {})

    assert told(trace)[0].endswith(" 503")
    assert trace.served.model == "gpt-image-2"
    assert trace.served.path == "config.targets[1]"


def test_the_mission_of_the_demo_is_that_of_the_configs(monkeypatch):
    monkeypatch.syspath_prepend(COOKBOOK)
    from multi_provider import mission

    written = yaml.safe_load((ROOT / "configs" / "mission.yaml").read_text())

    assert mission(live=False) == {**written, "cache": {"mode": "simple", "max_age": 3600}}


def test_the_new_provider_is_retried_and_its_size_adapted(tmp_path):
    done = run("write_a_provider", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "AsyncImage(svg)" in done.stdout
    assert "served by doodle at config after 2 attempts" in done.stdout
    assert "adapted: size 640x400 -> side 400" in done.stdout


def test_the_new_strategy_asks_the_cheapest_first(tmp_path):
    done = run("write_a_strategy", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "served by stability-ai sd3.5-medium at targets[1] after 2 attempts" in done.stdout
    assert "cheapest  targets[2]: $0.030 a picture" in done.stdout


@pytest.mark.parametrize("name", ["write_a_provider", "write_a_strategy"])
def test_what_is_to_be_written_is_as_short_as_it_says(name):
    script = Path(COOKBOOK / f"{name}.py").read_text(encoding="utf-8")
    cell = next(cell for cell in script.split("# %%") if "@dataclass" in cell)

    code = [line for line in cell.splitlines() if line.strip() and '"""' not in line]

    assert len(code) <= 25
