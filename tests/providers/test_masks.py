import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from router.providers.masks import paint, read_header

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 12))


def file_of(picture, **how):
    stream = io.BytesIO()
    picture.save(stream, "png", **how)
    return stream.getvalue()


def opened(png):
    picture = Image.open(io.BytesIO(png))
    picture.load()
    return picture


@st.composite
def masks(draw):
    """Pictures with an alpha channel, as Pillow writes them."""
    mode = draw(st.sampled_from(["RGBA", "LA"]))
    width, height = draw(SIZES)
    content = draw(
        st.binary(min_size=width * height * len(mode), max_size=width * height * len(mode))
    )
    return Image.frombytes(mode, (width, height), content)


def filtered(mask, kind):
    """The same picture with every row filtered by one method, written by the specification."""
    raw, (width, height) = mask.tobytes(), mask.size
    bpp = len(mask.getbands())
    stride, rows, above = width * bpp, [], bytes(width * bpp)
    for y in range(height):
        row = raw[y * stride : (y + 1) * stride]
        told = (
            _expected(
                kind,
                row[x - bpp] if x >= bpp else 0,
                above[x],
                above[x - bpp] if x >= bpp else 0,
            )
            for x in range(stride)
        )
        rows.append(
            bytes([kind]) + bytes((one - guess) % 256 for one, guess in zip(row, told, strict=True))
        )
        above = row
    header = struct.pack(">IIBBBBB", width, height, 8, {2: 4, 4: 6}[bpp], 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _expected(kind, left, up, corner):
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda one: abs(guess - one))
    return (0, left, up, (left + up) // 2)[kind]


@given(masks())
def test_a_mask_becomes_white_where_it_was_transparent(mask):
    painted = opened(paint(file_of(mask), white=True))

    assert painted.mode == "L"
    assert painted.tobytes() == ImageOps.invert(mask.getchannel("A")).tobytes()


@given(masks(), st.integers(0, 4))
def test_every_filter_of_png_is_undone(mask, kind):
    png = filtered(mask, kind)
    assert opened(png).tobytes() == mask.tobytes()

    painted = opened(paint(png, white=False))

    assert painted.size == mask.size
    assert painted.tobytes() == mask.getchannel("A").tobytes()


@pytest.mark.parametrize(
    "png",
    [
        file_of(Image.new("RGB", (4, 4))),
        file_of(Image.new("P", (4, 4)), transparency=0),
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff" + bytes(40),
        struct.pack(">8sI4sIIBBBBBI", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", 4, 4, 16, 6, 0, 0, 0, 0),
        struct.pack(">8sI4sIIBBBBBI", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", 4, 4, 8, 6, 0, 0, 1, 0),
        struct.pack(
            ">8sI4sIIBBBBBI", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", 2**20, 2**20, 8, 6, 0, 0, 0, 0
        ),
    ],
    ids=["rgb", "palette", "nothing", "cut", "jpeg", "16-bit", "interlaced", "endless"],
)
def test_what_has_no_simple_alpha_channel_is_told_by_its_beginning(png):
    assert read_header(png) is None
    with pytest.raises(ValueError, match="no PNG"):
        paint(png, white=True)


@given(masks(), st.data())
def test_a_mask_that_is_cut_off_or_spoilt_is_never_painted_wrong(mask, data):
    png = bytearray(file_of(mask))
    at = data.draw(st.integers(33, len(png) - 1))
    if data.draw(st.booleans()):
        del png[at:]
    else:
        png[at] ^= data.draw(st.integers(1, 255))

    try:
        painted = opened(paint(bytes(png), white=True))
    except ValueError:
        return

    assert painted.tobytes() == ImageOps.invert(mask.getchannel("A")).tobytes()


def test_a_row_with_a_filter_that_png_has_not_is_told():
    header = struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"\x05" + bytes(4))), (b"IEND", b"")
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )

    with pytest.raises(ValueError, match="a row with the filter 5"):
        paint(png, white=True)
