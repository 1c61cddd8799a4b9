"""Output that fails: readers who leave, full disks, closed streams."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

BROKEN_PIPE = 128 + signal.SIGPIPE
FULL = Path("/dev/full")
PATIENCE = 30  # seconds

BROKEN_CONFIG = "provider: opnai\n"

needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture(autouse=True)
def buffered(monkeypatch):
    """Let Python buffer what it writes, as it does unless told otherwise."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


@pytest.fixture
def shell(tmp_path):
    """Run `python -m router ARGUMENTS` as a shell has it, redirections and pipes included."""

    def start(line):
        return subprocess.run(
            ["/bin/sh", "-c", f'"$0" -m router {line}', sys.executable],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            cwd=tmp_path,
        )

    return start


def left(*args, stderr=subprocess.PIPE):
    """Run a command whose reader has left before it began; return exit code and stderr."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "router", *map(str, args)],
            stdout=writer,
            stderr=stderr,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "args",
    [["check", "."], ["check", ".", "--format", "json"], ["schema"], ["--help"], ["--version"]],
    ids=" ".join,
)
def test_a_reader_who_leaves_ends_a_command_quietly_as_the_signal_would(config, args):
    config(BROKEN_CONFIG)

    assert left(*args) == (BROKEN_PIPE, "")


def test_a_reader_may_leave_after_the_first_line(config):
    for number in range(200):
        config(BROKEN_CONFIG * 3, f"configs/{number}.yaml")
    with subprocess.Popen(
        [sys.executable, "-m", "router", "check", "configs"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as writer:
        writer.stdout.readline()
        writer.stdout.close()

        assert writer.stderr.read() == b""
        assert writer.wait(PATIENCE) == BROKEN_PIPE


def test_a_picture_is_saved_though_nobody_reads_of_it(config, tmp_path):
    code, _ = left("generate", "kite", "--config", config(), "--sandbox", "--out", tmp_path)

    assert code == BROKEN_PIPE
    assert len(list(tmp_path.glob("kite*.png"))) == 1


@pytest.mark.parametrize(
    "args", [["nonsense"], ["generate", "x", "--config", "none.yaml"]], ids=str
)
def test_an_error_that_nobody_reads_keeps_its_exit_code(args, pipe):
    code, _ = left(*args, stderr=subprocess.STDOUT)

    assert code == pipe(*args).returncode


@needs_full
@pytest.mark.parametrize("command", ["check .", "schema", "--help", "init here"])
def test_a_full_disk_is_told_in_one_line(shell, config, command):
    config(BROKEN_CONFIG)

    result = shell(f"{command} > {FULL}")

    assert result.returncode == 1
    assert result.stderr == "error: cannot write: No space left on device\n"


@needs_full
def test_an_error_that_cannot_be_written_keeps_its_exit_code(shell):
    assert shell(f"nonsense 2> {FULL}").returncode == 2


@pytest.mark.parametrize(
    ("command", "code"), [("check .", 1), ("schema", 0), ("--help", 0), ("init here", 0)]
)
def test_a_closed_output_changes_no_exit_code(shell, config, command, code):
    config(BROKEN_CONFIG)

    result = shell(f"{command} >&-")

    assert (result.returncode, result.stdout, result.stderr) == (code, "", "")


def test_a_closed_input_is_told_in_one_line(shell):
    result = shell("check - <&-")

    assert (result.returncode, result.stderr) == (1, "error: standard input is closed\n")


def test_a_sandbox_that_nobody_listens_to_ends_quietly():
    assert left("sandbox", "--port", 0) == (BROKEN_PIPE, "")


@pytest.fixture
def sandbox():
    """Start a sandbox; it is killed at the end if it still runs."""
    started = []

    def start(port=0, **settings):
        process = subprocess.Popen(
            [sys.executable, "-m", "router", "sandbox", "--port", str(port)],
            stderr=subprocess.PIPE,
            text=True,
            **settings,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_sandbox_serves_on_when_the_reader_of_its_lines_has_left(sandbox):
    process = sandbox(stdout=subprocess.PIPE)
    said = "".join(iter(process.stdout.readline, "\n"))
    said += "".join(iter(process.stdout.readline, "\n"))
    process.stdout.close()
    url = re.search(r"http://\S+/stability\b", said)[0]

    statuses = [status(f"{url}/v2beta/stable-image/generate/core") for _ in range(3)]
    process.send_signal(signal.SIGTERM)

    assert process.stderr.read() == ""
    assert (statuses, process.wait(PATIENCE)) == ([401] * 3, 0)


def test_a_sandbox_serves_with_its_output_closed(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = sandbox(port=port, preexec_fn=lambda: os.close(1))

    served = status_once_up(process, f"http://127.0.0.1:{port}/v2beta/stable-image/generate/core")
    process.send_signal(signal.SIGTERM)

    assert process.stderr.read() == ""
    assert (served, process.wait(PATIENCE)) == (401, 0)


def status_once_up(process, url):
    """Ask until something answers, or the process has ended."""
    while True:
        try:
            return status(url)
        except urllib.error.URLError:
            try:
                return f"ended with {process.wait(0.05)}"
            except subprocess.TimeoutExpired:
                continue


def status(url):
    """Post nothing to a URL, without a key."""
    try:
        with urllib.request.urlopen(url, data=b"", timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_page_is_written_though_the_reader_of_the_figures_has_left(tmp_path):
    (tmp_path / "a.yaml").write_text("provider: openai\noverride_params: {model: gpt-image-2}\n")
    (tmp_path / "s.yaml").write_text("duration: 9\narrivals: {constant: 1}\n")
    page = tmp_path / "page.html"

    code, _ = left(
        "simulate", tmp_path / "a.yaml", "--scenario", tmp_path / "s.yaml", "--html", page
    )

    assert code == BROKEN_PIPE
    assert page.read_text().startswith("<!doctype html>")
