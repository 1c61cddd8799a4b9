import base64

import openai
import pytest
from emulator_talk import ask, ask_azure, attempt, opened, over_http

from router.emulators.azure_deployments import model_of

LOGIN = {"api-key": "sandbox"}
CLASSIC = "/azure/openai/deployments/{}/images/generations"
V1 = "/azure/openai/v1/images/generations"
VERSION = "?api-version=2025-04-01-preview"


def test_a_deployment_answers_in_the_classic_form():
    answer = ask_azure(model="my-gpt-image-1.5", size="1536x1024", output_format="jpeg")

    picture = opened(base64.b64decode(answer.data[0].b64_json))
    assert (picture.size, picture.format) == ((1536, 1024), "JPEG")
    assert answer.usage.output_tokens_details.image_tokens == 1568


@pytest.mark.parametrize("query", ["", "?api-version=v1", "?api-version=preview"])
def test_the_v1_form_takes_the_deployment_as_the_model(query):
    body = {"model": "my-gpt-image-2", "prompt": "x", "size": "1536x864"}

    response = ask("POST", V1 + query, headers=LOGIN, json=body)

    assert response.status_code == 200
    assert response.json()["size"] == "1536x864"
    assert response.headers["x-ms-deployment-name"] == "my-gpt-image-2"


def test_the_plain_openai_client_works_on_the_v1_form():
    async def work(sandbox):
        base = sandbox.base_url("azure-openai") + "/openai/v1"
        async with openai.AsyncOpenAI(base_url=base, api_key="key", max_retries=0) as client:
            return await attempt(client, {"model": "gpt-image-2"})

    assert over_http(work).data[0].b64_json


def test_the_v1_form_needs_a_model():
    response = ask("POST", V1, headers=LOGIN, json={"prompt": "x"})

    assert (response.status_code, response.json()["error"]["param"]) == (400, "model")


@pytest.mark.parametrize(
    "login",
    [{"api_key": "sandbox"}, {"azure_ad_token": "token"}],
    ids=["api-key", "bearer token"],
)
def test_a_key_or_a_token_opens_it(login):
    assert ask_azure(client=login, model="gpt-image-2").data


def test_a_wrong_key_does_not_open_it():
    error = ask_azure(client={"api_key": "invalid"}, model="gpt-image-2")

    assert isinstance(error, openai.AuthenticationError)
    assert error.code == "401"


def test_a_deployment_that_does_not_exist_is_not_found():
    error = ask_azure(model="missing-deployment")

    assert isinstance(error, openai.NotFoundError)
    assert error.code == "DeploymentNotFound"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (CLASSIC.format("gpt-image-2"), 404),
        (CLASSIC.format("gpt-image-2") + "?api-version=soon", 400),
        (CLASSIC.format("gpt-image-2") + "?api-version=2024-10-21", 400),
        (CLASSIC.format("dall-e-3") + "?api-version=2024-10-21", 200),
        (CLASSIC.format("dall-e-3") + "?api-version=2023-06-01-preview", 400),
        (CLASSIC.format("gpt-image-2") + "?api-version=preview", 200),
        (V1 + "?api-version=2025-04-01-preview", 400),
        ("/azure/openai/images/generations" + VERSION, 404),
        ("/azure/openai/deployments/gpt-image-2/images/variations" + VERSION, 404),
    ],
)
def test_the_api_version_decides(path, status):
    body = {"prompt": "x", "model": "gpt-image-2"}

    assert ask("POST", path, headers=LOGIN, json=body).status_code == status


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"output_format": "webp"}, "invalid_value", "output_format"),
        ({"quality": "max"}, "invalid_value", "quality"),
        ({"moderation": "low"}, "unknown_parameter", "moderation"),
        ({"response_format": "b64_json"}, "unknown_parameter", "response_format"),
        ({"n": 11}, "integer_above_max_value", "n"),
    ],
    ids=str,
)
def test_what_openai_takes_and_azure_does_not_is_a_bad_request(params, code, param):
    error = ask_azure(model="gpt-image-2.5-flare", **params)

    assert isinstance(error, openai.BadRequestError)
    assert (error.code, error.param) == (code, param)


def test_dalle_3_pictures_carry_the_filters_findings():
    answer = ask_azure(model="dalle3", version="2024-10-21").data[0]

    assert answer.url
    assert answer.revised_prompt
    assert answer.content_filter_results["violence"] == {"filtered": False, "severity": "safe"}
    assert answer.prompt_filter_results["profanity"] == {"filtered": False, "detected": False}


def test_gpt_pictures_carry_none():
    answer = ask_azure(model="gpt-image-2").data[0]

    assert not hasattr(answer, "content_filter_results")


@pytest.mark.parametrize(
    ("deployment", "prompt", "code"),
    [
        ("dall-e-3", "x [refuse]", "content_policy_violation"),
        ("dall-e-3", "x [filter]", "contentFilter"),
        ("gpt-image-2", "x [refuse]", "moderation_blocked"),
        ("gpt-image-2", "x [filter]", "moderation_blocked"),
    ],
)
def test_a_refusal_comes_in_the_dialect_of_the_model(deployment, prompt, code):
    error = ask_azure(model=deployment, prompt=prompt)

    assert isinstance(error, openai.BadRequestError)
    assert error.code == code


def test_the_dalle_3_refusal_says_what_was_filtered():
    body = ask_azure(model="dall-e-3", prompt="x [refuse]").body

    assert body["inner_error"]["code"] == "ResponsibleAIPolicyViolation"
    assert body["inner_error"]["content_filter_results"]["violence"]["filtered"]


def test_retired_models_are_gone_when_told():
    error = ask_azure(model="dall-e-3", settings={"retired": True})

    assert error.code == "DeploymentNotFound"


def test_the_headers_are_azures():
    response = ask("POST", CLASSIC.format("gi") + VERSION, headers=LOGIN, json={"prompt": "x"})

    assert len(response.headers["apim-request-id"]) == 36
    assert len(response.headers["x-request-id"]) == 36
    assert response.headers["x-ms-region"]
    assert "openai-processing-ms" not in response.headers


@pytest.mark.parametrize(
    ("deployment", "model"),
    [
        ("dalle3", "dall-e-3"),
        ("Prod-DALL-E-3-eu", "dall-e-3"),
        ("gpt-image-1", "gpt-image-1"),
        ("gpt-image-1.5", "gpt-image-1.5"),
        ("gpt-image-1-mini-west", "gpt-image-1-mini"),
        ("pictures", "gpt-image-2"),
    ],
)
def test_a_deployments_name_tells_its_model(deployment, model):
    assert model_of(deployment) == model
