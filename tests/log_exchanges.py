"""Exchanges as a gateway would have had them, for the tests of what records them."""

import base64
from functools import lru_cache

from router.core.images import Picture
from router.core.outcome import Kind
from router.core.trace import Attempt, Decision, Trace
from router.gateway.exchange import Exchange, TraceContext
from router.gateway.request_log.log import RequestLog
from router.gateway.request_log.reading import Query, reading
from router.testing import picture_answer

NOON = 1_790_000_000.0  # Unix seconds
DAY = 86_400.0

BUSY = Attempt(
    path="config.targets[0]",
    provider="stability-ai",
    model="stable-image-core",
    virtual_key="stability-prod",
    status=503,
    kind=Kind.OVERLOADED,
    message="come back later",
    duration=0.4,
    billed=False,
    received=120,
)
SERVED = Attempt(
    path="config.targets[1]",
    provider="openai",
    model="gpt-image-2",
    status=200,
    started=1.4,
    duration=2.5,
    waited=1.0,
    wait_reason="retry 1",
    billed=True,
    adaptations=("style vivid dropped", "größer: 1024x1024"),
    received=2_000_000,
    request_id="req_up",
    cost=0.053,
)
MOVED = Decision(
    path="config",
    by="fallback",
    chosen="config.targets[1]",
    reason="config.targets[0] answered 503 overloaded",
    at=0.4,
)


@lru_cache
def png():
    """Return the base64 of a real picture."""
    return picture_answer().body.split(b'"b64_json"')[1].split(b'"')[1]


def picture(content=None):
    return Picture(b64=memoryview(png() if content is None else base64.b64encode(content)))


def trace_of(*attempts, decisions=(), trace_id="trace-1", failed=False):
    trace = Trace(trace_id)
    for decision in decisions:
        trace.decide(decision)
    for attempt in attempts:
        trace.end(trace.begin(attempt), attempt)
    trace.failed = failed
    return trace


def exchange(**changes):
    settled = {
        "request_id": "req-1",
        "context": TraceContext(trace="0af7651916cd43dd8448eb211c80319c", span="b7ad6b7169203331"),
        "trace": trace_of(BUSY, SERVED, decisions=[MOVED]),
        "operation": "generate",
        "config": "fallback",
        "api_key": "alice",
        "model": "gpt-image-2",
        "prompt": "a red kite over the dunes of Fanø",
        "began": NOON,
        "seconds": 3.9,
        "status": 200,
        "cache": "MISS",
        "cost": 0.053,
        "bytes_in": 70,
        "bytes_out": 2_000_000,
    }
    return Exchange(**settled | changes)


def failed(**changes):
    settled = {
        "trace": trace_of(BUSY, failed=True),
        "status": 503,
        "kind": "overloaded",
        "message": "come back later",
        "cost": 0.0,
    }
    return exchange(**settled | changes)


def opened(path, **options):
    """Open a log for which it is noon."""
    return RequestLog(path, **{"now": lambda: NOON} | options)


def written(path, *exchanges, **options):
    """Write exchanges to a log, and return it closed."""
    log = opened(path, **options)
    for one in exchanges:
        log.begin()
        log.end(one)
    assert log.close()
    return log


def read(path, **query):
    with reading(path) as reader:
        return list(reader.records(Query(**query)))


def bytes_of(folder):
    """Return all that is in the files of a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
