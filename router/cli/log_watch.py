"""Log watch: find a gateway's log, show what is asked for, and what comes later."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from router.cli.log_views import View
from router.cli.terminal import Failed, faint, is_terminal
from router.gateway.request_log.log import log_path
from router.gateway.request_log.reading import Query, Reader, reading
from router.gateway.request_log.schema import LogError
from router.gateway.settings_file import read_settings

INTERVAL = 0.5  # seconds between two looks


def find_log(folder: Path) -> Path:
    """Return the log that a folder's gateway.yaml names. Raises ConfigError; Failed for none."""
    if not folder.is_dir():
        raise Failed(f"there is no folder {folder}; --configs names another, --file the log itself")
    path = log_path(read_settings(folder).log, folder)
    if path is None:
        raise Failed(
            f"this gateway keeps no log: {folder / 'gateway.yaml'} names none; "
            "write 'log: {path: requests.sqlite3}' into it, or name a log with --file"
        )
    return path


def watch(
    path: Path, query: Query, view: View, *, pause: Callable[[float], None] | None = None
) -> None:
    """Show the records asked for, and with a `pause` later ones, until Ctrl-C. Raises Failed."""
    try:
        with reading(path) as reader:
            last = _show(reader, query, view)
            if pause is None:
                _close(reader, query, view)
            else:
                _follow(reader, replace(query, after=last, limit=None), view, pause)
    except LogError as error:
        raise Failed(str(error)) from None


def _show(reader: Reader, query: Query, view: View) -> int:
    """Show records; return the row after which those come that have not been looked at."""
    last = reader.last()
    shown = [record.row for record in view.show(reader.records(query))]
    return max([last, *shown])


def _follow(reader: Reader, query: Query, view: View, pause: Callable[[float], None]) -> None:
    try:
        while True:
            pause(INTERVAL)
            if reader.last() != query.after:
                query = replace(query, after=_show(reader, query, view))
    except KeyboardInterrupt:
        return


def _close(reader: Reader, query: Query, view: View) -> None:
    """Say why there is nothing, and on a terminal that there may be more."""
    if not view.count and query.trace is not None:
        raise Failed(f"no request has the trace or request id {query.trace!r}")
    if view.is_plain:
        return
    if not view.count:
        is_empty = reader.last() == 0
        click.echo("no request has come yet" if is_empty else "no request is as you ask for")
    elif view.count == query.limit and is_terminal(sys.stdout):
        click.echo(faint(f"the newest {query.limit}; --limit shows more"))
