import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import Part
from router.sandbox.forms import read_form
from router.sandbox.shelf import Shelf


def encoded(**files):
    """A form as httpx writes it."""
    request = httpx.Request("POST", "http://sandbox", files=files)
    return request.headers["content-type"], request.read()


@given(text=st.text(), content=st.binary())
def test_a_form_is_read_as_it_was_written(text, content):
    content_type, body = encoded(prompt=(None, text), image=("küche.png", content, "image/png"))

    prompt, image = read_form(content_type, body)

    assert prompt == Part(name="prompt", content=text.encode("utf-8", "surrogatepass"))
    assert (image.name, image.content, image.content_type) == ("image", content, "image/png")
    assert image.filename


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--y\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nabc\r\n--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nabc',
        ),
    ],
    ids=["no boundary", "empty", "another boundary", "no name", "cut"],
)
def test_a_malformed_form_is_an_error(content_type, body):
    with pytest.raises(ValueError, match="form"):
        read_form(content_type, body)


@given(body=st.binary())
def test_any_bytes_are_a_form_or_an_error(body):
    try:
        parts = read_form("multipart/form-data; boundary=x", body)
    except ValueError:
        return
    assert isinstance(parts, tuple)


def test_a_shelf_gives_back_what_was_put():
    shelf = Shelf()

    name = shelf.put(b"picture", "image/webp")

    assert name.endswith(".webp")
    assert (shelf.get(name).content, shelf.get(name).mime) == (b"picture", "image/webp")
    assert shelf.get("other.webp") is None


def test_equal_files_take_one_place():
    shelf = Shelf(room=10)

    names = {shelf.put(b"12345678", "image/png") for _ in range(5)}

    assert len(names) == 1
    assert shelf.get(names.pop()) is not None


def test_a_full_shelf_gives_away_its_oldest():
    shelf = Shelf(room=10)

    names = [shelf.put(content, "image/png") for content in (b"1111", b"2222", b"3333")]

    assert [shelf.get(name) is not None for name in names] == [False, True, True]
