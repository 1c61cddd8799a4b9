"""The gateway's benchmark measures what it says; how fast anybody is is no matter of a test."""

import json
import os
import select
import sys
from importlib import import_module
from types import SimpleNamespace

import pytest

from router.gateway.keys import find_key
from router.gateway.settings_file import read_settings
from tests.configs.asking import ROOT

FOLDER = ROOT / "benchmarks"

REPORT = """\
Running 2s test @ http://127.0.0.1:8080/small/v1/images/generations
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.36ms    1.12ms  12.07ms   80.51%
    Req/Sec     3.70k   310.21     4.10k    70.00%
  7400 requests in 2.00s, 9.80MB read
  Non-2xx or 3xx responses: 400
Requests/sec:   3698.11
Transfer/sec:      4.90MB
{"requests": 7400, "microseconds": 2001023, "bytes": 10275840, "median": 4270, "p99": 7950, \
"failed": 400, "broken": 3}
"""

STATUS = """\
Active connections: 2
server accepts handled requests
 31 31 4711
Reading: 0 Writing: 1 Waiting: 1
"""

MODULES = (
    "answers",
    "comparison",
    "contender",
    "footprint",
    "gateway",
    "litellm_proxy",
    "load",
    "others",
    "processes",
    "tables",
    "targets",
    "upstream",
    "wrk",
)

TWO_GROUPS = """
import subprocess, sys
held = open(sys.argv[1], "wb", buffering=0)
child = subprocess.Popen(["sleep", "60"], pass_fds=[held.fileno()], process_group=0)
held.write(b"two\\n")
child.wait()
"""

PATIENCE = 5  # seconds; none of them is waited unless the test fails


@pytest.fixture
def bench(monkeypatch):
    """The modules of the benchmark, which is no part of the package."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(FOLDER))
    yield SimpleNamespace(**{name: import_module(f"gateway.{name}") for name in MODULES})
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(FOLDER)):
            del sys.modules[name]


@pytest.fixture
def toy(bench):
    """A contender that cannot be had."""

    class Toy:
        name = "toy"
        title = "A toy"

        def obstacle(self):
            return "nobody makes them any more"

    return Toy()


def test_what_wrk_tells_is_read_below_its_report(bench):
    told = bench.wrk.parsed(REPORT)

    assert told == bench.wrk.Told(
        requests=7400,
        seconds=2.001023,
        size=10275840,
        median=0.00427,
        p99=0.00795,
        failed=400,
        broken=3,
    )
    assert told.rate == pytest.approx(7000 / 2.001023)


def test_what_failed_has_no_part_in_the_rate(bench):
    told = bench.wrk.parsed(REPORT.replace('"failed": 400', '"failed": 7400'))

    assert told.rate == 0


def test_the_upstreams_count_is_that_of_requests(bench):
    assert bench.upstream.counted(STATUS) == 4711


@pytest.mark.parametrize("size", ["small", "big"])
def test_an_answer_that_came_whole_is_accepted(bench, size):
    bench.answers.check_whole(size, bench.answers.body(size))


@pytest.mark.parametrize(
    ("received", "reason"),
    [
        (b"busy", "answered without a picture: b'busy'"),
        (b'{"data": []}', "answered without a picture"),
        (b'{"data": [{"url": "https://example.com/1.png"}]}', "answered without a picture"),
        (b'{"data": [{"b64_json": "iVBORw0KGgo="}]}', "8 bytes that is not the upstream's"),
    ],
    ids=["no JSON", "no data", "a URL", "another picture"],
)
def test_an_answer_without_the_upstreams_picture_is_unfit(bench, received, reason):
    with pytest.raises(bench.contender.Unfit, match=reason):
        bench.answers.check_whole("small", received)


def test_answers_too_short_for_their_pictures_are_unfit(bench):
    told = bench.wrk.parsed(REPORT)  # 1.4 KB each

    bench.load.check_length("small", told)

    with pytest.raises(bench.contender.Unfit, match="less than their pictures"):
        bench.load.check_length("big", told)


@pytest.mark.parametrize("calls", [100, 116])
def test_every_request_is_one_call(bench, calls):
    bench.load.check_calls(calls, requests=100, unfinished=16)


@pytest.mark.parametrize("calls", [99, 117], ids=["a hidden cache", "a hidden retry"])
def test_calls_that_are_not_the_requests_are_unfit(bench, calls):
    with pytest.raises(bench.contender.Unfit, match=f"had {calls} calls for 100 requests"):
        bench.load.check_calls(calls, requests=100, unfinished=16)


def test_whoever_cannot_be_had_is_named(bench, toy):
    field = bench.comparison.Field([toy])

    field.admit(bench.upstream.Upstream(0))

    assert field.contenders == []
    assert field.left_out == {"A toy": "nobody makes them any more"}


def test_a_server_that_ends_by_itself_is_unfit_and_is_quoted(bench, tmp_path):
    launch = bench.contender.Launch(["sh", "-c", "echo no such option >&2; exit 3"])

    with (
        pytest.raises(bench.contender.Unfit, match="ended by itself: no such option"),
        bench.processes.running(launch, tmp_path) as process,
    ):
        process.wait_until(lambda: False)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are listed in /proc")
def test_all_that_a_server_has_started_is_stopped_with_it(bench, tmp_path):
    held = tmp_path / "held"
    os.mkfifo(held)
    launch = bench.contender.Launch([sys.executable, "-c", TWO_GROUPS, held])

    with bench.processes.running(launch, tmp_path):
        ours = held.open("rb")  # both processes hold the other end
        said = ours.readline()

    with ours:
        ended, _, _ = select.select([ours], [], [], PATIENCE)
    assert said == b"two\n"
    assert ended  # nobody holds it any more


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_servers_memory_is_its_own(bench, tmp_path):
    launch = bench.contender.Launch(["sleep", "60"])

    with bench.processes.running(launch, tmp_path) as process:
        resident = bench.footprint.resident(process.session)
        peak = bench.footprint.peak(process.session)

    assert 0 < resident <= peak < 64 * 2**20
    assert bench.footprint.resident(process.session) == 0


def test_a_waiting_processor_is_not_used(bench):
    stat = "cpu  100 1 20 9000 300 4 5 6 50 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n"

    assert bench.others.used(stat) == pytest.approx(136 / bench.others.TICKS)


def test_litellm_has_three_levels_too(bench, tmp_path):
    place = bench.contender.Place(folder=tmp_path, port=1, upstream=2)

    launch = bench.litellm_proxy.LiteLLM().launch(place)

    config = json.loads((tmp_path / "config.yaml").read_text())
    names = [deployment["model_name"] for deployment in config["model_list"]]
    assert names == ["small", "big", "small", "big", "small-again", "big-again"]
    assert config["router_settings"]["fallbacks"][0] == {"small": ["small-again"]}
    assert f"--config={tmp_path / 'config.yaml'}" in launch.command


def test_this_gateway_asks_for_a_key_and_keeps_a_log_of_metadata(bench, tmp_path):
    place = bench.contender.Place(folder=tmp_path, port=1, upstream=2)
    contender = bench.gateway.Gateway()

    contender.launch(place)

    settings = read_settings(tmp_path / "workspace", {"small", "big"})
    shown = contender.question(place, "small").headers["authorization"].removeprefix("Bearer ")
    assert find_key(shown, settings.keys).name == "caller"
    assert (settings.log.path, settings.log.keep) == ("requests.db", "metadata")


def figures(name, **changed):
    """One contender's figures, each the same in three rounds."""
    plain = {
        **{
            f"{size}.{what}": figure
            for size in ("small", "big")
            for what, figure in {
                "rate": 1234.5,
                "median": 0.00432,
                "p99": 0.0213,
                "failed": 0,
                "broken": 0,
                "peak": 72 * 2**20,
            }.items()
        },
        "start": 0.456,
        "burst.answers": 200,
        "burst.idle": 70 * 2**20,
        "burst.peak": 210 * 2**20,
        "burst.ratio": 1.1,
        "burst.failed": 0,
        "burst.broken": 0,
    }
    told = {**plain, **{what.replace("_", "."): figure for what, figure in changed.items()}}
    return {
        f"{name}.{what}": {"median": figure, "rounds": [figure] * 3}
        for what, figure in told.items()
    }


