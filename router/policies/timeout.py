"""Timeout: bound one attempt."""

from dataclasses import dataclass

import anyio

from router.core.context import Context, Expiry
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome

DEFAULT_TIMEOUT = 600.0  # seconds; what the openai package waits for an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Give the child `seconds` to answer; cancel it after that."""

    path: str
    child: Node
    seconds: float = DEFAULT_TIMEOUT

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        expiry = Expiry(context.time() + self.seconds)
        outcome: Outcome | None = None
        with anyio.CancelScope(deadline=expiry.at):
            outcome = await self.child.execute(request, context.expiring(expiry))
        if outcome is not None:
            return outcome
        failure = Failure(
            kind=Kind.TIMEOUT,
            status=408,
            message=f"no answer within {self.seconds:g} s",
            billed=None if expiry.sent else False,
        )
        context.trace.last_failure = failure
        return failure
