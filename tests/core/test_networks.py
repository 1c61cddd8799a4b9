"""Which addresses everybody reaches. What is expected is written out, not computed."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.networks import hands_out_credentials, is_public

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001:82a::200e",
    "2001:4860:4860::8888",
]
INSIDE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "100::1",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "feff::1",
    "ff02::1",
    "ff0e::1",
    "64:ff9b:1::1.1.1.1",
    "64:ff9b:1::10.0.0.1",
]
FORMS = {
    "::ffff:{}": "mapped",
    "::ffff:0:{}": "translated",
    "::{}": "compatible",
    "64:ff9b::{}": "NAT64",
}
IN_FORMS = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "168.63.129.16", "100.64.0.1", "224.0.0.1"]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_that_everybody_reaches_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_not_everybody_reaches_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("form", FORMS, ids=FORMS.get)
@pytest.mark.parametrize("address", IN_FORMS)
def test_an_inside_address_is_no_public_one_within_an_ipv6_address(form, address):
    assert not is_public(ipaddress.ip_address(form.format(address)))


@pytest.mark.parametrize("form", FORMS, ids=FORMS.get)
def test_a_public_address_is_one_within_an_ipv6_address_too(form):
    assert is_public(ipaddress.ip_address(form.format("8.8.8.8")))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("2002:808:808::1", True),
        ("2002:7f00:1::", False),
        ("2002:a9fe:a9fe::1", False),
        ("2002:a83f:8110::", False),
        ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", True),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
        ("2001:0:4136:e378:8000:63bf:5601:5601", False),
    ],
    ids=[
        "6to4 of 8.8.8.8",
        "6to4 of 127.0.0.1",
        "6to4 of 169.254.169.254",
        "6to4 of 168.63.129.16",
        "Teredo of 8.8.8.8",
        "Teredo of 10.0.0.1",
        "Teredo of 169.254.169.254",
    ],
)
def test_a_tunnel_leads_where_its_ipv4_address_is(address, public):
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    "address",
    [
        "169.254.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fe80::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "::ffff:169.254.169.254",
        "::ffff:0:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::169.254.169.254",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:5601:5601",
    ],
)
def test_where_clouds_hand_out_credentials_is_known_however_it_is_reached(address):
    assert hands_out_credentials(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd12:3456::1", "8.8.8.8", "fe00::"]
)
def test_an_ordinary_address_hands_out_nothing(address):
    assert not hands_out_credentials(ipaddress.ip_address(address))


@given(st.ip_addresses())
def test_where_credentials_are_handed_out_is_never_public(address):
    assert not (hands_out_credentials(address) and is_public(address))
