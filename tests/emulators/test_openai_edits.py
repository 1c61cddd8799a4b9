"""OpenAI's and Azure's edits and variations, asked for with the openai package over real HTTP."""

import base64

import openai
import pytest
from emulator_talk import DRAW, ask, opened, over_http
from PIL import ImageStat

from router.core.data_url import data_url
from router.emulators.drawing import draw
from tests.originals.pictures import MASK, PNG, drawn, masking

RED = drawn(size=(256, 256), colour=(230, 20, 20))
GREEN = drawn(size=(64, 64), colour=(20, 230, 20))
OVERLAY = masking((256, 256), (0, 0, 128, 256))
LOGIN = {"authorization": "Bearer sandbox"}
EDITS = "/openai/v1/images/edits"


# The package says that variations are gone, and still asks for them.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")


def file(content, name="cat.png", mime="image/png"):
    return name, content, mime


def talk(work, settings=None, azure=False):
    """Run `work(client.images)` and return its result, or the error it raised."""

    async def main(sandbox):
        if azure:
            client = openai.AsyncAzureOpenAI(
                azure_endpoint=sandbox.base_url("azure-openai"),
                api_version="2025-04-01-preview",
                api_key="sandbox",
                max_retries=0,
            )
        else:
            base = sandbox.base_url("openai")
            client = openai.AsyncOpenAI(base_url=base, api_key="sandbox", max_retries=0)
        async with client:
            try:
                return await work(client.images)
            except openai.APIError as error:
                return error

    return over_http(main, **(settings or {"draw": DRAW}))


def edited(azure=False, settings=None, **params):
    asked = {"prompt": "the sea", "model": "gpt-image-2", "image": file(RED), **params}
    return talk(lambda images: images.edit(**asked), settings, azure)


def varied(settings=None, **params):
    asked = {"image": file(RED), **params}
    return talk(lambda images: images.create_variation(**asked), settings)


def picture(answer):
    return opened(base64.b64decode(answer.data[0].b64_json)).convert("RGB")


def redness(image, box):
    red, green, _ = ImageStat.Stat(image.crop(box)).mean
    return red - green


@pytest.mark.parametrize("azure", [False, True], ids=["openai", "azure"])
def test_an_edit_comes_from_its_picture_where_the_mask_is_opaque(azure):
    answer = edited(azure, {"draw": draw}, mask=file(OVERLAY), size="1024x1024")

    image = picture(answer)
    assert image.size == (1024, 1024)
    assert redness(image, (600, 50, 1000, 900)) > 100
    assert redness(image, (50, 50, 400, 900)) < 60


@pytest.mark.parametrize("azure", [False, True], ids=["openai", "azure"])
def test_several_pictures_make_one(azure):
    alone = edited(azure, {"draw": draw})
    together = edited(azure, {"draw": draw}, image=[file(RED), file(GREEN, "b.png")])

    assert picture(alone).tobytes() != picture(together).tobytes()


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((300, 200), "1536x1024"),
        ((200, 300), "1024x1536"),
        ((220, 200), "1024x1024"),
    ],
    ids=str,
)
def test_a_picture_keeps_its_shape_as_far_as_there_is_a_size_for_it(size, expected):
    assert edited(image=file(drawn(size=size))).size == expected


def test_an_answer_says_what_was_made_and_counts_the_pictures_given():
    one = edited(n=2, quality="low", output_format="webp", output_compression=50)
    two = edited(image=[file(RED), file(GREEN)], quality="low")

    assert (len(one.data), one.quality, one.output_format) == (2, "low", "webp")
    assert opened(base64.b64decode(one.data[0].b64_json)).format == "WEBP"
    details = one.usage.input_tokens_details
    assert one.usage.input_tokens == details.image_tokens + details.text_tokens
    assert two.usage.input_tokens_details.image_tokens > details.image_tokens > 0


def test_a_model_that_is_not_named_is_a_gpt_one():
    answer = edited(model=openai.omit)

    assert answer.usage.output_tokens


@pytest.mark.parametrize("fidelity", ["low", "high"])
def test_fidelity_is_for_those_who_have_it(fidelity):
    assert edited(model="gpt-image-1.5", input_fidelity=fidelity).data
    assert edited(model="gpt-image-2", input_fidelity=fidelity).code == "unknown_parameter"


