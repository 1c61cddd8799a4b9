"""HTTP as values: what an adapter asks to be sent, and what came back.

They belong to no client library, so any client can send them and any emulator can answer them.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO
from urllib.parse import urlsplit

from router.core.files import Upload
from router.core.light_value import light_value

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Auth:
    """How a provider wants its secret: `header: {prefix}{secret}`. The secret is not in here."""

    header: str
    prefix: str = ""


BEARER = Auth("authorization", "Bearer ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a multipart form; with a `filename` it is a file.

    A content that is an Upload is opened anew whenever it is sent.
    """

    name: str
    content: bytes | Upload
    filename: str | None = None
    content_type: str | None = None

    @property
    def size(self) -> int:
        """How many bytes the content has."""
        return self.content.size if isinstance(self.content, Upload) else len(self.content)

    def open(self) -> BinaryIO:
        """Return a fresh stream of the content."""
        return self.content.open() if isinstance(self.content, Upload) else io.BytesIO(self.content)

    def read(self) -> bytes:
        """Return the whole content."""
        return self.content.read() if isinstance(self.content, Upload) else self.content

    def __repr__(self) -> str:
        return f"Part(name={self.name!r}, {self.size} bytes, filename={self.filename!r})"


@light_value
class HttpRequest:
    """What to send. Header names are lower case; `parts` and `body` exclude each other.

    `auth` names the scheme only. Whoever sends fills the secret in, and only where the credential
    may go, so no adapter ever sees one. `max_body` is how many bytes the answer may have; a sender
    may allow fewer. `public` lets it go to public addresses only: for URLs that others have chosen.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    parts: tuple[Part, ...] = ()
    auth: Auth | None = None
    max_body: int | None = None
    public: bool = False

    def __repr__(self) -> str:
        """Show neither headers (a secret may be among them) nor the body (it may be megabytes)."""
        return f"HttpRequest({self.method} {self.url.partition('?')[0]})"


def bare_type(content_type: str) -> str:
    """The media type alone, lower case, without parameters."""
    return content_type.partition(";")[0].strip().lower()


@light_value
class HttpResponse:
    """What came back, buffered whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __repr__(self) -> str:
        return f"HttpResponse({self.status}, {len(self.body)} bytes)"

    @property
    def content_type(self) -> str:
        """The media type alone, lower case, without parameters; empty when none was given."""
        return bare_type(self.headers.get("content-type", ""))

    @property
    def excerpt(self) -> str:
        """The first 200 characters of the body, for messages."""
        return self.body[:800].decode("utf-8", "replace")[:200]


class TransportError(Exception):
    """The exchange broke before a whole answer was there.

    `sent` is False when nothing can have reached the provider (DNS, refused, TLS), so nothing
    can have been bought.
    """

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


def origin(url: str) -> str:
    """Scheme, host and port of a URL, in the form credentials are bound to.

    Raises ValueError for a URL without an http(s) scheme or a host, or with user info in it.
    """
    split = urlsplit(url)
    if split.scheme not in {"http", "https"} or not split.hostname:
        raise ValueError(f"{url!r} is not an http(s) URL with a host")
    if "@" in split.netloc:
        raise ValueError("a URL with a user name or password in it is not allowed")
    port = split.port or (443 if split.scheme == "https" else 80)
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    return f"{split.scheme}://{host}:{port}"
