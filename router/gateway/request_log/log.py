"""Log: a recorder that keeps what became of each request in a file of SQLite."""

import time
from collections.abc import Callable
from pathlib import Path

from router.core.images import Picture
from router.gateway.backlog import CAPACITY, Backlog
from router.gateway.exchange import Exchange
from router.gateway.request_log.ledger import Entry, Ledger, weight_of
from router.gateway.request_log.pictures import FolderKeeper, PictureKeeper
from router.gateway.request_log.record import record_of
from router.gateway.request_log.retention import Retention
from router.gateway.settings import MEBIBYTE, LogSettings

PATIENCE = 10.0  # seconds for what waits, at the end
ROOM = 64 * MEBIBYTE  # of base64 that waits to be kept
NO_SETTINGS = LogSettings()


class RequestLog:
    """Takes exchanges on the event loop and has one thread write them. It never blocks the loop.

    A private request's prompt and pictures are never kept, whatever the settings say; nobody's
    pictures are without a `keeper`. `now` is the wall clock, in Unix seconds.
    """

    def __init__(
        self,
        path: Path,
        settings: LogSettings = NO_SETTINGS,
        *,
        keeper: PictureKeeper | None = None,
        capacity: int = CAPACITY,
        room: int = ROOM,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Open the file. Raises LogError, as for one of a newer version."""
        self._keep = settings.keep
        self._room = room
        self._failed = self._weight = self._crowded = 0
        retention = Retention(days=settings.days, max_bytes=settings.max_bytes)
        self._ledger = Ledger(path, retention=retention, keeper=keeper, now=now)
        self._backlog = Backlog("the request log", self._ledger, capacity=capacity)

    @property
    def dropped(self) -> int:
        """Records that are lost: there was no room for them, or they could not be written."""
        return self._failed + self._backlog.dropped

    @property
    def dropped_pictures(self) -> int:
        """Pictures that are lost, while their records may be there."""
        return self._crowded + self._ledger.lost_pictures

    def begin(self) -> None:
        """Nothing is written of a request before its end."""

    def end(self, exchange: Exchange) -> None:
        """Take an exchange, or drop it where the thread cannot keep up. Never raises."""
        try:
            entry = self._entry(exchange)
            if self._backlog.offer(entry):
                self._weight += entry.weight
        except Exception:  # noqa: BLE001 - a log must not cost a picture
            self._failed += 1

    def flush(self, timeout: float = PATIENCE) -> bool:
        """Wait until all that was taken is written; not for the event loop."""
        return self._backlog.flush(timeout)

    def close(self, timeout: float = PATIENCE) -> bool:
        """Write what waits; False where that took longer, and the rest is dropped.

        It blocks for as long, so it is not for an event loop that has other things to do.
        """
        return self._backlog.close(timeout)

    def _entry(self, exchange: Exchange) -> Entry:
        is_private = exchange.is_private or self._keep == "metadata"
        return Entry(
            record=record_of(exchange),
            has_prompt=self._keep == "full" and not exchange.is_private,
            pictures=() if is_private else self._fitting(exchange.pictures),
        )

    def _fitting(self, pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
        """Return the pictures if there is room for them to wait: they are held in memory."""
        waiting = self._weight - self._ledger.weight
        if waiting + sum(map(weight_of, pictures)) <= self._room:
            return pictures
        self._crowded += len(pictures)
        return ()


def log_path(settings: LogSettings, folder: Path) -> Path | None:
    """Return where a workspace has its log; None where it keeps none."""
    return None if settings.path is None else folder / settings.path


def pictures_folder(path: Path) -> Path:
    """Return where the pictures of a log are: beside it, in `requests.pictures`."""
    return path.with_suffix(".pictures")


def open_log(settings: LogSettings, folder: Path) -> RequestLog | None:
    """Open the log that a workspace's settings ask for. Raises LogError."""
    path = log_path(settings, folder)
    if path is None:
        return None
    keeper = None if settings.keep == "metadata" else FolderKeeper(pictures_folder(path))
    return RequestLog(path, settings, keeper=keeper)
