import ipaddress

import pytest
from config_tools import errors, route
from hypothesis import given
from hypothesis import strategies as st

from router.config.hosts import why_not
from router.core.http import origin
from router.core.target import Target
from router.providers.registry import adapter


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1",
        "http://localhost:8080/v1",
        "http://127.0.0.1:11434",
        "http://[::1]:8080",
        "http://10.0.0.5",
        "http://192.168.1.20:9000/v1",
        "http://[fd12:3456::1]",
        "http://model-server.default.svc.cluster.local:8000",
        "http://host.docker.internal:8080",
        "http://my_service:80",
        "https://100.100.100.201",
        "https://169.253.169.254",
        "http://[::ffff:8.8.8.8]",
        "http://300.1.1.1",
        "http://99999999999",
    ],
)
def test_public_private_and_loopback_hosts_may_be_asked(url):
    assert why_not(url) is None
    assert route({"provider": "openai", "custom_host": url + "/"}).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://169.254.0.1",
        "http://169.254.169.254.",
        "http://2852039166",
        "http://0xa9fea9fe",
        "http://0xA9.0xFE.0xA9.0xFE",
        "http://0251.0376.0251.0376",
        "http://169.254.43518",
        "http://169.16689662",
        "http://0251.254.169.254",
        "http://[::ffff:169.254.169.254]",
        "http://[::ffff:a9fe:a9fe]",
        "http://[::169.254.169.254]",
        "http://[64:ff9b::a9fe:a9fe]",
        "http://[2002:a9fe:a9fe::]",
        "http://[fe80::1]",
        "http://[fe80::1%25eth0]",
        "http://[fd00:ec2::254]",
        "http://100.100.100.200",
        "http://metadata.google.internal",
        "http://METADATA.google.internal./computeMetadata/v1",
        "http://metadata",
    ],
)
def test_metadata_and_link_local_addresses_never_may(url):
    assert "metadata" in why_not(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8080",
        "ftp://example.com",
        "file:///etc/passwd",
        "http://",
        "http:///v1",
        "http://user@example.com",
        "http://user:secret@example.com",
        "http://example.com?x=1",
        "http://example.com#x",
        "http://example.com\\@evil.org",
        "http://exa mple.com",
        "http://example.com:port",
        "http://example.com:99999",
        "http://\N{FULLWIDTH DIGIT ONE}69.254.169.254",
        "http://exämple.com",
        "http://[::1",
        "http://-a.com",
        "http://a%2eb",
        "http://[::zz]",
        "http://" + "9" * 5000,
        "http://0x" + "f" * 5000,
        "http://" + "a." * 200 + "com",
    ],
)
def test_what_is_no_plain_base_url_is_refused(url):
    assert why_not(url) is not None


@given(st.integers(0, 2**16 - 1), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_no_spelling_of_a_link_local_address_passes(low, form):
    number = int(ipaddress.ip_address("169.254.0.0")) + low
    spelling = form.format(number)

    assert why_not(f"http://{spelling}/") is not None


@given(st.text(max_size=40))
def test_any_text_is_judged(text):
    reason = why_not(text)

    assert reason is None or reason
    why_not(f"http://{text}")


def test_the_reason_is_told_at_the_key():
    config = {"provider": "openai", "custom_host": "http://169.254.169.254"}

    (error,) = errors(config)

    assert error.endswith("'http://169.254.169.254' names a link-local or cloud metadata address")


def test_a_host_too_long_to_be_one_is_a_problem():
    (error,) = errors({"provider": "openai", "custom_host": "http://" + "9" * 5000})

    assert error.endswith("has no valid host name")


@pytest.mark.parametrize(
    "name", ["evil.org#", "a.b", "-a", "a-", "abc-", "\u00e4", "a b", "x" * 64], ids=ascii
)
def test_a_resource_name_that_no_host_can_begin_with_is_refused_before_any_request(name):
    config = {"provider": "azure", "api_key": "k", "deployment_id": "dep", "resource_name": name}

    (error,) = errors(config)

    assert "is no resource name" in error


@pytest.mark.parametrize("name", ["a", "A-1", "x" * 63])
def test_a_resource_name_that_the_config_takes_leads_to_azure(name):
    config = {"provider": "azure", "api_key": "k", "deployment_id": "dep", "resource_name": name}
    found = route(config)
    target = Target(path="t", provider="azure-openai", options=found.options)

    assert adapter("azure").origins(target) == {f"https://{name.lower()}.openai.azure.com:443"}


@pytest.mark.parametrize("written", ["${HOUSE}", "https://${HOUSE}/v1", "${HOUSE:-}"])
def test_a_host_whose_variable_may_be_missing_is_a_host_all_the_same(written):
    target = route({"provider": "openai", "custom_host": written}, allow_unset=True)

    assert origin(target.base_url) == "https://unset.invalid:443"
    assert target.credential is None  # nobody else's key goes there


def test_two_hosts_whose_variables_are_missing_are_two():
    hosts = {
        route({"provider": "openai", "custom_host": written}, allow_unset=True).base_url
        for written in ("${HOUSE}", "${YARD}", "${YARD}/v1")
    }

    assert len(hosts) == 3


def test_a_host_whose_variable_is_missing_is_an_error():
    found = errors({"provider": "openai", "custom_host": "${HOUSE}"})

    assert found == ["config.custom_host: the environment variable HOUSE is not set"]
