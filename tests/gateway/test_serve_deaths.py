"""What is lost when processes end: only what died with them."""

import http.client
import itertools
import os
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from gateway_process import is_alive, served, until
from slow_upstream import upstream_running

CROWD = 8  # callers at once


@pytest.fixture(scope="module")
def upstream():
    with upstream_running() as running:
        yield running


@pytest.fixture
def folder(upstream, tmp_path):
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "own.yaml").write_text(upstream.config)
    (folder / "gateway.yaml").write_text("log: {path: requests.db}\n")
    return folder


class Crowd:
    """Callers who ask one after the other, each request on a connection of its own."""

    def __init__(self, gateway, name, seconds):
        self._gateway = gateway
        self._name = name
        self._seconds = seconds
        self._numbers = itertools.count()
        self._enough = threading.Event()
        self.answered = {}  # statuses by prompt
        self.lost = {}  # the time at which it began, by prompt

    def __enter__(self):
        self._pool = ThreadPoolExecutor(CROWD)
        self._callers = [self._pool.submit(self._call) for _ in range(CROWD)]
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._enough.set()
        for caller in self._callers:
            caller.result(60)
        self._pool.shutdown()

    def wait_for(self, answers):
        until(lambda: len(self.answered) >= answers)

    def _call(self):
        while not self._enough.is_set():
            prompt = f"{self._name} {next(self._numbers)} {self._seconds}"
            began = time.monotonic()
            try:
                self.answered[prompt] = self._gateway.ask(prompt).status
            except (OSError, http.client.HTTPException):
                self.lost[prompt] = began


def logged(folder):
    """Return the statuses in the request log."""
    with sqlite3.connect(folder / "requests.db") as log:
        return [status for (status,) in log.execute("SELECT status FROM requests")]


def test_a_killed_worker_loses_its_own_requests_and_no_later_one(folder):
    with served(folder, "--workers", 2) as gateway, Crowd(gateway, "killed", 0.02) as crowd:
        crowd.wait_for(60)
        before = until(lambda: len(found := gateway.workers()) == 2 and found)
        victim = min(before)

        os.kill(victim, signal.SIGKILL)
        killed = time.monotonic()

        crowd.wait_for(len(crowd.answered) + 100)
        until(lambda: len(gateway.workers() - {victim}) == 2)
        crowd.wait_for(len(crowd.answered) + 60)
        crowd.stop()
        assert len(crowd.lost) <= CROWD
        assert all(began <= killed for began in crowd.lost.values())
        assert set(crowd.answered.values()) == {200}
        assert "signal 9" in gateway.told
        assert gateway.end() == 0


def test_one_worker_alone_is_replaced_while_its_callers_wait_at_the_door(folder):
    with served(folder) as gateway:
        for _ in range(2):
            kill_worker(gateway)
            assert gateway.ask().status == 200
        gateway.expect("another takes its place", times=2)


def test_a_replacement_serves_what_is_not_broken_and_lets_nobody_in_by_mistake(folder):
    with served(folder) as gateway:
        (folder / "other.yaml").write_text("{provider: opnai}")
        gateway.expect("did you mean 'openai'?")
        kill_worker(gateway)
        assert gateway.ask().status == 200
        assert gateway.ask(config="other").status == 503
        gateway.expect("did you mean 'openai'?", times=2)

        (folder / "gateway.yaml").write_text("max_in_flight: many\n")
        gateway.expect("the settings stay as they were")
        assert gateway.ask().status == 200
        kill_worker(gateway)
        assert gateway.ask().status == 401
        (folder / "gateway.yaml").write_text("max_in_flight: 100\n")
        until(lambda: gateway.ask().status == 200)


def kill_worker(gateway):
    (victim,) = until(gateway.workers)
    os.kill(victim, signal.SIGKILL)
    until(lambda: not is_alive(victim))


def test_sigterm_loses_no_request_that_was_taken_in(folder, upstream):
    with served(folder, "--workers", 2) as gateway, Crowd(gateway, "told", 0.3) as crowd:
        crowd.wait_for(2 * CROWD)

        code = gateway.end(signal.SIGTERM)

        crowd.stop()
        asked = {prompt for prompt in upstream.asked if prompt.startswith("told ")}
        assert code == 0
        assert asked == set(crowd.answered)
        assert set(crowd.answered.values()) == {200}
        assert logged(folder) == [200] * len(asked)
        assert "the gateway has ended" in gateway.told


