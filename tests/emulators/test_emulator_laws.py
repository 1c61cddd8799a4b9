import json

from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpRequest, Part
from router.emulators.drawing import fixed
from router.emulators.emulator import World
from router.emulators.registry import emulator, emulator_at, names
from router.providers.registry import providers
from tests.originals.pictures import MASK, PNG, drawn

WORLD = World(now=lambda: 1_800_000_000.5, publish=lambda *_: "data:,", draw=fixed(b"picture"))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)

WORDS = st.sampled_from(
    [
        "gpt-image-2",
        "dall-e-2",
        "dall-e-3",
        "auto",
        "1024x1024",
        "png",
        "low",
        "16:9",
        "sd3-large",
        "black-forest-labs/FLUX.2-pro",
    ]
)

NAMES = """prompt model n size quality style background output_format output_compression moderation
stream partial_images response_format user safety_identifier complexity text_prompts width height
cfg_scale samples seed steps sampler style_preset extras aspect_ratio image strength mode
image_url guidance_scale input version"""

FIELDS = st.sampled_from(NAMES.split())

BODIES = JSON | st.dictionaries(FIELDS, WORDS | JSON, max_size=6)

PICTURES = st.binary() | st.sampled_from([PNG, MASK, drawn("jpeg"), drawn(size=(1024, 1024))])

URLS = st.sampled_from(
    [
        "https://api.openai.com/v1/images/generations",
        "https://api.openai.com/v1/images/edits",
        "https://api.openai.com/v1/images/variations",
        "https://r.openai.azure.com/openai/deployments/d/images/edits?api-version=preview",
        "https://r.openai.azure.com/openai/deployments/d3/images/generations?api-version=preview",
        "https://res.openai.azure.com/openai/v1/images/generations",
        "https://api.stability.ai/v1/generation/stable-diffusion-xl-1024-v1-0/text-to-image",
        "https://api.stability.ai/v1/generation/stable-diffusion-xl-1024-v1-0/image-to-image",
        "https://api.stability.ai/v1/generation/stable-diffusion-v1-6/image-to-image/masking",
        "https://api.stability.ai/v2beta/stable-image/edit/inpaint",
        "https://api.stability.ai/v2beta/stable-image/edit/outpaint",
        "https://api.stability.ai/v2beta/stable-image/control/style",
        "https://api.stability.ai/v2beta/stable-image/generate/sd3",
        "https://api.stability.ai/v2beta/stable-image/generate/ultra",
        "https://api.together.ai/v1/images/generations",
        "https://api.replicate.com/v1/predictions",
        "https://api.replicate.com/v1/models/black-forest-labs/flux-schnell/predictions",
        "https://api.replicate.com/v1/predictions/q1w2e3r4t5y6u7i8o9p0a1s2d3/cancel",
    ]
)

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def check_shape(url, response):
    """Every answer is JSON; every error has its provider's keys."""
    body = json.loads(response.body)
    if response.status in {200, 201}:
        return
    assert 400 <= response.status < 500
    if "replicate" in url:
        assert body["status"] == response.status
        assert body["detail"]
    elif "stability" not in url:
        assert body["error"]["message"]
        assert "code" in body["error"]
    elif "/v1/" in url:
        assert set(body) == {"id", "name", "message"}
    else:
        assert set(body) == {"id", "name", "errors"}
        assert body["errors"]


def emulator_for(url):
    return emulator_at(url.split("/")[2])


@given(url=URLS, body=BODIES)
def test_any_json_gets_an_answer_in_the_providers_shape(url, body):
    request = HttpRequest(
        method="POST",
        url=url,
        headers={**HEADERS, "content-type": "application/json"},
        body=json.dumps(body).encode(),
    )

    check_shape(url, emulator_for(url).handle(request, WORLD))


@given(url=URLS, fields=st.dictionaries(FIELDS, WORDS | st.text() | PICTURES, max_size=6))
def test_any_form_gets_an_answer_in_the_providers_shape(url, fields):
    parts = tuple(
        Part(name=name, content=value, filename="file", content_type="image/png")
        if isinstance(value, bytes)
        else Part(name=name, content=value.encode("utf-8", "replace"))
        for name, value in fields.items()
    )
    request = HttpRequest(method="POST", url=url, headers=HEADERS, parts=parts)

    check_shape(url, emulator_for(url).handle(request, WORLD))


@given(url=URLS, body=st.binary(max_size=200))
def test_any_bytes_get_an_answer_in_the_providers_shape(url, body):
    headers = {**HEADERS, "content-type": "application/json"}
    request = HttpRequest(method="POST", url=url, headers=headers, body=body)

    check_shape(url, emulator_for(url).handle(request, WORLD))


@given(url=URLS, status=st.integers(400, 599), code=st.none() | st.just("insufficient_quota"))
def test_any_status_can_be_said_in_the_providers_words(url, status, code):
    request = HttpRequest(method="POST", url=url, headers=HEADERS)
    known = emulator_for(url)

    response = known.failure(status, code, request, WORLD)

    assert response.status == status
    assert json.loads(response.body)
    assert json.loads(known.refusal(request, WORLD).body)


def test_every_emulator_is_found_by_name_alias_and_host():
    assert {emulator(name).provider for name in names()} == {info.name for info in providers()}
    assert emulator("stability").provider == emulator_at("API.stability.ai").provider
    assert emulator("azure").provider == emulator_at("any.openai.azure.com").provider
    assert emulator("together").provider == emulator_at("api.together.xyz").provider
    assert emulator("replicate").provider == emulator_at("api.replicate.com").provider
    assert emulator_at("eu.api.openai.com").provider == "openai"
    assert emulator("nobody") is None
    assert emulator_at("openai.azure.com.evil.org") is None
