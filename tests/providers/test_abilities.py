"""What a picture to begin with may be, and whether a model can begin with it."""

from dataclasses import replace

import pytest
from edit_talk import CAT, OVER, edit, variation
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import ask

from router.core.catalog import ModelFacts
from router.core.files import Upload, held
from router.core.images import ImageRequest
from router.core.media import Media
from router.providers.abilities import Limits, count_given, listed, pictures, why_not
from tests.originals.pictures import MASK, drawn

ANY = Limits(formats=("png",))
MARKUP = {"markup": (held(MASK, "m.png"),)}
WHOLE = ModelFacts(name="m", operations=frozenset({"edit", "variation"}), takes_mask=True)


def picture(width=64, height=64, *, size=100, form="png"):
    media = Media(format=form, width=width, height=height)
    return Upload(name="a.png", size=size, digest="", open=CAT.open, media=media)


@pytest.mark.parametrize(
    ("limits", "upload", "said"),
    [
        (ANY, picture(), ""),
        (ANY, picture(1, 1), ""),
        (ANY, picture(form="webp"), "x takes png, and a.png is webp"),
        (Limits(formats=("png", "jpeg")), held(b"text", "t.txt"),
         "x takes png and jpeg, and t.txt is no picture"),
        (Limits(formats=("png",), largest=99), picture(),
         "x takes pictures of 99 bytes, and a.png is larger"),
        (Limits(formats=("png",), largest=100), picture(), ""),
        (Limits(formats=("png",), square=True), picture(64, 65),
         "x takes squares, and a.png is 64x65"),
        (Limits(formats=("png",), square=True), picture(), ""),
        (Limits(formats=("png",), shortest=65), picture(80, 64),
         "x takes edges of 65 pixels or more, and a.png is 80x64"),
        (Limits(formats=("png",), longest=64), picture(64, 65),
         "x takes edges of 64 pixels at most, and a.png is 64x65"),
        (Limits(formats=("png",), steepest=2.5), picture(64, 161),
         "x takes shapes up to 2.5:1, and a.png is 64x161"),
        (Limits(formats=("png",), steepest=2.5), picture(160, 64), ""),
        (Limits(formats=("png",), least_area=4097), picture(),
         "x takes 4097 pixels or more, and a.png is 64x64"),
        (Limits(formats=("png",), most_area=4095), picture(),
         "x takes 4095 pixels at most, and a.png is 64x64"),
        (Limits(formats=("png",), most_area=4096, least_area=4096, shortest=64, longest=64),
         picture(), ""),
        (Limits(formats=("png",), shortest=65), picture(None, None), ""),
        (Limits(formats=("png",), shortest=65), picture(64, None), ""),
    ],
)  # fmt: skip
def test_why_a_picture_may_not_be_given_is_told(limits, upload, said):
    assert limits.why_not(upload, "x") == said


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_picture_within_all_limits_may_be_given_and_no_other(width, height):
    limits = Limits(
        formats=("png",), shortest=20, longest=200, steepest=3, least_area=900, most_area=30_000
    )
    within = (
        min(width, height) >= 20
        and max(width, height) <= 200
        and max(width, height) <= 3 * min(width, height)
        and 900 <= width * height <= 30_000
    )

    assert (limits.why_not(picture(width, height), "x") == "") is within


def by_url(*urls, **params):
    references = [{"image_url": url} for url in urls]
    return ImageRequest(params={"images": references, **params}, operation="edit")


TWO = ModelFacts(name="m", operations=frozenset({"edit"}), most_images=2)
MARKED = ModelFacts(name="m", operations=frozenset({"edit"}), parameters=frozenset({"markup"}))


@pytest.mark.parametrize(
    ("request_", "facts", "said"),
    [
        (edit(), WHOLE, ""),
        (edit(mask=OVER), WHOLE, ""),
        (edit(mask=OVER), TWO, "m takes no mask"),
        (edit(), ModelFacts(name="m"), "m cannot edit a picture"),
        (variation(), TWO, "m cannot make a variation of a picture"),
        (ask("m"), WHOLE, "m cannot draw a picture from a prompt alone"),
        (ask("m"), ModelFacts(name="m"), ""),
        (edit(images=(CAT, CAT)), TWO, ""),
        (edit(images=(CAT, CAT, CAT)), TWO, "m takes 2 pictures, and 3 are given"),
        (edit(images=(CAT, CAT, CAT)), replace(TWO, uncertain=("most_images",)), ""),
        (edit(images=(CAT, CAT)), WHOLE, "m takes one picture, and 2 are given"),
        (by_url("https://a", "https://b", "https://c"), TWO, "m takes 2 pictures, and 3 are given"),
        (by_url("https://a", "https://b"), TWO, ""),
        (by_url("https://a", mask={"file_id": "f"}), TWO, "m takes no mask"),
        (by_url("https://a", mask={"file_id": "f"}), WHOLE, ""),
        (edit(files=MARKUP), WHOLE, "m takes no markup"),
        (edit(files=MARKUP), MARKED, ""),
        (edit(images=(held(drawn("gif"), "a.gif"),)), WHOLE, "x takes png, and a.gif is gif"),
        (edit(images=(CAT, held(b"", "b"))), None, "x takes png, and b is no picture"),
        (edit(images=(CAT,) * 99, mask=OVER, files=MARKUP), None, ""),
    ],
)
def test_whether_a_model_can_do_what_is_asked_is_told(request_, facts, said):
    assert why_not(request_, facts, "x", ANY) == said


def test_pictures_are_counted_be_they_files_or_references():
    assert count_given(edit(images=(CAT, CAT))) == 2
    assert count_given(by_url("https://a", "https://b", "https://c")) == 3
    assert count_given(ImageRequest(params={"images": "odd"}, operation="edit")) == 0
    assert count_given(ask("m")) == 0


def test_numbers_and_lists_are_said_in_words():
    assert [pictures(1), pictures(4)] == ["one picture", "4 pictures"]
    assert [listed(("png",)), listed(("png", "jpeg", "webp"))] == ["png", "png, jpeg and webp"]
