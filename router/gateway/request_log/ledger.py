"""Ledger: the file under the log's thread: batches go in whole, what is too much goes out."""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from router.core.images import Picture
from router.core.whereabouts import where
from router.gateway.request_log import rows
from router.gateway.request_log.pictures import PictureKeeper, content_of
from router.gateway.request_log.record import Record
from router.gateway.request_log.retention import Retention
from router.gateway.request_log.schema import LogError, connect, number, writing
from router.gateway.request_log.veil import plain, veil

INTERVAL = 60.0  # seconds between two looks at what is too much
TURNS = 20  # deletions in a row, before what waits is written

ENTRY_FAULTS = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    ValueError,
)
"""What is raised for a value that no column takes."""

INSERTS = tuple(map(rows.insert, ("requests", "attempts", "decisions", "pictures")))
LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'requests'"
KEPT = "INSERT INTO kept (reference, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record on its way, and what of it is to be kept."""

    record: Record
    has_prompt: bool
    pictures: tuple[Picture, ...] = ()

    @property
    def weight(self) -> int:
        """Characters of its pictures."""
        return sum(map(weight_of, self.pictures))


def weight_of(picture: Picture) -> int:
    return len(picture.url or "") if picture.b64 is None else len(picture.b64)


class Ledger:
    """Writes entries. One thread calls it; other processes may write to the same file.

    `now` is the wall clock, in Unix seconds. `lost_pictures` counts those that could not be
    kept, `weight` is that of all entries that it is done with.
    """

    def __init__(
        self,
        path: Path,
        *,
        retention: Retention,
        keeper: PictureKeeper | None,
        now: Callable[[], float],
        interval: float = INTERVAL,
    ) -> None:
        self.lost_pictures = self.weight = 0
        self._path = path
        self._retention = retention
        self._keeper = keeper
        self._now = now
        self._interval = interval
        self._swept = float("-inf")
        self._is_well = True
        connect(path).close()  # so that what is wrong with it is told now, and to whom it concerns
        self._connection: sqlite3.Connection | None = None

    def write(self, batch: Sequence[Entry]) -> int:
        """Write entries and return how many were lost; look for what is too much when it is time.

        A file that cannot be written is opened anew, and tried once more.
        """
        try:
            lost = self._insisted(batch) if batch else 0
        finally:
            self.weight += sum(entry.weight for entry in batch)
        if abs(self._now() - self._swept) >= self._interval:
            self._sweep()
        return lost

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _insisted(self, batch: Sequence[Entry]) -> int:
        for is_last in (False, True):
            try:
                lost = self._write(batch)
            except (sqlite3.Error, OSError, LogError) as error:
                self._reopen()
                if is_last:
                    self._complain(error)
            else:
                self._is_well = True
                return lost
        return len(batch)

    def _write(self, batch: Sequence[Entry]) -> int:
        """Write a batch in one transaction; an entry that cannot be written is lost alone."""
        connection = self._open()
        try:
            self._insert(connection, batch)
        except ENTRY_FAULTS:
            if len(batch) == 1:
                return 1
            return sum(self._write((entry,)) for entry in batch)
        return 0

    def _insert(self, connection: sqlite3.Connection, batch: Sequence[Entry]) -> None:
        requests: list[rows.Row] = []
        attempts: list[rows.Row] = []
        decisions: list[rows.Row] = []
        pictures: list[rows.Row] = []
        with writing(connection):
            for row, entry in enumerate(batch, start=number(connection, LAST) + 1):
                record, has_prompt = entry.record, entry.has_prompt
                told = plain if has_prompt else veil(record.prompt or "")
                requests.append(rows.request_row(record, row, told, has_prompt=has_prompt))
                attempts += rows.attempt_rows(record, row, told)
                decisions += rows.decision_rows(record, row, told)
                if entry.pictures:
                    references = self._references(connection, entry.pictures)
                    pictures += rows.picture_rows(references, row)
            for statement, some in zip(
                INSERTS, (requests, attempts, decisions, pictures), strict=True
            ):
                connection.executemany(statement, some)

    def _references(
        self, connection: sqlite3.Connection, pictures: Sequence[Picture]
    ) -> Iterator[str]:
        for picture in pictures:
            content = content_of(picture)
            if content is None:
                yield where(picture.url or "")
                continue
            try:
                if self._keeper is None:
                    continue
                reference = self._keeper.keep(picture)
            except Exception as error:  # noqa: BLE001 - a keeper of somebody else's
                self.lost_pictures += 1
                self._complain(error)
            else:
                connection.execute(KEPT, (reference, len(content) * 3 // 4))
                yield reference

    def _sweep(self) -> None:
        """Delete what is too much; where much is, the rest of it after the next batch."""
        try:
            self._follow()
            connection = self._open()
            for _ in range(TURNS):
                if not self._retention.sweep(connection, self._keeper, self._now()):
                    self._swept = self._now()
                    return
        except (sqlite3.Error, OSError, LogError) as error:
            self._swept = self._now()
            self._reopen()
            self._complain(error)

    def _follow(self) -> None:
        """Let go of a file that has been deleted or moved away: nobody would read it there."""
        if self._connection is not None and not self._path.exists():
            self._reopen()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self._path)
        return self._connection

    def _reopen(self) -> None:
        """Let the next who needs it open it."""
        with suppress(sqlite3.Error):
            self.close()
        self._connection = None

    def _complain(self, error: Exception) -> None:
        """Say once what is wrong, until it has gone well again."""
        if self._is_well:
            logging.getLogger("router").warning("the request log has losses: %s", error)
        self._is_well = False
