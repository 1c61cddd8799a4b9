"""Stability's endpoints that begin with a picture, over real HTTP."""

import base64
import io

import pytest
from emulator_talk import ask, opened
from PIL import Image, ImageStat

from router.emulators.drawing import draw
from tests.originals.pictures import drawn, masking, noise

LOGIN = {"authorization": "Bearer sk-sandbox", "accept": "application/json"}
V1 = "/stability/v1/generation/{}/{}"
SDXL = "stable-diffusion-xl-1024-v1-0"
SD_16 = "stable-diffusion-v1-6"

SIZE = (512, 512)
RED = drawn(size=SIZE, colour=(230, 20, 20))
LEFT, RIGHT = (20, 20, 200, 400), (312, 20, 492, 400)


def two_coloured(left, right, mode="L"):
    """Return a picture whose halves have two colours."""
    out = io.BytesIO()
    picture = Image.new(mode, SIZE, right)
    picture.paste(left, (0, 0, SIZE[0] // 2, SIZE[1]))
    picture.save(out, "png")
    return out.getvalue()


WHITE_LEFT = two_coloured(255, 0)
HOLED = two_coloured((230, 20, 20, 0), (230, 20, 20, 255), "RGBA")


def file(content):
    return ("a.png", content, "image/png")


def form(fields):
    return [
        (name, file(value) if isinstance(value, bytes) else (None, str(value)))
        for name, value in fields.items()
        if value is not None
    ]


def v2(path, **fields):
    asked = form({"image": RED, "prompt": "the sea", "seed": 5, **fields})
    url = f"/stability/v2beta/stable-image/{path}"
    return ask("POST", url, {"draw": draw}, headers=LOGIN, files=asked)


def v1(operation="image-to-image", engine=SD_16, **fields):
    asked = {"init_image": RED, "text_prompts[0][text]": "the sea", "seed": 5, **fields}
    path = V1.format(engine, operation)
    return ask("POST", path, {"draw": draw}, headers=LOGIN, files=form(asked))


def picture(response):
    body = response.json()
    text = body["image"] if "image" in body else body["artifacts"][0]["base64"]
    return opened(base64.b64decode(text))


def redness(image, box=RIGHT):
    red, green, _ = ImageStat.Stat(image.convert("RGB").crop(box)).mean
    return red - green


SERVICES = {
    "edit/inpaint": {"style_preset": "anime", "grow_mask": 5, "negative_prompt": "x"},
    "edit/erase": {"prompt": None, "mask": WHITE_LEFT},
    "edit/search-and-replace": {"search_prompt": "kite"},
    "edit/search-and-recolor": {"select_prompt": "kite"},
    "control/sketch": {"control_strength": 0.5},
    "control/structure": {"output_format": "webp"},
    "control/style": {"fidelity": 0.5},
    "generate/ultra": {"strength": 0.5},
    "generate/sd3": {"strength": 0.5, "mode": "image-to-image", "model": "sd3.5-flash"},
}


@pytest.mark.parametrize(("path", "fields"), SERVICES.items(), ids=SERVICES)
def test_the_new_picture_comes_from_the_given_one_and_is_as_large(path, fields):
    response = v2(path, **fields)

    assert response.status_code == 200, response.text
    image = picture(response)
    assert image.size == SIZE
    assert redness(image) > 20


def test_outpainting_makes_it_larger():
    assert picture(v2("edit/outpaint", left=100, down=50, creativity=1)).size == (612, 562)


def test_what_has_no_background_is_transparent():
    image = picture(v2("edit/remove-background", prompt=None, seed=None))

    assert image.mode == "RGBA"
    assert image.getpixel((1, 1))[3] == 0


def test_a_style_has_a_shape_of_its_own():
    assert picture(v2("control/style", aspect_ratio="16:9")).size == (1344, 768)


@pytest.mark.parametrize("operation", ["edit/inpaint", "edit/erase"])
@pytest.mark.parametrize(
    "fields", [{"mask": WHITE_LEFT}, {"image": HOLED}], ids=["mask", "own holes"]
)
def test_white_or_transparent_is_changed_and_the_rest_is_kept(operation, fields):
    image = picture(v2(operation, prompt=None if "erase" in operation else "the sea", **fields))

    assert redness(image, RIGHT) > 100 > redness(image, LEFT)


def test_the_strength_of_v2beta_is_how_far_it_may_go_and_that_of_v1_how_near_it_stays():
    near, far = (redness(picture(v2("generate/ultra", strength=s))) for s in (0.1, 0.9))
    v1_far, v1_near = (redness(picture(v1(image_strength=s))) for s in (0.1, 0.9))

    assert near > far
    assert v1_near > v1_far


@pytest.mark.parametrize(
    "fields",
    [
        {"mask_source": "MASK_IMAGE_WHITE", "mask_image": WHITE_LEFT},
        {"mask_source": "MASK_IMAGE_BLACK", "mask_image": two_coloured(0, 255)},
        {"mask_source": "INIT_IMAGE_ALPHA", "init_image": HOLED},
    ],
    ids=["white", "black", "alpha"],
)
def test_v1_is_told_which_colour_means_change(fields):
    image = picture(v1("image-to-image/masking", **fields))

    assert image.size == SIZE
    assert redness(image, RIGHT) > 100 > redness(image, LEFT)


def test_v1_makes_several_of_one():
    response = v1(samples=3, **{"text_prompts[1][text]": "blur", "text_prompts[1][weight]": -1})

    assert len(response.json()["artifacts"]) == 3


@pytest.mark.parametrize(
    ("path", "fields", "named"),
    [
        ("edit/inpaint", {"image": None}, "image"),
        ("edit/inpaint", {"prompt": None}, "prompt"),
        ("edit/inpaint", {"strength": 0.5}, "strength"),
        ("edit/inpaint", {"image": b"text"}, "image"),
        ("edit/inpaint", {"image": "text"}, "image"),
        ("edit/inpaint", {"image": RED[:200]}, "image"),
        ("edit/inpaint", {"image": drawn(size=(60, 200))}, "image"),
        ("edit/inpaint", {"image": drawn("gif")}, "image"),
        ("edit/inpaint", {"mask": b"text"}, "mask"),
        ("edit/inpaint", {"grow_mask": 101}, "grow_mask"),
        ("edit/erase", {}, "prompt"),
        ("edit/outpaint", {}, "left"),
        ("edit/outpaint", {"left": 5, "image": drawn(size=(300, 100))}, "image"),
        ("edit/search-and-replace", {}, "search_prompt"),
        ("edit/search-and-recolor", {}, "select_prompt"),
        ("edit/remove-background", {"prompt": None, "seed": None, "output_format": "jpeg"},
         "output_format"),
        ("control/sketch", {"mask": WHITE_LEFT}, "mask"),
        ("control/style", {"aspect_ratio": "4:3"}, "aspect_ratio"),
        ("generate/core", {}, "image"),
    ],
    ids=[
        "no image", "no prompt", "not its own", "text file", "text", "cut off", "small", "gif",
        "no mask", "grow_mask", "no words to erase by", "no side", "steep", "no search",
        "no selection", "jpeg", "mask", "ratio", "core",
    ],
)  # fmt: skip
def test_v2beta_names_the_field_that_is_wrong(path, fields, named):
    response = v2(path, **fields)

    assert (response.status_code, response.json()["name"]) == (400, "bad_request")
    assert [error.partition(":")[0] for error in response.json()["errors"]] == [named]


def test_a_request_has_ten_megabytes():
    assert v2("edit/inpaint", image=noise(10.5)).status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [("edit/sketch", 404), ("control/inpaint", 404), ("edit/inpaint", 200), ("edit", 404)],
)
def test_each_service_has_its_place(path, status):
    assert v2(path).status_code == status


def test_a_prompt_is_refused_as_for_generations():
    assert v2("edit/inpaint", prompt="x [refuse]").json()["name"] == "content_moderation"
    assert v2("edit/inpaint", prompt="x [filter]").json()["finish_reason"] == "CONTENT_FILTERED"


MASKING = "image-to-image/masking"
V1_WRONG = {
    "no image": ("image-to-image", {"init_image": None}, "bad_request"),
    "text for a file": ("image-to-image", {"init_image": "x"}, "bad_request"),
    "file for a text": ("image-to-image", {"steps": b"x"}, "bad_request"),
    "no picture": ("image-to-image", {"init_image": b"x"}, "invalid_mime_type"),
    "webp": ("image-to-image", {"init_image": drawn("webp", SIZE)}, "invalid_mime_type"),
    "cut off": ("image-to-image", {"init_image": RED[:200]}, "bad_request"),
    "no size": ("image-to-image", {"init_image": b"\xff\xd8\xff"}, "invalid_image_dimensions"),
    "odd size": (
        "image-to-image", {"init_image": drawn(size=(500, 512))}, "invalid_height_or_width"
    ),
    "no prompt": ("image-to-image", {"text_prompts[0][text]": None}, "bad_request"),
    "strength": ("image-to-image", {"image_strength": 1.5}, "bad_request"),
    "strength in words": ("image-to-image", {"image_strength": "much"}, "bad_request"),
    "mode": ("image-to-image", {"init_image_mode": "x"}, "bad_request"),
    "width": ("image-to-image", {"width": 512}, "bad_request"),
    "mask source": (MASKING, {}, "bad_request"),
    "no mask": (MASKING, {"mask_source": "MASK_IMAGE_WHITE"}, "bad_request"),
    "other size": (
        MASKING,
        {"mask_source": "MASK_IMAGE_WHITE", "mask_image": drawn()},
        "invalid_mask_image",
    ),
    "strength of a mask": (
        MASKING,
        {"mask_source": "INIT_IMAGE_ALPHA", "image_strength": 0.5},
        "bad_request",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "fields", "name"), V1_WRONG.values(), ids=V1_WRONG)
def test_v1_refuses_what_the_api_refuses(operation, fields, name):
    response = v1(operation, **fields)

    assert (response.status_code, response.json()["name"]) == (400, name)


def test_sdxl_takes_its_own_sizes_only():
    assert v1(engine=SDXL).json()["name"] == "invalid_sdxl_v1_dimensions"
    assert v1(engine=SDXL, init_image=drawn(size=(1344, 768))).status_code == 200


def test_v1_takes_five_megabytes():
    assert v1(init_image=noise(5.5)).json()["name"] == "invalid_file_size"


def test_v1_edits_are_no_json():
    path = V1.format(SDXL, "image-to-image")

    response = ask("POST", path, headers=LOGIN, json={"text_prompts": [{"text": "x"}]})

    assert response.status_code == 400


def test_a_mask_of_transparency_is_none_of_white():
    """OpenAI's kind of mask, sent as it is, would change nothing: it has no white in it."""
    image = picture(v2("edit/inpaint", mask=masking(SIZE)))

    assert redness(image, LEFT) > 100
