"""Requests to hosts that somebody else has named: each host checked, and one after the other asked.

The addresses that a test can serve at are no public ones, so they are declared to be.
"""

import asyncio
import contextlib
import socket
import ssl

import pytest

from router.core.http import HttpRequest, TransportError
from router.senders import host_pools, pinning
from tests.senders.test_sender_contract import (
    CERTIFICATE,
    SENDERS,
    Hangup,
    answer,
    attempt,
    hang_up,
    hear,
    run,
    sending,
    serving,
    turns,
)

CAT = answer(200, b"cat")
DEAF = "127.0.0.2"  # nobody listens there, so connecting is refused at once


@pytest.fixture(params=SENDERS)
def make(request):
    return request.param


@pytest.fixture
def leads_to(monkeypatch):
    """Return a function that says to which addresses every name leads."""
    monkeypatch.setattr(pinning, "is_public", lambda address: True)

    def lead(*addresses):
        def looked_up(host, port, *args, **keywords):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", looked_up)

    lead("127.0.0.1")
    return lead


class House:
    """A server with a certificate for localhost; it notes whom each connection named, and asked."""

    def __init__(self, said=CAT, *, plain=False):
        self.said = said
        self.named = []
        self.heard = []
        self.gate = None
        self.open = 0
        self.tls = None if plain else ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        if self.tls:
            self.tls.load_cert_chain(CERTIFICATE)
            self.tls.sni_callback = lambda connection, name, context: self.named.append(name)

    @contextlib.asynccontextmanager
    async def serving(self):
        async with serving(self.talk, self.tls) as self.port:
            yield self

    async def talk(self, reader, writer):
        self.open += 1
        try:
            while True:
                self.heard.append(await hear(reader))
                if self.gate is not None:
                    await self.gate.wait()
                if isinstance(self.said, Hangup):
                    await hang_up(writer, self.said)
                    return
                writer.write(self.said)
                await writer.drain()
        finally:
            self.open -= 1

    def ask(self, host="localhost", path="/"):
        scheme = "https" if self.tls else "http"
        return HttpRequest(method="GET", url=f"{scheme}://{host}:{self.port}{path}", public=True)


def asked(make, house, *hosts):
    """Ask those hosts in a row through one sender; return what came back or was raised."""

    async def scenario():
        async with house.serving(), sending(make()) as sender:
            return [await attempt(sender, house.ask(host)) for host in hosts]

    return run(scenario)


def test_a_pinned_request_still_names_its_host_to_tls_and_http(make, leads_to):
    async def scenario():
        async with House().serving() as house, sending(make()) as sender:
            got = await sender.send(house.ask(path="/a%2Fb?sig=1%2B2"))
            return got.body, house.named, house.heard[0], house.port

    body, named, heard, port = run(scenario)

    assert (body, named) == (b"cat", ["localhost"])
    assert heard.headers["host"] == f"localhost:{port}"
    assert heard.target == "/a%2Fb?sig=1%2B2"


# Two hosts at one address


def test_a_connection_to_one_host_is_none_to_another_at_the_same_address(make, leads_to):
    """The certificate is one for localhost alone."""
    house = House()

    first, second = asked(make, house, "localhost", "other.test")

    assert first.body == b"cat"
    assert isinstance(second, TransportError)
    assert not second.sent
    assert house.named == ["localhost", "other.test"]
    assert len(house.heard) == 1


def test_an_error_names_the_host_that_was_asked_and_not_its_address(make, leads_to):
    house = House()

    (error,) = asked(make, house, "other.test")

    assert str(error).startswith(f"could not connect to other.test:{house.port}: TLS: ")


def test_a_host_that_breaks_off_is_named_too(make, leads_to):
    house = House(Hangup())

    (error,) = asked(make, house, "localhost")

    assert str(error).startswith(f"localhost:{house.port} broke off")
    assert error.sent


def test_one_host_keeps_its_connection(make, leads_to):
    house = House()

    asked(make, house, "localhost", "localhost", "LOCALHOST")

    assert (len(house.named), len(house.heard)) == (1, 3)


def test_pictures_of_one_host_come_at_once(make, leads_to):
    async def scenario():
        async with House().serving() as house, sending(make()) as sender:
            house.gate = asyncio.Barrier(20)
            return await asyncio.gather(*(sender.send(house.ask()) for _ in range(20)))

    assert [got.body for got in run(scenario)] == [b"cat"] * 20


def test_no_more_connections_are_kept_than_a_house_can_have_hosts(make, leads_to, monkeypatch):
    monkeypatch.setattr(host_pools, "POOLS_KEPT", 2)

    async def scenario():
        async with House(plain=True).serving() as house, sending(make()) as sender:
            for number in range(6):
                await sender.send(house.ask(f"host-{number}.test"))
            await turns()
            return house.open

    assert run(scenario) <= 2


def test_a_closed_sender_leaves_no_connection(make, leads_to):
    async def scenario():
        async with House(plain=True).serving() as house:
            async with sending(make()) as sender:
                await sender.send(house.ask("a.test"))
                await sender.send(house.ask("b.test"))
            await turns()
            return house.open

    assert run(scenario) == 0


def test_a_stream_has_its_connection_to_itself_until_it_ends(make, leads_to):
    async def scenario():
        async with House(plain=True).serving() as house, sending(make()) as sender:
            async with sender.stream(house.ask("a.test")) as incoming:
                between = await sender.send(house.ask("a.test"))
                streamed = b"".join([chunk async for chunk in incoming.chunks])
            return between.body, streamed

    assert run(scenario) == (b"cat", b"cat")


# Several addresses of one host


def test_where_one_address_takes_no_connection_the_next_is_asked(make, leads_to):
    leads_to(DEAF, DEAF, "127.0.0.1")

    (got,) = asked(make, House(), "localhost")

    assert got.body == b"cat"


def test_where_no_address_takes_a_connection_nothing_was_sent(make, leads_to):
    leads_to(DEAF, DEAF)
    house = House()

    (error,) = asked(make, house, "localhost")

    assert str(error) == f"could not connect to localhost:{house.port}: Connection refused"
    assert not error.sent


def test_what_was_sent_to_one_address_is_not_sent_to_the_next(make, leads_to):
    leads_to("127.0.0.1", "127.0.0.1")
    house = House(Hangup(), plain=True)

    (error,) = asked(make, house, "a.test")

    assert error.sent
    assert len(house.heard) == 1
