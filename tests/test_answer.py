import base64
import json
import tracemalloc

import pytest

from router.answer import AsyncImage, BlockingImage, Image, ImagesResponse, Usage
from router.core.http import HttpResponse, TransportError
from router.core.images import Picture, Pictures
from router.core.media import Media
from router.core.trace import Trace
from router.errors import FetchError
from router.fetch import FETCH_TIMEOUT, LARGEST, fetch_picture
from router.testing import Scripted, picture_answer, simulate

PNG = base64.b64decode(json.loads(picture_answer().body)["data"][0]["b64_json"])
B64 = base64.b64encode(PNG)
HERE = Image(Picture(b64=memoryview(B64), revised_prompt="a cat", extras={"seed": 7}))
THERE = Image(Picture(url="https://cdn.test/cat.png"))
INLINE = Image(Picture(url=f"data:image/png;base64,{B64.decode()}"))
PAGE = HttpResponse(status=200, headers={"content-type": "text/html"}, body=b"<html>")
SPOILT = HttpResponse(status=200, headers={"content-type": "image/png"}, body=b"!*" + PNG[2:])
FILE = HttpResponse(status=200, headers={"content-type": "image/png"}, body=PNG)


# One picture


def test_a_picture_has_the_words_of_the_openai_package():
    assert (HERE.b64_json, HERE.url, HERE.revised_prompt) == (B64.decode(), None, "a cat")
    assert (THERE.b64_json, THERE.url, THERE.revised_prompt) == (
        None,
        "https://cdn.test/cat.png",
        None,
    )
    assert HERE.extras == {"seed": 7}


@pytest.mark.parametrize("image", [HERE, INLINE], ids=["base64", "data url"])
def test_a_picture_that_came_has_its_bytes_and_can_be_saved(image, tmp_path):
    path = image.save(str(tmp_path / "cat.png"))

    assert image.bytes() == path.read_bytes() == PNG
    assert image.media.format == "png"


def test_a_bare_url_says_how_to_get_the_picture(tmp_path):
    with pytest.raises(ValueError, match=r"only a URL came \(https://cdn.test/cat.png\); read\(\)"):
        THERE.bytes()
    with pytest.raises(ValueError, match="only a URL came"):
        THERE.save(tmp_path / "cat.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "!!!!", B64.decode() + "!*"], ids=["empty", "odd", "end"])
def test_a_broken_data_url_is_not_called_a_url_to_fetch(text):
    broken = Image(Picture(url=f"data:image/png;base64,{text}"))

    with pytest.raises(ValueError, match=r"URL that came holds no picture in base64 \(data:im"):
        broken.bytes()


def test_a_picture_shows_its_type_and_size_rather_than_its_bytes():
    size = f"{HERE.media.width}x{HERE.media.height}"

    assert repr(HERE) == f"Image(png, {size})"
    assert repr(THERE) == "Image(url='https://cdn.test/cat.png')"
    assert THERE.media is None


LARGE = B64[:8000] + b"A" * 8_000_000


@pytest.mark.parametrize(
    "image",
    [
        Image(Picture(b64=memoryview(LARGE))),
        Image(Picture(url=f"data:image/png;base64,{LARGE.decode()}")),
    ],
    ids=["base64", "data url"],
)
def test_looking_at_a_picture_takes_no_more_memory_if_it_is_larger(image):
    tracemalloc.start()
    media, shown = image.media, repr(image)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (media, shown) == (HERE.media, repr(HERE))
    assert most < 100_000


def test_a_picture_of_unknown_size_shows_its_type():
    svg = Image(Picture(b64=memoryview(base64.b64encode(b"<svg xmlns=''/>"))))

    assert (repr(svg), svg.media) == ("Image(svg)", Media("svg"))


def test_base64_that_is_broken_in_the_middle_is_still_text():
    broken = B64[:200] + "ż".encode() + B64[200:]

    assert len(Image(Picture(b64=memoryview(broken))).b64_json) >= len(B64)


# Fetching


def moved(location, status=302):
    return HttpResponse(status=status, headers={"location": location})


OWN = {f"http://{host}:8000" for host in ("localhost", "127.0.0.1", "[::1]", "10.0.0.1")}


def read(url, *steps):
    sender = Scripted(*steps)

    async def main():
        image = AsyncImage(Picture(url=url), lambda url: fetch_picture(url, sender, own=OWN))
        return await image.read()

    return simulate(main), sender.requests


def test_a_picture_that_came_is_read_without_a_request():
    async def main():
        image = AsyncImage(HERE.picture, lambda url: fetch_picture(url, Scripted()))
        return await image.read()

    assert simulate(main) == PNG


def fetched(*steps):
    """Return a picture that came as a URL and was read twice, and what was asked for it."""
    sender = Scripted(*steps)
    image = AsyncImage(THERE.picture, lambda url: fetch_picture(url, sender))

    async def main():
        return await image.read(), await image.read()

    assert simulate(main) == (PNG, PNG)
    return image, sender.requests


def test_a_picture_that_was_read_is_not_fetched_again():
    assert len(fetched(FILE)[1]) == 1


def test_a_picture_that_was_read_has_its_bytes_and_type_and_can_be_saved(tmp_path):
    image, _ = fetched(FILE)

    path = image.save(tmp_path / "cat.png")

    assert image.bytes() == path.read_bytes() == PNG
    assert image.media == HERE.media
    assert repr(image) == repr(HERE).replace("Image", "AsyncImage")


def test_a_picture_that_a_blocking_router_read_has_its_bytes():
    image = BlockingImage(THERE.picture, {THERE.url: PNG}.pop)

    assert (image.read(), image.read(), image.bytes()) == (PNG, PNG, PNG)


def test_a_fetch_that_failed_may_be_tried_again():
    sender = Scripted(404, FILE)
    image = AsyncImage(THERE.picture, lambda url: fetch_picture(url, sender))

    async def main():
        with pytest.raises(FetchError):
            await image.read()
        return await image.read()

    assert simulate(main) == PNG


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.test/cat.png?sig=1",
        "https://10.0.0.1/cat.png#x",
        "https://[2001:db8::1]:8443/cat.png",
        "http://localhost:8000/cat.png",
        "http://127.0.0.1:8000/cat.png",
        "http://[::1]:8000/cat.png",
        "http://10.0.0.1:8000/cat.png",
    ],
)
def test_a_url_is_fetched_without_credentials(url):
    data, (request,) = read(url, FILE)

    assert data == PNG
    assert (request.method, request.url, request.auth) == ("GET", url, None)
    assert request.headers == {"accept": "image/*", "accept-encoding": "identity"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cat.png",
        "http://cdn.test/cat.png",
        "http://10.0.0.2:8000/cat.png",
        "http://localhost:8001/cat.png",
        "http://localhost/cat.png",
        "http://127.0.0.2:8000/cat.png",
        "http://localhost:x/cat.png",
        "http://localhost.evil.com/cat.png",
        "file:///etc/passwd",
        "ftp://cdn.test/cat.png",
        "https://user:pass@cdn.test/cat.png",
        "https://",
        "https://[::1",
    ],
)
def test_a_url_that_is_not_allowed_is_not_fetched(url):
    with pytest.raises(FetchError, match="expected https, or the origin of a custom_host"):
        read(url)


