"""Headers: what every sender puts on the wire, and how it reports what came back."""

from collections.abc import Iterable

from router.core.http import HttpRequest

USER_AGENT = "pixroute"
# Some hosts refuse a request that names no client.

FRAMING = ("content-length", "transfer-encoding", "connection")
"""The sender's own business: a caller's word on them could split one request into two."""


def outgoing(request: HttpRequest) -> dict[str, str]:
    """Return the request's headers, with a user agent and without its word on framing."""
    headers = {"user-agent": USER_AGENT, **request.headers}
    for name in FRAMING:
        headers.pop(name, None)
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
