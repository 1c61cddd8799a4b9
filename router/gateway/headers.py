"""Headers: what an answer says beside its body about how it came to be."""

import math
from collections.abc import Iterator, Sequence

from router.core.outcome import Failure, Kind
from router.core.trace import Attempt, Trace
from router.gateway.instructions import PREFIX
from router.policies.limit import REASON as TURN

CACHE = {"hit": "HIT", "miss": "MISS", "refresh": "REFRESH"}


def cache_status(trace: Trace) -> str:
    """Return what a cache did with the request, in Portkey's words."""
    said = (CACHE.get(one.chosen) for one in trace.decisions if one.by == "cache")
    return next((word for word in said if word), "DISABLED")


def trace_headers(trace: Trace, request_id: str) -> dict[str, str]:
    """Return what is said of a request that was routed."""
    attempts = trace.attempts
    last = trace.served or (attempts[-1] if attempts else None)
    headers = {
        "x-request-id": request_id,
        f"{PREFIX}trace-id": trace.id,
        f"{PREFIX}cache-status": cache_status(trace),
        f"{PREFIX}attempts": str(len(attempts)),
        f"{PREFIX}retry-attempt-count": str(_retries(trace, last)),
    }
    if last is not None:
        headers[f"{PREFIX}provider"] = last.provider
        headers[f"{PREFIX}last-used-option-index"] = last.path
        headers[f"{PREFIX}route"] = "; ".join(_route(attempts))
        if last.adaptations:
            headers[f"{PREFIX}adaptations"] = "; ".join(last.adaptations)
    if trace.cost is not None:
        headers[f"{PREFIX}cost"] = f"{trace.cost:.10g}"
    return headers


def failure_headers(failure: Failure, trace: Trace) -> dict[str, str]:
    """Return what tells a client whether to ask again.

    Never where something may be bought, nor where the answer would be the same.
    """
    headers: dict[str, str] = {}
    if failure.retry_after is not None and failure.status in {429, 503}:
        headers["retry-after"] = str(math.ceil(max(0.0, failure.retry_after)))
    may_be_bought = any(one.billed is not False for one in trace.attempts)
    if may_be_bought or failure.kind is Kind.UNSUPPORTED:
        headers["x-should-retry"] = "false"
    return headers


def _retries(trace: Trace, last: Attempt | None) -> int:
    """Count the retries at the target that answered; -1 where all of them failed."""
    if last is None:
        return 0
    retries = sum(one.path == last.path and _is_retry(one) for one in trace.attempts)
    return -1 if trace.failed and retries else retries


def _is_retry(attempt: Attempt) -> bool:
    """Tell a retry from a call that waited for its turn, or is one part of a larger request."""
    return attempt.wait_reason not in {"", TURN}


def _route(attempts: Sequence[Attempt]) -> Iterator[str]:
    for one in attempts:
        kind = "" if one.kind is None else f" {one.kind}"
        yield f"{one.path} {one.provider} {one.status}{kind}"
