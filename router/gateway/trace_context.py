"""Trace context: whose trace a request belongs to, in the headers of the W3C.

www.w3.org/TR/trace-context, the Recommendation of 2021, which all versions to come stay close to.
"""

import hashlib
import re
from collections.abc import Mapping

from router.gateway.exchange import TraceContext

PARENT = "traceparent"
STATE = "tracestate"

BLANKS = " \t"
MOST_MEMBERS = 32
TRACE_DIGITS, SPAN_DIGITS = 32, 16
SAMPLED = 0x01

HEADER = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
KEY = r"[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}"
VALUE = r"[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]"
MEMBER = re.compile(f"({KEY})=(?:{VALUE})")


def read(headers: Mapping[str, str], seed: str) -> TraceContext:
    """Return the context of a request, of a new trace where the headers name none that is valid.

    Names of headers are lower case. `seed` is to be another one for each request: its span's id is
    made of it, and of the caller's span, so that gateways behind one another differ.
    """
    header = headers.get(PARENT)
    given = None if header is None else _parse(header)
    if given is None:
        made = _digest(seed, "trace", (TRACE_DIGITS + SPAN_DIGITS) // 2)
        return TraceContext(trace=made[:TRACE_DIGITS], span=made[TRACE_DIGITS:])
    trace, parent, flags = given
    return TraceContext(
        trace=trace,
        span=_digest(seed, parent, SPAN_DIGITS // 2),
        parent=parent,
        sampled=bool(flags & SAMPLED),
        state=_members(headers.get(STATE, "")),
    )


def outgoing(context: TraceContext) -> Mapping[str, str]:
    """Return the headers that are passed on: what is asked now is part of this request's span."""
    headers = {PARENT: f"00-{context.trace}-{context.span}-{int(context.sampled):02x}"}
    if context.state:
        headers[STATE] = context.state
    return headers


def _parse(header: str) -> tuple[str, str, int] | None:
    """Take a `traceparent` apart: trace, span and flags, of which later versions may say more."""
    match = HEADER.fullmatch(header.strip(BLANKS))
    if match is None:
        return None
    version, trace, span, flags, more = match.groups()
    if version == "ff" or (version == "00" and more is not None):
        return None
    if not (trace.strip("0") and span.strip("0")):
        return None
    return trace, span, int(flags, 16)


def _members(header: str) -> str:
    """Return a `tracestate` without blanks between its members; one mistake makes it empty."""
    members = [found for member in header.split(",") if (found := member.strip(BLANKS))]
    matches = [MEMBER.fullmatch(member) for member in members]
    keys = {match[1] for match in matches if match is not None}
    if len(keys) < len(members) or len(members) > MOST_MEMBERS:
        return ""
    return ",".join(members)


def _digest(seed: str, purpose: str, size: int) -> str:
    """Return as many bytes, in hexadecimal digits, that say nothing of the seed."""
    told = f"{purpose}/{seed}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, digest_size=size).hexdigest()