def test_markup_is_for_those_who_have_it():
    assert edited(model="gpt-image-2.5-flare", markup=file(OVERLAY)).data
    assert edited(model="gpt-image-2", markup=file(OVERLAY)).code == "unknown_parameter"


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"model": "dall-e-3"}, "invalid_value", "model"),
        ({"image": RED}, "unsupported_file_mimetype", "image"),
        ({"image": file(b"text")}, "unsupported_file_mimetype", "image"),
        ({"image": file(RED, "a.gif", "image/gif")}, "unsupported_file_mimetype", "image"),
        ({"image": file(RED[:300])}, "invalid_image_file", "image"),
        ({"image": [file(GREEN)] * 17}, "array_above_max_length", "image"),
        ({"mask": file(RED)}, "invalid_image_file", "mask"),
        ({"mask": file(MASK)}, "invalid_image_file", "mask"),
        ({"mask": file(drawn("jpeg"), "m.jpg", "image/jpeg")}, "invalid_image_file", "mask"),
        ({"size": "1000x1000"}, "invalid_value", "size"),
        ({"n": 11}, "integer_above_max_value", "n"),
        ({"n": "two"}, "invalid_type", "n"),
        ({"quality": "hd"}, "invalid_value", "quality"),
        ({"response_format": "url"}, "unknown_parameter", "response_format"),
        ({"extra_body": {"moderation": "low"}}, "unknown_parameter", "moderation"),
        ({"extra_body": {"style": "vivid"}}, "unknown_parameter", "style"),
        (
            {"model": "gpt-image-1-mini", "input_fidelity": "high"},
            "invalid_value",
            "input_fidelity",
        ),
        (
            {"model": "gpt-image-2.5-flare", "markup": file(OVERLAY), "mask": file(OVERLAY)},
            "invalid_image_file",
            "markup",
        ),
        ({"prompt": "x [refuse]"}, "moderation_blocked", None),
        (
            {"model": "dall-e-2", "image": file(drawn(size=(300, 200)))},
            "invalid_image_file",
            "image",
        ),
        (
            {"model": "dall-e-2", "image": file(drawn("jpeg"), "a.jpg", "image/jpeg")},
            "invalid_image_file",
            "image",
        ),
        ({"model": "dall-e-2", "image": [file(RED), file(RED)]}, "array_above_max_length", "image"),
        ({"model": "gpt-image-9"}, "model_not_found", None),
    ],
    ids=[
        "dall-e-3",
        "no type",
        "no picture",
        "gif",
        "cut off",
        "seventeen",
        "opaque mask",
        "other size",
        "jpeg mask",
        "size",
        "many",
        "n is text",
        "quality",
        "response_format",
        "moderation",
        "style",
        "mini",
        "markup and mask",
        "refused",
        "no square",
        "dall-e-2 jpeg",
        "dall-e-2 two",
        "no model",
    ],
)
def test_what_the_api_refuses_is_refused(params, code, param):
    error = edited(settings={"draw": draw}, **params)

    assert isinstance(error, openai.APIStatusError), error
    assert (error.code, error.param) == (code, param)
    assert error.status_code == (404 if code == "model_not_found" else 400)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"image": file(RED, "a.webp", "image/webp")}, "unsupported_file_mimetype"),
        ({"output_format": "webp"}, "invalid_value"),
        ({"model": "missing"}, "DeploymentNotFound"),
    ],
    ids=str,
)
def test_azure_takes_less(params, code):
    assert edited(azure=True, **params).code == code


def test_azure_edits_are_no_json():
    path = "/azure/openai/deployments/gpt-image-2/images/edits?api-version=2025-04-01-preview"
    body = {"prompt": "x", "images": [{"file_id": "file-1"}]}

    response = ask("POST", path, headers=LOGIN, json=body)

    assert (response.status_code, response.json()["error"]["code"]) == (
        400,
        "unsupported_content_type",
    )


def test_a_deployment_may_be_named_in_the_form_of_v1():
    files = {"image": file(RED), "model": (None, "gpt-image-2"), "prompt": (None, "the sea")}

    response = ask("POST", "/azure/openai/v1/images/edits", headers=LOGIN, files=files)

    assert response.status_code == 200
    assert response.headers["x-ms-deployment-name"] == "gpt-image-2"


# JSON


def by_json(**body):
    asked = {"model": "gpt-image-2", "prompt": "the sea", **body}
    return ask("POST", EDITS, {"draw": draw}, headers=LOGIN, json=asked)


HERE = {"image_url": data_url(RED, "image/png")}
OVER = {"image_url": data_url(OVERLAY, "image/png")}


def test_references_are_edited_too():
    answer = by_json(images=[HERE], mask=OVER, size="1024x1024").json()

    image = opened(base64.b64decode(answer["data"][0]["b64_json"])).convert("RGB")
    assert redness(image, (600, 50, 1000, 900)) > 100
    assert answer["usage"]["input_tokens_details"]["image_tokens"] > 0


