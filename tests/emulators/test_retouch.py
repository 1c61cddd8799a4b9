"""Edits as the sandbox draws them: what comes from the given picture, and what is new."""

import dataclasses
import io
import struct

import pytest
from emulator_talk import opened
from PIL import ImageOps, ImageStat

from router.emulators.brief import Brief, Source, UnreadableError
from router.emulators.drawing import draw
from router.emulators.registry import names
from tests.originals.pictures import drawn, masking

SIZE = (256, 256)
RED = drawn(size=SIZE, colour=(230, 20, 20))
HOLE = (0, 0, 128, 256)
LEFT, RIGHT = (10, 10, 100, 200), (156, 10, 246, 200)  # well inside either half
MASK = masking(SIZE, HOLE)
SEA = Brief(provider="openai", model="gpt-image-2", prompt="the sea", width=256, height=256)


def edited(source=None, **changes):
    """Return the picture that is drawn of a source."""
    return opened(draw(dataclasses.replace(SEA, source=source, **changes))).convert("RGB")


def redness(picture, box):
    red, green, _ = ImageStat.Stat(picture.crop(box)).mean
    return red - green


def grey(inverted=False):
    """Return the same mask in black and white."""
    alpha = opened(MASK).getchannel("A")
    out = io.BytesIO()
    (ImageOps.invert(alpha) if inverted else alpha).save(out, "png")
    return out.getvalue()


def test_what_the_mask_keeps_is_the_given_picture_and_the_rest_is_new():
    picture = edited(Source(content=RED, mask=MASK))

    assert redness(picture, RIGHT) > 100
    assert redness(picture, LEFT) < 20


@pytest.mark.parametrize("provider", names())
def test_what_is_new_is_what_the_provider_would_have_drawn_there(provider):
    fresh = edited(provider=provider)

    picture = edited(Source(content=RED, mask=MASK), provider=provider)

    assert picture.crop(LEFT).tobytes() == fresh.crop(LEFT).tobytes()
    assert redness(picture, RIGHT) > 100


@pytest.mark.parametrize(
    "source",
    [
        Source(content=RED, mask=grey(inverted=True), where="white"),
        Source(content=RED, mask=grey(), where="black"),
    ],
    ids=["white", "black"],
)
def test_a_mask_may_say_it_in_any_way(source):
    assert edited(source).tobytes() == edited(Source(content=RED, mask=MASK)).tobytes()


def test_without_a_mask_more_change_leaves_less_of_the_given_picture():
    little, half, much = (
        redness(edited(Source(content=RED, change=change)), RIGHT) for change in (0, 0.5, 1)
    )

    assert little > half > much


def test_the_given_picture_takes_the_size_that_is_wanted():
    picture = edited(Source(content=drawn("jpeg", (90, 30), colour="red")), width=320, height=128)

    assert picture.size == (320, 128)
    assert redness(picture, (200, 0, 300, 80)) > 50


def test_further_pictures_are_to_be_seen():
    green = drawn(size=(64, 64), colour=(0, 255, 0))

    alone = edited(Source(content=RED))
    together = edited(Source(content=RED, others=(green,)))

    assert together.getpixel((225, 30)) == (0, 255, 0)
    assert redness(alone, RIGHT) > redness(together, RIGHT)


def test_more_pictures_than_there_is_room_for_do_no_harm():
    assert edited(Source(content=RED, others=(RED,) * 15)).size == SIZE


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no picture",
        RED[: len(RED) // 2],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        RED[:16] + struct.pack(">II", 60_000, 60_000) + RED[24:],
    ],
    ids=["empty", "text", "cut off", "svg", "bomb"],
)
@pytest.mark.parametrize("field", ["content", "mask", "others"])
def test_a_picture_that_cannot_be_opened_is_told(broken, field):
    value = (broken,) if field == "others" else broken
    source = dataclasses.replace(Source(content=RED), **{field: value})

    with pytest.raises(UnreadableError):
        edited(source)


def test_a_source_shows_none_of_its_bytes():
    assert "x89PNG" not in repr(Source(content=RED, mask=MASK, others=(RED,)))
