import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from router.core.media import Media, has_alpha, sniff, sniff_bytes


def drawn(form, size, mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, 0).save(out, form, **options)
    return out.getvalue()


@given(st.sampled_from(["png", "jpeg", "webp", "gif"]), st.integers(1, 3000), st.integers(1, 3000))
def test_type_and_size_are_read_from_the_first_bytes(form, width, height):
    data = drawn(form, (width, height))

    assert sniff_bytes(data) == Media(form, width, height)
    assert sniff(memoryview(base64.b64encode(data))) == Media(form, width, height)


@pytest.mark.parametrize(
    ("mode", "options"),
    [("RGB", {"lossless": True}), ("RGBA", {}), ("RGB", {"exif": b"Exif\0\0x"})],
    ids=["VP8L", "VP8X", "VP8X with metadata"],
)
def test_each_kind_of_webp_tells_its_size(mode, options):
    assert sniff_bytes(drawn("webp", (321, 123), mode, **options)) == Media("webp", 321, 123)


def test_a_jpeg_tells_its_size_behind_other_segments():
    data = drawn("jpeg", (321, 123), exif=b"Exif\0\0" + b"x" * 2000)

    assert sniff_bytes(data) == Media("jpeg", 321, 123)


@pytest.mark.parametrize("length", [4, 8, 12, 16, 20, 23])
@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "gif"])
def test_a_head_that_is_too_short_has_no_size_and_is_no_error(form, length):
    media = sniff_bytes(drawn(form, (9, 9))[:length])

    assert media is None or media in {Media(form), Media(form, 9, 9)}


def test_a_webp_of_an_unknown_kind_has_no_size():
    assert sniff_bytes(b"RIFF\0\0\0\0WEBPXXXX" + bytes(20)) == Media("webp")


@given(st.binary(max_size=200))
def test_any_bytes_are_sniffed_without_an_error(data):
    for start in (b"", b"\xff\xd8\xff", b"RIFF0000WEBPVP8 ", b"\x89PNG\r\n\x1a\n", b"GIF89a"):
        sniff_bytes(start + data)


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"<svg xmlns=''/>", Media("svg")),
        (b"<svg>", Media("svg")),
        (b"  \n<?xml version='1.0'?><SVG/>", Media("svg")),
        (b"<?xml version='1.0'?><Error/>", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_a_drawing_is_told_from_other_text(data, media):
    assert sniff_bytes(data) == media


@pytest.mark.parametrize("b64", [b"", b"?", b"A", b"=", b"AB=C", b"====", b"\xff\xff\xff\xff"])
def test_broken_base64_is_no_known_picture(b64):
    assert sniff(memoryview(b64)) is None


@pytest.mark.parametrize(
    ("media", "mime"), [(Media("png"), "image/png"), (Media("svg"), "image/svg+xml")]
)
def test_a_media_type_is_named_as_browsers_name_it(media, mime):
    assert media.mime == mime


@pytest.mark.parametrize(
    ("mode", "options", "expected"),
    [
        ("RGBA", {}, True),
        ("LA", {}, True),
        ("RGB", {}, False),
        ("L", {}, False),
        ("P", {}, False),
        ("P", {"transparency": 0}, True),
        ("RGB", {"transparency": (0, 0, 0)}, True),
        ("P", {"transparency": 0, "icc_profile": b"x" * 100_000}, True),
    ],
    ids=str,
)
def test_a_png_tells_whether_it_has_transparent_pixels(mode, options, expected):
    assert has_alpha(io.BytesIO(drawn("png", (8, 8), mode, **options))) is expected


@given(st.binary(max_size=200))
def test_no_file_is_too_short_or_too_strange_to_be_asked_for_transparency(tail):
    assert has_alpha(io.BytesIO(b"\x89PNG\r\n\x1a\n" + tail)) in {True, False}
