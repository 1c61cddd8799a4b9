"""The command logs: a line a request, all of one request, JSON, and what comes while it waits."""

import io
import json
import sys
import time
from dataclasses import replace

import click
import pytest
from log_exchanges import (
    BUSY,
    NOON,
    SERVED,
    exchange,
    failed,
    opened,
    picture,
    trace_of,
    written,
)

from router.cli.log_views import view_of
from router.cli.log_watch import watch
from router.gateway.request_log.log import pictures_folder
from router.gateway.request_log.pictures import FolderKeeper
from router.gateway.request_log.reading import Query
from router.gateway.settings import LogSettings

FULL = LogSettings(keep="full")
HOSTILE = "kite\x1b[31m\nx\x9b31m\u202e"

WIDE = """\
time                 answer          config    served by           attempts   took    cost  trace
2026-09-21 14:12:20  503 overloaded  fallback                             1  3.9 s          trace-1
2026-09-21 14:13:10  200             inline    the cache                  0  10 ms          trace-2
2026-09-21 14:13:20  200             fallback  openai gpt-image-2         2  3.9 s  $0.053  trace-1
"""

MIDDLE = """\
time                 answer          config    attempts   took    cost
2026-09-21 14:12:20  503 overloaded  fallback         1  3.9 s
  trace-1
2026-09-21 14:13:10  200             inline           0  10 ms
  the cache  trace-2
2026-09-21 14:13:20  200             fallback         2  3.9 s  $0.053
  openai gpt-image-2  trace-1
"""

NARROW = """\
2026-09-21 14:12:20  503 overloaded
  fallback, 1 attempt, 3.9 s
  trace-1
2026-09-21 14:13:10  200
  inline, the cache, 10 ms
  trace-2
2026-09-21 14:13:20  200
  fallback, openai gpt-image-2, 2 attempts,
    3.9 s, $0.053
  trace-1
"""


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def log(tmp_path):
    """A log with three requests."""
    path = tmp_path / "requests.db"
    cached = exchange(
        request_id="req-2",
        began=NOON - 10,
        seconds=0.01,
        config="inline",
        cache="HIT",
        cost=0.0,
        trace=trace_of(trace_id="trace-2"),
    )
    written(
        path,
        failed(request_id="req-1", began=NOON - 60),
        cached,
        exchange(request_id="req-3"),
        settings=FULL,
    )
    return path


def listed(result):
    """Return the trace ids of a list."""
    return [line.split()[-1] for line in result.stdout.splitlines()[1:]]


def test_a_request_is_a_line_and_the_newest_is_the_last(run, log):
    result = run("logs", "--file", log)

    assert (result.exit_code, result.stdout) == (0, WIDE)


def test_the_log_is_the_one_that_gateway_yaml_names(run, log, config):
    config("log: {path: ../requests.db}", "configs/gateway.yaml")

    assert run("logs").stdout == WIDE
    assert run("logs", "--configs", log.parent / "configs").stdout == WIDE


class Screen(io.StringIO):
    """A terminal, as far as its writer can tell."""

    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch, log):
    """Return what a terminal of so many columns shows."""

    def show(columns, **query):
        screen = Screen()
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stdout", screen)
        watch(log, Query(**query), view_of(log, whole=False, as_json=False))
        return screen.getvalue()

    return show


@pytest.mark.parametrize(
    ("columns", "text"), [(99, WIDE), (98, MIDDLE), (70, MIDDLE), (69, NARROW), (43, NARROW)]
)
def test_the_layout_is_the_widest_that_fits_the_terminal(shown, columns, text):
    seen = click.unstyle(shown(columns))

    assert seen == (text if columns == 43 else text.replace(",\n    3.9", ", 3.9"))
    assert max(map(len, seen.splitlines())) <= columns


def test_a_failure_is_red_and_a_success_is_green(shown):
    seen = shown(99)

    assert "\x1b[31m\x1b[1m503 overloaded" in seen
    assert "\x1b[32m200" in seen


