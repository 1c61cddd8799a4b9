"""Stability's edits, held by hand: image-to-image, masks, and endpoints that only edit."""

import io
import os

import pytest
from edit_talk import CAT, edit, parts, variation, why_not
from PIL import Image
from provider_talk import LONG, answer, ask, form, sent, target, told

from router.core.files import Upload, held
from router.core.http import BEARER
from router.core.images import Pictures
from router.core.outcome import Kind
from router.providers.masks import paint
from router.providers.registry import adapter
from router.providers.stability_edit import NEUTRAL
from tests.originals.pictures import MASK, drawn, masking

HOST = "https://api.stability.ai"
V2 = f"{HOST}/v2beta/stable-image"
SDXL = "stable-diffusion-xl-1024-v1-0"
SD_16 = "stable-diffusion-v1-6"
LARGE = "sd3.5-large"
ULTRA = "stable-image-ultra"
BIG = held(drawn(size=(1024, 1024)), "big.png")
OVER = held(masking((64, 64)), "over.png")
BIG_MASK = held(masking((1024, 1024)), "over.png")
LESS = f"strength {0.65:g}"


def stability(request):
    return sent("stability-ai", request)


def texts(request):
    """The fields of a form that are no files."""
    return {name: text for name, filename, text in parts(request) if filename is None}


def files(request):
    return {name: (filename, kind) for name, filename, kind in parts(request) if filename}


def note(request):
    return adapter("stability-ai").ability(request, target("stability-ai")).note


def endpoint(request):
    assert why_not("stability-ai", request) == ""
    return stability(request).url.removeprefix(HOST)


# Which endpoint edits


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (edit(), "/v2beta/stable-image/generate/sd3"),
        (edit(LARGE), "/v2beta/stable-image/generate/sd3"),
        (edit("sd3"), "/v2beta/stable-image/generate/sd3"),
        (edit("sd3.5-of-tomorrow"), "/v2beta/stable-image/generate/sd3"),
        (edit(ULTRA), "/v2beta/stable-image/generate/ultra"),
        (variation(), "/v2beta/stable-image/generate/sd3"),
        (variation(ULTRA), "/v2beta/stable-image/generate/ultra"),
        (edit(mask=OVER), "/v2beta/stable-image/edit/inpaint"),
        (edit(LARGE, mask=OVER), "/v2beta/stable-image/edit/inpaint"),
        (edit("stable-image-core", mask=OVER), "/v2beta/stable-image/edit/inpaint"),
        (edit("inpaint"), "/v2beta/stable-image/edit/inpaint"),
        (edit("erase", mask=OVER), "/v2beta/stable-image/edit/erase"),
        (edit("outpaint"), "/v2beta/stable-image/edit/outpaint"),
        (edit("search-and-replace"), "/v2beta/stable-image/edit/search-and-replace"),
        (edit("search-and-recolor"), "/v2beta/stable-image/edit/search-and-recolor"),
        (edit("remove-background"), "/v2beta/stable-image/edit/remove-background"),
        (edit("sketch"), "/v2beta/stable-image/control/sketch"),
        (edit("structure"), "/v2beta/stable-image/control/structure"),
        (edit("style"), "/v2beta/stable-image/control/style"),
        (edit(SD_16), f"/v1/generation/{SD_16}/image-to-image"),
        (edit(SDXL, images=(BIG,)), f"/v1/generation/{SDXL}/image-to-image"),
        (variation(SD_16), f"/v1/generation/{SD_16}/image-to-image"),
        (edit(SD_16, mask=OVER), f"/v1/generation/{SD_16}/image-to-image/masking"),
    ],
)  # fmt: skip
def test_model_and_mask_choose_the_endpoint(request_, path):
    assert endpoint(request_) == path


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (edit("stable-image-core"), "stable-image-core takes no picture; expected"),
        (edit("some-new-one"), "some-new-one takes no picture; expected"),
        (edit("a/b"), "a/b takes no picture; expected"),
        (edit("search-and-replace", mask=OVER), "search-and-replace takes no mask"),
        (edit("style", mask=OVER), "style takes no mask"),
        (variation("inpaint"), "inpaint makes no variations"),
        (ask("inpaint"), "inpaint needs a picture; use images.edit"),
        (edit(images=()), "Stability takes one picture, and 0 are given"),
        (edit(images=(CAT, CAT)), "Stability takes one picture, and 2 are given"),
        (edit(files={"markup": (held(MASK, "m.png"),)}), "Stability takes no markup"),
        (edit(images=(held(drawn("gif"), "a.gif"),)), "Stability takes png, jpeg and webp"),
        (edit(SD_16, images=(held(drawn("webp"), "a.webp"),)), "Stability takes png and jpeg"),
        (edit(images=(held(drawn(size=(63, 80)), "a.png"),)), "Stability takes edges of 64"),
        (edit(SDXL), f"{SDXL} takes pictures of 1024x1024, 1152x896"),
        (edit(mask=held(drawn("png", mode="RGB"), "m.png")), "Stability takes a mask in black"),
    ],
    ids=[
        "core", "unknown", "strange", "mask", "mask of style", "variation", "no picture to edit",
        "none", "two", "markup", "gif", "webp", "small", "size", "mask without alpha",
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_before_it_is_asked(request_, reason):
    assert why_not("stability-ai", request_).startswith(reason)


def sized(width, height):
    """A picture of that size, whose pixels are never looked at."""
    return held(drawn("png", size=(width, height), mode="1"), "wide.png")


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (edit("outpaint", images=(sized(250, 100),)), ""),
        (edit("outpaint", images=(sized(251, 100),)), "Stability takes shapes up to 2.5:1"),
        (edit("outpaint", images=(sized(100, 251),)), "Stability takes shapes up to 2.5:1"),
        (edit("inpaint", images=(sized(251, 100),)), ""),
        (edit("inpaint", images=(sized(3072, 3073),)), "Stability takes 9437184 pixels at most"),
        (edit(LARGE, images=(sized(3072, 3073),)), ""),
        (edit("remove-background", images=(sized(2048, 2049),)), "Stability takes 4194304 pixels"),
        (edit(LARGE, images=(sized(64, 16_385),)), "Stability takes edges of 16384 pixels at most"),
    ],
)
def test_each_endpoint_has_its_own_sizes(request_, reason):
    told_of = why_not("stability-ai", request_)

    assert told_of.startswith(reason)
    assert bool(told_of) is bool(reason)


