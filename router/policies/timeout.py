"""Timeout: bound one attempt."""

from dataclasses import dataclass

from router.core.context import Context, Expiry
from router.core.images import ImageRequest
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.core.scope import scope_until

DEFAULT_TIMEOUT = 600.0  # seconds; what the openai package waits for an answer
NEXT_PICTURE = 600.0  # seconds that a stream may take from one picture to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Give the child `seconds` to answer; cancel it after that.

    In a stream the first partial picture is an answer. From then on each next one, and the last
    that is finished, has 600 s, or `seconds` where they are more. A failure for which only the
    caller's own limit was too short is `cut_short`: it says nothing about the provider.
    """

    path: str
    child: Node
    seconds: float = DEFAULT_TIMEOUT

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        outcome: Outcome | None = None
        asked = context.attempt_timeout
        seconds = self.seconds if asked is None else asked
        with scope_until(context.time() + seconds) as scope:
            expiry = Expiry(scope, between=max(seconds, NEXT_PICTURE))
            outcome = await self.child.execute(request, context.expiring(expiry))
        if outcome is not None:
            return outcome
        late, given, due = f"no answer within {seconds:g} s", seconds, self.seconds
        if expiry.heard:
            late = f"no further picture within {expiry.between:g} s"
            given, due = expiry.between, max(self.seconds, NEXT_PICTURE)
        failure = Failure(
            kind=Kind.TIMEOUT,
            status=408,
            message=late,
            billed=None if expiry.sent else False,
            cut_short=given < due,
        )
        context.trace.last_failure = failure
        return context.ending(failure)