@pytest.mark.parametrize(
    "reference", [{"file_id": "file-1"}, {"image_url": "https://x.test/a.png"}]
)
def test_a_picture_that_is_elsewhere_is_painted_without(reference):
    assert by_json(images=[HERE, reference]).status_code == 200
    assert by_json(images=[reference], mask=reference, moderation="low").status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({}, "missing_required_parameter", "images"),
        ({"images": "x"}, "invalid_type", "images"),
        ({"images": []}, "invalid_value", "images"),
        ({"images": [HERE] * 17}, "invalid_value", "images"),
        ({"images": [{}]}, "invalid_value", "images[0]"),
        ({"images": [{**HERE, "file_id": "f"}]}, "invalid_value", "images[0]"),
        ({"images": [{"url": "x"}]}, "invalid_value", "images[0]"),
        ({"images": [{"image_url": "cat.png"}]}, "invalid_image_url", "images[0].image_url"),
        ({"images": [{"image_url": "data:,x"}]}, "invalid_image_url", "images[0].image_url"),
        ({"images": [HERE], "mask": HERE}, "invalid_image_file", "mask"),
        ({"images": [HERE], "model": "dall-e-2"}, "invalid_value", "model"),
        ({"images": [HERE], "model": 5}, "invalid_type", "model"),
        ({"images": [HERE], "image": "x"}, "unknown_parameter", "image"),
        ({"images": [HERE], "n": "1"}, "invalid_type", "n"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_json_is_checked_as_closely(body, code, param):
    error = by_json(**body).json()["error"]

    assert (error["code"], error["param"]) == (code, param)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("prompt", (None, "x")), ("prompt", (None, "y"))], "invalid_value"),
        ([("prompt", ("p.txt", b"x"))], "invalid_value"),
        ([("prompt", (None, "x")), ("image", (None, "x"))], "invalid_value"),
        ([("prompt", (None, "x"))], "missing_required_parameter"),
        ([("image", file(RED))], "missing_required_parameter"),
        ([("image", file(RED)), ("mask", file(MASK)), ("mask", file(MASK))], "invalid_value"),
    ],
    ids=["twice", "file", "text", "no image", "no prompt", "two masks"],
)
def test_a_form_is_checked_as_closely(parts, code):
    response = ask("POST", EDITS, headers=LOGIN, files=parts)

    assert (response.status_code, response.json()["error"]["code"]) == (400, code)


def test_another_type_of_body_is_refused():
    response = ask("POST", EDITS, headers=LOGIN, content=b"x")

    assert response.json()["error"]["code"] == "unsupported_content_type"


# Variations


def test_a_variation_resembles_its_picture():
    answer = varied({"draw": draw}, n=2, size="256x256", response_format="b64_json")

    first, second = (opened(base64.b64decode(one.b64_json)).convert("RGB") for one in answer.data)
    assert first.size == second.size == (256, 256)
    assert first.tobytes() != second.tobytes()
    assert redness(first, (20, 20, 236, 200)) > 60


def test_a_variation_comes_by_url_unless_told():
    assert varied().data[0].url.startswith("http://127.0.0.1")


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"model": "gpt-image-2"}, "invalid_value"),
        ({"extra_body": {"prompt": "x"}}, "unknown_parameter"),
        ({"extra_body": {"quality": "standard"}}, "unknown_parameter"),
        ({"size": "1792x1024"}, "invalid_value"),
        ({"image": file(drawn(size=(300, 200)))}, "invalid_image_file"),
    ],
    ids=["model", "prompt", "quality", "size", "shape"],
)
def test_what_no_variation_can_have_is_refused(params, code):
    assert varied(**params).code == code


def test_a_variation_has_no_mask():
    files = {"image": file(PNG), "mask": file(MASK)}

    response = ask("POST", "/openai/v1/images/variations", headers=LOGIN, files=files)

    assert response.json()["error"]["param"] == "mask"


def test_variations_are_gone_where_retired_models_are():
    assert isinstance(varied({"draw": DRAW, "retired": True}), openai.NotFoundError)


def test_the_same_edit_asked_again_is_another_picture():
    async def main(sandbox):
        base = sandbox.base_url("openai")
        async with openai.AsyncOpenAI(base_url=base, api_key="sandbox") as client:
            asked = {"prompt": "the sea", "model": "gpt-image-2", "image": file(RED)}
            return [(await client.images.edit(**asked)).data[0].b64_json for _ in range(2)]

    first, second = over_http(main, draw=draw)

    assert first != second
