"""Exchange: one request that the gateway has answered, as logs, metrics and telemetry see it."""

from dataclasses import dataclass
from typing import Protocol

from router.core.images import Operation, Picture
from router.core.light_value import light_value
from router.core.trace import Trace


@light_value
class TraceContext:
    """W3C trace context: 32 and 16 hexadecimal digits. `parent` is the caller's span, if any."""

    trace: str
    span: str
    parent: str | None = None
    sampled: bool = True
    state: str = ""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """Grows with its request, and nobody changes it once recorders have been told of it.

    `trace` is the engine's record; None for what was refused before it was routed.
    `began` is Unix seconds, `seconds` how long it took, `lead` how much of that passed before the
    engine began, whence attempts are counted. `operation` is `generate`, `edit` or `variation`.
    `config` is an id, `inline`, or empty where the request named only a provider; `api_key` the
    key's name. `kind` is what failed, empty for a success. `cache` is as the header says it. `cost`
    is in US dollars, None where it is not known. `is_private` means that the caller wants neither
    prompt nor pictures kept; they are here to be taken out of what others say. `gone` tells that
    the caller had left before the end. Who joined another's call has no `trace`, and cost nothing.
    `trace_id` is what the caller knows it by, whatever became of it.
    """

    request_id: str
    context: TraceContext
    operation: Operation
    began: float
    trace: Trace | None = None
    config: str = ""
    api_key: str = ""
    model: str | None = None
    prompt: str = ""
    seconds: float = 0.0
    status: int = 500
    kind: str = ""
    message: str = ""
    cache: str = "DISABLED"
    cost: float | None = None
    pictures: tuple[Picture, ...] = ()
    bytes_in: int = 0
    bytes_out: int = 0
    is_private: bool = False
    streamed: bool = False
    gone: bool = False
    lead: float = 0.0
    trace_id: str = ""


class Recorder(Protocol):
    """Told of requests, on the event loop: it must not block. What it raises is its loss."""

    def begin(self) -> None:
        """A request has been taken in."""
        ...

    def end(self, exchange: Exchange) -> None:
        """A request has been answered; every `begin` has one `end`."""
        ...
