import asyncio
import io
import os

import pytest
from PIL import Image

from router.asking import Unaskable
from router.core.data_url import data_url
from router.core.images import ImageRequest
from router.errors import FetchError
from router.originals.taking import take_originals
from tests.originals.pictures import MASK, PNG, drawn, masking

HERE = {"image_url": data_url(PNG, "image/png")}
THERE = {"image_url": "https://cdn.test/cat.png"}
BY_ID = {"file_id": "file-abc"}


async def no_fetch(url):
    raise FetchError(url)


def taken(operation="edit", params=None, own=frozenset(), **given):
    request = ImageRequest(params=params or {}, operation=operation)
    return asyncio.run(take_originals(request, given, no_fetch, own)).files


def refused(**arguments):
    with pytest.raises(Unaskable) as refusal:
        taken(**arguments)
    return f"{refusal.value.failure.param}: {refusal.value}"


def heavy_mask():
    """A mask of more than 4 MB."""
    out = io.BytesIO()
    Image.frombytes("RGBA", (1100, 1100), os.urandom(4 * 1100 * 1100)).save(out, "png")
    return out.getvalue()


def test_files_come_by_field():
    files = taken(image=[PNG, PNG], mask=MASK)

    assert [len(files["image"]), len(files["mask"])] == [2, 1]


def test_what_is_none_is_not_given():
    assert set(taken(image=PNG, mask=None)) == {"image"}


def test_a_generation_begins_with_nothing():
    assert taken("generate") == {}


def test_a_variation_has_one_picture():
    assert len(taken("variation", image=PNG)["image"]) == 1
    assert refused(operation="variation", image=[PNG, PNG]) == (
        "image: image has 2 files; a variation has one"
    )


@pytest.mark.parametrize(
    "params",
    [
        {"images": [HERE]},
        {"images": [THERE, BY_ID], "mask": BY_ID},
        {"images": (THERE,) * 16, "mask": THERE},
    ],
    ids=["data URL", "with a mask", "sixteen"],
)
def test_references_take_the_place_of_files(params):
    assert taken(params=params) == {}


@pytest.mark.parametrize("operation", ["edit", "variation"])
def test_something_to_begin_with_is_needed(operation):
    message = "image: image is missing; expected a picture to begin with"

    assert refused(operation=operation) == message


def test_a_variation_knows_no_references():
    assert refused(operation="variation", params={"images": [THERE]}).startswith(
        "image: image is m"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"image": PNG, "params": {"images": [THERE]}},
            "image: image is a file and images are references; expected one form",
        ),
        (
            {"mask": MASK, "params": {"images": [THERE]}},
            "mask: mask is a file and images are references; expected one form",
        ),
        (
            {"image": PNG, "params": {"mask": BY_ID}},
            "mask: mask is a reference and image is a file; expected one form",
        ),
        (
            {"image": PNG, "mask": MASK, "markup": MASK},
            "markup: markup and mask are both given; expected one of them",
        ),
    ],
    ids=["image", "mask", "mask reference", "markup"],
)
def test_one_request_has_one_form(given, message):
    assert refused(**given) == message


@pytest.mark.parametrize(
    ("references", "message"),
    [
        ("https://cdn.test/cat.png", "images: images is no list; expected [{"),
        (5, "images: images is no list; expected [{"),
        ([], "images: images has 0 entries; expected 1 to 16"),
        ([THERE] * 17, "images: images has 17 entries; expected 1 to 16"),
        (["https://cdn.test/cat.png"], "images[0]: images[0] is no reference; expected {"),
        ([THERE, {}], "images[1]: images[1] is no reference"),
        ([{**THERE, **BY_ID}], "images[0]: images[0] is no reference"),
        ([{"url": "https://cdn.test/cat.png"}], "images[0]: images[0] is no reference"),
        ([{"file_id": 5}], "images[0]: images[0] is no reference"),
        ([{"file_id": ""}], "images[0]: images[0] is no reference"),
        ([{"image_url": "cat.png"}], "images[0].image_url: images[0].image_url is no URL"),
        (
            [{"image_url": "data:image/png;base64,QUJD"}],
            "images[0].image_url: images[0].image_url is a data: URL that holds no picture",
        ),
        (
            [{"image_url": "https://" + "x" * 20_971_520}],
            "images[0].image_url: images[0].image_url has 20971528 characters; at most 20971520",
        ),
    ],
    ids=[
        "text",
        "number",
        "none",
        "seventeen",
        "URL",
        "empty",
        "both",
        "other key",
        "no text",
        "no ID",
        "path",
        "text in a data URL",
        "endless",
    ],
)
def test_a_reference_that_is_none_is_refused(references, message):
    assert refused(params={"images": references}).startswith(message)


def test_a_mask_may_be_a_reference_that_is_checked_too():
    message = refused(params={"images": [THERE], "mask": {"image_url": "cat.png"}})

    assert message.startswith("mask.image_url: mask.image_url is no URL")


def inside(content):
    return {"image_url": data_url(content, "image/png")}


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        (drawn("jpeg"), "is jpeg; expected a png with transparent pixels"),
        (PNG, "has no transparency; expected a png whose transparent pixels say where to edit"),
        (masking((64, 65)), "is 64x65 and the first image 64x64; expected equal sizes"),
    ],
    ids=["type", "opaque", "size"],
)
def test_a_mask_inside_a_reference_fits_the_first_picture_too(overlay, message):
    params = {"images": [inside(PNG), THERE], "mask": inside(overlay)}

    assert refused(params=params) == f"mask: mask {message}"


def test_a_mask_inside_a_reference_is_not_compared_with_a_picture_somewhere_else():
    assert taken(params={"images": [THERE], "mask": inside(masking((64, 65)))}) == {}


@pytest.mark.parametrize("field", ["mask", "markup"])
@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        (drawn("jpeg"), "is jpeg; expected a png with transparent pixels"),
        (PNG, "has no transparency; expected a png whose transparent pixels say where to edit"),
        (masking((64, 65)), "is 64x65 and the first image 64x64; expected equal sizes"),
        ([MASK, MASK], "has 2 files; expected one"),
    ],
    ids=["type", "opaque", "size", "two"],
)
def test_what_is_laid_over_fits_the_first_picture(field, overlay, message):
    assert refused(image=[PNG, drawn(size=(9, 9))], **{field: overlay}) == (
        f"{field}: {field} {message}"
    )


def test_a_mask_is_smaller_than_four_megabytes():
    message = refused(image=drawn(size=(1100, 1100)), mask=heavy_mask())

    assert message.endswith(" bytes; expected fewer than 4 MB")


def test_a_mask_is_not_compared_with_a_picture_that_does_not_tell_its_size():
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"

    assert set(taken(image=svg, mask=MASK)) == {"image", "mask"}