@pytest.mark.parametrize(
    ("model", "largest"), [(LARGE, 10 * 2**20 - 65_536), ("inpaint", 10 * 2**20 - 65_536),
                           ("outpaint", 10 * 2**20 - 65_536), (SD_16, 5 * 2**20)]
)  # fmt: skip
def test_a_picture_has_so_many_bytes_and_no_more(model, largest):
    just, more = (
        Upload(name="l.png", size=size, digest="", open=CAT.open, media=CAT.media)
        for size in (largest, largest + 1)
    )

    assert why_not("stability-ai", edit(model, images=(just,))) == ""
    assert "is larger" in why_not("stability-ai", edit(model, images=(more,)))


def test_picture_and_mask_together_have_so_many_bytes_and_no_more():
    alpha = Image.frombytes("L", (512, 512), os.urandom(512 * 512))
    out = io.BytesIO()
    Image.merge("LA", (alpha, alpha)).save(out, "png")
    mask = held(out.getvalue(), "mask.png")
    room = 10 * 2**20 - len(paint(mask.read(), white=True))

    def failure(size):
        picture = Upload(name="l.png", size=size, digest="", open=CAT.open, media=CAT.media)
        request = edit("inpaint", images=(picture,), mask=mask)
        assert why_not("stability-ai", request) == ""
        return told("stability-ai", request, None if size > room - 9_000 else answer({}, 400))

    assert not failure(room - 10_000).local
    refused = failure(room - 1_000)
    assert (refused.local, refused.kind, refused.status) == (True, Kind.UNSUPPORTED, 501)
    assert "10485760 bytes" in refused.message


