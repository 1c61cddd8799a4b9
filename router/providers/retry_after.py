"""Retry-After: when a provider says that asking again may help."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

# Azure's front end has a spelling of its own; both SDKs of OpenAI read the first before the last.
# openai-python src/openai/_base_client.py, _parse_retry_after_header
MILLISECONDS = ("retry-after-ms", "x-ms-retry-after-ms")


@dataclass(frozen=True, slots=True)
class Advice:
    """`after` is in seconds from now, `at` in Unix seconds; at most one of them is known."""

    after: float | None = None
    at: float | None = None


NO_ADVICE = Advice()


def read_advice(headers: Mapping[str, str]) -> Advice:
    """Read what an answer's headers say.

    A date counts from the provider's own clock, the `date` header; without one it stays absolute.
    """
    for name in MILLISECONDS:
        milliseconds = _number(headers.get(name))
        if milliseconds is not None:
            return Advice(after=milliseconds / 1000)
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None:
        return Advice(after=seconds)
    moment = parse_date(text)
    now = parse_date(headers.get("date"))
    if moment is None:
        return NO_ADVICE
    return Advice(at=moment) if now is None else Advice(after=max(0.0, moment - now))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def parse_date(text: str | None) -> float | None:
    """Unix seconds of an HTTP date; None where it is none."""
    try:
        date = parsedate_to_datetime(text or "")
        # A date without a zone is in GMT, never in the zone of this machine.
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
