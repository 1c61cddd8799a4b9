import base64
import json

import httpx
import openai
import pytest
from emulator_talk import ask, ask_openai, opened, over_http

from router.emulators.openai_usage import WRITTEN

GENERATIONS = "/openai/v1/images/generations"
LOGIN = {"authorization": "Bearer sk-sandbox"}


def b64_picture(answer, place=0):
    return opened(base64.b64decode(answer.data[place].b64_json, validate=True))


@pytest.mark.parametrize(
    ("model", "params", "size", "kind"),
    [
        ("dall-e-2", {"size": "512x512", "response_format": "b64_json"}, (512, 512), "PNG"),
        ("dall-e-3", {"size": "1792x1024", "response_format": "b64_json"}, (1792, 1024), "PNG"),
        ("gpt-image-1", {"size": "1024x1536", "quality": "low"}, (1024, 1536), "PNG"),
        ("gpt-image-1-mini", {"output_format": "webp"}, (1024, 1024), "WEBP"),
        ("gpt-image-1.5", {"output_format": "jpeg"}, (1024, 1024), "JPEG"),
        ("chatgpt-image-latest", {"size": "auto"}, (1024, 1024), "PNG"),
        ("gpt-image-2", {"size": "1536x864"}, (1536, 864), "PNG"),
        ("gpt-image-2.5-flare", {"quality": "max", "size": "1024x1536"}, (1024, 1536), "PNG"),
        ("gpt-image-2.6-sunburst", {"size": "1536x1024"}, (1536, 1024), "PNG"),
    ],
)
def test_every_family_answers_with_a_picture_as_asked(model, params, size, kind):
    answer = ask_openai(model=model, **params)

    picture = b64_picture(answer)
    assert (picture.size, picture.format) == (size, kind)
    assert answer.created > 1_700_000_000


def test_dalle_answers_with_a_url_that_can_be_opened():
    async def work(sandbox):
        base = sandbox.base_url("openai")
        async with (
            openai.AsyncOpenAI(base_url=base, api_key="sk-sandbox") as client,
            httpx.AsyncClient(trust_env=False, verify=False) as web,
        ):
            answer = await client.images.generate(model="dall-e-2", prompt="a red kite", n=2)
            return [await web.get(picture.url) for picture in answer.data]

    files = over_http(work)

    assert [file.headers["content-type"] for file in files] == ["image/png"] * 2
    assert [opened(file.content).size for file in files] == [(1024, 1024)] * 2


def test_a_gpt_answer_says_what_was_made_and_what_was_used():
    answer = ask_openai(model="gpt-image-1.5", n=2, quality="high", background="transparent")

    assert (answer.size, answer.quality, answer.background) == ("1024x1024", "high", "transparent")
    assert answer.output_format == "png"
    details = answer.usage.output_tokens_details
    assert (details.image_tokens, details.text_tokens) == (2 * 4160, 2 * WRITTEN)
    assert answer.usage.output_tokens == details.image_tokens + details.text_tokens
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens
    assert b64_picture(answer).mode == "RGBA"
    assert all(picture.url is None and picture.revised_prompt is None for picture in answer.data)


def test_only_dalle_3_revises_the_prompt():
    revised = ask_openai(model="dall-e-3").data[0].revised_prompt
    left = ask_openai(model="dall-e-2").data[0].revised_prompt

    assert revised.startswith("a red kite")
    assert left is None


def test_the_headers_are_those_of_an_image_call():
    response = ask("POST", GENERATIONS, headers=LOGIN, json={"model": "gpt-image-2", "prompt": "x"})

    assert response.headers["x-request-id"].startswith("req_")
    assert len(response.headers["x-request-id"]) == 36
    assert int(response.headers["openai-processing-ms"]) > 0
    assert response.headers["openai-version"] == "2020-10-01"
    assert "date" in response.headers


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        (
            {"model": "gpt-image-2", "response_format": "b64_json"},
            "unknown_parameter",
            "response_format",
        ),
        ({"model": "gpt-image-2", "style": "vivid"}, "unknown_parameter", "style"),
        ({"model": "dall-e-2", "style": "vivid"}, "unknown_parameter", "style"),
        ({"model": "dall-e-3", "background": "opaque"}, "unknown_parameter", "background"),
        ({"model": "dall-e-2", "extra_body": {"seed": 1}}, "unknown_parameter", "seed"),
        (
            {"model": "gpt-image-2.5-flare", "extra_body": {"complexity": "low"}},
            "unknown_parameter",
            "complexity",
        ),
        ({"model": "dall-e-2", "size": "1024x1536"}, "invalid_value", "size"),
        ({"model": "dall-e-3", "size": "512x512"}, "invalid_value", "size"),
        ({"model": "gpt-image-1.5", "size": "1536x864"}, "invalid_value", "size"),
        ({"model": "gpt-image-2", "size": "1000x1000"}, "invalid_value", "size"),
        ({"model": "gpt-image-2", "size": "512x512"}, "invalid_value", "size"),
        ({"model": "gpt-image-2", "size": "3840x1024"}, "invalid_value", "size"),
        ({"model": "gpt-image-2", "quality": "max"}, "invalid_value", "quality"),
        ({"model": "gpt-image-2", "quality": "hd"}, "invalid_value", "quality"),
        ({"model": "dall-e-2", "quality": "hd"}, "invalid_value", "quality"),
        ({"model": "dall-e-3", "n": 2}, "integer_above_max_value", "n"),
        ({"model": "gpt-image-2", "n": 11}, "integer_above_max_value", "n"),
        ({"model": "gpt-image-2", "n": 0}, "integer_below_min_value", "n"),
        ({"model": "gpt-image-2", "n": "2"}, "invalid_type", "n"),
        ({"model": "gpt-image-2", "output_format": "tiff"}, "invalid_value", "output_format"),
        ({"model": "gpt-image-2", "output_compression": 50}, "invalid_value", "output_compression"),
        (
            {"model": "gpt-image-2", "background": "transparent", "output_format": "jpeg"},
            "invalid_value",
            "background",
        ),
        ({"model": "gpt-image-2", "prompt": ""}, "invalid_value", "prompt"),
        ({"model": "gpt-image-2", "prompt": "x" * 32_001}, "string_above_max_length", "prompt"),
        ({"model": "dall-e-3", "prompt": "x" * 4_001}, "string_above_max_length", "prompt"),
        ({"model": "dall-e-2", "prompt": "x" * 1_001}, "string_above_max_length", "prompt"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_wrong_parameter_is_a_bad_request_that_names_it(params, code, param):
    error = ask_openai(**params)

    assert isinstance(error, openai.BadRequestError)
    assert (error.code, error.param, error.type) == (code, param, "invalid_request_error")


def test_null_is_as_good_as_nothing():
    body = {"model": "gpt-image-2", "prompt": "x", "n": None, "size": None, "quality": None}

    assert ask("POST", GENERATIONS, headers=LOGIN, json=body).status_code == 200


def test_the_model_left_out_is_dalle_2_unless_only_gpt_would_understand():
    plain = ask("POST", GENERATIONS, headers=LOGIN, json={"prompt": "x"}).json()
    gpt = ask("POST", GENERATIONS, headers=LOGIN, json={"prompt": "x", "moderation": "low"}).json()

    assert "url" in plain["data"][0]
    assert "b64_json" in gpt["data"][0]


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic eDp5"}, {"api-key": "k"}], ids=str
)
def test_a_missing_key_is_refused(headers):
    response = ask("POST", GENERATIONS, headers=headers, json={"prompt": "x"})

    assert response.status_code == 401
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_a_wrong_key_is_refused_and_not_repeated():
    error = ask_openai(key="sk-invalid-0123456789", model="gpt-image-2")

    assert isinstance(error, openai.AuthenticationError)
    assert error.code == "invalid_api_key"
    assert "0123456789" not in str(error)