def test_what_is_not_done_in_time_is_answered_all_the_same(folder, upstream):
    with (
        served(folder, "--drain", 0.3) as gateway,
        ThreadPoolExecutor(1) as pool,
        gateway.caller() as caller,
    ):
        pending = pool.submit(caller.ask, "undone 60")
        upstream.wait_for("undone 60")

        code = gateway.end(signal.SIGTERM)

        answer = pending.result(60)
        assert (code, answer.status) == (0, 503)
        assert "may have been paid for" in answer.error["message"]
        assert answer.headers["x-should-retry"] == "false"
        assert logged(folder) == [503]
        assert "1 request was not done after 0.3 s" in gateway.told
        until(lambda: "undone 60" in upstream.left)


def test_a_caller_who_has_left_is_waited_for_while_the_picture_may_still_be_fetched(
    folder, upstream
):
    with served(folder) as gateway:
        caller = gateway.caller()
        with ThreadPoolExecutor(1) as pool:
            pending = pool.submit(caller.ask, "left alone 1.5")
            upstream.wait_for("left alone 1.5")
            caller._connection.sock.shutdown(2)
            assert pending.exception(60)

        assert gateway.end() == 0

        assert "left alone 1.5" not in upstream.left
        assert logged(folder) == [200]


def test_a_caller_who_takes_nothing_in_does_not_hold_up_the_end(folder, upstream):
    with served(folder, "--drain", 0.3) as gateway, gateway.caller() as caller:
        caller.send("large 0")
        until(lambda: "large 0" in upstream.done)
        until(lambda: gateway.ask().status == 200)

        assert gateway.end() == 0
        assert "workers did not end" not in gateway.told


def test_a_second_ctrl_c_ends_it_at_once(folder, upstream):
    with served(folder) as gateway, ThreadPoolExecutor(1) as pool, gateway.caller() as caller:
        pending = pool.submit(caller.ask, "twice 60")
        upstream.wait_for("twice 60")
        (worker,) = gateway.workers()

        gateway.send(signal.SIGINT)
        gateway.expect("another signal ends them")
        code = gateway.end(signal.SIGINT)

        assert code == 130
        assert isinstance(pending.exception(60), OSError | http.client.HTTPException)
        assert not is_alive(worker)


def test_workers_do_not_outlive_whoever_started_them(folder):
    with served(folder, "--workers", 2) as gateway:
        workers = until(lambda: len(found := gateway.workers()) == 2 and found)

        gateway.send(signal.SIGKILL)

        until(lambda: not any(map(is_alive, workers)))


def test_numbers_of_all_workers_are_summed_and_their_folder_is_taken_away(folder, tmp_path):
    numbers = tmp_path / "numbers"
    numbers.mkdir()
    with served(folder, "--workers", 2, variables={"TMPDIR": str(numbers)}) as gateway:
        for _ in range(10):
            assert gateway.ask().status == 200
        os.kill(min(gateway.workers()), signal.SIGKILL)

        text = gateway.get("/metrics").body.decode()

        counts = [line for line in text.splitlines() if line.startswith("pixroute_requests_total{")]
        assert sum(float(line.rpartition(" ")[2]) for line in counts) == 10
        assert any(numbers.iterdir())
        gateway.end()
    assert not any(numbers.iterdir())


def test_who_takes_the_place_of_a_lone_worker_counts_from_zero(folder, tmp_path):
    numbers = tmp_path / "numbers"
    numbers.mkdir()
    variables = {"TMPDIR": str(numbers), "PROMETHEUS_MULTIPROC_DIR": str(numbers)}
    with served(folder, variables=variables) as gateway:
        assert gateway.ask().status == 200
        (victim,) = gateway.workers()
        assert b"pixroute_requests_total{" in gateway.get("/metrics").body

        os.kill(victim, signal.SIGKILL)
        until(lambda: gateway.workers() - {victim})

        assert b"pixroute_requests_total{" not in gateway.get("/metrics").body
        assert not list(numbers.rglob("*.db"))