@pytest.mark.parametrize(
    ("args", "traces"),
    [
        (["--failed"], ["trace-1"]),
        (["--config", "inline"], ["trace-2"]),
        (["--limit", "2"], ["trace-2", "trace-1"]),
        (["--since", "2026-09-21T14:13:15Z"], ["trace-1"]),
        (["--provider", "openai"], ["trace-1"]),
        (["--provider", "stability"], ["trace-1", "trace-1"]),
        (["--provider", "stability", "--failed", "--config", "fallback"], ["trace-1"]),
    ],
    ids=str,
)
def test_options_choose_among_the_requests(run, log, args, traces):
    assert listed(run("logs", "--file", log, *args)) == traces


def test_since_counts_back_from_now(run, tmp_path):
    path = tmp_path / "new.db"
    now = time.time()
    written(path, exchange(began=now - 7200), exchange(began=now - 600), now=lambda: now)

    assert len(listed(run("logs", "--file", path, "--since", "1h"))) == 1
    assert len(listed(run("logs", "--file", path, "--since", "3h"))) == 2


def test_a_trace_id_shows_all_of_its_requests_as_their_traces_print_themselves(run, log):
    result = run("logs", "--file", log, "--trace", "trace-1")

    first, second = result.stdout.split("\n\nreq-3  ")
    assert first.startswith(
        "req-1  2026-09-21 14:12:20.000 +0000\n"
        "  answer       503 overloaded: come back later\n"
        "  asked        generate, config fallback, model gpt-image-2, by key alice\n"
        "  took         3.9 s, cache MISS, 70 bytes in, 2.0 MB out\n"
        "  prompt       a red kite over the dunes of Fanø\n"
        "  trace        trace-1\n"
        "  traceparent  0af7651916cd43dd8448eb211c80319c b7ad6b7169203331\n"
    )
    assert second.endswith(f"\n\n{exchange().trace}\n")


@pytest.mark.parametrize("name", ["req-2", "trace-2"])
def test_a_request_is_found_by_its_own_id_too(run, log, name):
    assert run("logs", "--file", log, "--trace", name).stdout.startswith("req-2  ")


def test_a_picture_is_told_by_its_file(run, tmp_path):
    path = tmp_path / "requests.db"
    keeper = FolderKeeper(pictures_folder(path))
    written(path, exchange(pictures=(picture(),)), settings=FULL, keeper=keeper)

    text = run("logs", "--file", path, "--trace", "req-1").stdout
    line = json.loads(run("logs", "--file", path, "--json").stdout)

    (file,) = keeper.folder.iterdir()
    assert f"  picture      {file}\n" in text
    assert line["pictures"] == [str(file)]


def test_what_was_not_kept_by_a_callers_wish_is_said(run, tmp_path):
    path = tmp_path / "requests.db"
    written(path, exchange(is_private=True, gone=True), settings=FULL)

    text = run("logs", "--file", path, "--trace", "req-1").stdout

    assert "  prompt       not kept, as the caller wished\n" in text
    assert "2.0 MB out, the caller had gone\n" in text


def test_json_is_an_object_a_line_with_everything(run, log):
    result = run("logs", "--file", log, "--json")

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["request_id"] for line in lines] == ["req-1", "req-2", "req-3"]
    last = lines[-1]
    assert last["time"] == "2026-09-21T14:13:20.000+00:00"
    assert last["prompt"] == "a red kite over the dunes of Fanø"
    assert last["trace"]["id"] == "trace-1"
    assert [one["kind"] for one in last["trace"]["attempts"]] == ["overloaded", None]
    assert last["trace"]["decisions"][0]["by"] == "fallback"
    assert last["served_by"]["path"] == "config.targets[1]"
    assert last["trace_context"]["span"] == "b7ad6b7169203331"
    assert (last["status"], last["cost"], last["streamed"]) == (200, 0.053, False)


