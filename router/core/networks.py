"""Networks: which addresses everybody reaches, and at which clouds hand out credentials.

What is written here is all that counts: Python's own answers change from release to release.
An IPv6 address that leads to an IPv4 one is judged by that.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CREDENTIALS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local; the metadata service of AWS, Azure, GCP and others
        "100.100.100.200/32",  # Alibaba Cloud's metadata service
        "168.63.129.16/32",  # Azure's wire server
        "192.0.0.192/32",  # Oracle Cloud's metadata service
        "fe80::/10",  # link-local
        "fd00:ec2::/32",  # AWS's metadata service
        "fd20:ce::254/128",  # GCP's metadata service
    )
)

# IANA's registries of special-purpose addresses, multicast and reserved space included.
# iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry
SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a carrier's customers
        "127.0.0.0/8",  # loopback
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4, given up
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocol assignments
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)

GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out; what is outside of it is local, multicast or nobody's."""

TEREDO = ipaddress.IPv6Network("2001::/32")
"""Ends in the IPv4 address with every bit turned; RFC 4380 section 4."""

LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""For gateways of a network's own, which may know more than the public ones; RFC 8215."""

SHIFTS = tuple(
    (ipaddress.IPv6Network(network), shift)
    for network, shift in (
        ("::ffff:0:0/96", 0),  # mapped; RFC 4291 section 2.5.5.2
        ("::ffff:0:0:0/96", 0),  # translated; RFC 2765 section 2.1
        ("64:ff9b::/96", 0),  # NAT64; RFC 6052 section 2.1
        (LOCAL_NAT64, 0),
        ("2002::/16", 80),  # 6to4; RFC 3056 section 2
    )
)
"""Networks whose addresses hold an IPv4 address, and how many bits follow it."""


def is_public(address: Address) -> bool:
    """Tell whether everybody reaches an address, and the IPv4 address that it leads to."""
    inner = leads_to(address)
    if inner is not None:
        return address not in LOCAL_NAT64 and is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return not _within(address, SPECIAL) and not _within(address, CREDENTIALS)


def hands_out_credentials(address: Address) -> bool:
    """Tell whether an address is link-local or a cloud's metadata service, or leads to one."""
    inner = leads_to(address)
    return _within(address, CREDENTIALS) or (inner is not None and _within(inner, CREDENTIALS))


def leads_to(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside an IPv6 one; None where there is none."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    value = int(address)
    if address in TEREDO:
        return ipaddress.IPv4Address(~value & 0xFFFFFFFF)
    for network, shift in SHIFTS:
        if address in network:
            return ipaddress.IPv4Address(value >> shift & 0xFFFFFFFF)
    # IPv4-compatible; the lowest numbers are IPv6's own, such as loopback. RFC 4291 section 2.5.5.1
    is_compatible = 0xFFFF < value <= 0xFFFFFFFF
    return ipaddress.IPv4Address(value) if is_compatible else None


def _within(
    address: Address, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
) -> bool:
    return any(address in network for network in networks)
