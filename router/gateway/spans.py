"""Spans: one for a request and one for each attempt, by OpenTelemetry's SDK, with exact times."""

import hashlib
import threading

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from router.core.attempt import Attempt
from router.gateway.exchange import Exchange, TraceContext
from router.gateway.span_attributes import GENERATE_CONTENT, clean, of_attempt, of_request

NANO = 1_000_000_000
FLUSH = (
    5.0  # seconds that what is left is given to be sent; an orchestrator kills after ten or more
)

SERVICE = "pixroute"
UNNAMED = "unknown_service"  # what the SDK calls a program of which no variable says the name


class Ids(IdGenerator):
    """Gives the ids that a request has had since it began, so that they are those passed on."""

    def __init__(self) -> None:
        self.trace = 0
        self.span = 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


class Spans:
    """A recorder: spans are made when a request has ended, and sent by the processor's thread.

    Sampler, limits, resource and the way out are as the standard variables `OTEL_...` say.
    """

    def __init__(self, processor: SpanProcessor | None = None) -> None:
        self._ids = Ids()
        self._provider = TracerProvider(
            id_generator=self._ids, resource=_resource(), shutdown_on_exit=False
        )
        self._provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(SERVICE)

    def begin(self) -> None:
        """Nothing is sent of a request that has not ended."""

    def end(self, exchange: Exchange) -> None:
        self._ids.trace = int(exchange.context.trace, 16)
        self._ids.span = int(exchange.context.span, 16)
        began = round(exchange.began * NANO)
        span = self._tracer.start_span(
            f"image {exchange.operation}",
            context=_above(exchange.context),
            kind=SpanKind.SERVER,
            attributes=of_request(exchange),
            start_time=began,
        )
        if not span.is_recording():
            return
        if exchange.kind and not 400 <= exchange.status < 500:
            span.set_status(StatusCode.ERROR)
        within = set_span_in_context(span, Context())
        for number, attempt in enumerate(exchange.trace.attempts if exchange.trace else ()):
            self._ids.span = _span_id(exchange.context, number)
            self._write(attempt, within, began + round(exchange.lead * NANO))
        span.end(began + round(exchange.seconds * NANO))

    def close(self, seconds: float = FLUSH) -> None:
        """Send what is left, for so many seconds at most. It blocks: to be called beside a loop."""
        # The SDK's own limit is half a minute, and cannot be changed.
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(seconds)

    def _write(self, attempt: Attempt, within: Context, began: int) -> None:
        start = began + round(attempt.started * NANO)
        span: Span = self._tracer.start_span(
            clean(f"{GENERATE_CONTENT} {attempt.model or attempt.provider}"),
            context=within,
            kind=SpanKind.CLIENT,
            attributes=of_attempt(attempt),
            start_time=start,
        )
        if attempt.kind is not None:
            span.set_status(StatusCode.ERROR)
        span.end(start + round(attempt.duration * NANO))


def _above(context: TraceContext) -> Context:
    """Return what a request's span is within: the caller's span, or nothing."""
    if context.parent is None:
        return Context()
    caller = SpanContext(
        trace_id=int(context.trace, 16),
        span_id=int(context.parent, 16),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED if context.sampled else TraceFlags.DEFAULT),
        trace_state=TraceState.from_header([context.state]),
    )
    return set_span_in_context(NonRecordingSpan(caller), Context())


def _span_id(context: TraceContext, number: int) -> int:
    """Make the id of a request's attempt."""
    told = f"{context.trace}/{context.span}/{number}".encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big")


def _resource() -> Resource:
    """Name the service after us where no variable names it."""
    resource = Resource.create()
    if not str(resource.attributes[SERVICE_NAME]).startswith(UNNAMED):
        return resource
    return resource.merge(Resource({SERVICE_NAME: SERVICE}))
