"""Record: what is known of a request so far, until its exchange can be told."""

from dataclasses import dataclass, field

from router.core.images import Operation, Picture
from router.core.trace import Trace
from router.errors import RoutingError
from router.gateway.exchange import Exchange, TraceContext
from router.gateway.headers import cache_status
from router.gateway.refusal import Refusal, type_of

GONE = 499  # what nginx calls a caller who has closed the connection


@dataclass(slots=True, kw_only=True)
class Record:
    """Grows with the request; see `Exchange` for what the fields mean."""

    request_id: str
    context: TraceContext
    operation: Operation
    began: float
    trace: Trace | None = None
    config: str = ""
    api_key: str = ""
    model: str | None = None
    prompt: str = ""
    status: int = 500
    kind: str = ""
    message: str = ""
    pictures: tuple[Picture, ...] = field(default=())
    bytes_in: int = 0
    bytes_out: int = 0
    is_private: bool = False
    streamed: bool = False
    gone: bool = False
    lead: float = 0.0
    trace_id: str = ""

    def refused(self, refusal: Refusal) -> None:
        """The gateway has said no."""
        self.status, self.message = refusal.status, refusal.message
        self.kind = refusal.code or type_of(refusal.status)

    def failed(self, error: RoutingError) -> None:
        """No target gave the pictures."""
        self.status, self.kind, self.message = error.status_code, str(error.kind), error.message

    def left(self) -> None:
        """Nobody waits for the answer."""
        self.gone = True
        self.status, self.kind, self.message = GONE, "cancelled", "the caller has gone"

    def exchange(self, seconds: float) -> Exchange:
        return Exchange(
            request_id=self.request_id,
            context=self.context,
            trace=self.trace,
            operation=self.operation,
            config=self.config,
            api_key=self.api_key,
            model=self.model,
            prompt=self.prompt,
            began=self.began,
            seconds=seconds,
            status=self.status,
            kind=self.kind,
            message=self.message,
            cache="DISABLED" if self.trace is None else cache_status(self.trace),
            cost=0.0 if self.trace is None else self.trace.cost,
            pictures=self.pictures,
            bytes_in=self.bytes_in,
            bytes_out=self.bytes_out,
            is_private=self.is_private,
            streamed=self.streamed,
            gone=self.gone,
            lead=self.lead,
            trace_id=self.trace_id,
        )
