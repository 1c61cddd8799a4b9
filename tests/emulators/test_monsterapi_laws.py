"""Whatever Monster API's stand-in is asked, it takes an order or says what is wrong with it."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpRequest, Part
from router.emulators.drawing import fixed
from router.emulators.emulator import World
from router.emulators.monsterapi import MonsterAPI
from router.emulators.registry import emulator_at
from tests.originals.pictures import PNG

LOGIN = {"authorization": "Bearer eyJ.sandbox.key"}
WEB = "https://pictures.example/1.png"
INSIDE = "data:image/png;base64," + base64.b64encode(PNG).decode()

WORLD = World(now=lambda: 1_800_000_000.5, publish=lambda *_: "data:,", draw=fixed(PNG))
NAMES = """prompt negprompt samples steps aspect_ratio guidance_scale seed init_image_url strength
safe_filter style image_guidance_scale width"""
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["None", "square", "30", "2", WEB, INSIDE, "[refuse]", "data:,"])
    | st.lists(st.integers(), max_size=2)
)
FIELDS = st.dictionaries(st.sampled_from(NAMES.split()), VALUES, max_size=6)
URLS = st.sampled_from(
    [
        *(f"https://api.monsterapi.ai/v1/generate/{name}" for name in
          ["sdxl-base", "txt2img", "img2img", "pix2pix", "photo-maker", "falcon-7b-instruct"]),
        "https://api.monsterapi.ai/v1/status/1",
        "https://api.monsterapi.ai/",
    ]
)  # fmt: skip
METHODS = st.sampled_from(["GET", "POST"])


def check(request):
    """Every answer is JSON: a job that is accepted, or a message."""
    response = MonsterAPI().handle(request, WORLD)
    body = json.loads(response.body)
    assert response.status in {200, 400, 404}
    assert ("process_id" in body) == (response.status == 200)
    assert body["message"]


@given(METHODS, URLS, FIELDS | VALUES)
def test_any_json_gets_a_job_or_a_message(method, url, body):
    headers = {**LOGIN, "content-type": "application/json"}
    content = json.dumps(body).encode()

    check(HttpRequest(method=method, url=url, headers=headers, body=content))


@given(URLS, st.binary(max_size=100), st.sampled_from(["application/json", "text/plain", ""]))
def test_any_bytes_get_a_job_or_a_message(url, body, content_type):
    headers = {**LOGIN, "content-type": content_type}

    check(HttpRequest(method="POST", url=url, headers=headers, body=body))


@given(URLS, st.dictionaries(st.sampled_from(NAMES.split()), st.binary(max_size=20) | st.just(PNG)),
       st.booleans())  # fmt: skip
def test_any_form_gets_a_job_or_a_message(url, fields, as_files):
    parts = tuple(
        Part(name=name, content=content, filename="file" if as_files else None)
        for name, content in fields.items()
    )

    check(HttpRequest(method="POST", url=url, headers=LOGIN, parts=parts))


@given(FIELDS)
def test_a_job_that_was_accepted_ends_well_or_says_why(fields):
    clock = [1_800_000_000.0]
    world = World(now=lambda: clock[0], publish=lambda *_: "data:,", draw=fixed(PNG))
    headers = {**LOGIN, "content-type": "application/json"}
    order = HttpRequest(
        method="POST",
        url="https://api.monsterapi.ai/v1/generate/txt2img",
        headers=headers,
        body=json.dumps({**fields, "prompt": f"x {fields.get('prompt')}"}).encode(),
    )
    job = json.loads(MonsterAPI().handle(order, world).body).get("process_id")
    if job is None:
        return
    clock[0] += 60

    url = f"https://api.monsterapi.ai/v1/status/{job}"
    response = MonsterAPI().handle(HttpRequest(method="GET", url=url, headers=LOGIN), world)

    body = json.loads(response.body)
    assert set(body) == {"process_id", "status", "result", "credit_used", "overage"}
    assert bool(body["credit_used"]) == (body["status"] == "COMPLETED")
    assert body["result"]["output" if body["status"] == "COMPLETED" else "errorMessage"]


def test_it_is_found_by_its_host_alone():
    assert emulator_at("api.monsterapi.ai").provider == "monsterapi"
    assert emulator_at("api.monsterapi.ai.evil.example") is None
