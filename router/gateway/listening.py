"""Listening: the one socket from which all workers take their connections."""

import errno
import ipaddress
import socket

BACKLOG = 1024  # connections that wait until a worker takes them
STALLED = 30_000  # milliseconds in which a caller takes in nothing of what it is sent
QUIET = 60  # seconds without a byte, after which a caller is asked whether it is still there
ASK_AGAIN = 15  # seconds

Place = tuple[socket.AddressFamily, tuple[str, int]]


class CannotListenError(Exception):
    """Nobody can be served there; the message says why, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Open the socket; port 0 takes any that is free. Raises CannotListenError.

    It is opened once, and workers inherit it: what waits in it outlives each of them, and a
    second gateway cannot share the port by accident.
    """
    family, address = _places(host, port)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _cut_off_the_dead(listener)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListenError(_why(error, host, port)) from None
    return listener


def is_this_machine(host: str) -> bool:
    """Tell whether only programs of this machine reach a host. Raises CannotListenError."""
    return all(ipaddress.ip_address(place[1][0]).is_loopback for place in _places(host, 0))


def url_of(listener: socket.socket, host: str) -> str:
    """Return where callers find it; where it listens everywhere, that is this machine, too."""
    everywhere = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    return address_of(listener, everywhere.get(host, host))


def address_of(listener: socket.socket, host: str) -> str:
    """Return where it listens, be it everywhere."""
    port = listener.getsockname()[1]
    named = host or "0.0.0.0"  # noqa: S104
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"


def _places(host: str, port: int) -> list[Place]:
    """Return what a host's name stands for, IPv4 first: most clients try that first, too."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError):
        message = f"there is no host {host!r}; expected a name or an address of this machine"
        raise CannotListenError(message) from None
    places = [(family, (str(place[0]), int(place[1]))) for family, _, _, _, place in found]
    return sorted(places, key=lambda place: place[0] != socket.AF_INET)


def _cut_off_the_dead(listener: socket.socket) -> None:
    """Have the kernel end connections whose other side is gone, or takes in nothing.

    What is set on this socket holds for all that come of it. Not every system has these options.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_NODELAY", 1),
        ("TCP_USER_TIMEOUT", STALLED),
        ("TCP_KEEPIDLE", QUIET),
        ("TCP_KEEPINTVL", ASK_AGAIN),
    ):
        if hasattr(socket, name):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _why(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"port {port} of {host} is in use; end what listens there, "
                "or choose another --port (0 takes any that is free)"
            )
        case errno.EACCES:
            return f"port {port} is not for this user; expected a --port of 1024 or more"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine; see --host"
    return f"cannot listen on port {port} of {host}: {error.strerror or error}"
