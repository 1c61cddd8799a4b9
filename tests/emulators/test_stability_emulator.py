import base64
import io

import pytest
from emulator_talk import ask, opened
from PIL import Image

LOGIN = {"authorization": "Bearer sk-sandbox"}
JSON = {**LOGIN, "accept": "application/json"}
V2 = "/stability/v2beta/stable-image/generate/"
V1 = "/stability/v1/generation/{}/text-to-image"
SDXL = V1.format("stable-diffusion-xl-1024-v1-0")
PROMPTS = [{"text": "a red kite"}]


def form(**fields):
    """Fields as httpx sends them in a multipart form."""
    return {name: (None, str(value)) for name, value in fields.items()}


def picture_file():
    out = io.BytesIO()
    Image.new("RGB", (320, 256), "teal").save(out, "PNG")
    return ("source.png", out.getvalue(), "image/png")


def v2(endpoint="core", headers=JSON, **fields):
    return ask("POST", V2 + endpoint, headers=headers, files=form(**{"prompt": "x", **fields}))


@pytest.mark.parametrize(
    ("endpoint", "fields", "size"),
    [
        ("core", {}, (1280, 1280)),
        ("core", {"aspect_ratio": "16:9"}, (1664, 960)),
        ("ultra", {"aspect_ratio": "9:16"}, (768, 1344)),
        ("sd3", {"aspect_ratio": "21:9", "model": "sd3.5-medium"}, (1536, 640)),
        ("sd3", {"model": "sd3-large-turbo", "cfg_scale": "1"}, (1024, 1024)),
    ],
    ids=str,
)
def test_v2beta_answers_flat_json(endpoint, fields, size):
    response = v2(endpoint, seed="42", **fields)

    body = response.json()
    assert opened(base64.b64decode(body["image"])).size == size
    assert (body["seed"], body["finish_reason"]) == (42, "SUCCESS")
    assert response.headers["content-type"] == "application/json; type=image/png"
    assert "seed" not in response.headers
    assert "finish-reason" not in response.headers


@pytest.mark.parametrize("accept", ["image/*", "*/*"])
@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_v2beta_answers_the_pictures_bytes_unless_json_is_accepted(accept, kind):
    response = v2("sd3", headers={**LOGIN, "accept": accept}, output_format=kind, seed=9)

    assert response.headers["content-type"] == f"image/{kind}"
    assert (response.headers["seed"], response.headers["finish-reason"]) == ("9", "SUCCESS")
    assert opened(response.content).format == kind.upper()