def results(**changed):
    return {
        "date": "2026-11-26",
        "machine": {"processors": 2, "busy": False},
        "tools": {"wrk": "4.1.0"},
        "versions": {"The floor": "granian 2"},
        "titles": {"floor": "The floor"},
        "rounds": 3,
        "seconds": 6,
        "left_out": {},
        "targets": [],
        "figures": figures("floor"),
        **changed,
    }


def test_the_tables_have_a_row_for_everybody_measured(bench):
    titles = {"floor": "The floor", "toy": "A toy"}
    both = {**figures("floor"), **figures("toy", small_rate=7)}

    page = bench.tables.markdown(results(titles=titles, figures=both))

    lines = page.splitlines()
    assert lines.count("| The floor | 1,234 | 4.3 | 21.3 | 0 | 72 |") == 2
    assert lines.count("| A toy | 7 | 4.3 | 21.3 | 0 | 72 |") == 1
    assert lines.count("| The floor | 0.46 | 200 | 70 | 210 | 1.10 | 0 |") == 1
    assert "2026-11-26; 3 rounds of 6 s, medians. processors 2, busy False. wrk 4.1.0." in lines
    assert "## Targets" not in lines


def test_the_tables_hide_no_error_of_a_single_round(bench):
    told = figures("floor", small_failed=0)
    told["floor.small.broken"] = {"median": 0, "rounds": [0, 0, 9]}

    page = bench.tables.markdown(results(figures=told))

    assert "| The floor | 1,234 | 4.3 | 21.3 | 9 | 72 |" in page


def test_the_page_says_who_is_missing_and_that_others_worked(bench):
    machine = {"busy": True}
    left_out = {"A toy": "it broke", "The floor": "it ended by itself"}

    page = bench.tables.markdown(results(left_out=left_out, machine=machine))

    assert "Left out: A toy: it broke." in page
    assert "Left out after some rounds: The floor: it ended by itself." in page
    assert bench.tables.BUSY in page


def test_targets_are_judged_by_what_was_measured(bench):
    medians = {"pixroute.small.rate": 400.0, "floor.small.rate": 1000.0}

    (verdict,) = bench.targets.verdicts(medians)

    assert (verdict["measured"], verdict["way"], verdict["target"]) == (0.4, "at least", 0.5)
    assert not verdict["met"]
    assert bench.targets.verdicts({"floor.small.rate": 1.0}) == []


def test_a_target_that_is_a_ceiling_is_met_below_it(bench):
    medians = {"pixroute.start": 1.2, "pixroute.burst.ratio": 1.7}

    memory, start = bench.targets.verdicts(medians)

    assert (memory["met"], start["met"]) == (False, True)
    page = bench.tables.markdown(results(targets=[memory, start]))
    assert "| promised: start to first answer | at most 1.5 s | 1.2 s | yes |" in page
    assert "| at most 1.6 x | 1.7 x | **no** |" in page
