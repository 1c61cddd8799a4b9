"""Retention: what is too old, or the oldest of too much, is deleted, and its room given back."""

import sqlite3
from dataclasses import dataclass

from router.gateway.request_log.pictures import PictureKeeper
from router.gateway.request_log.schema import number, writing

DAY = 86_400.0  # seconds
MOST = 500  # requests deleted in one transaction, so that writers do not wait for long
PAGES = 2000  # given back at a time: 8 MB

OLDEST = "SELECT id FROM requests ORDER BY began, id LIMIT ?"
EXPIRED = "SELECT id FROM requests WHERE began < ? ORDER BY began, id LIMIT ?"
ORPHANS = "SELECT reference FROM kept WHERE reference NOT IN (SELECT reference FROM pictures)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Records live for `days`, and the newest of them in `max_bytes`, their pictures included."""

    days: float
    max_bytes: int

    def sweep(
        self, connection: sqlite3.Connection, keeper: PictureKeeper | None, now: float
    ) -> bool:
        """Delete some of what is too much; return whether there is more. `now` is in Unix seconds.

        Raises sqlite3.Error.
        """
        gone = self._expire(connection, now) or self._shrink(connection)
        if gone and keeper is not None:
            _drop_pictures(connection, keeper)
        if number(connection, "PRAGMA freelist_count"):
            # Each step of it gives back one page, and `execute` would take only the first.
            connection.executescript(f"PRAGMA incremental_vacuum({PAGES})")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return gone > 0

    def _expire(self, connection: sqlite3.Connection, now: float) -> int:
        with writing(connection):
            return _delete(connection, EXPIRED, (now - self.days * DAY, MOST))

    def _shrink(self, connection: sqlite3.Connection) -> int:
        """Delete the oldest requests: as many as would do if all were of one size."""
        with writing(connection):
            used = used_bytes(connection)
            if used <= self.max_bytes:
                return 0
            count = number(connection, "SELECT count(*) FROM requests")
            share = max(1, int(count * (used - self.max_bytes) / used))
            return _delete(connection, OLDEST, (min(share, MOST),))


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return how much is kept: the pages in use, and the pictures beside them."""
    pages = number(connection, "PRAGMA page_count") - number(connection, "PRAGMA freelist_count")
    pictures = number(connection, "SELECT sum(bytes) FROM kept")
    return pages * number(connection, "PRAGMA page_size") + pictures


def _delete(connection: sqlite3.Connection, which: str, values: tuple[float, ...]) -> int:
    statement = f"DELETE FROM requests WHERE id IN ({which})"  # noqa: S608 - of our own words
    return connection.execute(statement, values).rowcount


def _drop_pictures(connection: sqlite3.Connection, keeper: PictureKeeper) -> None:
    """Delete pictures that no record shows.

    Inside of a transaction, as other processes keep the same pictures inside of theirs.
    """
    with writing(connection):
        for (reference,) in connection.execute(ORPHANS).fetchall():
            keeper.drop(reference)
            connection.execute("DELETE FROM kept WHERE reference = ?", (reference,))
