"""Rows: a record as the tables hold it, less what is not kept, and back again."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from router.core.outcome import Kind
from router.core.trace import Attempt, Decision
from router.gateway.request_log.record import Record
from router.gateway.request_log.veil import LONGEST_PROMPT, Veil, name, plain

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "requests": (
            *("id", "request_id", "trace_id", "context_trace", "context_span"),
            *("began", "seconds", "operation", "config", "api_key", "model", "prompt"),
            *("status", "kind", "message", "cost", "cache", "bytes_in", "bytes_out"),
            *("is_private", "streamed", "gone"),
            *("served_provider", "served_model", "served_path"),
        ),
        "attempts": (
            *("request", "number", "path", "provider", "model", "virtual_key"),
            *("status", "kind", "message", "started", "duration", "waited", "wait_reason"),
            *("billed", "adaptations", "received", "request_id", "cost"),
        ),
        "decisions": ("request", "number", "path", "made_by", "chosen", "reason", "at"),
        "pictures": ("request", "number", "reference"),
    }
)
"""The order in which rows are written and read."""


def insert(table: str) -> str:
    columns = COLUMNS[table]
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608


def request_row(record: Record, row: int, told: Veil, *, has_prompt: bool) -> Row:
    served = record.served
    return (
        row,
        name(record.request_id),
        name(record.trace_id),
        record.context_trace,
        record.context_span,
        record.began,
        record.seconds,
        record.operation,
        name(record.config),
        record.api_key,
        name(record.model),
        plain(record.prompt or "", LONGEST_PROMPT) if has_prompt else None,
        record.status,
        record.kind,
        told(record.message),
        record.cost,
        record.cache,
        record.bytes_in,
        record.bytes_out,
        record.is_private,
        record.streamed,
        record.gone,
        *((served.provider, name(served.model), served.path) if served else (None, None, None)),
    )


def attempt_rows(record: Record, row: int, told: Veil) -> Iterable[Row]:
    for number, one in enumerate(record.attempts):
        yield (
            row,
            number,
            one.path,
            one.provider,
            name(one.model),
            one.virtual_key,
            one.status,
            None if one.kind is None else one.kind.value,
            told(one.message),
            one.started,
            one.duration,
            one.waited,
            told(one.wait_reason),
            one.billed,
            json.dumps([told(change) for change in one.adaptations]) if one.adaptations else "[]",
            one.received,
            name(one.request_id),
            one.cost,
        )


def decision_rows(record: Record, row: int, told: Veil) -> Iterable[Row]:
    for number, one in enumerate(record.decisions):
        yield (row, number, one.path, one.by, told(one.chosen), told(one.reason), one.at)


def picture_rows(pictures: Iterable[str], row: int) -> Iterable[Row]:
    for number, reference in enumerate(pictures):
        yield (row, number, reference)


def record_from(
    row: sqlite3.Row,
    attempts: Sequence[sqlite3.Row],
    decisions: Sequence[sqlite3.Row],
    pictures: Sequence[sqlite3.Row],
) -> Record:
    """Return the record that a request's rows tell of."""
    made = tuple(map(_attempt, attempts))
    path = row["served_path"]
    return Record(
        row=row["id"],
        request_id=row["request_id"],
        trace_id=row["trace_id"],
        context_trace=row["context_trace"],
        context_span=row["context_span"],
        began=row["began"],
        seconds=row["seconds"],
        operation=row["operation"],
        config=row["config"],
        api_key=row["api_key"],
        model=row["model"],
        prompt=row["prompt"],
        status=row["status"],
        kind=row["kind"],
        message=row["message"],
        cost=row["cost"],
        cache=row["cache"],
        bytes_in=row["bytes_in"],
        bytes_out=row["bytes_out"],
        is_private=bool(row["is_private"]),
        streamed=bool(row["streamed"]),
        gone=bool(row["gone"]),
        served=next((one for one in reversed(made) if one.ok and one.path == path), None),
        attempts=made,
        decisions=tuple(map(_decision, decisions)),
        pictures=tuple(picture["reference"] for picture in pictures),
    )


def _attempt(row: sqlite3.Row) -> Attempt:
    return Attempt(
        path=row["path"],
        provider=row["provider"],
        model=row["model"],
        virtual_key=row["virtual_key"],
        status=row["status"],
        kind=None if row["kind"] is None else Kind(row["kind"]),
        message=row["message"],
        started=row["started"],
        duration=row["duration"],
        waited=row["waited"],
        wait_reason=row["wait_reason"],
        billed=None if row["billed"] is None else bool(row["billed"]),
        adaptations=tuple(json.loads(row["adaptations"])),
        received=row["received"],
        request_id=row["request_id"],
        cost=row["cost"],
    )


def _decision(row: sqlite3.Row) -> Decision:
    return Decision(
        path=row["path"],
        by=row["made_by"],
        chosen=row["chosen"],
        reason=row["reason"],
        at=row["at"],
    )
