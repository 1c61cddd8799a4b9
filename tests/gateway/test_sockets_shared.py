"""The socket of a gateway: where it is, who shares it, and what it does with dead callers."""

import socket

import pytest

from router.gateway.listening import (
    STALLED,
    CannotListenError,
    address_of,
    is_this_machine,
    listen,
    url_of,
)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
def test_only_this_machine_reaches_loopback(host):
    assert is_this_machine(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "::ffff:192.0.2.1"])
def test_others_reach_everything_else(host):
    assert not is_this_machine(host)


def test_port_0_is_any_that_is_free():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        assert url_of(listener, "127.0.0.1") == f"http://127.0.0.1:{port}"
        assert url_of(listener, "localhost") == f"http://localhost:{port}"
        assert url_of(listener, "0.0.0.0") == f"http://127.0.0.1:{port}"
        assert url_of(listener, "::1") == f"http://[::1]:{port}"
        with socket.create_connection(("127.0.0.1", port), 5):
            pass


@pytest.mark.parametrize(
    ("host", "named"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("", "0.0.0.0"), ("::", "[::]")],
)
def test_everywhere_is_said_as_such(host, named):
    with listen("127.0.0.1", 0) as listener:
        assert address_of(listener, host) == f"http://{named}:{listener.getsockname()[1]}"


def test_two_cannot_have_one_port():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(CannotListenError, match=f"port {port} of 127.0.0.1 is in use"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a b", "x" * 300, "256.1.1.1"])
def test_a_host_that_is_not_there_is_told(host):
    with pytest.raises(CannotListenError, match="there is no host"):
        listen(host, 0)


def test_an_address_of_another_machine_is_told():
    with pytest.raises(CannotListenError, match="no address of this machine"):
        listen("192.0.2.1", 0)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux has it")
def test_who_takes_nothing_in_is_cut_off_by_the_kernel():
    with listen("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname(), 5):
            taken, _ = listener.accept()
        with taken:
            seconds = taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            asks = taken.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)

    assert (seconds, asks) == (STALLED, 1)
