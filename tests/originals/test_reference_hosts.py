"""URLs of pictures that a provider, or a server of one's own, is to fetch: public ones alone."""

import asyncio
import json

import pytest

from router import AsyncRouter, BadRequestError
from router.core.images import ImageRequest
from router.originals.taking import take_originals
from router.testing import Scripted, simulate
from tests.originals.test_taking import no_fetch, refused, taken

OWN = frozenset({"http://127.0.0.1:8080", "https://pictures.internal:443"})


def asking(url):
    return {"images": [{"image_url": url}]}


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.test/cat.png",
        "https://cdn.test:8443/my cat.png?sig=a%2Fb#x",
        "https://8.8.8.8/cat.png",
        "https://[2606:4700::1111]/cat.png",
        "https://xn--exmple-cua.test/cat.png",
    ],
)
def test_a_public_url_may_be_a_reference(url):
    assert taken(params=asking(url)) == {}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://169.254.169.254/latest", "names a link-local or cloud metadata address"),
        ("https://2852039166/latest", "names a link-local or cloud metadata address"),
        ("https://0xa9.254.0251.254/", "names a link-local or cloud metadata address"),
        ("https://[::ffff:169.254.169.254]/", "names a link-local or cloud metadata address"),
        ("https://168.63.129.16/", "names a link-local or cloud metadata address"),
        ("https://metadata.google.internal/", "names a cloud metadata service"),
        ("https://METADATA.google.internal./", "names a cloud metadata service"),
        ("https://127.0.0.1/", "names an address that is not public"),
        ("https://127.1/", "names an address that is not public"),
        ("https://0x7f000001/", "names an address that is not public"),
        ("https://10.0.0.5:8443/", "names an address that is not public"),
        ("https://[::1]/", "names an address that is not public"),
        ("https://[fd12::1%25eth0]/", "names an address that is not public"),
        ("https://[::127.0.0.1]/", "names an address that is not public"),
        ("https://localhost/", "names a host that is not public"),
        ("https://LOCALHOST./", "names a host that is not public"),
        ("https://a.localhost/", "names a host that is not public"),
        ("https://intranet/", "names a host that is not public"),
        ("https://vault.internal/", "names a host that is not public"),
        ("https://printer.local/", "names a host that is not public"),
        ("https://nas.home.arpa/", "names a host that is not public"),
        ("https://300.1.1.1/", "names a host that is not public"),
        ("https://exa%6dple.com/", "has no valid host name"),
        ("https://a.test\\.evil.test/", "has no valid host name"),
        ("https://\N{FULLWIDTH DIGIT ONE}27.0.0.1/", "has no valid host name"),
        ("https:///cat.png", "is no URL"),
        ("https://user@cdn.test/", "is no URL"),
        ("https://cdn.test\\@127.0.0.1/", "is no URL"),
        ("https://cdn.test:99999/", "is no URL"),
        ("https://[::1/", "is no URL"),
        ("https://127.0\t.0.1/", "is no URL"),
        ("https://cdn.test/\ncat.png", "is no URL"),
        ("http://169.254.169.254/latest", "is an http URL"),
        ("http://cdn.test/cat.png", "is an http URL"),
        ("http://127.0.0.1:8081/cat.png", "is an http URL"),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("field", ["images", "mask"])
def test_any_other_url_is_refused_where_it_stands(url, why, field):
    place = "images[0]" if field == "images" else "mask"
    params = asking(url if field == "images" else "https://cdn.test/cat.png")
    if field == "mask":
        params["mask"] = {"image_url": url}

    told = refused(params=params, own=OWN)

    assert told.startswith(f"{place}.image_url: {place}.image_url {why}; expected https://")
    assert "latest" not in told


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/a.png", "https://pictures.internal/a.png"])
def test_a_host_that_the_config_names_may_be_asked_as_it_is(url):
    assert taken(params=asking(url), own=OWN) == {}


def test_nothing_is_checked_where_nothing_is_begun_with():
    request = ImageRequest(params={**asking("http://127.0.0.1/")}, operation="generate")

    assert asyncio.run(take_originals(request, {}, no_fetch, OWN)) is request


def edited(config, url):
    """Edit the picture behind a URL; return what was sent, or the error, and how often."""
    sender = Scripted(200)

    async def main():
        async with AsyncRouter(config, sender=sender) as router:
            try:
                await router.images.edit(prompt="a cat", images=[{"image_url": url}])
            except BadRequestError as error:
                return error, sender.requests
            return None, sender.requests

    return simulate(main)


HERE = {"provider": "openai", "api_key": "sk-x", "custom_host": "http://10.0.0.5:8000/v1"}


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "https://10.0.0.5:8001/a.png"])
def test_a_server_inside_the_house_is_not_sent_to_another_there(url):
    error, requests = edited(HERE, url)

    assert (error.status_code, error.param) == (400, "images[0].image_url")
    assert requests == []


def test_a_server_inside_the_house_may_be_given_its_own_pictures():
    error, (request,) = edited(HERE, "http://10.0.0.5:8000/pictures/a.png")

    assert error is None
    assert json.loads(request.body)["images"] == [
        {"image_url": "http://10.0.0.5:8000/pictures/a.png"}
    ]
