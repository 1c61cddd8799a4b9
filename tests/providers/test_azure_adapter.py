import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import LONG, adapted, answer, ask, sent, target, told

from router.core.http import Auth
from router.core.outcome import Kind
from router.core.target import Deployment
from router.providers.registry import adapter

CLASSIC = {"resource_name": "res", "deployment_id": "dep", "api_version": "2025-04-01-preview"}
V1 = {"resource_name": "res", "deployment_id": "dep"}
CAT = ask("gpt-image-2", n=1)


def azure(request=CAT, **fields):
    return sent("azure-openai", request, **fields)


def test_a_dated_version_asks_the_deployment_in_the_path_and_sends_no_model():
    request = azure(options=CLASSIC)

    assert request.url == (
        "https://res.openai.azure.com/openai/deployments/dep/images/generations"
        "?api-version=2025-04-01-preview"
    )
    assert json.loads(request.body) == {"prompt": "a red kite", "n": 1}


@pytest.mark.parametrize(
    ("version", "query"),
    [(None, ""), ("v1", ""), ("latest", ""), ("preview", "?api-version=preview")],
)
def test_any_other_version_asks_v1_with_the_deployment_as_the_model(version, query):
    options = V1 if version is None else {**V1, "api_version": version}

    request = azure(options=options)

    assert request.url == f"https://res.openai.azure.com/openai/v1/images/generations{query}"
    assert json.loads(request.body)["model"] == "dep"


def test_the_key_goes_into_azures_own_header():
    assert azure(options=V1).auth == Auth("api-key")


@pytest.mark.parametrize(
    "host",
    [
        "https://res.cognitiveservices.azure.com",
        "https://res.cognitiveservices.azure.com/",
        "https://res.cognitiveservices.azure.com/openai",
        "https://res.cognitiveservices.azure.com/openai/",
        "https://res.cognitiveservices.azure.com/openai/v1",
    ],
)
def test_a_custom_host_stands_in_for_the_resource(host):
    request = azure(base_url=host, options={"deployment_id": "dep"})

    assert request.url == "https://res.cognitiveservices.azure.com/openai/v1/images/generations"
    assert adapter("azure").origins(target("azure-openai", base_url=host)) == {
        "https://res.cognitiveservices.azure.com:443"
    }


@pytest.mark.parametrize(
    "name", ["evil.org#", "evil.org/", "a@b", "a.b", "", "-a", "a-", "ä", "a b", "a\n", "x" * 65]
)
def test_a_resource_name_leads_to_azure_or_nowhere(name):
    options = {"resource_name": name, "deployment_id": "dep"}

    failure = told("azure-openai", CAT, options=options)

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
    assert adapter("azure").origins(target("azure-openai", options=options)) == frozenset()


@given(st.text(max_size=30))
def test_no_resource_name_leads_the_key_elsewhere(name):
    origins = adapter("azure").origins(target("azure-openai", options={"resource_name": name}))

    assert all(origin.endswith(".openai.azure.com:443") for origin in origins)


@pytest.mark.parametrize("version", ["2025-04-01-preview", None])
@pytest.mark.parametrize("name", [".", ".."])
def test_a_deployment_whose_name_a_path_would_swallow_is_not_asked(name, version):
    options = {"resource_name": "res"} | ({"api_version": version} if version else {})
    one = Deployment(deployment_id=name)

    told_by = (
        told("azure-openai", CAT, options={**options, "deployment_id": name}),
        told("azure-openai", CAT, options=options, deployments=(one,)),
        told("azure-openai", ask(model=name), options=options),
    )

    assert {(failure.kind, failure.local) for failure in told_by} == {(Kind.BAD_REQUEST, True)}


@given(
    st.text(min_size=1, max_size=30).filter(lambda name: name not in {".", ".."}),
    st.text(max_size=30),
)
def test_no_deployment_and_no_version_leaves_its_place_in_the_url(name, version):
    options = {"resource_name": "res", "deployment_id": name, "api_version": version}

    url = azure(options=options).url

    assert url.startswith("https://res.openai.azure.com/openai/")
    assert "#" not in url
    assert url.count("?") <= 1


TWO = (
    Deployment(deployment_id="dep-2", alias="gpt-image-2", api_version="2025-04-01-preview"),
    Deployment(deployment_id="dep-3", alias="dall-e-3", is_default=True),
)


@pytest.mark.parametrize(
    ("model", "deployments", "options", "asked"),
    [
        ("gpt-image-2", TWO, {}, "dep-2"),
        ("dall-e-3", TWO, {}, "dep-3"),
        ("other", TWO, {}, "dep-3"),
        (None, TWO, {}, "dep-3"),
        ("other", TWO[:1], {}, "dep-2"),
        ("m", (Deployment(deployment_id="a"), Deployment(deployment_id="b")), {}, "m"),
        ("m", (), {"deployment_id": "dep"}, "dep"),
        ("m", (), {}, "m"),
    ],
    ids=["alias", "other alias", "default", "no model", "only one", "undecided", "option", "model"],
)
def test_the_deployment_is_picked_in_order(model, deployments, options, asked):
    to = target("azure-openai", deployments=deployments, options={"resource_name": "r", **options})

    assert adapter("azure").model(ask(model), to) == asked


