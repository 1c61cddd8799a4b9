"""Recorders: everybody who is told of requests, opened together in each worker."""

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

from router.gateway.exchange import Recorder
from router.gateway.settings import LogSettings, Settings
from router.gateway.stdout_log import StdoutLog, as_json, spoken
from router.gateway.telemetry import Telemetry, is_wanted, open_telemetry

log = logging.getLogger("router")


class Keeper(Recorder, Protocol):
    """A recorder that keeps what it is told."""

    @property
    def dropped(self) -> int: ...

    def close(self) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorders:
    """`metrics` gives the page of that name. `closing` are called at the end, in this order."""

    told: tuple[Recorder, ...] = ()
    metrics: Callable[[], tuple[bytes, str]] | None = None
    closing: tuple[Callable[[], object], ...] = ()


Opening = Callable[[Settings, Path], Recorders]
"""Opens the recorders that a folder's settings ask for."""


def no_recorders(_settings: Settings, _folder: Path) -> Recorders:
    return Recorders()


def open_recorders(settings: Settings, folder: Path, *, quiet: bool) -> Recorders:
    """Open all that are wanted. One that cannot be opened is told of, and costs no picture."""
    from router.gateway.metrics import Metrics

    requests = None if settings.log.path is None else _request_log(settings.log, folder)
    metrics = Metrics(dropped=None if requests is None else lambda: requests.dropped)
    lines = None if quiet else _lines(sys.stdout)
    wanted: tuple[Keeper | Telemetry | None, ...] = (requests, lines, _telemetry())
    kept = [one for one in wanted if one is not None]
    closing = tuple(one.close for one in kept)
    return Recorders(told=(metrics, *kept), metrics=metrics.render, closing=closing)


def _request_log(settings: LogSettings, folder: Path) -> "Keeper | None":
    from router.gateway.request_log.log import open_log
    from router.gateway.request_log.schema import LogError

    try:
        return open_log(settings, folder)
    except LogError as error:
        log.error("no request is logged: %s", error)  # noqa: TRY400 - the message says it all
    return None


def _lines(stream: TextIO) -> StdoutLog:
    return StdoutLog(stream, write=spoken if stream.isatty() else as_json)


def _telemetry() -> Telemetry | None:
    if not is_wanted(os.environ):
        return None
    try:
        return open_telemetry()
    except ImportError as error:
        log.error("no span is sent: %s", error)  # noqa: TRY400 - the message says it all
    return None
