"""Grey fields are whole pictures of the size that was asked for, and small."""

import base64
from io import BytesIO

import pytest
from PIL import Image

from router.core.images import Picture
from router.core.wholeness import find_fault
from router.emulators import drawing
from router.emulators.brief import Brief
from router.lab.grey import SHADE, grey


def brief(size, picture_format, *, transparent=False):
    width, height = size
    return Brief(
        provider="",
        model="",
        prompt="",
        width=width,
        height=height,
        format=picture_format,
        transparent=transparent,
    )


@pytest.mark.parametrize("transparent", [False, True])
@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1023), (1, 1)])
@pytest.mark.parametrize("picture_format", ["png", "jpeg", "webp"])
def test_a_field_is_whole_and_of_its_size(picture_format, size, transparent):
    content = grey(brief(size, picture_format, transparent=transparent))

    assert find_fault(Picture(b64=memoryview(base64.b64encode(content)))) is None
    picture = Image.open(BytesIO(content))
    picture.load()
    assert (picture.size, picture.format) == (size, picture_format.upper())
    assert len(content) < 8_000


@pytest.mark.parametrize("picture_format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("transparent", [False, True])
def test_a_field_is_of_one_grey_in_every_format(picture_format, transparent):
    content = grey(brief((37, 5), picture_format, transparent=transparent))

    picture = Image.open(BytesIO(content)).convert("L")
    assert picture.getextrema() == (SHADE, SHADE)
    assert 100 < SHADE < 200


@pytest.mark.parametrize("picture_format", ["png", "webp"])
def test_a_field_is_seen_through_where_that_is_asked_for(picture_format):
    content = grey(brief((64, 32), picture_format, transparent=True))

    assert Image.open(BytesIO(content)).convert("RGBA").getchannel("A").getextrema() == (0, 0)


def test_a_png_is_made_without_pillow_and_for_others_one_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(drawing, "find_spec", lambda name: None)

    assert grey(brief((7, 5), "png")).startswith(b"\x89PNG")
    assert grey(brief((7, 5), "png", transparent=True)).startswith(b"\x89PNG")
    with pytest.raises(ImportError, match=r"pip install 'pixroute\[sandbox\]'"):
        grey(brief((7, 5), "webp"))