def test_a_deployment_has_its_own_api_version():
    options = {"resource_name": "res"}

    assert "/deployments/dep-2/" in azure(ask("gpt-image-2"), deployments=TWO, options=options).url
    assert "/openai/v1/" in azure(ask("dall-e-3"), deployments=TWO, options=options).url


def test_without_any_deployment_nothing_is_sent():
    failure = told("azure-openai", ask(), options={"resource_name": "res"})

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
    assert "deployment" in failure.message


@pytest.mark.parametrize(
    ("model", "fields", "note"),
    [
        ("gpt-image-2", {"options": V1}, "style vivid dropped (gpt-image-2 has none)"),
        (
            "pictures",
            {"options": {**V1, "model_name": "gpt-image-1.5"}},
            "style vivid dropped (gpt-image-1.5 has none)",
        ),
        (
            None,
            {"options": {"resource_name": "r", "deployment_id": "gpt-image-1"}},
            "style vivid dropped (gpt-image-1 has none)",
        ),
        ("dall-e-3", {"deployments": TWO[:1]}, "style vivid dropped (gpt-image-2 has none)"),
    ],
    ids=["request", "model_name", "deployment", "alias"],
)
def test_the_rules_are_those_of_the_model_behind_the_deployment(model, fields, note):
    assert adapted("azure-openai", ask(model, style="vivid"), **fields)[1] == [note]


def test_a_deployment_of_an_unknown_model_gets_everything_as_it_is():
    request = ask("pictures", style="vivid", output_format="webp", size="7x7")

    assert adapted("azure-openai", request, options=V1) == (dict(request.params), [])


@pytest.mark.parametrize("said", ["webp", "gif", "svg"])
def test_formats_that_azure_has_not_become_png(said):
    params, notes = adapted("azure-openai", ask("gpt-image-2", output_format=said), options=V1)

    assert params["output_format"] == "png"
    assert notes == [f"output_format {said} -> png"]


def test_dall_e_3_gives_one_picture_per_call():
    to = target("azure-openai", options={**V1, "model_name": "dall-e-3"})

    assert adapter("azure").pictures_per_call(ask("pictures"), to) == 1
    assert adapter("azure").pictures_per_call(ask("pictures"), target("azure-openai")) == 10


DIALECTS = {
    "dall-e": {
        "error": {
            "code": "content_policy_violation",
            "message": "no",
            "inner_error": {"code": "ResponsibleAIPolicyViolation"},
        }
    },
    "how-to": {"created": 1, "error": {"code": "contentFilter", "message": "no"}},
    "gpt-image": {
        "error": {
            "type": "image_generation_user_error",
            "code": "moderation_blocked",
            "message": "no",
        }
    },
    "chat": {"error": {"code": "content_filter", "message": "no", "innererror": {}}},
    "inner only": {
        "error": {
            "code": "400",
            "message": "no",
            "innererror": {"code": "ResponsibleAIPolicyViolation"},
        }
    },
}


@pytest.mark.parametrize("body", DIALECTS.values(), ids=DIALECTS.keys())
def test_every_dialect_of_a_refusal_is_a_refusal(body):
    failure = told("azure-openai", CAT, answer(body, 400), options=V1)

    assert (failure.kind, failure.status, failure.billed) == (Kind.REFUSED, 400, None)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, {"error": {"code": "429", "message": "Please retry"}}, Kind.RATE_LIMITED),
        (429, {"error": {"code": 429, "message": "Please retry"}}, Kind.RATE_LIMITED),
        (429, {"error": {"code": "insufficient_quota"}}, Kind.QUOTA_EXHAUSTED),
        (401, {"statusCode": 401, "message": "missing subscription key"}, Kind.AUTH),
        (401, {"error": {"code": "401", "message": "Access denied"}}, Kind.AUTH),
        (404, {"error": {"code": "DeploymentNotFound", "message": "no"}}, Kind.BAD_REQUEST),
        (400, {"error": {"code": "400", "message": "bad", "inner_error": "odd"}}, Kind.BAD_REQUEST),
        (500, {"error": {"code": "InternalServerError"}}, Kind.SERVER_ERROR),
    ],
)
def test_errors_are_classified_by_status_and_code(status, body, kind):
    failure = told("azure-openai", CAT, answer(body, status, retry_after="20"), options=V1)

    assert (failure.kind, failure.status) == (kind, status)
    assert failure.code is None or isinstance(failure.code, str)
    assert failure.retry_after == 20.0


def test_an_error_without_an_envelope_has_its_message_and_id():
    response = answer({"statusCode": 401, "message": "missing key"}, 401, apim_request_id="a-1")

    failure = told("azure-openai", CAT, response, options=V1)

    assert (failure.message, failure.request_id) == ("missing key", "a-1")


def test_filter_results_stay_beside_their_picture():
    results = {"hate": {"filtered": False, "severity": "safe"}}
    body = {"created": 1, "data": [{"b64_json": LONG, "content_filter_results": results}]}

    pictures = told("azure-openai", CAT, answer(body), options=V1)

    assert pictures.data[0].extras == {"content_filter_results": results}
