"""Hosts: which hosts of one's own a config may name.

Loopback and private hosts are fine: people run their own models. The addresses at which clouds
hand out the machine's credentials never are, however they are written. A host that a caller has
named in a request has to be public.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from router.core.networks import Address, hands_out_credentials, is_public

FORBIDDEN_NAMES = frozenset(
    {
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "metadata.azure.com",
        "metadata.azure.internal",
        "metadata.tencentyun.com",
        "instance-data",
        "instance-data.ec2.internal",
    }
)
LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa")
"""Ends of names that lead nowhere in public: RFC 6761, RFC 6762, ICANN's resolution of 2024-07-29,
RFC 8375."""
NUMERIC = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)(?:\.(?:0[xX][0-9a-fA-F]*|[0-9]+)){0,3}")
HOST_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")
LONGEST = 253  # characters of a host name; RFC 1035 section 2.3.4


def why_not(url: str) -> str | None:
    """Say what is wrong with a base URL, without showing it; None if nothing is."""
    if re.search(r"[\s\\\x00-\x1f\x7f]", url):
        return "has a space or a backslash in it"
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError:
        return "is not a URL"
    if split.scheme not in {"http", "https"} or not host or port == 0:
        return "is not an http or https URL"
    if "@" in split.netloc:
        return "has a user name or a password in it; write credentials in api_key"
    if "?" in url or "#" in url:
        return "has a query or a fragment; expected a base URL"
    return why_not_host(host.lower())


def why_not_host(host: str) -> str | None:
    """Say what is wrong with a lower-case host, without showing it; None if nothing is."""
    if len(host) > LONGEST:
        return "has no valid host name"
    address = address_of(host)
    if address is None:
        if not HOST_NAME.fullmatch(host):
            return "has no valid host name"
        known = host.rstrip(".") in FORBIDDEN_NAMES
        return "names a cloud metadata service" if known else None
    if hands_out_credentials(address):
        return "names a link-local or cloud metadata address"
    return None


def why_not_public(host: str) -> str | None:
    """Say what is wrong with a lower-case host that strangers have named; None if nothing is.

    Nothing is looked up: a name may still lead into the house.
    """
    reason = why_not_host(host)
    if reason is not None:
        return reason
    address, name = address_of(host), host.rstrip(".")
    if address is not None:
        return None if is_public(address) else "names an address that is not public"
    is_local = "." not in name or name.endswith(LOCAL_NAMES) or NUMERIC.fullmatch(name)
    return "names a host that is not public" if is_local else None


def address_of(host: str) -> Address | None:
    """Read an IP address as resolvers do: also `0xa9fea9fe`, `2852039166` and `0251.0376.1`."""
    bare = host.rstrip(".")
    if NUMERIC.fullmatch(bare):
        return _loose_v4(bare)
    try:
        return ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None


def _loose_v4(host: str) -> ipaddress.IPv4Address | None:
    """Read one to four numbers, decimal, octal or hexadecimal; the last fills the rest."""
    parts = [_number(part) for part in host.split(".")]
    total = 0
    for part in parts[:-1]:
        if part > 255:
            return None
        total = total * 256 + part
    total = total * 256 ** (5 - len(parts)) + parts[-1]
    return ipaddress.IPv4Address(total) if total < 2**32 else None


def _number(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text[2:] or "0", 16)
    octal = text.startswith("0") and not re.search("[89]", text)
    return int(text, 8) if octal else int(text)
