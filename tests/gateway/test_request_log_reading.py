"""Reading the log: who is asked for comes, the oldest first, and nothing is changed."""

import datetime as dt
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_exchanges import BUSY, NOON, SERVED, exchange, failed, opened, read, trace_of, written

from router.gateway.exchange import TraceContext
from router.gateway.request_log.reading import Query, reading
from router.gateway.request_log.schema import LogError, connect
from router.gateway.request_log.since import UNITS, parse_since


@pytest.fixture
def path(tmp_path):
    return tmp_path / "requests.db"


@pytest.fixture
def log(path):
    """Four requests, written in another order than they began."""
    google = replace(SERVED, provider="google")
    written(
        path,
        exchange(request_id="b", began=NOON - 30, trace=trace_of(google, trace_id="other")),
        exchange(request_id="d", began=NOON, config="inline"),
        failed(request_id="a", began=NOON - 60),
        exchange(
            request_id="c",
            began=NOON - 10,
            kind="connection_lost",
            trace=None,
            context=TraceContext(trace="f" * 32, span="1" * 16),
        ),
    )
    return path


def ids(path, **query):
    return [record.request_id for record in read(path, **query)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "abcd"),
        ({"limit": 2}, "cd"),
        ({"limit": 0}, ""),
        ({"trace": "other"}, "b"),
        ({"trace": "trace-1"}, "ad"),
        ({"trace": "a"}, "a"),
        ({"trace": "f" * 32}, "c"),
        ({"trace": "nobody"}, ""),
        ({"failed": True}, "ac"),
        ({"since": NOON - 30}, "bcd"),
        ({"config": "inline"}, "d"),
        ({"provider": "google"}, "b"),
        ({"provider": "stability-ai"}, "ad"),
        ({"provider": "openai", "failed": True}, ""),
        ({"provider": "stability-ai", "failed": True, "since": NOON - 60, "limit": 1}, "a"),
        ({"after": 2}, "ac"),
    ],
    ids=str,
)
def test_those_come_that_meet_all_of_the_query(log, query, found):
    assert ids(log, **query) == list(found)


def test_a_long_log_is_read_page_by_page_and_in_order(path):
    written(path, *(exchange(request_id=str(n), began=NOON + n) for n in range(450)))

    assert ids(path) == [str(number) for number in range(450)]
    assert ids(path, limit=250) == [str(number) for number in range(200, 450)]


def test_the_last_row_is_where_later_ones_come_after(path):
    log = opened(path)
    log.end(exchange())
    log.flush()

    with reading(path) as reader:
        last = reader.last()
        log.end(exchange(request_id="later", began=NOON - 1000))
        log.close()
        found = [record.request_id for record in reader.records(Query(after=last))]

    assert found == ["later"]


def test_records_that_are_deleted_while_somebody_reads_are_left_out(path):
    written(path, *(exchange(request_id=str(n), began=NOON + n) for n in range(450)))

    with reading(path) as reader:
        records = reader.records(Query())
        first = next(records)
        connection = connect(path)
        connection.execute("DELETE FROM requests WHERE id > 300")
        connection.close()
        rest = list(records)

    assert [first, *rest] == read(path)
    assert len(rest) == 299


def test_attempts_stay_with_their_requests(log):
    by_id = {record.request_id: record.attempts for record in read(log)}

    assert by_id["a"] == (BUSY,)
    assert by_id["c"] == ()
    assert by_id["d"] == (BUSY, SERVED)


def test_a_file_that_is_not_there_is_not_made(path):
    with pytest.raises(LogError, match=r"there is no request log at .*requests\.db yet"):
        read(path)

    assert not path.exists()


def test_an_empty_file_is_no_error_of_sqlite(path):
    path.touch()

    with pytest.raises(LogError, match="there is nothing in the request log"):
        read(path)


def test_a_file_that_is_no_log_is_told(path):
    path.write_bytes(b"nonsense" * 1000)

    with pytest.raises(LogError, match="cannot be read: file is not a database"):
        read(path)


def test_a_path_with_any_letters_is_found(tmp_path):
    path = tmp_path / "100% of #1? föhn.db"

    written(path, exchange())

    assert ids(path) == ["req-1"]


def test_reading_changes_nothing(log):
    before = log.read_bytes(), log.stat().st_mtime_ns

    ids(log)

    assert (log.read_bytes(), log.stat().st_mtime_ns) == before


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("1h", 3600),
        ("30m", 1800),
        ("2d", 172_800),
        ("45s", 45),
        ("1w", 604_800),
        ("1h30m", 5400),
        ("1.5h", 5400),
        (" 1H ", 3600),
    ],
)
def test_a_duration_is_how_long_ago_it_was(text, ago):
    assert parse_since(text, NOON) == NOON - ago


@given(parts=st.lists(st.tuples(st.integers(0, 1000), st.sampled_from("smhdw")), min_size=1))
def test_durations_add_up(parts):
    text = "".join(f"{count}{unit}" for count, unit in parts)

    assert parse_since(text, NOON) == NOON - sum(count * UNITS[unit] for count, unit in parts)


@pytest.mark.parametrize(
    "text", ["2026-11-24T10:00:00Z", "2026-11-24T11:00+01:00", "2026-11-24 10:00:00+00:00"]
)
def test_a_time_with_an_offset_is_that_moment(text):
    moment = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC).timestamp()

    assert parse_since(text, NOON) == moment


@pytest.mark.parametrize("text", ["2026-11-24", "2026-11-24T00:00", "2026-11-24 00:00:00"])
def test_a_time_without_an_offset_is_the_local_one(text, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        moment = parse_since(text, NOON)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert moment == dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize("text", ["", "yesterday", "1", "1y", "h", "-1h", "2026-13-01"])
def test_what_is_no_moment_is_told_with_what_is(text):
    with pytest.raises(ValueError, match="expected how long ago, such as 30m, 1h or 2d"):
        parse_since(text, NOON)
