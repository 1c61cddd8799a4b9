"""Schema: the log's tables, and how a file of an earlier version becomes one of this."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

OWN = 0x70787231  # "pxr1": the application's mark in the file's head; sqlite.org/fileformat2.html
PATIENCE = 10.0  # seconds to wait for another process that writes
PAUSE = 0.02  # seconds between two tries where SQLite itself does not wait

Step: TypeAlias = tuple[str, ...]
"""The statements that lead from one version to the next."""

FIRST: Step = (
    """
    CREATE TABLE requests (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id TEXT NOT NULL,
        trace_id TEXT NOT NULL,
        context_trace TEXT NOT NULL,
        context_span TEXT NOT NULL,
        began REAL NOT NULL,
        seconds REAL NOT NULL,
        operation TEXT NOT NULL,
        config TEXT NOT NULL,
        api_key TEXT NOT NULL,
        model TEXT,
        prompt TEXT,
        status INTEGER NOT NULL,
        kind TEXT NOT NULL,
        message TEXT NOT NULL,
        cost REAL,
        cache TEXT NOT NULL,
        bytes_in INTEGER NOT NULL,
        bytes_out INTEGER NOT NULL,
        is_private INTEGER NOT NULL,
        streamed INTEGER NOT NULL,
        gone INTEGER NOT NULL,
        served_provider TEXT,
        served_model TEXT,
        served_path TEXT
    )
    """,
    "CREATE INDEX requests_by_time ON requests (began)",
    "CREATE INDEX requests_by_trace ON requests (trace_id)",
    "CREATE INDEX requests_by_context ON requests (context_trace)",
    "CREATE INDEX requests_by_id ON requests (request_id)",
    """
    CREATE TABLE attempts (
        request INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        path TEXT NOT NULL,
        provider TEXT NOT NULL,
        model TEXT,
        virtual_key TEXT,
        status INTEGER NOT NULL,
        kind TEXT,
        message TEXT NOT NULL,
        started REAL NOT NULL,
        duration REAL NOT NULL,
        waited REAL NOT NULL,
        wait_reason TEXT NOT NULL,
        billed INTEGER,
        adaptations TEXT NOT NULL,
        received INTEGER NOT NULL,
        request_id TEXT,
        cost REAL,
        PRIMARY KEY (request, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE decisions (
        request INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        path TEXT NOT NULL,
        made_by TEXT NOT NULL,
        chosen TEXT NOT NULL,
        reason TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (request, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE pictures (
        request INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        reference TEXT NOT NULL,
        PRIMARY KEY (request, number)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX pictures_by_reference ON pictures (reference)",
    "CREATE TABLE kept (reference TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID",
)

STEPS: tuple[Step, ...] = (FIRST,)
"""Add to the end what changes, and never edit what is there: files of every version exist.

A new kind of failure is a step too, if one without statements: older programs cannot read it.
"""


class LogError(Exception):
    """The file cannot be used; the message says which, and why."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a log to write it; make the file, or upgrade it, where that is needed.

    The file is its owner's alone, as prompts may be in it. Its folder is never made: where one
    has been moved away, another in its place would hide what was in it. Raises LogError.
    """
    with explained(path, "opened"):
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def prepare(connection: sqlite3.Connection, path: Path, steps: Sequence[Step] = STEPS) -> None:
    """Bring an open file to the version that `steps` lead to. Raises LogError for a newer one."""
    if check(connection, path, len(steps)) == 0:
        # Before the first table, or it has no effect; later it would only wait for the others.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _insist(lambda: connection.execute("PRAGMA journal_mode = WAL").fetchall())
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "journal_size_limit = 16777216"):
        connection.execute(f"PRAGMA {pragma}")
    if check(connection, path, len(steps)) < len(steps):
        _upgrade(connection, path, steps)


def _upgrade(connection: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> None:
    """Take the steps that are missing, in one transaction: another process may be at it too."""
    with writing(connection):
        for step in steps[check(connection, path, len(steps)) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {OWN}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def check(connection: sqlite3.Connection, path: Path, known: int = len(STEPS)) -> int:
    """Return the file's version, 0 where it is empty. Raises LogError for what is no log of ours.

    Files of a newer version are left alone: this program does not know what they mean.
    """
    with _steady(connection):
        version = number(connection, "PRAGMA user_version")
        owner = number(connection, "PRAGMA application_id")
        tables = number(connection, "SELECT count(*) FROM sqlite_master")
    if tables and owner != OWN:
        raise LogError(f"{path} is a database of another program, and no request log")
    if version > known:
        raise LogError(
            f"{path} was written by a newer pixroute: its version is {version}, "
            f"and this program knows {known}; update it, or name another file"
        )
    return version


def number(connection: sqlite3.Connection, question: str) -> int:
    """Return the one number that a query gives; 0 for none."""
    found = connection.execute(question).fetchone()
    return int(found[0] or 0) if found else 0


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Do what is inside wholly or not at all; no other process writes meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Some failures, such as a full disk, have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _steady(connection: sqlite3.Connection) -> Iterator[None]:
    """Read what is inside as it is at one moment: another process may be making the file."""
    is_steady = connection.in_transaction
    if not is_steady:
        connection.execute("BEGIN")
    try:
        yield
    finally:
        if not is_steady:
            connection.execute("COMMIT")


@contextmanager
def explained(path: Path, done: str) -> Iterator[None]:
    """Turn what SQLite and the system raise into a LogError that names the file."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if isinstance(error, FileNotFoundError):
            reason = f"there is no folder {path.parent}"
        raise LogError(f"the request log {path} cannot be {done}: {reason}") from error
    except sqlite3.Error as error:
        raise LogError(f"the request log {path} cannot be {done}: {error}") from error


def _insist(act: Callable[[], object]) -> None:
    """Try again while another process has the file: for this SQLite does not wait by itself."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            act()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(PAUSE)
        else:
            return
