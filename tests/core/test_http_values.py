import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.files import held
from router.core.http import HttpRequest, HttpResponse, Part, TransportError, origin


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.openai.com/v1/images", "https://api.openai.com:443"),
        ("https://API.OpenAI.com", "https://api.openai.com:443"),
        ("HTTPS://a.test", "https://a.test:443"),
        ("http://a.test", "http://a.test:80"),
        ("http://a.test:8080/x?y#z", "http://a.test:8080"),
        ("https://a.test:443", "https://a.test:443"),
        ("http://[::1]:9/x", "http://[::1]:9"),
        ("https://a.test?x=https://b.test", "https://a.test:443"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, expected):
    assert origin(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.test",
        "//a.test",
        "ftp://a.test",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://a.test:port",
        "https://a.test:99999",
        "https://user@a.test",
        "https://a.test:x@b.test",
        "https://[::1",
    ],
)
def test_what_is_no_web_address_has_no_origin(url):
    with pytest.raises(ValueError):  # noqa: PT011  some are urllib's own words
        origin(url)


@given(st.text(max_size=40))
def test_an_origin_is_found_or_refused_whatever_the_text(text):
    try:
        found = origin(f"https://{text}")
    except ValueError:
        return

    assert found.startswith("https://")
    assert origin(found) == found


def test_a_request_shows_neither_headers_nor_query_nor_body():
    request = HttpRequest(
        method="POST", url="https://a.test/x?key=hush", headers={"a": "hush"}, body=b"hush"
    )

    assert repr(request) == "HttpRequest(POST https://a.test/x)"


def test_a_part_and_an_answer_show_their_size_rather_than_their_bytes():
    assert repr(Part(name="image", content=b"hush", filename="a.png")) == (
        "Part(name='image', 4 bytes, filename='a.png')"
    )
    assert repr(HttpResponse(status=200, body=b"hush")) == "HttpResponse(200, 4 bytes)"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("image/png", "image/png"),
        ("Image/PNG ; charset=x", "image/png"),
        ("", ""),
    ],
)
def test_the_content_type_is_the_media_type_alone(header, expected):
    assert HttpResponse(status=200, headers={"content-type": header}).content_type == expected


def test_an_answer_without_a_content_type_has_none():
    assert HttpResponse(status=200).content_type == ""


@given(st.binary(max_size=2000))
def test_an_excerpt_is_at_most_200_characters_of_any_body(body):
    assert len(HttpResponse(status=500, body=body).excerpt) <= 200


def test_a_transport_error_says_whether_anything_was_sent():
    assert TransportError("x", sent=True).sent
    assert not TransportError("x", sent=False).sent


@pytest.mark.parametrize("content", [b"cat", held(b"cat", "cat.png")], ids=["bytes", "upload"])
def test_a_part_can_be_read_as_often_as_one_likes(content):
    part = Part(name="image", content=content, filename="cat.png")

    with part.open() as one, part.open() as other:
        assert (one.read(), other.read(), part.read()) == (b"cat", b"cat", b"cat")
    assert repr(part) == "Part(name='image', 3 bytes, filename='cat.png')"
