"""Stdout log: a recorder that writes one line of JSON for each request, for log collectors."""

import datetime as dt
import json
import select
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

import orjson

from router.core.jsontypes import JSON
from router.gateway.backlog import CAPACITY, Backlog
from router.gateway.exchange import Exchange

PATIENCE = 2.0  # seconds for what waits, at the end
LONGEST = 128  # characters of a text, so that a line fits into what a pipe takes in one piece
PIECE: int = getattr(select, "PIPE_BUF", 512)  # bytes that a pipe takes in one piece; POSIX's least

Form = Callable[[dict[str, JSON]], str]
"""How a line is written."""


def as_json(line: dict[str, JSON]) -> str:
    """Write a line in ASCII, whatever a caller has put into it."""
    try:
        text = orjson.dumps(line)
    except orjson.JSONEncodeError:  # half of a character
        return json.dumps(line)
    return text.decode() if text.isascii() else json.dumps(line)


class StdoutLog:
    """Writes lines to a stream in a thread of its own: who reads them may be slow, or gone.

    They are JSON, unless `write` says otherwise.
    """

    def __init__(self, stream: TextIO, *, capacity: int = CAPACITY, write: Form = as_json) -> None:
        self._failed = 0
        lines = _Lines(stream, write)
        self._backlog = Backlog("the log of standard output", lines, capacity=capacity)

    @property
    def dropped(self) -> int:
        """Lines that are lost: there was no room for them, or the stream has failed."""
        return self._failed + self._backlog.dropped

    def begin(self) -> None:
        """Nothing is written of a request before its end."""

    def end(self, exchange: Exchange) -> None:
        """Take an exchange, or drop it where the reader cannot keep up. Never raises."""
        try:
            self._backlog.offer(line_of(exchange))
        except Exception:  # noqa: BLE001 - a log must not cost a picture
            self._failed += 1

    def flush(self, timeout: float = PATIENCE) -> bool:
        """Wait until all that was taken is written; not for the event loop."""
        return self._backlog.flush(timeout)

    def close(self, timeout: float = PATIENCE) -> bool:
        """Write what waits; False where that took longer, and the rest is dropped."""
        return self._backlog.close(timeout)


class _Lines:
    """The stream under the thread; once its reader has left nothing is written to it any more."""

    def __init__(self, stream: TextIO, form: Form) -> None:
        self._stream = stream
        self._form = form
        self._is_broken = False

    def write(self, batch: Sequence[dict[str, JSON]]) -> int:
        """Write lines, as many at once as are safe: workers that share a pipe must not cut them."""
        lines = [f"{self._form(line)}\n" for line in batch]
        return sum(len(some) for some in _pieces(lines) if not self._has_written("".join(some)))

    def _has_written(self, text: str) -> bool:
        if self._is_broken:
            return False
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            self._is_broken = isinstance(error, BrokenPipeError)
            return False
        except ValueError:  # it is closed
            self._is_broken = True
            return False
        return True

    def close(self) -> None:
        """Leave the stream to whom it belongs."""


def _pieces(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Put lines together while a pipe takes them in one piece; a longer one is alone."""
    begun, size = 0, 0
    for number, line in enumerate(lines):
        if size and size + len(line) > PIECE:
            yield lines[begun:number]
            begun, size = number, 0
        size += len(line)
    if size:
        yield lines[begun:]


def line_of(exchange: Exchange) -> dict[str, JSON]:
    """Return what a line says: never a prompt, and no message, which may repeat one."""
    trace = exchange.trace
    served = None if trace is None else trace.served
    return {
        "time": dt.datetime.fromtimestamp(exchange.began, dt.UTC).isoformat(
            timespec="milliseconds"
        ),
        "level": level_of(exchange.status),
        "request_id": _short(exchange.request_id),
        "trace_id": _short(_trace_id(exchange)),
        "status": exchange.status,
        "kind": exchange.kind,
        "operation": exchange.operation,
        "config": _short(exchange.config),
        "api_key": _short(exchange.api_key),
        "provider": None if served is None else _short(served.provider),
        "model": _short((served.model if served else None) or exchange.model or "") or None,
        "attempts": 0 if trace is None else len(trace.attempts),
        "seconds": round(exchange.seconds, 3),
        "cost": exchange.cost,
        "cache": exchange.cache,
    }


def _trace_id(exchange: Exchange) -> str:
    trace = exchange.trace
    return exchange.trace_id or (exchange.context.trace if trace is None else trace.id)


def level_of(status: int) -> str:
    if status >= 500:
        return "error"
    return "warning" if status >= 400 else "info"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def spoken(line: dict[str, JSON]) -> str:
    """Say a line to somebody who watches: `12:30:01  200  0.6 s  $0.053  openai gpt-image-2`."""
    cost = line["cost"]
    attempts = line["attempts"]
    parts = (
        dt.datetime.fromisoformat(str(line["time"])).astimezone().strftime("%H:%M:%S"),
        str(line["status"]),
        f"{line['seconds']} s",
        f"${cost:.3f}" if isinstance(cost, float) and cost else "",
        " ".join(str(line[name]) for name in ("provider", "model") if line[name]),
        str(line["operation"]),
        str(line["config"]),
        f"{attempts} attempts" if isinstance(attempts, int) and attempts > 1 else "",
        str(line["kind"]),
    )
    return "  ".join(part for part in parts if part)
