import json

import pytest
from edit_talk import CAT, OVER, edit, parts, variation, why_not
from provider_talk import adapted, answer, ask, sent, told

from router.core.files import held
from router.core.http import BEARER
from router.core.images import ImageRequest
from router.core.outcome import Kind
from router.core.target import Deployment
from router.providers.registry import adapter
from tests.originals.pictures import drawn

GPT = "gpt-image-2"
HOST = "https://api.openai.com/v1"
CLASSIC = "https://r.openai.azure.com/openai/deployments"
AZURE = {"options": {"resource_name": "r", "api_version": "2025-04-01-preview"}}
JPEG, WEBP, GIF = (held(drawn(form), f"cat.{form}") for form in ("jpeg", "webp", "gif"))
WIDE = held(drawn(size=(64, 32)), "wide.png")
REFERENCES = ImageRequest(
    params={
        "prompt": "a kite",
        "model": GPT,
        "images": [{"file_id": "file-1"}],
        "mask": {"file_id": "file-2"},
        "moderation": "low",
    },
    operation="edit",
)


def test_an_edit_is_a_form_with_the_texts_before_the_file():
    request = sent("openai", edit(GPT, n=2, background="opaque", user="ann"))

    assert (request.method, request.url, request.auth) == ("POST", f"{HOST}/images/edits", BEARER)
    assert parts(request) == [
        ("prompt", None, "a red kite"),
        ("model", None, GPT),
        ("n", None, "2"),
        ("background", None, "opaque"),
        ("user", None, "ann"),
        ("image", "cat.png", "image/png"),
    ]
    assert "content-type" not in request.headers
    assert request.headers["accept-encoding"] == "identity"


def test_several_pictures_have_brackets_and_the_mask_has_its_own_part():
    request = sent("openai", edit(GPT, images=(CAT, JPEG), mask=OVER))

    assert parts(request)[2:] == [
        ("image[]", "cat.png", "image/png"),
        ("image[]", "cat.jpeg", "image/jpeg"),
        ("mask", "mask.png", "image/png"),
    ]


def test_a_picture_is_not_read_before_it_is_sent():
    request = sent("openai", edit(GPT))

    assert request.parts[-1].content is CAT


def test_what_is_nested_is_named_as_the_openai_package_names_it():
    svg = {"model": "gpt-6", "reasoning": {"effort": "low"}}

    request = sent("openai", edit(GPT, svg=svg, stream=False, tags=["a", "b"], none=None))

    assert [(name, text) for name, _, text in parts(request)[2:-1]] == [
        ("svg[model]", "gpt-6"),
        ("svg[reasoning][effort]", "low"),
        ("stream", "false"),
        ("tags[]", "a"),
        ("tags[]", "b"),
    ]


def test_references_are_json():
    request = sent("openai", REFERENCES)

    assert (request.url, request.parts) == (f"{HOST}/images/edits", ())
    assert json.loads(request.body) == REFERENCES.params
    assert request.headers["content-type"] == "application/json"


def test_organization_and_project_are_named_in_forms_too():
    options = {"organization": "org-1", "project": "proj_1"}

    request = sent("openai", edit(GPT), options=options)

    assert request.headers["openai-organization"] == "org-1"


def test_a_variation_is_a_form():
    request = sent("openai", variation("dall-e-2", n=3))

    assert request.url == f"{HOST}/images/variations"
    assert parts(request) == [
        ("model", None, "dall-e-2"),
        ("n", None, "3"),
        ("image", "cat.png", "image/png"),
    ]


@pytest.mark.parametrize(
    ("request_", "params", "notes"),
    [
        (edit(GPT, moderation="auto"), {"model": GPT}, []),
        (
            edit(GPT, moderation="low"),
            {"model": GPT},
            ["moderation low dropped (a form for edits has none)"],
        ),
        (
            edit(GPT, input_fidelity="high"),
            {"model": GPT},
            ["input_fidelity high dropped (gpt-image-2 has none)"],
        ),
        (
            edit("gpt-image-1.5", input_fidelity="high"),
            {"model": "gpt-image-1.5", "input_fidelity": "high"},
            [],
        ),
        (edit(GPT, style="vivid"), {"model": GPT}, ["style vivid dropped (gpt-image-2 has none)"]),
        (edit("mine", moderation="low"), {"model": "mine", "moderation": "low"}, []),
        (edit("dall-e-2", quality="standard"), {"model": "dall-e-2"}, []),
        (
            edit("dall-e-2", quality="hd", input_fidelity="high"),
            {"model": "dall-e-2"},
            [
                "quality hd dropped (an edit by dall-e-2 has none)",
                "input_fidelity high dropped (dall-e-2 has none)",
            ],
        ),
        (
            ask("gpt-image-1.5", input_fidelity="high"),
            {"model": "gpt-image-1.5"},
            ["input_fidelity high dropped (there is no picture to keep to)"],
        ),
        (variation("dall-e-2", quality="standard"), {"model": "dall-e-2"}, []),
        (
            variation("dall-e-2", prompt="a kite"),
            {"model": "dall-e-2"},
            ["prompt dropped (a variation has none)"],
        ),
    ],
    ids=[
        "usual", "moderation", "fidelity", "has it", "style", "unknown", "only quality",
        "dall-e-2", "no edit", "quality", "prompt",
    ],
)  # fmt: skip
def test_an_edit_has_parameters_of_its_own(request_, params, notes):
    settled, told_of = adapted("openai", request_)

    settled.pop("prompt", None)
    assert (settled, told_of) == (params, notes)


