"""Which hosts a stranger's config may name: those that are listed, however they are spelt."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sent_tools import refused, sent

from router.config.foreign import Stranger
from router.config.listing import listed, located
from router.core.http import origin
from router.core.networks import CREDENTIALS, SPECIAL
from router.workspace import Loader


def asking(host, **more):
    return {"provider": "openai", "api_key": "sk-mine", "custom_host": host, **more}


def listing(*hosts):
    return Stranger(allowed_hosts=frozenset(hosts))


def octal(part):
    return f"0{part:o}"


def spellings(address):
    """Return ways to write an IPv4 address that one or another resolver understands."""
    number = int(address)
    a, b, c, d = address.packed
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    return [
        str(address),
        f"{address}.",
        str(number),
        hex(number),
        f"0X{number:X}",
        octal(number),
        ".".join(map(octal, (a, b, c, d))),
        ".".join(map(hex, (a, b, c, d))),
        f"{octal(a)}.{hex(b)}.{c}.{octal(d)}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"00000{a:o}.{b}.{c}.{d}",
        f"[::ffff:{address}]",
        f"[::ffff:{high}:{low}]",
        f"[0:0:0:0:0:FFFF:{high}:{low}]",
        f"[::{address}]",
        f"[::ffff:0:{high}:{low}]",
        f"[64:ff9b::{high}:{low}]",
        f"[64:ff9b:1::{high}:{low}]",
        f"[2002:{high}:{low}::]",
        f"[::ffff:{address}%25eth0]",
        f"[::ffff:{address}%eth0]",
    ]


NEVER = [net for net in (*SPECIAL, *CREDENTIALS) if net.version == 4]
WITHIN = st.sampled_from(NEVER).flatmap(
    lambda net: st.integers(int(net.network_address), int(net.broadcast_address))
)


@given(WITHIN.map(ipaddress.IPv4Address), st.sampled_from(["", ":80", ":8080", ":6379"]))
@example(ipaddress.IPv4Address("127.0.0.1"), "")
@example(ipaddress.IPv4Address("169.254.169.254"), "")
def test_no_spelling_of_an_address_inside_the_house_passes_unlisted(address, port):
    stranger = listing("images.example.com", "8.8.8.8")

    for spelling in spellings(address):
        (error,) = refused(asking(f"http://{spelling}{port}/v1"), stranger)
        assert error.startswith("config.custom_host: ")


@given(st.ip_addresses(v=6), st.sampled_from(["", "%25lo", "%1"]))
@example(ipaddress.IPv6Address("::1"), "")
@example(ipaddress.IPv6Address("fe80::1"), "%25eth0")
def test_no_ipv6_address_passes_unlisted(address, zone):
    for spelling in (str(address), address.exploded, address.exploded.upper()):
        assert refused(asking(f"http://[{spelling}{zone}]"), listing("images.example.com"))


@given(WITHIN.map(ipaddress.IPv4Address))
def test_the_cloud_s_own_addresses_pass_not_even_listed(address):
    if not any(address in net for net in CREDENTIALS):
        return

    with pytest.raises(ValueError, match="cloud metadata address"):
        listing(str(address))


@given(st.ip_addresses(v=4))
@example(ipaddress.IPv4Address("127.0.0.1"))
def test_every_spelling_of_a_listed_address_leads_to_just_that_address(address):
    if any(address in net for net in CREDENTIALS):
        return
    stranger = listing(str(address))
    expected = {f"http://{address}/v1", None}

    for spelling in spellings(address):
        assert stranger.located(f"http://{spelling}/v1") in expected
    assert stranger.located(f"http://{int(address)}/v1") == f"http://{address}/v1"


@pytest.mark.parametrize("leading", ["64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "::1"])
def test_a_way_to_a_listed_address_through_a_gateway_is_another_place(leading):
    assert refused(asking(f"http://[{leading}]"), listing("127.0.0.1"))


def test_a_zone_can_be_listed_by_nobody():
    assert refused(asking("http://[::1%25lo]"), listing("::1"))
    for entry in ("::1%lo", "[::1%lo]:80"):
        with pytest.raises(ValueError, match="has a zone"):
            listing(entry)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("images.example.com", "https://images.example.com/v1"),
        ("images.example.com", "https://IMAGES.Example.COM"),
        ("images.example.com", "https://images.example.com./v1/"),
        ("images.example.com", "http://images.example.com:8080"),
        ("Images.Example.com.", "https://images.example.com"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("images.example.com:443", "https://images.example.com"),
        ("images.example.com:80", "http://images.example.com"),
        ("localhost:11434", "http://localhost:11434/v1"),
        ("::1", "http://[::1]:8080"),
        ("[::1]:8080", "http://[0:0::1]:8080"),
        ("::ffff:10.0.0.5", "http://10.0.0.5"),
        ("10.0.0.5", "http://[::ffff:a00:5]"),
    ],
)
def test_a_listed_host_passes_in_any_spelling(entry, url):
    assert sent(asking(url), listing(entry)).route.base_url == located(url).url


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("images.example.com", "https://example.com"),
        ("images.example.com", "https://evil-images.example.com"),
        ("images.example.com", "https://images.example.com.evil.org"),
        ("images.example.com", "https://images.example.com@evil.org"),
        ("images.example.com", "https://evil.org#images.example.com"),
        ("images.example.com", "https://evil.org?images.example.com"),
        ("images.example.com", "https://evil.org\\@images.example.com"),
        ("images.example.com", "https://evil.org/images.example.com"),
        ("images.example.com", "https://images.example.com%2eevil.org"),
        ("images.example.com", "https://images.example.com\n.evil.org"),
        ("images.example.com", "https://images.example.com\t.evil.org"),
        ("images.example.com", "https://images\u3002example.com"),
        ("images.example.com", "ftp://images.example.com"),
        ("images.example.com:443", "https://images.example.com:8443"),
        ("images.example.com:443", "http://images.example.com"),
        ("localhost:11434", "http://localhost"),
        ("127.0.0.1", "http://localhost"),
        ("localhost", "http://127.0.0.1"),
        ("fass.example", "http://faß.example"),
        ("example.com", "http://localtest.example.com"),
    ],
    ids=range(20),
)
def test_what_only_looks_like_a_listed_host_does_not_pass(entry, url):
    (error,) = refused(asking(url), listing(entry))

    assert error.startswith("config.custom_host: ")


@given(st.text(max_size=30), st.sampled_from(["http://", "https://", ""]))
@example("images.example.com", "https://")
def test_whatever_is_written_only_what_is_listed_is_asked(text, scheme):
    url = listing("images.example.com", "127.0.0.1:80").located(scheme + text)

    assert url is None or origin(url) in {
        "http://127.0.0.1:80",
        "https://images.example.com:443",
        "http://images.example.com:80",
    }


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "http://a",
        "a/b",
        "a@b",
        "a b",
        "a:0",
        "a:65536",
        "a:b:c",
        "[::1",
        "faß.de",
        "a\\b",
        "。",
    ],
)
def test_what_is_no_host_cannot_be_listed(entry):
    with pytest.raises(ValueError, match=r"no valid host name|no valid port"):
        listing(entry)


@pytest.mark.parametrize("entry", ["a.example", "a.example:80", "10.0.0.5", "::1", "[::1]:8080"])
def test_a_listed_host_is_written_as_it_is_read(entry):
    assert str(listed(entry)) == entry
    assert str(listed(entry.upper())) == entry


def test_without_a_list_no_host_may_be_named_and_the_providers_own_needs_none():
    (error,) = refused(asking("https://api.openai.com/v1"))

    assert error.endswith("is at a host that is not listed")
    assert sent({"provider": "openai"}).route.base_url is None


def test_a_virtual_key_of_a_strangers_own_names_no_other_host():
    key = {"provider": "openai", "api_key": "k", "custom_host": "http://10.0.0.5"}
    config = {"virtual_key": "mine", "virtual_keys": {"mine": key}}

    (error,) = refused(config)

    assert error.startswith("config.virtual_keys.mine.custom_host: ")
    assert sent(config, listing("10.0.0.5")).route.base_url == "http://10.0.0.5"


def test_only_listed_hosts_are_trusted_with_addresses_that_are_not_public():
    stranger = listing("10.0.0.5:8080")
    config = asking("http://0xa000005:8080/v1")

    loaded = Loader(environment={}).load(config, stranger=stranger)

    assert loaded.own == {"http://10.0.0.5:8080"}


@pytest.mark.parametrize(
    "name",
    ["evil.com#", "a/../..", "x@evil", "a.evil", "a:80", "a?b", "a\\b", "a%2eb", "a\n", "-a", "ä"],
    ids=ascii,
)
def test_no_resource_name_leads_out_of_azure(name):
    config = {"provider": "azure", "api_key": "k", "deployment_id": "d", "resource_name": name}

    assert any("is no resource name" in error for error in refused(config))


def test_a_plain_resource_name_needs_no_list():
    config = {"provider": "azure", "api_key": "k", "deployment_id": "d", "resource_name": "mine"}

    assert sent(config).route.options["resource_name"] == "mine"
