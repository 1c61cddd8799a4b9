"""Since: a moment, written as how long ago it was, or as a time."""

import datetime as dt
import re

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
"""Seconds."""

PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smhdw])")
AGO = re.compile(rf"(?:{PART.pattern})+")


def parse_since(text: str, now: float) -> float:
    """Return Unix seconds for `1h`, `30m`, `1h30m`, `2d`, or a time in ISO 8601.

    A time without an offset is the local one. Raises ValueError.
    """
    written = text.strip()
    if AGO.fullmatch(written.lower()):
        parts = PART.findall(written.lower())
        return now - sum(float(count) * UNITS[unit] for count, unit in parts)
    try:
        return dt.datetime.fromisoformat(written).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(
            f"{text!r} is no moment; expected how long ago, such as 30m, 1h or 2d, "
            "or a time, such as 2026-11-24 or 2026-11-24T10:30"
        ) from None