def test_a_broken_data_url_is_told_as_one():
    with pytest.raises(FetchError, match=r"^'data:.*' holds no picture in base64$"):
        read("data:image/png;base64,!!")


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "https://METADATA.google.internal./computeMetadata/v1",
        "https://[fd00:ec2::254]/latest",
        "https://[fe80::1%25eth0]/x.png",
        "https://[::ffff:169.254.169.254]/x.png",
        "https://0xa9fea9fe/x.png",
        "https://2852039166:443/x.png",
        "https://169.254.1\n69.254/x.png",
        "https://169.254.169.254\\.cdn.test/x.png",
        "https://169%2e254.169.254/x.png",
    ],
)
def test_no_url_leads_to_where_clouds_hand_out_credentials(url):
    with pytest.raises(FetchError, match=r"is not fetched: it (names a|has no valid host)"):
        read(url)


def test_a_fetch_asks_for_no_more_bytes_than_a_picture_may_have():
    _, (request,) = read("https://cdn.test/cat.png", FILE)

    assert request.max_body == LARGEST


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (404, "answered 404; expected 200"),
        (moved("http://x"), "'http://x' is not fetched: expected https"),
        (moved("https://169.254.169.254/"), "is not fetched: it names a"),
        (HttpResponse(status=302), "more than 5 redirects"),
        (PAGE, "is text/html"),
        (SPOILT, "says image/png and is no picture"),
        (HttpResponse(status=200, body=b"plain"), "is no picture"),
        (TransportError("reset", sent=True), "could not be fetched: reset"),
        ((FETCH_TIMEOUT + 1, FILE), "gave nothing within 120 s"),
        (HttpResponse(status=200, body=PNG + bytes(LARGEST)), f"at most {LARGEST}"),
    ],
    ids=[
        "404",
        "to http",
        "to metadata",
        "to itself",
        "page",
        "spoilt",
        "text",
        "broken",
        "slow",
        "large",
    ],
)
def test_what_is_no_picture_is_a_fetch_error(step, message):
    with pytest.raises(FetchError, match=message):
        read("https://cdn.test/cat.png", *[step] * 6)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_each_looked_at_like_the_url_itself(status):
    data, requests = read(
        "https://cdn.test/a/cat.png", moved("/b.png", status), moved("https://x.test/c"), FILE
    )

    assert data == PNG
    assert [request.url for request in requests] == [
        "https://cdn.test/a/cat.png",
        "https://cdn.test/b.png",
        "https://x.test/c",
    ]


def test_a_url_that_others_chose_may_lead_to_public_addresses_only():
    _, (theirs,) = read("https://cdn.test/cat.png", FILE)
    _, (own,) = read("http://10.0.0.1:8000/cat.png", FILE)

    assert (theirs.public, own.public) == (True, False)


# The whole answer


def response(*images, **fields):
    pictures = Pictures(created=5, data=tuple(i.picture for i in images), fields=fields)
    return ImagesResponse(pictures, images, Trace("t"))


def test_an_answer_is_a_sequence_of_its_pictures():
    answer = response(HERE, THERE)

    assert (len(answer), list(answer), answer.created) == (2, [HERE, THERE], 5)
    assert "data=[Image(png" in repr(answer)


def test_usage_is_what_the_provider_counted():
    report = {"input_tokens": 1, "output_tokens": 2.0, "total_tokens": "3", "more": {"x": 1}}

    assert response(usage=report).usage == Usage(
        input_tokens=1, output_tokens=2, total_tokens=0, details=report
    )
    assert response(size="1x1").usage is None
    assert response(size="1x1").fields == {"size": "1x1"}


@pytest.mark.parametrize("usage", [5, [], "x"])
def test_an_odd_usage_counts_nothing(usage):
    assert response(usage=usage).usage.total_tokens == 0


def test_the_same_answer_may_have_another_kind_of_picture():
    answer = response(HERE).of(lambda image: Image(image.picture))

    assert (answer.data[0].bytes(), answer.trace.id) == (PNG, "t")
