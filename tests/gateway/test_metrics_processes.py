"""Metrics of several worker processes: whichever is asked tells the sum of all."""

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from router.gateway.exposition import VARIABLE, forget
from router.gateway.metrics import Metrics

ROOT = Path(__file__).parent.parent.parent
WORKER = [sys.executable, "-m", "tests.gateway.counting_worker"]


@contextmanager
def worker(directory, *, ended, begun):
    """Run a worker that has counted; it is killed as by `kill -9`."""
    environment = {**os.environ, VARIABLE: str(directory)}
    process = subprocess.Popen(
        [*WORKER, str(ended), str(begun)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout.readline() == b"counted\n"
        try:
            yield process
        finally:
            process.kill()


def told_by(process):
    """Ask a worker for its numbers: one for each name with its labels."""
    process.stdin.write(b"render\n")
    process.stdin.flush()
    length = int(process.stdout.readline())
    families = text_string_to_metric_families(process.stdout.read(length).decode())
    return {
        (sample.name.removeprefix("pixroute_"), frozenset(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Return what is told: by each of two workers, then after one was killed and forgotten."""
    directory = tmp_path_factory.mktemp("numbers")
    with ExitStack() as stack:
        first = stack.enter_context(worker(directory, ended=2, begun=1))
        with worker(directory, ended=3, begun=4) as second:
            both = [told_by(first), told_by(second)]
        (directory / "counter_1.db").touch()  # of one that was killed while it began
        stack.enter_context(pytest.MonkeyPatch.context()).setenv(VARIABLE, str(directory))
        forget(second.pid)
        return *both, told_by(first)


ANSWERS = frozenset({"generate", "200", "main", "DISABLED"})
ATTEMPTS = frozenset({"openai", "gpt-image-2", "success"})


def test_any_worker_tells_the_sum_of_all(history):
    first, second, _ = history

    assert first == second
    assert first["requests_total", ANSWERS] == 5
    assert first["attempts_total", ATTEMPTS] == 5
    assert first["request_seconds_bucket", frozenset({"generate", "45.0"})] == 5
    assert first["request_seconds_bucket", frozenset({"generate", "30.0"})] == 0
    assert first["in_flight", frozenset()] == 5


def test_a_dead_worker_has_nothing_in_flight_and_has_counted_what_it_has_counted(history):
    *_, survivor = history

    assert survivor["in_flight", frozenset()] == 1
    assert survivor["requests_total", ANSWERS] == 5


def test_a_directory_named_too_late_is_an_error_that_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    with pytest.raises(RuntimeError, match="set it first"):
        Metrics()


def test_with_one_process_there_is_nobody_to_forget(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)

    forget(1)
