"""Reading: the log's records, for whoever asks. Nothing is ever changed here."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from router.gateway.request_log.record import Record
from router.gateway.request_log.rows import COLUMNS, Value, record_from
from router.gateway.request_log.schema import (
    PATIENCE,
    STEPS,
    LogError,
    check,
    explained,
    number,
)

PAGE = 200  # records in memory at a time

CONDITIONS = {
    "trace": "(trace_id = :trace OR request_id = :trace OR context_trace = :trace)",
    "failed": "(status >= 400 OR kind <> '')",
    "since": "began >= :since",
    "config": "config = :config",
    "provider": "id IN (SELECT request FROM attempts WHERE provider = :provider)",
    "after": "id > :after",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which records are asked for: those that meet all of it.

    `trace` is a trace id, or a request's id. `since` is in Unix seconds. `provider` was asked by
    them, whether or not it served. `limit` is how many of the newest; None is all. `after` is the
    row of the last one that is known.
    """

    trace: str | None = None
    failed: bool = False
    since: float | None = None
    config: str | None = None
    provider: str | None = None
    limit: int | None = None
    after: int | None = None

    @property
    def asked(self) -> dict[str, Value]:
        """What is asked for, by the names of CONDITIONS."""
        values = {
            "trace": self.trace,
            "failed": self.failed or None,
            "since": self.since,
            "config": self.config,
            "provider": self.provider,
            "after": self.after,
        }
        return {name: value for name, value in values.items() if value is not None}


class Reader:
    """An open log. A gateway may write to it meanwhile."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def last(self) -> int:
        """Return the row of the last record, 0 where there is none. Raises LogError."""
        with explained(self._path, "read"):
            return number(self._connection, "SELECT max(id) FROM requests")

    def records(self, query: Query) -> Iterator[Record]:
        """Yield records, the oldest first. Raises LogError."""
        with explained(self._path, "read"):
            found = self._rows(query)
            for start in range(0, len(found), PAGE):
                yield from self._page(found[start : start + PAGE])

    def _rows(self, query: Query) -> list[int]:
        asked = query.asked
        conditions = " AND ".join(CONDITIONS[name] for name in asked)
        where = f"WHERE {conditions}" if conditions else ""
        limit = -1 if query.limit is None else query.limit
        found = self._connection.execute(
            f"SELECT id FROM requests {where} ORDER BY began DESC, id DESC LIMIT {limit:d}",  # noqa: S608 - of our own words
            asked,
        )
        return [row["id"] for row in found][::-1]

    def _page(self, some: Sequence[int]) -> list[Record]:
        """Read some requests with all that belongs to them, as they were at one moment."""
        self._connection.execute("BEGIN")
        try:
            requests = {row["id"]: row for row in self._of("requests", "id", some)}
            attempts, decisions, pictures = (
                _grouped(self._of(table, "request", some))
                for table in ("attempts", "decisions", "pictures")
            )
        finally:
            self._connection.execute("COMMIT")
        # What is no longer there has been too old.
        return [
            record_from(
                requests[one], attempts.get(one, ()), decisions.get(one, ()), pictures.get(one, ())
            )
            for one in some
            if one in requests
        ]

    def _of(self, table: str, column: str, some: Sequence[int]) -> list[sqlite3.Row]:
        marks = ", ".join("?" * len(some))
        order = column if column == "id" else f"{column}, number"
        return self._connection.execute(
            f"SELECT {', '.join(COLUMNS[table])} FROM {table} "  # noqa: S608 - of our own words
            f"WHERE {column} IN ({marks}) ORDER BY {order}",
            tuple(some),
        ).fetchall()


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Open a log to read it. Raises LogError, also where there is none."""
    if not path.exists():
        raise LogError(f"there is no request log at {path} yet")
    with explained(path, "opened"):
        connection = _connect(path)
    try:
        with explained(path, "read"):
            _check_version(connection, path)
        yield Reader(connection, path)
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    version = check(connection, path)
    if version == 0:
        raise LogError(f"there is nothing in the request log {path} yet")
    if version < len(STEPS):
        raise LogError(
            f"{path} was written by an older pixroute: its version is {version}, and this program "
            f"reads {len(STEPS)}; a gateway of this version upgrades it when it starts"
        )


def _grouped(found: Sequence[sqlite3.Row]) -> dict[int, list[sqlite3.Row]]:
    grouped: dict[int, list[sqlite3.Row]] = {}
    for row in found:
        grouped.setdefault(row["request"], []).append(row)
    return grouped
