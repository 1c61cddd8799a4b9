import io

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from router.artefacts import pillow
from router.artefacts.convert import find_converter
from router.artefacts.pillow import convert
from router.core.finishing import ArtefactError
from router.core.media import sniff_bytes

FORMATS = ["png", "jpeg", "webp", "gif"]


def drawn(form, mode="RGB", size=(20, 10)):
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(file, form)
    return file.getvalue()


@given(
    st.sampled_from(FORMATS),
    st.sampled_from(FORMATS),
    st.sampled_from(["L", "RGB"]),
    st.none() | st.integers(0, 100),
)
def test_every_format_becomes_every_other_of_the_same_size(old, new, mode, compression):
    media = sniff_bytes(convert(drawn(old, mode), new, compression))

    assert (media.format, media.width, media.height) == (new, 20, 10)


def test_a_large_picture_is_converted_beside_the_event_loop():
    content = anyio.run(find_converter().convert, drawn("png", size=(600, 600)), "webp", 80)

    assert sniff_bytes(content).format == "webp"


@pytest.mark.parametrize("content", [b"", b"no picture", drawn("png")[:60], drawn("jpeg")[:200]])
def test_what_is_no_whole_picture_is_an_error(content):
    with pytest.raises(ArtefactError, match="could not be converted to png"):
        convert(content, "png", None)


def test_a_format_that_nobody_writes_is_an_error():
    with pytest.raises(ArtefactError, match="cannot be converted to svg"):
        convert(drawn("png"), "svg", None)


def test_a_picture_that_would_fill_the_memory_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(pillow, "MOST_PIXELS", 100)

    with pytest.raises(ArtefactError, match="20x10 is not converted"):
        convert(drawn("png"), "webp", None)


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "RGBA", "LA", "P", "1", "L"])
@pytest.mark.parametrize("form", FORMATS)
def test_every_mode_becomes_one_that_the_format_has(mode, form):
    old = "tiff" if mode == "CMYK" else "png"
    file = io.BytesIO()
    Image.new(mode, (4, 4)).save(file, old)

    assert sniff_bytes(convert(file.getvalue(), form, None)).format == form
