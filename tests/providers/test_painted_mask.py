import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from router.core.files import held
from router.providers.painted_mask import MOST_PIXELS, painted, why_unpaintable


def mask(content):
    return held(content, "mask.png")


def png(picture, **options):
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


def chunk(kind, data):
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def written(width, height, rows, *, depth=8, kind=6, interlaced=0):
    """Write a PNG of rows that are filtered already, each with its filter's number before it."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts)


def expected(content):
    """Return what Pillow makes of a mask: white where it is transparent."""
    alpha = Image.open(io.BytesIO(content)).convert("RGBA").getchannel("A")
    return ImageChops.invert(alpha)


def is_same(one, other):
    return one.mode == other.mode == "L" and one.tobytes() == other.tobytes()


sides = st.integers(1, 9)


@st.composite
def filtered(draw):
    """Rows of any bytes under any filters: every PNG there is, of this kind."""
    width, height = draw(sides), draw(sides)
    kind = draw(st.sampled_from([4, 6]))
    length = width * (2 if kind == 4 else 4)
    pixels = st.one_of(st.binary(min_size=length, max_size=length), st.just(bytes(length)))
    rows = [bytes([draw(st.integers(0, 4))]) + draw(pixels) for _ in range(height)]
    return written(width, height, b"".join(rows), kind=kind)


@given(filtered())
def test_any_mask_with_alpha_is_white_where_it_is_transparent(content):
    grey = Image.open(io.BytesIO(painted(mask(content))))

    assert is_same(grey, expected(content))


def test_a_mask_of_sixteen_bits_counts_by_its_higher_byte():
    pixels = b"".join(struct.pack(">HHHH", 1, 2, 3, alpha) for alpha in (0, 0x80FF, 0xFFFF))
    content = written(3, 1, b"\0" + pixels, depth=16)

    grey = Image.open(io.BytesIO(painted(mask(content))))

    assert list(grey.tobytes()) == [255, 127, 0]


def test_a_large_mask_as_pillow_saves_it_is_painted():
    picture = Image.new("RGBA", (512, 384), (10, 20, 30, 255))
    picture.paste((0, 0, 0, 0), (100, 50, 300, 200))
    picture.paste((0, 0, 0, 90), (30, 220, 310, 330))
    content = png(picture, optimize=True)

    grey = Image.open(io.BytesIO(painted(mask(content))))

    assert is_same(grey, expected(content))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no png"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "no png"),
        (png(Image.new("RGB", (4, 4))), "no png with an alpha channel"),
        (png(Image.new("P", (4, 4)), transparency=0), "no png with an alpha channel"),
        (written(4, 4, b"", interlaced=1), "interlaced"),
        (written(0, 4, b""), "pixels"),
        (written(4097, 4096, b""), str(MOST_PIXELS)),
    ],
    ids=["empty", "jpeg", "opaque", "palette", "interlaced", "nothing", "huge"],
)
def test_a_mask_that_cannot_be_painted_is_named_before_it_is_tried(content, why):
    assert why in why_unpaintable(mask(content))
    with pytest.raises(ValueError, match="cannot be painted"):
        painted(mask(content))


@pytest.mark.parametrize(
    "content",
    [
        written(2, 2, bytes(17)),
        written(2, 2, b"\x09" + bytes(17)),
        written(2, 2, bytes(18))[:-30],
        written(2, 2, bytes(18)).replace(b"IDAT", b"ID4T"),
    ],
    ids=["short", "unknown filter", "cut", "no pixels"],
)
def test_a_mask_that_breaks_off_is_an_error(content):
    assert why_unpaintable(mask(content)) == ""
    with pytest.raises(ValueError, match="mask"):
        painted(mask(content))


@given(st.binary(max_size=200))
def test_no_file_breaks_the_look_at_its_header(content):
    why_unpaintable(mask(written(1, 1, b"")[:16] + content))
    why_unpaintable(mask(content))