@pytest.mark.parametrize("args", [[], ["--trace", "req-1"], ["--json"]], ids=str)
def test_nothing_that_a_terminal_would_obey_is_printed(run, tmp_path, args):
    path = tmp_path / "requests.db"
    attempt = replace(BUSY, message=HOSTILE, model=HOSTILE)
    sent = exchange(
        config=HOSTILE,
        model=HOSTILE,
        prompt=HOSTILE,
        message=HOSTILE,
        kind=HOSTILE,
        trace=trace_of(attempt, replace(SERVED, model=HOSTILE), trace_id=HOSTILE),
    )
    written(path, sent, settings=FULL)

    text = run("logs", "--file", path, *args).stdout

    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "kite" in text


def test_json_of_nothing_is_nothing(run, log):
    result = run("logs", "--file", log, "--json", "--config", "nobody")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_an_empty_log_is_no_error(run, tmp_path):
    path = tmp_path / "requests.db"
    opened(path).close()

    result = run("logs", "--file", path)

    assert (result.exit_code, result.stdout) == (0, "no request has come yet\n")


def test_a_list_in_which_nothing_is_says_why(run, log):
    result = run("logs", "--file", log, "--config", "nobody")

    assert (result.exit_code, result.stdout) == (0, "no request is as you ask for\n")


def test_a_list_that_is_cut_says_so_on_a_terminal(shown, run, log):
    seen = click.unstyle(shown(99, limit=2))

    assert seen.endswith("the newest 2; --limit shows more\n")
    assert "--limit" not in run("logs", "--file", log, "--limit", "2").stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--file", "none.db"], "error: there is no request log at none.db yet\n"),
        (["--configs", "none"], "error: there is no folder none; --configs names another,"),
        (["--configs", "."], "error: this gateway keeps no log: gateway.yaml names none; "),
        (
            ["--file", "requests.db", "--trace", "nobody"],
            "error: no request has the trace or request id 'nobody'\n",
        ),
    ],
    ids=str,
)
def test_what_is_missing_is_said_in_a_line(run, log, args, told):
    result = run("logs", *args)

    assert result.exit_code == 1
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == 1


def test_broken_settings_are_told_with_their_place(run, config):
    config("log: {paht: requests.db}", "configs/gateway.yaml")

    result = run("logs")

    assert result.exit_code == 1
    assert "configs/gateway.yaml:1:7" in result.stderr


def test_a_moment_that_is_none_is_a_usage_error(run, log):
    result = run("logs", "--file", log, "--since", "1y")

    assert result.exit_code == 2
    assert "'--since': '1y' is no moment; expected how long ago" in result.stderr


class Pauses:
    """Writes something in each pause, and is interrupted where nothing is left to write."""

    def __init__(self, log, *batches):
        self.log = log
        self.batches = list(batches)

    def __call__(self, seconds):
        if not self.batches:
            raise KeyboardInterrupt
        for one in self.batches.pop(0):
            self.log.end(one)
        self.log.flush()


def test_following_prints_what_comes_once_and_ends_without_an_error(tmp_path, capsys):
    path = tmp_path / "requests.db"
    log = opened(path)
    log.end(exchange(request_id="there"))
    log.flush()
    pauses = Pauses(
        log,
        [exchange(request_id="one")],
        [],
        [failed(request_id="two", began=NOON - 99), exchange(request_id="three", config="other")],
        [exchange(request_id="four")],
    )

    view = view_of(path, whole=False, as_json=True)
    watch(path, Query(limit=50, config="fallback"), view, pause=pauses)
    log.close()

    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["request_id"] for line in lines] == ["there", "one", "two", "four"]


def test_following_needs_nothing_to_begin_with_and_has_one_head(tmp_path, capsys):
    path = tmp_path / "requests.db"
    log = opened(path)

    view = view_of(path, whole=False, as_json=False)
    watch(path, Query(limit=5), view, pause=Pauses(log, [], [exchange()], [exchange()]))
    log.close()

    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "time",
        "2026-09-21",
        "2026-09-21",
    ]


def test_ctrl_c_ends_following_cleanly(terminal, log):
    screen = terminal("logs", "--file", log, "--follow")
    screen.expect("gpt-image-2")
    writer = opened(log)
    writer.end(exchange(config="later"))
    writer.close()
    screen.expect("later")

    screen.press(b"\x03")

    assert screen.end() == 0
    assert "Traceback" not in screen.seen
