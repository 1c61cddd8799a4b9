"""What the tests of the command line share: a runner, a real terminal, and configs."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

import pytest
from click.testing import CliRunner
from easel import png
from painter import Painter

from router.cli.app import pixroute

KEYS = ("OPENAI_API_KEY", "STABILITY_API_KEY", "AZURE_OPENAI_API_KEY")
PATIENCE = 30.0  # seconds until a test gives up on an expected text
ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")

ON_A_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C becomes a signal
from router.__main__ import main
sys.exit(main())
"""

FALLBACK = """\
strategy: {mode: fallback}
targets:
  - provider: stability-ai
    override_params: {model: stable-image-core}
  - provider: openai
    override_params: {model: gpt-image-2}
"""


@pytest.fixture(autouse=True)
def _fresh(monkeypatch, tmp_path):
    """No keys, no settings of the developer's terminal, and an empty folder to be in."""
    for name in (*KEYS, "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run():
    """Run a command in this process; stdout and stderr are no terminals."""

    def invoke(*args, stdin=None):
        return CliRunner().invoke(pixroute, [str(arg) for arg in args], input=stdin)

    return invoke


@pytest.fixture
def config(tmp_path):
    """Write a config and return its path."""

    def write(text=FALLBACK, name="config.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


@pytest.fixture
def picture(tmp_path):
    """Write a picture into a folder of its own and return its path."""

    def write(name="kite.png", **drawn):
        path = tmp_path / "given" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(png(**drawn))
        return path

    return write


@pytest.fixture
def painter():
    """Start a server that streams pictures, piece by piece."""
    started = []

    def start(*pieces):
        started.append(Painter(*pieces))
        return started[-1]

    yield start
    for one in started:
        one.close()


class Terminal:
    """A command on a pseudo-terminal; `seen` is all that it has written so far."""

    def __init__(self, args, columns, environment):
        self._leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, *map(str, args)],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", **environment},
        )
        os.close(follower)
        self.raw = ""

    @property
    def seen(self):
        """Return the text without escape codes."""
        return ESCAPE.sub("", self.raw).replace("\r\n", "\n")

    @property
    def lines(self):
        return re.split(r"[\r\n]+", self.seen)

    def expect(self, text):
        """Read until `text` has been written."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert self._read(deadline), f"{text!r} did not come; seen: {self.seen!r}"

    def press(self, keys):
        os.write(self._leader, keys)

    def end(self):
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self.process.wait(PATIENCE)

    def close(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._leader)

    def _read(self, deadline):
        ready, _, _ = select.select([self._leader], [], [], max(0, deadline - time.monotonic()))
        try:
            chunk = os.read(self._leader, 65536) if ready else b""
        except OSError:  # Linux says so when the last one at the other end has left
            return False
        self.raw += chunk.decode("utf-8", "replace")
        return bool(chunk)


@pytest.fixture
def terminal():
    """Start a command on a pseudo-terminal of so many columns."""
    started = []

    def start(*args, columns=100, **environment):
        started.append(Terminal(args, columns, environment))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def pipe():
    """Run a command as a process whose output is piped."""

    def start(*args, **environment):
        return subprocess.run(
            [sys.executable, "-m", "router", *map(str, args)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env={**os.environ, **environment},
        )

    return start
