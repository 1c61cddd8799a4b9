"""Telemetry: spans for OpenTelemetry, where the operator asks for them and has the packages."""

from collections.abc import Mapping
from typing import Protocol

from router.gateway.exchange import Recorder

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Telemetry(Recorder, Protocol):
    """A recorder with something to send when all is over."""

    def close(self, seconds: float = ...) -> None:
        """Send what is left, for so many seconds at most; it blocks."""
        ...


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Tell whether the standard variables name somebody who takes spans, and do not forbid it."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none":
        return False
    return any(environment.get(name) for name in ENDPOINTS)


def open_telemetry() -> Telemetry:
    """Begin to send spans over OTLP/HTTP, as the variables `OTEL_...` say.

    Raises ImportError, which says what to install.
    """
    try:
        from router.gateway.spans import Spans
    except ModuleNotFoundError as missing:
        raise ImportError(
            "telemetry needs OpenTelemetry's packages: pip install 'pixroute[telemetry]'"
        ) from missing
    return Spans()
