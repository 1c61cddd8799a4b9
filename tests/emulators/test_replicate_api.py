"""What Replicate's own client would hide: its stand-in, asked in plain requests."""

import json

import httpx
import pytest
from emulator_talk import ask, over_http
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpRequest
from router.emulators.drawing import fixed
from router.emulators.emulator import World
from router.emulators.replicate import Replicate
from router.emulators.replicate_models import BY_NAME
from router.providers.catalog import catalog_of

SCHNELL = "black-forest-labs/flux-schnell"
SDXL = "stability-ai/sdxl"
VERSION = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
OTHER_VERSION = "0123456789abcdef" * 4

LOGIN = {"authorization": "Bearer r8_sandbox"}
PATH = f"/replicate/v1/models/{SCHNELL}/predictions"


def post(body, path=PATH, settings=None, headers=LOGIN):
    return ask("POST", path, settings, headers=headers, json=body)


def test_an_answer_that_was_waited_for_has_its_output_while_it_claims_to_be_processing():
    response = post({"input": {"prompt": "x"}}, headers={**LOGIN, "prefer": "wait=5"})

    body = response.json()
    assert response.status_code == 201
    assert response.headers["preference-applied"] == "wait=5"
    assert (body["status"], len(body["output"])) == ("processing", 1)
    assert "metrics" not in body
    assert body["model"] == SCHNELL
    assert body["version"] == "hidden"


def test_a_wait_that_is_too_short_leaves_a_prediction_that_is_starting():
    body = {"version": VERSION, "input": {"prompt": "x"}}

    response = post(body, "/replicate/v1/predictions", headers={**LOGIN, "prefer": "wait=10"})

    assert (response.json()["status"], response.json()["output"]) == ("starting", None)


@pytest.mark.parametrize(
    ("preferred", "applied"),
    [
        ("wait", "wait=60"),
        ("wait=1", "wait=1"),
        ("wait=0", None),
        ("wait=100", None),
        ("respond-async", None),
    ],
)
def test_only_a_wait_that_is_understood_is_applied(preferred, applied):
    response = post({"input": {"prompt": "x"}}, headers={**LOGIN, "prefer": preferred})

    assert response.headers.get("preference-applied") == applied


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer r8_x", 201),
        ("Token r8_x", 201),
        ("bearer r8_x", 201),
        ("r8_x", 401),
        ("Basic r8_x", 401),
        ("Bearer", 401),
        ("", 401),
    ],
)
def test_a_token_is_said_with_bearer_or_in_the_older_way(authorization, status):
    response = post({"input": {"prompt": "x"}}, headers={"authorization": authorization})

    assert response.status_code == status


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ({"input": {}}, ["required"]),
        ({}, ["required"]),
        ({"inptu": {}}, ["required", "additional_property_not_allowed"]),
        ({"input": [], "version": VERSION}, ["additional_property_not_allowed", "invalid_type"]),
        ({"input": {"prompt": 7}}, ["invalid_type"]),
        ({"input": {"prompt": "x", "seed": "7"}}, ["invalid_type"]),
        ({"input": {"prompt": "x", "seed": 1.5}}, ["invalid_type"]),
        ({"input": {"prompt": "x", "go_fast": 1}}, ["invalid_type"]),
        ({"input": {"prompt": "x", "aspect_ratio": "7:1"}}, ["enum"]),
        ({"input": {"prompt": "x", "megapixels": 1}}, ["invalid_type"]),
        ({"input": {"prompt": "x", "num_outputs": 0}}, ["number_gte"]),
        ({"input": {"prompt": "x", "output_quality": 101}}, ["number_lte"]),
        ({"input": {"prompt": "x", "output_format": "jpeg"}}, ["enum"]),
        ({"input": {"prompt": "x", "width": 1}}, ["additional_property_not_allowed"]),
        ({"input": {"seed": "x", "num_outputs": 9}}, ["required", "invalid_type", "number_lte"]),
        ({"input": {"prompt": "x"}, "webhook": "http://a.example"}, ["format"]),
        ({"input": {"prompt": "x"}, "webhook_events_filter": ["never"]}, ["enum"]),
    ],
)
def test_every_mistake_is_listed(body, kinds):
    response = post(body)

    said = response.json()
    assert (response.status_code, said["status"]) == (422, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert [one["type"] for one in said["invalid_fields"]] == kinds
    assert all(one["description"] in said["detail"] for one in said["invalid_fields"])


def test_pictures_have_to_be_addresses():
    path = "/replicate/v1/models/google/nano-banana/predictions"

    def kind(value):
        body = {"input": {"prompt": "x", "image_input": value}}
        fields = post(body, path).json().get("invalid_fields")
        return fields and fields[0]["type"]

    assert kind(["https://a.example/1.png", "data:image/png;base64,AA=="]) is None
    assert kind("https://a.example/1.png") == "invalid_type"
    assert kind(["kite.png"]) == "invalid_type"
    assert kind(["https://a.example/1.png"] * 11) == "number_lte"


@pytest.mark.parametrize(
    ("version", "status"),
    [
        (VERSION, 201),
        (f"{SDXL}:{VERSION}", 201),
        (OTHER_VERSION, 201),
        (f"somebody/something:{OTHER_VERSION}", 201),
        (SCHNELL, 201),
        (SDXL, 404),
        ("somebody/unknown", 404),
        (f"somebody/unknown:{OTHER_VERSION}", 422),
        ("latest", 422),
        ("", 422),
        (7, 422),
    ],
)
def test_a_version_is_an_id_or_an_official_model(version, status):
    body = {"version": version, "input": {"prompt": "x"}}

    assert post(body, "/replicate/v1/predictions").status_code == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"/v1/models/{SDXL}/predictions", 404),  # it is no official one
        ("POST", "/v1/models/somebody/unknown/predictions", 404),
        ("POST", "/v1/models/somebody/something/predictions", 201),
        ("POST", "/v1/deployments/acme/posters/predictions", 201),
        ("POST", "/v1/deployments/acme/unknown/predictions", 404),
        ("POST", "/v1/models/flux-schnell/predictions", 404),
        ("GET", "/v1/predictions/q1w2e3r4t5y6u7i8o9p0a1s2d3", 404),
        ("POST", "/v1/predictions/q1w2e3r4t5y6u7i8o9p0a1s2d3/cancel", 404),
        ("GET", f"/v1/models/{SDXL}/versions/{VERSION}", 200),
        ("GET", f"/v1/models/{SDXL}/versions/{OTHER_VERSION}", 404),
        ("GET", "/v1/models/somebody/unknown", 404),
        ("DELETE", f"/v1/models/{SDXL}", 404),
    ],
)
def test_every_address_is_there_or_not(method, path, status):
    response = ask(method, f"/replicate{path}", headers=LOGIN, json={"input": {"prompt": "x"}})

    assert response.status_code == status