@pytest.mark.parametrize(
    ("endpoint", "fields", "wrong"),
    [
        ("core", {"prompt": ""}, "prompt"),
        ("core", {"prompt": "x" * 10_001}, "prompt"),
        ("core", {"aspect_ratio": "4:3"}, "aspect_ratio"),
        ("core", {"seed": "4294967295"}, "seed"),
        ("core", {"seed": "one"}, "seed"),
        ("core", {"output_format": "gif"}, "output_format"),
        ("core", {"style_preset": "vivid"}, "style_preset"),
        ("core", {"size": "1024x1024"}, "size"),
        ("core", {"model": "core"}, "model"),
        ("core", {"cfg_scale": "4"}, "cfg_scale"),
        ("sd3", {"model": "sd4"}, "model"),
        ("sd3", {"cfg_scale": "11"}, "cfg_scale"),
        ("sd3", {"mode": "image-to-image"}, "image"),
        ("ultra", {"strength": "2"}, "strength"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_v2beta_names_the_field_that_is_wrong(endpoint, fields, wrong):
    response = v2(endpoint, **fields)

    body = response.json()
    assert response.status_code == 400
    assert body["name"] == "bad_request"
    assert len(body["id"]) == 32
    assert [error.partition(":")[0] for error in body["errors"]] == [wrong]


def test_v2beta_reports_all_that_is_wrong_at_once():
    body = v2("core", seed="-1", aspect_ratio="4:3", size="1x1").json()

    assert len(body["errors"]) == 3


def test_v2beta_takes_no_json():
    response = ask("POST", V2 + "core", headers=JSON, json={"prompt": "x"})

    assert (response.status_code, response.json()["name"]) == (400, "bad_request")


def test_v2beta_takes_no_other_accept():
    response = v2(headers={**LOGIN, "accept": "text/html"})

    assert response.status_code == 400


@pytest.mark.parametrize("endpoint", ["sd3.5-large", "dall-e-3", ""])
def test_v2beta_knows_three_endpoints(endpoint):
    assert v2(endpoint).status_code == 404


@pytest.mark.parametrize("login", [{}, {"authorization": "Bearer sk-invalid"}], ids=str)
def test_v2beta_needs_a_key(login):
    response = v2(headers={**login, "accept": "application/json"})

    assert (response.status_code, response.json()["name"]) == (401, "unauthorized")
    assert response.json()["errors"]


def test_v2beta_stops_a_prompt_and_blurs_a_picture():
    stopped = v2(prompt="x [refuse]")
    blurred = v2(prompt="x [filter]")

    assert (stopped.status_code, stopped.json()["name"]) == (403, "content_moderation")
    assert (blurred.status_code, blurred.json()["finish_reason"]) == (200, "CONTENT_FILTERED")
    assert blurred.json()["image"] != v2().json()["image"]


def test_v2beta_takes_a_picture_with_a_strength():
    files = {**form(prompt="x", strength="0.5"), "image": picture_file()}

    response = ask("POST", V2 + "ultra", headers=JSON, files=files)

    assert opened(base64.b64decode(response.json()["image"])).size == (320, 256)


def test_v2beta_takes_no_picture_without_a_strength_and_no_broken_one():
    files = {"prompt": (None, "x"), "image": ("a.png", b"not a picture", "image/png")}

    response = ask("POST", V2 + "ultra", headers=JSON, files=files)

    assert len(response.json()["errors"]) == 2


def test_v2beta_takes_no_more_than_10_mib():
    files = {**form(prompt="x", strength="1"), "image": ("a.png", bytes(10 * 1024**2), "image/png")}

    assert ask("POST", V2 + "ultra", headers=JSON, files=files).status_code == 413


def test_v1_answers_with_artifacts():
    body = {"text_prompts": PROMPTS, "samples": 2, "seed": 5, "width": 832, "height": 1216}

    artifacts = ask("POST", SDXL, headers=JSON, json=body).json()["artifacts"]

    assert [set(one) for one in artifacts] == [{"base64", "seed", "finishReason"}] * 2
    assert [opened(base64.b64decode(one["base64"])).size for one in artifacts] == [(832, 1216)] * 2
    assert artifacts[0]["seed"] == 5


def test_v1_answers_one_png_where_that_is_accepted():
    headers = {**LOGIN, "accept": "image/png"}

    response = ask("POST", SDXL, headers=headers, json={"text_prompts": PROMPTS, "seed": 5})

    assert response.headers["content-type"] == "image/png"
    assert (response.headers["seed"], response.headers["finish-reason"]) == ("5", "SUCCESS")
    assert opened(response.content).format == "PNG"


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_v1_answers_json_by_default(accept):
    headers = {**LOGIN, "accept": accept}

    response = ask("POST", SDXL, headers=headers, json={"text_prompts": PROMPTS})

    assert response.json()["artifacts"]


@pytest.mark.parametrize(
    ("path", "changes", "name"),
    [
        (SDXL, {"width": 512, "height": 512}, "invalid_sdxl_v1_dimensions"),
        (V1.format("stable-diffusion-v1-6"), {"width": 500}, "invalid_height_or_width"),
        (V1.format("stable-diffusion-v1-6"), {"width": 1600}, "invalid_height_or_width"),
        (SDXL, {"samples": 11}, "bad_request"),
        (SDXL, {"steps": 51}, "bad_request"),
        (SDXL, {"cfg_scale": 36}, "bad_request"),
        (SDXL, {"seed": "5"}, "bad_request"),
        (SDXL, {"seed": 1.5}, "bad_request"),
        (SDXL, {"sampler": "EULER"}, "bad_request"),
        (SDXL, {"style_preset": "vivid"}, "bad_request"),
        (SDXL, {"prompt": "x"}, "bad_request"),
        (SDXL, {"text_prompts": []}, "bad_request"),
        (SDXL, {"text_prompts": ["x"]}, "bad_request"),
        (SDXL, {"text_prompts": [{"text": "x" * 2_001}]}, "bad_request"),
        (SDXL, {"text_prompts": [{"text": "x [refuse]"}]}, "invalid_prompts"),
        (SDXL, {"extras": 1}, "bad_request"),
    ],
    ids=lambda value: str(value)[-50:],
)
def test_v1_names_what_is_wrong(path, changes, name):
    response = ask("POST", path, headers=JSON, json={"text_prompts": PROMPTS, **changes})

    body = response.json()
    assert (response.status_code, body["name"]) == (400, name)
    assert set(body) == {"id", "name", "message"}


def test_v1_gives_several_samples_as_json_only():
    headers = {**LOGIN, "accept": "image/png"}

    response = ask("POST", SDXL, headers=headers, json={"text_prompts": PROMPTS, "samples": 2})

    assert response.json()["name"] == "invalid_samples"


def test_v1_does_not_refuse_what_is_not_wanted():
    prompts = [*PROMPTS, {"text": "[refuse]", "weight": -1}]

    assert ask("POST", SDXL, headers=JSON, json={"text_prompts": prompts}).status_code == 200


def test_v1_filters_with_a_200():
    body = {"text_prompts": [{"text": "x [filter]"}]}

    response = ask("POST", SDXL, headers=JSON, json=body)

    assert response.status_code == 200
    assert response.json()["artifacts"][0]["finishReason"] == "CONTENT_FILTERED"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (V1.format("stable-diffusion-9"), 404),
        (SDXL.replace("text-to-image", "image-to-video"), 404),
        (V1.format("stable-diffusion-v1-6"), 200),
    ],
)
def test_v1_knows_its_engines(path, status):
    assert ask("POST", path, headers=JSON, json={"text_prompts": PROMPTS}).status_code == status


def test_v1_needs_json_and_a_key():
    no_json = ask("POST", SDXL, headers=JSON, files=form(prompt="x"))
    broken = ask("POST", SDXL, headers={**JSON, "content-type": "application/json"}, content=b"{")
    no_key = ask("POST", SDXL, json={"text_prompts": PROMPTS})

    assert [r.status_code for r in (no_json, broken, no_key)] == [400, 400, 401]
    assert "message" in no_key.json()


def test_the_engine_that_was_discontinued_is_gone_when_told():
    path = V1.format("stable-diffusion-v1-6")

    response = ask("POST", path, {"retired": True}, headers=JSON, json={"text_prompts": PROMPTS})

    assert (response.status_code, response.json()["name"]) == (404, "not_found")


def test_no_seed_means_the_same_seed_for_the_same_prompt():
    assert v2(prompt="x").json()["seed"] == v2(prompt="x", seed="0").json()["seed"]
    assert v2(prompt="x").json()["seed"] != v2(prompt="y").json()["seed"]
