import base64
import io

import pytest
from PIL import Image
from provider_talk import adapted, ask, target, told
from replicate_talk import (
    BANANA,
    CLEAR,
    FILL,
    IDEOGRAM,
    KONTEXT,
    OTHER_VERSION,
    PRO,
    REDUX,
    SCHNELL,
    SDXL,
    SEEDREAM,
    STRANGER,
    begin_with,
    given_input,
    png,
)

from router.core.images import ImageRequest
from router.core.outcome import Kind
from router.providers.registry import adapter


def test_a_picture_goes_as_a_data_url_into_the_models_own_field():
    picture = png()

    said = given_input(begin_with(KONTEXT, picture))

    assert said == {
        "prompt": "at night",
        "input_image": f"data:image/png;base64,{base64.b64encode(picture).decode()}",
    }


def test_a_model_that_begins_with_several_pictures_gets_a_list():
    assert len(given_input(begin_with(BANANA, png(), png()))["image_input"]) == 2
    assert len(given_input(begin_with(SEEDREAM, png()))["image_input"]) == 1


@pytest.mark.parametrize(("model", "value"), [(FILL, 255), (IDEOGRAM, 0)])
def test_a_mask_becomes_the_models_colour_where_it_was_transparent(model, value):
    said = given_input(begin_with(model, png(), mask=CLEAR))

    mask = Image.open(io.BytesIO(base64.b64decode(said["mask"].partition(",")[2])))
    assert mask.mode == "L"
    assert mask.getextrema() == (value, value)


def test_a_variation_has_no_prompt_where_the_model_takes_none():
    redux = begin_with(REDUX, png(), operation="variation", prompt=None)
    pro = begin_with(PRO, png(), operation="variation", prompt=None)

    assert set(given_input(redux)) == {"redux_image"}
    assert given_input(pro)["prompt"] == ""


def test_pictures_given_by_their_url_are_not_fetched():
    url = "https://example.com/kite.png"
    request = ImageRequest(
        params={"prompt": "x", "model": KONTEXT, "images": [{"image_url": url}]},
        operation="edit",
    )

    params, notes = adapted("replicate", request)

    assert adapter("replicate").takes_references(request, target("replicate"))
    assert given_input(request.with_params(params)) == {"prompt": "x", "input_image": url}
    assert notes == []


ABLE = [
    (ask(SCHNELL), ""),
    (ask(STRANGER), ""),
    (begin_with(KONTEXT, png()), ""),
    (begin_with(SDXL, png(), mask=CLEAR), ""),
    (begin_with(f"{SDXL}:{OTHER_VERSION}", png()), ""),
    (begin_with(BANANA, *[png()] * 10), ""),
    (ask(FILL), "cannot do the operation 'generate'"),
    (begin_with(SCHNELL, png()), "cannot do the operation 'edit'"),
    (begin_with(KONTEXT, png(), operation="variation"), "cannot do the operation 'variation'"),
    (begin_with(STRANGER, png()), "not in the catalog"),
    (begin_with(KONTEXT, png(), png()), "begins with one picture, not with 2"),
    (begin_with(BANANA, *[png()] * 11), "up to 10 pictures, not with 11"),
    (begin_with(KONTEXT, png(), mask=CLEAR), "takes no mask"),
    (begin_with(IDEOGRAM, png()), "edits only where a mask says"),
    (begin_with(SDXL, png(), mask=png()), "mask in black and white"),
    (
        ImageRequest(
            params={"model": KONTEXT, "images": [{"file_id": "file-1"}]}, operation="edit"
        ),
        "no file_id",
    ),
    (
        ImageRequest(
            params={
                "model": SDXL,
                "images": [{"image_url": "https://a.example/1.png"}],
                "mask": {"image_url": "https://a.example/2.png"},
            },
            operation="edit",
        ),
        "given as a file",
    ),
]


@pytest.mark.parametrize(("request_", "why"), ABLE, ids=range(len(ABLE)))
def test_what_a_model_cannot_begin_with_is_told_before_it_is_asked(request_, why):
    ability = adapter("replicate").ability(request_, target("replicate"))

    assert why in ability.why_not
    assert bool(ability.why_not) == bool(why)


def test_a_broken_mask_is_not_sent():
    failure = told("replicate", begin_with(SDXL, png(), mask=CLEAR[:40]))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
    assert "mask" in failure.message


def test_a_stream_is_not_asked_for():
    assert told("replicate", ask(SCHNELL, stream=True)).local