def test_a_name_that_is_too_long_is_not_asked():
    failure = told("stability-ai", edit("x" * 65))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)


# What is sent


def test_image_to_image_says_its_mode_and_a_strength_which_has_no_default():
    request = stability(edit("sd3.5-medium", seed=5, negative_prompt="blur"))

    assert request.auth is BEARER
    assert request.headers["accept"] == "application/json"
    assert texts(request) == {
        "prompt": "a red kite",
        "strength": "0.65",
        "mode": "image-to-image",
        "model": "sd3.5-medium",
        "seed": "5",
        "negative_prompt": "blur",
    }
    assert files(request) == {"image": ("cat.png", "image/png")}


def test_ultra_has_no_mode_and_sd3_by_its_own_name_no_model():
    assert texts(stability(edit(ULTRA))) == {"prompt": "a red kite", "strength": "0.65"}
    assert "model" not in texts(stability(edit("sd3")))


@pytest.mark.parametrize("model", [None, ULTRA])
def test_a_variation_has_a_neutral_prompt(model):
    assert texts(stability(variation(model)))["prompt"] == NEUTRAL
    assert texts(stability(variation(model, prompt="a kite")))["prompt"] == "a kite"


@pytest.mark.parametrize(
    ("model", "field", "usual"), [(LARGE, "strength", "0.65"), (SD_16, "image_strength", "0.35")]
)
def test_the_callers_strength_counts_and_null_is_none(model, field, usual):
    assert texts(stability(edit(model, **{field: 0.9})))[field] == "0.9"
    assert texts(stability(edit(model, **{field: None})))[field] == usual
    assert texts(stability(edit(model)))[field] == usual


def test_a_mask_is_sent_in_black_and_white_where_it_is_transparent_it_is_white():
    request = stability(edit(mask=OVER, grow_mask=5))

    assert texts(request) == {"prompt": "a red kite", "grow_mask": "5"}
    assert files(request) == {
        "image": ("cat.png", "image/png"),
        "mask": ("mask.png", "image/png"),
    }
    painted = Image.open(io.BytesIO(request.parts[-1].read()))
    assert painted.mode == "L"
    assert (painted.getpixel((1, 1)), painted.getpixel((63, 63))) == (255, 0)


@pytest.mark.parametrize("model", [None, SD_16])
def test_a_mask_that_is_broken_is_told_and_nothing_is_asked(model):
    cut = held(masking()[:-20], "mask.png")

    failure = told("stability-ai", edit(model, mask=cut))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
    assert failure.message.startswith("the request cannot be written: the mask")


def test_v1_is_a_form_with_weighted_prompts_in_brackets():
    request = stability(edit(SD_16, n=3, negative_prompt="blur", seed=5, steps=30))

    assert texts(request) == {
        "text_prompts[0][text]": "a red kite",
        "text_prompts[0][weight]": "1",
        "text_prompts[1][text]": "blur",
        "text_prompts[1][weight]": "-1",
        "image_strength": "0.35",
        "seed": "5",
        "steps": "30",
        "samples": "3",
    }
    assert files(request) == {"init_image": ("cat.png", "image/png")}


def test_v1_says_that_white_is_what_changes():
    request = stability(edit(SD_16, mask=OVER))

    assert texts(request)["mask_source"] == "MASK_IMAGE_WHITE"
    assert "image_strength" not in texts(request)
    assert files(request)["mask_image"] == ("mask.png", "image/png")
    assert Image.open(io.BytesIO(request.parts[-1].read())).getpixel((1, 1)) == 255


def test_v1_has_another_way_to_say_how_near_it_stays():
    said = texts(stability(edit(SD_16, init_image_mode="STEP_SCHEDULE", step_schedule_start=0.5)))

    assert "image_strength" not in said
    assert said["step_schedule_start"] == "0.5"


