"""Instruments: every metric there is, with its name, its labels and its meaning."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 7.5, 10.0, 15.0, 20.0),
    *(30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0),
)
"""Seconds. Answers from a cache take less than the first; most models five to sixty."""

TARGET = ("provider", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    requests: Counter
    request_seconds: Histogram
    in_flight: Gauge
    bytes: Counter
    attempts: Counter
    attempt_seconds: Histogram
    cost: Counter
    unpriced: Counter
    pictures: Counter
    openings: Counter
    left_alone: Counter
    dropped: Counter


def make_instruments(registry: CollectorRegistry | None) -> Instruments:
    """Make them, in a registry or, where processes are summed, in none."""

    def counter(name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"pixroute_{name}_total", meaning, labels, registry=registry)

    def histogram(name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(
            f"pixroute_{name}_seconds", meaning, labels, registry=registry, buckets=BUCKETS
        )

    return Instruments(
        requests=counter(
            "requests", "Requests answered.", "operation", "status", "config", "cache"
        ),
        request_seconds=histogram("request", "Seconds that requests took.", "operation"),
        in_flight=Gauge(
            "pixroute_in_flight",
            "Requests being answered now.",
            registry=registry,
            multiprocess_mode="livesum",
        ),
        bytes=counter("bytes", "Bytes of bodies.", "direction"),
        attempts=counter("attempts", "Calls to providers, by how they ended.", *TARGET, "kind"),
        attempt_seconds=histogram("attempt", "Seconds that calls to providers took.", *TARGET),
        cost=counter("cost_dollars", "US dollars that billed calls cost.", *TARGET),
        unpriced=counter("unpriced_attempts", "Billed calls of unknown cost.", *TARGET),
        pictures=counter("pictures", "Pictures given to callers, by who made them.", *TARGET),
        openings=counter("breaker_openings", "Times that a circuit breaker opened.", "provider"),
        left_alone=counter(
            "breaker_left_alone", "Times that an open circuit breaker was met.", "provider"
        ),
        dropped=counter("log_dropped", "Records that the request log had no room for."),
    )