def test_json_has_moderation():
    settled, notes = adapted("openai", REFERENCES)

    assert (settled["moderation"], notes) == ("low", [])


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (edit(GPT, mask=OVER), ""),
        (edit("mine", images=(CAT,) * 16), ""),
        (variation("mine"), ""),
        (variation(None), ""),
        (variation("dall-e-2"), ""),
        (REFERENCES, ""),
        (edit("dall-e-3"), "dall-e-3 cannot edit a picture"),
        (variation(GPT), "gpt-image-2 cannot make a variation of a picture"),
        (edit("dall-e-2", images=(CAT, CAT)), "dall-e-2 takes one picture, and 2 are given"),
        (edit("dall-e-2", images=(JPEG,)), "openai takes png, and cat.jpeg is jpeg"),
        (edit("dall-e-2", images=(WIDE,)), "openai takes squares, and wide.png is 64x32"),
        (edit(GPT, images=(CAT, GIF)), "openai takes png, jpeg and webp, and cat.gif is gif"),
        (edit(GPT, files={"markup": (OVER,)}), "gpt-image-2 takes no markup"),
        (edit("gpt-image-2.5-flare", files={"markup": (OVER,)}), ""),
    ],
    ids=[
        "mask", "unknown", "unknown variation", "no model", "dall-e-2", "references", "dall-e-3",
        "gpt variation", "two", "jpeg", "wide", "gif", "markup", "has markup",
    ],
)  # fmt: skip
def test_a_model_is_asked_for_what_it_can(request_, reason):
    assert why_not("openai", request_) == reason


def test_references_are_counted_too():
    many = REFERENCES.with_params({**REFERENCES.params, "images": [{"file_id": "f"}] * 17})

    assert why_not("openai", many) == "gpt-image-2 takes 16 pictures, and 17 are given"


def test_openai_takes_references_but_for_dall_e_2_and_azure_does_not():
    old = REFERENCES.with_params({**REFERENCES.params, "model": "dall-e-2"})

    assert adapter("openai").takes_references(REFERENCES, None)
    assert not adapter("openai").takes_references(old, None)
    assert not adapter("azure-openai").takes_references(REFERENCES, None)


def test_errors_are_read_as_for_generations():
    refusal = {"error": {"message": "no", "code": "moderation_blocked", "type": "x"}}

    assert told("openai", edit(GPT), answer(refusal, 400)).kind is Kind.REFUSED


# Azure


@pytest.mark.parametrize(
    ("version", "url", "model"),
    [
        (
            "2025-04-01-preview",
            f"{CLASSIC}/d/images/edits?api-version=2025-04-01-preview",
            None,
        ),
        (None, "https://r.openai.azure.com/openai/v1/images/edits", "d"),
        ("preview", "https://r.openai.azure.com/openai/v1/images/edits?api-version=preview", "d"),
    ],
)
def test_azure_names_the_deployment_in_the_path_or_in_the_form(version, url, model):
    deployments = (Deployment(deployment_id="d", alias=GPT, api_version=version),)

    request = sent(
        "azure-openai",
        edit(GPT, mask=OVER),
        options={"resource_name": "r"},
        deployments=deployments,
    )

    assert request.url == url
    texts = {name: text for name, filename, text in parts(request) if filename is None}
    assert texts.get("model") == model
    assert [name for name, filename, _ in parts(request) if filename] == ["image", "mask"]


@pytest.mark.parametrize(
    ("request_", "options", "reason"),
    [
        (edit(GPT), AZURE, ""),
        (edit(GPT), {"options": {"resource_name": "r"}}, ""),
        (
            edit(GPT),
            {"options": {"resource_name": "r", "api_version": "2024-10-21"}},
            "api_version 2024-10-21 has no edits; 2025-04-01-preview is the first",
        ),
        (edit("dall-e-3"), AZURE, "dall-e-3 cannot edit a picture"),
        (variation(GPT), AZURE, "Azure has no variations"),
        (
            edit(GPT, images=(WEBP,)),
            AZURE,
            "azure-openai takes png and jpeg, and cat.webp is webp",
        ),
    ],
    ids=["classic", "v1", "old", "dall-e-3", "variation", "webp"],
)
def test_azure_is_asked_for_what_it_can(request_, options, reason):
    assert why_not("azure-openai", request_, **options) == reason
