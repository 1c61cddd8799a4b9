"""Hosts that somebody else has named: looked up once, checked, asked there."""

import asyncio
import socket

import pytest

from router.core.http import HttpRequest, TransportError
from router.senders.pinning import public_addresses
from tests.senders.test_sender_contract import SENDERS


def looked_up(monkeypatch, *addresses):
    def answer(host, port, *args, **keywords):
        families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses]
        return [
            (family, socket.SOCK_STREAM, 6, "", (one, port))
            for family, one in zip(families, addresses, strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    looked_up(monkeypatch, "1.1.1.1", "10.0.0.1")

    with pytest.raises(TransportError, match=r"cdn.test is at 10.0.0.1, which is no public") as no:
        asyncio.run(public_addresses("https://cdn.test/cat.png"))
    assert not no.value.sent


def test_public_addresses_come_in_their_order(monkeypatch):
    looked_up(monkeypatch, "1.1.1.1", "2606:4700::1111")

    addresses = asyncio.run(public_addresses("https://cdn.test/cat.png"))

    assert addresses == ("1.1.1.1", "2606:4700::1111")


@pytest.mark.parametrize(
    "url", ["ftp://a.test/", "http://", "https://user:hush@a.test/", "http://a.test:99999/"]
)
def test_a_url_that_nobody_can_ask_is_not_looked_up(url):
    with pytest.raises(TransportError, match="HTTP cannot carry the request") as no:
        asyncio.run(public_addresses(url))
    assert not no.value.sent
    assert "hush" not in str(no.value)


def test_a_name_that_nobody_knows_was_never_asked():
    with pytest.raises(TransportError, match="could not connect to") as no:
        asyncio.run(public_addresses("https://no-such-host.invalid/cat.png"))
    assert not no.value.sent


@pytest.mark.parametrize("make", SENDERS)
def test_no_sender_follows_a_name_into_the_house(make):
    async def main():
        sender = make()
        try:
            await sender.send(HttpRequest(method="GET", url="http://localhost:9/x", public=True))
        finally:
            await sender.aclose()

    with pytest.raises(TransportError, match="no public address"):
        asyncio.run(main())
