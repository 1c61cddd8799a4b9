"""Headers: what every sender puts on the wire, and how it reports what came back."""

from collections.abc import Iterable

from router.core.http import HttpRequest

DEFAULTS = {"user-agent": "pixroute", "accept": "*/*", "accept-encoding": "identity"}
"""Sent unless the request says otherwise; some hosts refuse a request that names no client."""

FRAMING = ("content-length", "transfer-encoding", "connection")
"""The sender's own business: a caller's word on them could split one request into two."""


WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods that say so when they have no content."""


def outgoing(request: HttpRequest) -> dict[str, str]:
    """Return the headers to send; a form's content type is the client's, who knows its boundary."""
    headers = {**DEFAULTS, **request.headers}
    for name in FRAMING:
        headers.pop(name, None)
    if request.parts:
        headers.pop("content-type", None)
    return headers


def incoming(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the answer's headers by lower-case name; one that came twice is joined by commas.

    Joining is what RFC 9110 section 5.3 allows; cookies alone cannot be joined, and nobody here
    reads them.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name = raw_name.decode("latin-1").lower()
        value = raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