def test_v1_has_a_neutral_prompt_unless_the_caller_has_some_in_its_own_words():
    own = [{"text": "at night", "weight": 0.5}]

    assert texts(stability(variation(SD_16, negative_prompt="fog"))) == {
        "text_prompts[0][text]": NEUTRAL,
        "text_prompts[0][weight]": "1",
        "text_prompts[1][text]": "fog",
        "text_prompts[1][weight]": "-1",
        "image_strength": "0.35",
    }
    assert texts(stability(variation(SD_16, text_prompts=own))) == {
        "text_prompts[0][text]": "at night",
        "text_prompts[0][weight]": "0.5",
        "image_strength": "0.35",
    }


# What is told


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (edit(), f"edit -> image-to-image, {LESS}"),
        (edit(strength=0.4), "edit -> image-to-image"),
        (edit(strength=None), f"edit -> image-to-image, {LESS}"),
        (variation(), f"variation -> image-to-image, {LESS}, prompt {NEUTRAL!r}"),
        (variation(image_strength=0.4), f"variation -> image-to-image, prompt {NEUTRAL!r}"),
        (edit(SD_16), "edit -> image-to-image, image_strength 0.35"),
        (edit(SD_16, mask=OVER), ""),
        (edit(mask=OVER), "edit by a mask -> inpaint"),
        (edit(LARGE, mask=OVER), f"edit by a mask -> inpaint, not {LARGE}"),
        (edit("inpaint", mask=OVER), ""),
        (edit("sketch"), ""),
        (ask(LARGE), ""),
    ],
)
def test_what_is_done_in_place_of_an_edit_is_told(request_, said):
    assert note(request_) == said


@pytest.mark.parametrize(
    ("request_", "name", "price"),
    [
        (edit(), LARGE, 0.065),
        (edit("sd3"), "sd3", 0.065),
        (variation(ULTRA), ULTRA, 0.08),
        (edit(LARGE, mask=OVER), "inpaint", 0.05),
        (edit("outpaint"), "outpaint", 0.04),
        (edit(SDXL, images=(BIG,)), SDXL, 0.009),
    ],
)
def test_what_edits_is_what_is_named_and_paid(request_, name, price):
    speaker, to = adapter("stability-ai"), target("stability-ai")

    assert speaker.model(request_, to) == name
    assert speaker.facts(request_, to).prices[0].usd == price


def test_of_what_cannot_edit_the_callers_name_is_kept():
    speaker, to = adapter("stability-ai"), target("stability-ai")

    assert speaker.model(edit("core"), to) == "core"
    assert speaker.rules(edit("core"), to) == {}
    assert not speaker.unknown("anything", edit("core"), to)
    assert speaker.pictures_per_call(edit("core"), to) == 1


@pytest.mark.parametrize(("model", "count"), [(SD_16, 10), (LARGE, 1), ("inpaint", 1)])
def test_pictures_per_call(model, count):
    assert adapter("stability").pictures_per_call(edit(model), target("stability-ai")) == count


# What comes back


@pytest.mark.parametrize("model", [None, "inpaint", ULTRA])
def test_v2_answers_as_it_does_to_a_prompt(model):
    good = answer({"image": LONG, "finish_reason": "SUCCESS", "seed": 7})
    filtered = answer({"image": LONG, "finish_reason": "CONTENT_FILTERED"})

    assert isinstance(told("stability-ai", edit(model), good), Pictures)
    assert told("stability-ai", edit(model), filtered).kind is Kind.REFUSED


def test_v1_answers_as_it_does_to_a_prompt():
    artifact = {"base64": LONG, "seed": 1, "finishReason": "SUCCESS"}

    pictures = told("stability-ai", edit(SD_16, n=2), answer({"artifacts": [artifact] * 2}))

    assert len(pictures.data) == 2


@pytest.mark.parametrize("model", [None, "inpaint", SD_16])
def test_a_flagged_edit_is_refused(model):
    body = {"id": "a" * 32, "name": "content_moderation", "errors": ["no"], "message": "no"}

    assert told("stability-ai", edit(model), answer(body, 403)).kind is Kind.REFUSED


def test_a_stream_is_refused_before_it_is_asked():
    assert told("stability-ai", edit(stream=True)).local
    assert form(stability(ask("core")))["prompt"] == "a red kite"
