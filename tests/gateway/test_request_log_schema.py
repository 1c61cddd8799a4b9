"""The log's file: versions are upgraded in order, and what is not understood is left alone."""

import sqlite3

import pytest
from log_exchanges import exchange, opened, read, written

from router.gateway.request_log.schema import FIRST, OWN, STEPS, LogError, connect, prepare

LATER = (
    FIRST,
    ("ALTER TABLE requests ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",),
    (
        "ALTER TABLE requests RENAME COLUMN mood TO temper",
        "CREATE INDEX requests_by_temper ON requests (temper)",
    ),
)
"""Versions that might come."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "requests.db"


def file_of(path, version, steps=STEPS):
    """Make a file as a program of that version left it."""
    connection = sqlite3.connect(path, isolation_level=None)
    if version:
        prepare(connection, path, steps[:version])
    return connection


def pragma(connection, name):
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def columns(connection):
    return [row[1] for row in connection.execute("PRAGMA table_info(requests)")]


@pytest.mark.parametrize("version", range(len(STEPS) + 1))
def test_a_file_of_every_version_is_upgraded_and_written(path, version):
    file_of(path, version).close()

    written(path, exchange())

    assert len(read(path)) == 1
    with sqlite3.connect(path) as connection:
        assert pragma(connection, "user_version") == len(STEPS)
    connection.close()


@pytest.mark.parametrize("version", range(len(LATER) + 1))
def test_steps_are_taken_in_order_from_the_version_that_is_there(path, version):
    connection = file_of(path, version, LATER)

    prepare(connection, path, LATER)

    assert "temper" in columns(connection)
    assert pragma(connection, "user_version") == 3
    connection.close()


def test_records_outlive_an_upgrade(path):
    written(path, exchange())
    connection = sqlite3.connect(path, isolation_level=None)

    prepare(connection, path, LATER)

    rows = connection.execute("SELECT request_id, temper FROM requests").fetchall()
    assert rows == [("req-1", "calm")]
    connection.close()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(path):
    connection = file_of(path, 1)
    broken = (FIRST, ("ALTER TABLE requests ADD COLUMN mood TEXT", "nonsense"))

    with pytest.raises(sqlite3.OperationalError):
        prepare(connection, path, broken)

    assert "mood" not in columns(connection)
    assert pragma(connection, "user_version") == 1
    connection.close()


def test_an_older_program_refuses_a_newer_file_and_leaves_it_alone(path):
    connection = file_of(path, 3, LATER)

    with pytest.raises(LogError, match="written by a newer pixroute: its version is 3, and this"):
        opened(path)
    with pytest.raises(LogError, match="written by a newer pixroute"):
        read(path)

    assert pragma(connection, "user_version") == 3
    connection.close()


def test_the_database_of_another_program_is_left_alone(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()

    with pytest.raises(LogError, match="is a database of another program, and no request log"):
        opened(path)


def test_a_file_that_is_no_database_is_told(path):
    path.write_text("strategy: {mode: single}\n" * 100)

    with pytest.raises(LogError, match="cannot be opened: file is not a database"):
        opened(path)


def test_the_file_can_give_back_room_and_be_read_while_it_is_written(path):
    connection = connect(path)

    assert pragma(connection, "journal_mode") == "wal"
    assert pragma(connection, "auto_vacuum") == 2
    assert pragma(connection, "application_id") == OWN
    connection.close()


def test_a_file_that_another_process_writes_is_waited_for(path, monkeypatch):
    other = file_of(path, 1)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("time.sleep", lambda _: other.execute("ROLLBACK"))

    connection = connect(path)

    assert not other.in_transaction
    connection.close()
    other.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [("began", 0), ("trace_id", "'x'"), ("request_id", "'x'"), ("context_trace", "'x'")],
)
def test_time_and_ids_are_found_by_an_index(path, column, value):
    connection = connect(path)

    question = f"EXPLAIN QUERY PLAN SELECT id FROM requests WHERE {column} = {value}"
    plan = connection.execute(question).fetchone()[3]

    assert "USING" in plan
    assert "INDEX" in plan
    connection.close()