def test_only_the_accepted_keys_open_where_there_is_a_list():
    settings = {"keys": frozenset({"sk-one"})}

    assert ask_openai(key="sk-one", settings=settings, model="gpt-image-2").data
    error = ask_openai(key="sk-two", settings=settings, model="gpt-image-2")
    assert isinstance(error, openai.AuthenticationError)


def test_an_unknown_model_is_not_found():
    error = ask_openai(model="gpt-image-9")

    assert isinstance(error, openai.NotFoundError)
    assert error.code == "model_not_found"


@pytest.mark.parametrize("model", ["dall-e-2", "dall-e-3", "gpt-image-1"])
def test_retired_models_are_served_unless_told_otherwise(model):
    served = ask_openai(model=model)
    gone = ask_openai(model=model, settings={"retired": True})

    assert served.data
    assert (type(gone), gone.code) == (openai.NotFoundError, "model_not_found")


@pytest.mark.parametrize(("word", "stage"), [("[refuse]", "input"), ("[filter]", "output")])
def test_a_gpt_model_refuses_when_the_prompt_asks_for_it(word, stage):
    error = ask_openai(model="gpt-image-2", prompt=f"a red kite {word}")

    assert isinstance(error, openai.BadRequestError)
    assert (error.code, error.type) == ("moderation_blocked", "image_generation_user_error")
    assert error.body["moderation_details"]["moderation_stage"] == stage


def test_dalle_refuses_in_the_words_of_its_time():
    error = ask_openai(model="dall-e-3", prompt="a red kite [refuse]")

    assert (error.code, error.type) == ("content_policy_violation", "invalid_request_error")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/openai/v1/images/upscales", 404),
        ("POST", "/openai/v1/images", 404),
        ("POST", "/openai/v1/image/generations", 404),
        ("GET", GENERATIONS, 405),
    ],
)
def test_other_paths_and_methods_get_an_error_in_the_real_shape(method, path, status):
    response = ask(method, path, headers=LOGIN)

    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}
    assert response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"content-type": "text/plain"}, json.dumps({"prompt": "x"})),
        ({}, json.dumps({"prompt": "x"})),
        ({"content-type": "application/json"}, "{"),
        ({"content-type": "application/json"}, "[]"),
        ({"content-type": "application/json"}, "NaN"),
        ({"content-type": "application/json"}, "[" * 100_000),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_body_that_is_no_json_object_is_a_bad_request(headers, content):
    response = ask("POST", GENERATIONS, headers={**LOGIN, **headers}, content=content)

    assert response.status_code == 400
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_a_form_is_no_json():
    response = ask("POST", GENERATIONS, headers=LOGIN, files={"prompt": (None, "x")})

    assert (response.status_code, response.json()["error"]["code"]) == (
        400,
        "unsupported_content_type",
    )


def test_the_same_prompt_gives_the_same_picture_and_every_place_its_own():
    one = ask_openai(model="gpt-image-2", n=2, settings={"draw": DRAW_SMALL})
    two = ask_openai(model="gpt-image-2", n=2, settings={"draw": DRAW_SMALL})

    assert [p.b64_json for p in one.data] == [p.b64_json for p in two.data]
    assert one.data[0].b64_json != one.data[1].b64_json


def DRAW_SMALL(brief):  # noqa: N802  it stands for a setting
    """Stands for a picture by naming all that it depends on."""
    return f"{brief.provider} {brief.model} {brief.prompt} {brief.seed} {brief.index}".encode() * 40
