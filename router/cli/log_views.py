"""Log views: requests as lines of a table, each with all that is known of it, or as JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import click

from router.cli.log_pages import located, page
from router.cli.log_table import LogTable, iso
from router.gateway.request_log.record import Record

UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029]")
"""What JSON lets stand as it is, and a terminal or a reader of lines would obey."""


class View(Protocol):
    """Shows records. `count` is how many; `is_plain` views say nothing else."""

    count: int
    is_plain: bool

    def show(self, records: Iterable[Record]) -> Iterator[Record]:
        """Print records, and yield each once it is printed."""
        ...


def view_of(path: Path, *, whole: bool, as_json: bool) -> View:
    """Return what shows the records of the log at `path`."""
    if as_json:
        return Lines(path)
    return Pages(path) if whole else Table()


class Table:
    """One line a request, below a head."""

    is_plain = False

    def __init__(self) -> None:
        self.count = 0
        self._table = LogTable()

    def show(self, records: Iterable[Record]) -> Iterator[Record]:
        """Print all at once, as the columns are as wide as the widest."""
        found = list(records)
        if found:
            click.echo("\n".join(self._table.lines(found)))
        self.count += len(found)
        yield from found


class Pages:
    """All that is known of each request."""

    is_plain = False

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._path = path

    def show(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            click.echo(("\n" if self.count else "") + page(record, self._path))
            self.count += 1
            yield record


class Lines:
    """One JSON object a line, with everything."""

    is_plain = True

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._path = path

    def show(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            text = json.dumps(_as_json(record, self._path), ensure_ascii=False)
            click.echo(UNSEEN.sub(lambda char: f"\\u{ord(char[0]):04x}", text))
            self.count += 1
            yield record


def _as_json(record: Record, path: Path) -> Mapping[str, object]:
    return {
        "time": iso(record.began),
        "request_id": record.request_id,
        "trace": {
            "id": record.trace_id,
            "attempts": [asdict(attempt) for attempt in record.attempts],
            "decisions": [asdict(decision) for decision in record.decisions],
        },
        "trace_context": {"trace": record.context_trace, "span": record.context_span},
        "operation": record.operation,
        "config": record.config,
        "api_key": record.api_key,
        "model": record.model,
        "prompt": record.prompt,
        "status": record.status,
        "kind": record.kind,
        "message": record.message,
        "seconds": round(record.seconds, 3),
        "cost": record.cost,
        "cache": record.cache,
        "bytes_in": record.bytes_in,
        "bytes_out": record.bytes_out,
        "private": record.is_private,
        "streamed": record.streamed,
        "gone": record.gone,
        "served_by": None if record.served is None else asdict(record.served),
        "pictures": [located(reference, path) for reference in record.pictures],
    }
