"""Requests that a gateway has answered, made by hand, for what records them."""

from prometheus_client.parser import text_string_to_metric_families

from router.core.trace import Attempt, Decision, Trace
from router.gateway.exchange import Exchange, TraceContext

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
BEGAN = 1_700_000_000.0

OPENED = Decision(
    path="config", by="circuit_breaker", chosen="config", reason="opened: 503 overloaded", at=1.0
)


def attempt(**changes):
    fields = {
        "path": "config",
        "provider": "openai",
        "model": "gpt-image-2",
        "status": 200,
        "duration": 3.0,
        "billed": True,
        "cost": 0.04,
        "received": 2000,
    }
    return Attempt(**(fields | changes))


def a_trace(*attempts, decisions=(), failed=False):
    trace = Trace("trace-1")
    for one in attempts:
        trace.end(trace.begin(one), one)
    for decision in decisions:
        trace.decide(decision)
    trace.failed = failed
    return trace


def exchange(trace=None, **changes):
    fields = {
        "request_id": "req-1",
        "context": TraceContext(trace=TRACE, span=SPAN),
        "trace": trace,
        "operation": "generate",
        "config": "main",
        "api_key": "team",
        "model": "gpt-image-2",
        "prompt": "a cat",
        "began": BEGAN,
        "seconds": 3.5,
        "status": 200,
    }
    return Exchange(**(fields | changes))


def record(recorder, *exchanges):
    """Tell a recorder of requests, one after the other."""
    for one in exchanges:
        recorder.begin()
        recorder.end(one)


def samples(metrics):
    """Return what is told to Prometheus, as Prometheus reads it: a number for name and labels."""
    text = metrics.render()[0].decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def number(metrics, name, **labels):
    """Return one number; None where it is not told."""
    return samples(metrics).get((f"pixroute_{name}", tuple(sorted(labels.items()))))


def values_of(metrics, name, label):
    """Return the values that a metric's label has."""
    return {
        dict(labels)[label]
        for (found, labels) in samples(metrics)
        if found == f"pixroute_{name}" and label in dict(labels)
    }
