"""Wording: what a TransportError says: the host and the cause, and nothing of the request.

The texts of client libraries are not used: they may quote a header or a whole URL.
"""

import os
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from router.core.http import TransportError
from router.senders.limits import CONNECT_TIMEOUT


def unsendable(url: str) -> TransportError:
    """The client would not even build the request."""
    return TransportError(
        f"HTTP cannot carry the request to {_host(url)}: a malformed URL, header or form",
        sent=False,
    )


def unreadable(url: str, error: BaseException) -> TransportError:
    """A file that was to be sent is gone."""
    message = f"a file for {_host(url)} cannot be read any more: {_cause(error)}"
    return TransportError(message, sent=False)


def unreachable(url: str, error: BaseException) -> TransportError:
    """There was no connection to send anything over."""
    return TransportError(f"could not connect to {_host(url)}: {_cause(error)}", sent=False)


def slow_connection(url: str) -> TransportError:
    message = f"could not connect to {_host(url)} within {CONNECT_TIMEOUT:g} s"
    return TransportError(message, sent=False)


def broken_off(url: str, error: BaseException) -> TransportError:
    """The connection broke after the request, or a part of it, was on its way."""
    return TransportError(
        f"{_host(url)} broke off before a whole answer came: {_cause(error)}", sent=True
    )


def too_large(url: str, limit: int) -> TransportError:
    return TransportError(f"the answer of {_host(url)} is larger than {limit} bytes", sent=True)


def _host(url: str) -> str:
    try:
        split = urlsplit(url)
        port = "" if split.port is None else f":{split.port}"
    except ValueError:
        return "a host that cannot be read"
    return f"{split.hostname}{port}" if split.hostname else "a host without a name"


def _cause(error: BaseException) -> str:
    """Say the operating system's reason where there is one, else name the error."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return f"TLS: {cause.reason.replace('_', ' ').lower()}"
        if isinstance(cause, OSError) and cause.strerror:
            return _words(cause.errno, cause.strerror)
    return type(error).__name__


def _words(number: int | None, text: str) -> str:
    """Prefer the system's words: asyncio puts the address in its own; DNS numbers are negative."""
    return os.strerror(number) if number is not None and number > 0 else text


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from the error down to what first went wrong, and yield that first."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or at.__context__
    return reversed(chain)
