"""The command serve: what it serves, to whom and where, and what it says of that."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from router.gateway.keys import digest_of

URL = re.compile(r"http://127\.0\.0\.1:\d+")
KEYS = f"keys: {{app: {{digest: 'sha256:{digest_of('pxr-1')}'}}}}\n"


@pytest.fixture
def gateway():
    """Start the command outside of any terminal; it is ended with the test."""
    started = []

    def start(*args):
        process = subprocess.Popen(
            [sys.executable, "-m", "router", "serve", "--port", "0", *map(str, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def told(process):
    """Read until it says where it is."""
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith("the gateway is at"):
            return "".join(lines)
    pytest.fail(f"it has ended: {lines}")


def refused(result):
    assert result.exit_code == 1
    assert result.stdout == ""
    return result.stderr


def test_without_configs_it_says_what_to_do(run):
    said = refused(run("serve"))

    assert "there are no configs in ./configs" in said
    assert "pixroute init" in said
    assert "pixroute serve --sandbox" in said


def test_an_empty_folder_is_no_folder_of_configs(run, tmp_path):
    (tmp_path / "configs").mkdir()

    assert "there are no configs in ./configs" in refused(run("serve"))


def test_a_folder_that_is_not_there_is_told(run):
    assert "there is no folder 'nowhere'" in refused(run("serve", "--configs", "nowhere"))


def test_a_port_in_use_is_told(run):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        said = refused(run("serve", "--sandbox", "--port", port))

    assert f"port {port} of 127.0.0.1 is in use" in said
    assert "--port" in said


def test_others_are_not_let_in_without_keys(run):
    said = refused(run("serve", "--sandbox", "--host", "0.0.0.0"))

    assert "anybody who reaches 0.0.0.0 could spend your money" in said
    assert "pixroute keys create" in said
    assert "--insecure" in said


def test_nothing_is_served_while_it_is_not_clear_who_may_call(run, config):
    config(name="configs/a.yaml")
    config("kyes: {}\n", name="configs/gateway.yaml")

    said = refused(run("serve", "--sandbox"))

    assert "configs/gateway.yaml:1:1  error  unknown key 'kyes'" in said
    assert "did you mean 'keys'?" in said
    assert "nothing is served" in said


@pytest.mark.parametrize("directory", ["gateway.yaml", "gateway.yaml/pictures"])
def test_a_folder_for_pictures_that_cannot_be_is_told_in_one_line(run, config, directory):
    config(name="configs/a.yaml")
    config(f"artefacts: {{directory: {directory}}}\n", name="configs/gateway.yaml")

    said = refused(run("serve", "--sandbox"))

    assert said.startswith(f"error: artefacts.directory 'configs/{directory}' cannot be used: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [("--workers", "0"), ("--port", "65536"), ("--drain", "-1"), ("--drain", "soon")],
    ids=" ".join,
)
def test_options_have_bounds(run, options):
    result = run("serve", "--sandbox", *options)

    assert result.exit_code == 2
    assert options[0] in result.stderr


def test_it_says_in_one_line_where_it_is_to_whoever_does_not_watch(gateway, config):
    config(name="configs/first.yaml")
    config(name="configs/second.yaml")
    config(KEYS, name="configs/gateway.yaml")

    said = told(gateway("--sandbox", "--workers", 2, "--host", "0.0.0.0"))

    assert re.fullmatch(
        r"the gateway is at http://0\.0\.0\.0:\d+: 2 configs, in the sandbox\n", said
    )


def test_what_is_broken_is_shown_as_check_shows_it_and_the_rest_is_served(gateway, run, config):
    config(name="configs/good.yaml")
    config("provider: opnai\n", name="configs/bad.yaml")

    said = told(gateway("--sandbox"))

    findings = run("check", "configs", "--sandbox").stdout.splitlines()[:-1]
    assert "did you mean 'openai'?" in said
    assert said.splitlines()[:-1] == findings
    assert said.endswith(": 1 config, in the sandbox\n")


def test_the_lines_that_it_shows_work_as_they_stand(terminal, tmp_path):
    screen = terminal("serve", "--sandbox", "--port", 0, columns=400)
    screen.expect("/docs")
    lines = {
        name: next(line.strip() for line in screen.lines if line.strip().startswith(begin))
        for name, begin in (("curl", "curl "), ("python", "python -c"), ("node", "node -e"))
    }

    assert "b64_json" in shell(lines["curl"])
    assert "b64_json" in shell(lines["python"])
    packages = node_packages()
    if packages is not None:
        assert "b64_json" in shell(lines["node"], NODE_PATH=str(packages))

    screen.expect("200  ")
    screen.press(b"\x03")
    assert screen.end() == 0
    assert "the gateway has ended" in screen.seen
    assert "Traceback" not in screen.seen
    assert re.search(
        r"\d  200  [\d.]+ s  \$0\.\d+  openai gpt-image-2  generate  fallback", screen.seen
    )


def shell(line, **variables):
    """Run a line as somebody would who has copied it."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, **variables}
    done = subprocess.run(
        line, shell=True, capture_output=True, text=True, timeout=60, env=variables, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def node_packages():
    """Return where OpenAI's client for Node is; None where it, or Node, is not installed."""
    if shutil.which("node") is None:
        return None
    places = Path(sys.prefix).glob("node-clients/*/node_modules")
    return next((place for place in places if (place / "openai").is_dir()), None)


def test_with_keys_the_lines_ask_for_one(terminal, config):
    config(name="configs/it's.yaml")
    config(KEYS, name="configs/gateway.yaml")

    screen = terminal("serve", "--sandbox", "--port", 0, columns=400)
    screen.expect("/docs")
    curl = next(line for line in screen.lines if line.strip().startswith("curl -"))
    denied = shell(curl)
    served = shell(curl, PIXROUTE_API_KEY="pxr-1")

    assert "the API key is missing" in denied
    assert "b64_json" in served
    assert "callers  those with the API key" in screen.seen
    assert "export PIXROUTE_API_KEY=pxr-..." in screen.seen
    screen.press(b"\x03")
    assert screen.end() == 0
