"""Gateway process: `pixroute serve` as it is started, asked and ended from outside."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

PATIENCE = 30.0  # seconds until a test gives up
URL = re.compile(r"http://127\.0\.0\.1:(\d+)")
GENERATIONS = "/v1/images/generations"

IMPATIENT = """
import sys
from router.cli import opening
opening.SLOW = float(sys.argv.pop(1))
from router.__main__ import main
sys.exit(main())
"""


class Served:
    """A gateway in processes of its own. `told` is what it has written to standard error."""

    def __init__(self, process):
        self.process = process
        self.told = ""
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = int(URL.search(self.expect(URL))[1])

    def _read(self):
        for line in self.process.stderr:
            with self._news:
                self.told += line
                self._news.notify_all()

    def expect(self, text, times=1):
        """Wait until it has told so, and return all that it has told."""
        pattern = re.compile(re.escape(text)) if isinstance(text, str) else text

        def is_told():
            return len(pattern.findall(self.told)) >= times

        def is_over():
            return is_told() or not self._reader.is_alive()

        with self._news:
            self._news.wait_for(is_over, PATIENCE)
        assert is_told(), self.told
        return self.told

    def ask(self, *said, **asked):
        """Ask once, on a connection of its own. Raises OSError or HTTPException where it breaks."""
        with self.caller() as caller:
            return caller.ask(*said, **asked)

    def get(self, path):
        with self.caller() as caller:
            return caller.get(path)

    def caller(self):
        return Caller(self.port)

    def connect(self):
        """Open a plain connection."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def workers(self):
        """Return the processes that serve."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
        )
        rows = (line.split() for line in listed.stdout.splitlines())
        ours = str(self.process.pid)
        return {int(pid) for pid, parent, stat in rows if parent == ours and "Z" not in stat}

    def send(self, signum):
        self.process.send_signal(signum)

    def end(self, signum=signal.SIGTERM):
        """Tell it to end, and return the exit code."""
        if self.process.poll() is None:
            self.send(signum)
        return self.ended()

    def ended(self):
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


class Caller:
    """One connection, and so one worker."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._connection.close()

    def ask(self, *said, **asked):
        self.send(*said, **asked)
        return Answer(self._connection.getresponse())

    def send(self, prompt="a kite 0", *, config="own", path=GENERATIONS, key=None, **body):
        """Ask, and leave the answer alone."""
        headers = {"content-type": "application/json"}
        if config is not None:
            headers["x-portkey-config"] = config
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        sent = json.dumps({"model": "gpt-image-2", "prompt": prompt, **body})
        self._connection.request("POST", path, sent, headers)

    def get(self, path):
        self._connection.request("GET", path)
        return Answer(self._connection.getresponse())


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = dict(response.getheaders())
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def worker(self):
        """What names the worker: every engine's requests begin in their own way."""
        return self.headers["x-request-id"].split("-")[0]

    @property
    def error(self):
        """The error of a body as OpenAI writes it; anything else fails the test."""
        error = self.json["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert isinstance(error["message"], str)
        assert isinstance(error["type"], str)
        return error


def command(*options, patience=None):
    head = ["-m", "router"] if patience is None else ["-c", IMPATIENT, str(patience)]
    return [sys.executable, *head, "serve", *map(str, options)]


@contextmanager
def served(folder, *options, patience=None, variables=None):
    """Serve a folder on a free port until the test has ended. Requests' lines go to a file."""
    arguments = command("--configs", folder, "--port", 0, *options, patience=patience)
    with (folder.parent / "stdout").open("ab") as lines:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "", **(variables or {})},
        )
    try:
        yield Served(process)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
        process.stderr.close()


def until(is_so, within=PATIENCE):
    """Look again and again, until what is to come has come; return it."""
    deadline = time.monotonic() + within
    while not (found := is_so()):
        assert time.monotonic() < deadline, "it did not come"
        threading.Event().wait(0.02)
    return found


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
