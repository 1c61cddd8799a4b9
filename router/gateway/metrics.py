"""Metrics: requests, attempts, money and pictures counted, for Prometheus to fetch."""

import re
from collections.abc import Callable, Sequence

from prometheus_client import Counter, Histogram

from router.core.attempt import Attempt, Decision
from router.core.outcome import Kind
from router.core.trace import Trace
from router.gateway.exchange import Exchange
from router.gateway.exposition import Exposition
from router.gateway.instruments import make_instruments
from router.gateway.places import OTHER, Places, is_sayable
from router.gateway.target_meters import TargetMeter, TargetMeters

MOST = 200  # models, and configs, that have series of their own in one process

LEFT_ALONE = re.compile(r"the circuit breaker of (\S+) is open")
"""How a breaker says whom it leaves alone: `policies/circuit_breaker.py`."""


class Metrics:
    """A recorder. `dropped` tells how many records the request log has had no room for.

    Where the variable PROMETHEUS_MULTIPROC_DIR is set, its directory holds the numbers of all
    worker processes, and whichever is asked gives their sum. Raises RuntimeError where that was set
    too late.
    """

    def __init__(self, *, dropped: Callable[[], int] | None = None, most: int = MOST) -> None:
        self._exposition = Exposition()
        instruments = make_instruments(self._exposition.registry)
        self._requests = instruments.requests
        self._by_answer: dict[tuple[str, int, str, str], Counter] = {}
        self._configs = Places(most, taken=("", "inline"))
        self._request_seconds = instruments.request_seconds
        self._seconds_by_operation: dict[str, Histogram] = {}
        self._in_flight = instruments.in_flight
        self._from_callers = instruments.bytes.labels("from_callers")
        self._to_callers = instruments.bytes.labels("to_callers")
        self._from_providers = instruments.bytes.labels("from_providers")
        self._targets = TargetMeters(instruments, most)
        self._openings = instruments.openings
        self._left_alone = instruments.left_alone
        self._dropped = instruments.dropped
        self._ask_dropped = dropped
        self._dropped_before = 0

    def begin(self) -> None:
        self._in_flight.inc()

    def end(self, exchange: Exchange) -> None:
        self._in_flight.dec()
        self._count_request(exchange)
        if exchange.trace is not None:
            self._count_trace(exchange.trace, len(exchange.pictures))
        if exchange.kind == Kind.CIRCUIT_OPEN:
            self._count_left_alone(exchange.message)
        self._count_dropped()

    def render(self) -> tuple[bytes, str]:
        """Return all numbers in Prometheus' text format, and the type of that.

        Reads files where there are several processes: to be called beside the event loop.
        """
        return self._exposition.render()

    def _count_request(self, exchange: Exchange) -> None:
        answer = (exchange.operation, exchange.status, self._config(exchange), exchange.cache)
        counter = self._by_answer.get(answer)
        if counter is None:
            counter = self._by_answer[answer] = self._requests.labels(*answer)
        counter.inc()
        seconds = self._seconds_by_operation.get(exchange.operation)
        if seconds is None:
            seconds = self._request_seconds.labels(exchange.operation)
            self._seconds_by_operation[exchange.operation] = seconds
        seconds.observe(exchange.seconds)
        if exchange.bytes_in:
            self._from_callers.inc(exchange.bytes_in)
        if exchange.bytes_out:
            self._to_callers.inc(exchange.bytes_out)

    def _config(self, exchange: Exchange) -> str:
        """Return the label of a config: its id, while there are not too many of them."""
        config = exchange.config
        proven = exchange.status == 200
        return config if is_sayable(config) and self._configs.has(config, proven=proven) else OTHER

    def _count_trace(self, trace: Trace, pictures: int) -> None:
        attempts = trace.attempts
        served: TargetMeter | None = None
        received = 0
        for attempt in attempts:
            meter = self._targets.of(attempt)
            meter.count(attempt)
            received += attempt.received
            if attempt.ok:
                served = meter
        if received:
            self._from_providers.inc(received)
        if pictures and served is not None and not trace.failed:
            served.pictures.inc(pictures)
        for decision in trace.decisions:
            self._count_breaker(decision, attempts)

    def _count_breaker(self, decision: Decision, attempts: Sequence[Attempt]) -> None:
        """Count what a decision tells of a breaker: it has opened, or a target was left alone."""
        if decision.by != "circuit_breaker":
            self._count_left_alone(decision.reason)
            return
        for attempt in reversed(attempts):
            if attempt.path == decision.path:
                self._openings.labels(attempt.provider).inc()
                return

    def _count_left_alone(self, reason: str) -> None:
        found = LEFT_ALONE.search(reason)
        if found is not None:
            self._left_alone.labels(found[1]).inc()

    def _count_dropped(self) -> None:
        if self._ask_dropped is None:
            return
        dropped = self._ask_dropped()
        if dropped > self._dropped_before:
            self._dropped.inc(dropped - self._dropped_before)
            self._dropped_before = dropped
