"""Listing: hosts in the one spelling by which they are compared.

Lower case, no dot at the end, no characters beyond ASCII, an address as the system writes it and
not as `0177.0.0.1`, `2130706433` or `::ffff:127.0.0.1`, and the port that is meant.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from router.config.hosts import address_of, why_not, why_not_host

PORTS: Mapping[str, int] = MappingProxyType({"http": 80, "https": 443})
ENTRY = re.compile(r"(?:\[([^\[\]]+)\]|([^\[\]:]+))(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Listed:
    """A host that somebody has listed; `port` None is any."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        """Write it so that it can be read again."""
        host = f"[{self.host}]" if ":" in self.host and self.port is not None else self.host
        return host if self.port is None else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a base URL leads; `url` is the same URL with the host in its one spelling."""

    host: str
    port: int
    url: str

    def is_at(self, listed: Listed) -> bool:
        return self.host == listed.host and listed.port in {None, self.port}


def listed(text: str) -> Listed:
    """Read `host` or `host:port`. Raises ValueError, saying what is wrong, for what is neither."""
    match = ENTRY.fullmatch(f"[{text}]" if text.count(":") > 1 and "[" not in text else text)
    if match is None:
        raise ValueError("has no valid host name")
    name = _ascii(match[1] or match[2])
    host = _spelling(name)
    if not host:
        raise ValueError(why_not_host(name) or "has a zone")
    port = None if match[3] is None else int(match[3])
    if port == 0 or (port or 0) > 65535:
        raise ValueError("has no valid port")
    return Listed(host, port)


def located(url: str) -> Place | None:
    """Tell where a base URL leads; None where it is none, or can be listed by nobody."""
    if why_not(url) is not None:
        return None
    split = urlsplit(url)
    host = _spelling((split.hostname or "").lower())
    if not host:
        return None
    port = split.port or PORTS[split.scheme]
    inside = f"[{host}]" if ":" in host else host
    written = "" if port == PORTS[split.scheme] else f":{port}"
    path = split.path.rstrip("/")
    return Place(host=host, port=port, url=f"{split.scheme}://{inside}{written}{path}")


def _spelling(host: str) -> str:
    """Return the one spelling of a lower-case host; empty where there is none.

    Of the IPv6 addresses that lead to an IPv4 one only the mapped ones are the same place: others
    go by a gateway. One with a zone means another host on every machine.
    """
    if why_not_host(host) is not None or "%" in host:
        return ""
    address = address_of(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return host.rstrip(".") if address is None else str(address)


def _ascii(host: str) -> str:
    """Return a name as it is looked up; empty where that would be another one's name."""
    if host.isascii():
        return host.lower()
    try:
        name = host.encode("idna")
        return name.decode() if name.decode("idna") == host.lower() else ""
    except UnicodeError:
        return ""
