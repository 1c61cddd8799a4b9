"""Record: what is known of a request so far, until its exchange can be told."""

from dataclasses import dataclass

from router.errors import RoutingError
from router.gateway.exchange import Exchange
from router.gateway.headers import cache_status
from router.gateway.refusal import Refusal, type_of

GONE = 499  # what nginx calls a caller who has closed the connection


@dataclass(slots=True, kw_only=True)
class Record(Exchange):
    """An exchange that is not over yet."""

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

    def end(self, seconds: float) -> Exchange:
        """Return what recorders are told, after so many seconds."""
        self.seconds = seconds
        if self.trace is not None:
            self.cache, self.cost = cache_status(self.trace), self.trace.cost
        else:
            self.cost = 0.0
        return self
