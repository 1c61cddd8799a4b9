"""Record: one request as the log has it."""

from typing import NamedTuple

from router.core.trace import Attempt, Decision
from router.gateway.exchange import Exchange


class Record(NamedTuple):
    """An `Exchange` without what is not kept: its words mean the same here.

    `trace_id` is the one that callers know; `context_trace` and `context_span` are those of the
    W3C trace context. `prompt` is None where it is not kept. `pictures` are references: names in
    the folder of pictures, or where a provider's link led. `row` is its place in the file.

    A tuple, as one is made on the event loop for each request: a frozen dataclass takes five times
    as long.
    """

    request_id: str
    trace_id: str
    context_trace: str
    context_span: str
    began: float
    seconds: float
    operation: str
    config: str
    api_key: str
    model: str | None
    prompt: str | None
    status: int
    kind: str
    message: str
    cost: float | None
    cache: str
    bytes_in: int
    bytes_out: int
    is_private: bool
    streamed: bool
    gone: bool
    served: Attempt | None
    attempts: tuple[Attempt, ...]
    decisions: tuple[Decision, ...]
    pictures: tuple[str, ...] = ()
    row: int = 0

    @property
    def failed(self) -> bool:
        return self.status >= 400 or self.kind != ""


def record_of(exchange: Exchange) -> Record:
    """Return what an exchange is now, however its trace may grow; its prompt is still in it."""
    trace, context = exchange.trace, exchange.context
    attempts = () if trace is None else trace.attempts
    is_served = trace is not None and not trace.failed
    return Record(
        request_id=exchange.request_id,
        trace_id=exchange.trace_id or (context.trace if trace is None else trace.id),
        context_trace=context.trace,
        context_span=context.span,
        began=exchange.began,
        seconds=exchange.seconds,
        operation=exchange.operation,
        config=exchange.config,
        api_key=exchange.api_key,
        model=exchange.model,
        prompt=exchange.prompt,
        status=exchange.status,
        kind=exchange.kind,
        message=exchange.message,
        cost=exchange.cost,
        cache=exchange.cache,
        bytes_in=exchange.bytes_in,
        bytes_out=exchange.bytes_out,
        is_private=exchange.is_private,
        streamed=exchange.streamed,
        gone=exchange.gone,
        served=next((one for one in reversed(attempts) if one.ok), None) if is_served else None,
        attempts=attempts,
        decisions=() if trace is None else trace.decisions,
    )