def test_only_json_is_taken():
    form = ask("POST", PATH, headers=LOGIN, files={"input": (None, "x")})
    broken = ask("POST", PATH, headers={**LOGIN, "content-type": "application/json"}, content=b"{")

    assert [form.status_code, broken.status_code] == [400, 400]


def test_a_prediction_is_its_owners_alone():
    async def work(sandbox):
        async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False, verify=False) as client:
            made = await client.post(PATH, headers=LOGIN, json={"input": {"prompt": "x"}})
            address = made.json()["urls"]["get"]
            other = await client.get(address, headers={"authorization": "Bearer r8_other"})
            own = await client.get(address, headers=LOGIN)
            return other.status_code, own.status_code

    assert over_http(work) == (404, 200)


def test_throttling_says_how_long_to_wait():
    body = post({"input": {"prompt": "x"}}, settings={"faults": "replicate: 429"}).json()

    assert body["status"] == 429
    assert body["retry_after"] == 1
    assert body["detail"].startswith("Request was throttled.")


def test_every_model_of_the_catalog_has_its_stand_in_with_the_same_fields():
    for facts in catalog_of("replicate").models:
        model = BY_NAME[facts.name]
        fields = set(model.fields) - {"prompt", "output_format", "size", "style"}

        assert fields <= facts.parameters | {"steps", "interval"}, facts.name
        assert facts.parameters <= fields | {"style_preset", "size"}, facts.name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = sorted({name for model in BY_NAME.values() for name in model.fields})
WORDS = st.sampled_from(
    [
        "custom",
        "16:9",
        "9:1",
        "1024x1024",
        "2K",
        "4 MP",
        "match_input_image",
        "[filter]",
        "jpg",
        "data:image/png;base64,iVBORw0KGgo=",
        "data:,",
        "https://a.example/1.png",
    ]
)
WORLD = World(now=lambda: 1_800_000_000.5, publish=lambda *_: "data:,", draw=fixed(b"picture"))


@given(
    st.sampled_from([*BY_NAME, "somebody/something"]),
    st.dictionaries(st.sampled_from(NAMES), WORDS | JSON, max_size=6),
)
def test_any_input_is_drawn_or_named(name, given_input):
    model = BY_NAME.get(name)
    by_version = model is not None and not model.official
    body = {"input": given_input, **({"version": model.version} if by_version else {})}
    path = "predictions" if by_version else f"models/{name}/predictions"
    request = HttpRequest(
        method="POST",
        url=f"https://api.replicate.com/v1/{path}",
        headers={**LOGIN, "content-type": "application/json", "prefer": "wait=60"},
        body=json.dumps(body).encode(),
    )

    response = Replicate().handle(request, WORLD)

    said = json.loads(response.body)
    if response.status == 422:
        assert said["invalid_fields"]
    else:
        assert response.status == 201
        assert said["error"] if said["status"] == "failed" else said["output"]
