import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.answer import AsyncImage, Image
from router.core.http import HttpResponse, TransportError
from router.core.images import Picture, Pictures
from router.core.outcome import Failure, Kind
from router.core.whereabouts import where
from router.errors import FetchError
from router.fetch import fetch_picture
from router.testing import Scripted, simulate

SIGNED = "https://user:pass@cdn.test:8443/private/images/cat.png?sig=s3cr3t&se=2026#frag"
PLAIN = "https://cdn.test/private/images/cat.png?sig=s3cr3t"
NAMED = "https://cdn.test/.../cat.png"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (SIGNED, "https://cdn.test:8443/.../cat.png"),
        (PLAIN, NAMED),
        ("https://cdn.test/cat.png", "https://cdn.test/cat.png"),
        ("https://cdn.test", "https://cdn.test"),
        ("https://cdn.test/?sig=s3cr3t", "https://cdn.test/"),
        ("https://[2001:db8::1]/a/b", "https://[2001:db8::1]/.../b"),
        ("file:///srv/pictures/cat.png", "file:///.../cat.png"),
        ("cat.png?sig=s3cr3t", "cat.png"),
        ("", ""),
        ("https://[bad", "a broken URL"),
        ("https://cdn.test:port/", "a broken URL"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,... (26 characters)"),
        ("DATA:AAAA", "data:... (9 characters)"),
    ],
)
def test_a_url_is_told_by_its_host_and_the_end_of_its_path(url, told):
    assert where(url) == told


@given(st.text(max_size=400))
def test_whatever_it_is_is_told_in_few_characters(text):
    assert len(where(f"https://{text}")) < 260
    assert len(where(text)) < 260


@given(st.from_regex(r"[a-zA-Z0-9%&=+/]{12,60}", fullmatch=True))
def test_no_query_is_ever_told(query):
    assert query not in where(f"https://cdn.test/a/b.png?{query}")


def failing(*steps, url=PLAIN):
    async def main():
        with pytest.raises(FetchError) as raised:
            await fetch_picture(url, Scripted(*steps))
        return str(raised.value)

    return simulate(main)


def file(body, status=200, **headers):
    return HttpResponse(status=status, headers={"content-type": "image/png", **headers}, body=body)


@pytest.mark.parametrize(
    "steps",
    [
        [file(b"", 403)],
        [file(b"<html>")],
        [(10_000.0, file(b""))],
        [TransportError("reset", sent=True)],
        [file(b"", 302, location=PLAIN)] * 6,
        [file(b"", 302, location="https://[bad")],
        [file(b"", 302, location="http://cdn.test/cat.png?sig=s3cr3t")],
    ],
    ids=["status", "page", "late", "broken", "round", "no url", "http"],
)
def test_no_message_of_a_download_has_what_signs_it(steps):
    said = failing(*steps)

    assert "s3cr3t" not in said
    assert "cat.png" in said


def test_what_has_nothing_to_fetch_is_told_in_few_words():
    said = failing(url="data:image/png;base64," + "A" * 5000)

    assert len(said) < 120


async def unreachable(url):
    raise AssertionError(url)


def told_of(picture):
    """Everything that is said of a picture, without the picture's own fields."""
    image = AsyncImage(picture, unreachable)
    yield from map(repr, (picture, Pictures(created=1, data=(picture,)), Image(picture), image))
    yield repr(Failure(kind=Kind.TIMEOUT, status=408, message="late", pictures=(picture,)))
    with pytest.raises(ValueError, match="came") as raised:
        image.bytes()
    yield str(raised.value)
    copy = pickle.loads(pickle.dumps(image))
    with pytest.raises((FetchError, AssertionError)) as lost:
        simulate(copy.read)
    yield str(lost.value)


@pytest.mark.parametrize("url", [PLAIN, "data:image/png;base64,!" + "s3cr3t" * 50_000])
def test_no_text_about_a_picture_has_what_signs_its_url_or_its_content(url):
    for said in told_of(Picture(url=url)):
        assert "s3cr3t" not in said
        assert len(said) < 500
