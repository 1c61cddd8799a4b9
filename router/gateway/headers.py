"""Headers: what an answer says beside its body about how it came to be."""

import math
from collections.abc import Sequence

from router.core.outcome import Failure, Kind
from router.core.trace import Attempt, Trace
from router.gateway.instructions import PREFIX
from router.policies.limit import REASON as TURN

NO_RETRY = frozenset({"", TURN})
"""Reasons to wait of a first call, which may have its turn to wait for."""

CACHE = {"hit": "HIT", "miss": "MISS", "refresh": "REFRESH"}


def cache_status(trace: Trace) -> str:
    """Return what a cache did with the request, in Portkey's words."""
    for one in trace.decisions:
        if one.by == "cache" and one.chosen in CACHE:
            return CACHE[one.chosen]
    return "DISABLED"


def trace_headers(trace: Trace, request_id: str) -> dict[str, str]:
    """Return what is said of a request that was routed.

    The count of retries is of the target that answered; -1 where all of them failed.
    """
    attempts, cost = trace.attempts, trace.cost
    headers = {
        "x-request-id": request_id,
        f"{PREFIX}trace-id": trace.id,
        f"{PREFIX}cache-status": cache_status(trace),
        f"{PREFIX}attempts": str(len(attempts)),
        f"{PREFIX}retry-attempt-count": "0",
    }
    if attempts:
        last = _telling(attempts, failed=trace.failed)
        retries = _retries(attempts, last.path)
        headers[f"{PREFIX}retry-attempt-count"] = "-1" if trace.failed and retries else str(retries)
        headers[f"{PREFIX}provider"] = last.provider
        headers[f"{PREFIX}last-used-option-index"] = last.path
        headers[f"{PREFIX}route"] = "; ".join(map(_stop, attempts))
        if last.adaptations:
            headers[f"{PREFIX}adaptations"] = "; ".join(last.adaptations)
    if cost is not None:
        headers[f"{PREFIX}cost"] = f"{cost:.10g}"
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


def _telling(attempts: Sequence[Attempt], *, failed: bool) -> Attempt:
    """Return the attempt that gave the answer, else the last one."""
    served = [] if failed else [one for one in attempts if one.ok]
    return served[-1] if served else attempts[-1]


def _retries(attempts: Sequence[Attempt], path: str) -> int:
    """Count the retries at one target: calls that waited for their turn are none, nor parts."""
    return len([one for one in attempts if one.path == path and one.wait_reason not in NO_RETRY])


def _stop(attempt: Attempt) -> str:
    """Write one stop on a request's route."""
    kind = "" if attempt.kind is None else f" {attempt.kind}"
    return f"{attempt.path} {attempt.provider} {attempt.status}{kind}"
