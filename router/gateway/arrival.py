"""Arrival: the head of an HTTP request, as values."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, unquote

from router.core.http import bare_type
from router.core.light_value import light_value
from router.gateway.refusal import Refusal

SINGLE = frozenset({"authorization", "api-key", "content-length", "content-type", "host"})
"""Headers of which there is one: two of them mean different things to different readers."""


@light_value
class Arrival:
    """Header names are lower case; values are UTF-8, else Latin-1. `path` is unquoted."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return bare_type(self.headers.get("content-type", ""))


def arrival_of(
    method: str, path: str, query: bytes, raw_headers: Iterable[tuple[bytes, bytes]]
) -> Arrival:
    """Read a head. Raises Refusal where it says one thing twice."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw_headers:
        name = raw_name.decode("latin-1").lower()
        try:
            value = raw_value.decode()
        except UnicodeDecodeError:  # clients write UTF-8 or Latin-1, and say not which
            value = raw_value.decode("latin-1")
        if name not in headers:
            headers[name] = value
        elif name in SINGLE or name.startswith("x-portkey-"):
            if headers[name] != value:
                raise Refusal(400, f"the header {name!r} is there twice")
        else:
            headers[name] = f"{headers[name]}, {value}"
    return Arrival(
        method=method,
        path=unquote(path) if "%" in path else path,
        query=dict(parse_qsl(query.decode("latin-1"))) if query else {},
        headers=headers,
    )
