"""Every row of the dialects: its stand-in, asked by the openai package and by the router."""

import base64
import json

import httpx
import openai
import pytest
from emulator_talk import opened, over_http
from hypothesis import given
from hypothesis import strategies as st

from router import AsyncRouter, RoutingError
from router.core.http import HttpRequest, Part
from router.dialects.table import dialects
from router.emulators.drawing import draw, drawn_once, fixed
from router.emulators.emulator import World
from router.emulators.registry import emulator, emulator_at
from router.sandbox.in_process import SandboxSender
from router.testing import simulate

ROWS = {row.name: row for row in dialects()}
HOST = "http://localhost:9000/v1"
WORLD = World(now=lambda: 1_800_000_000.5, publish=lambda *_: "data:,", draw=fixed(b"picture"))
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)

each_row = pytest.mark.parametrize("name", ROWS)
DRAW = drawn_once()
JSON = {"content-type": "application/json"}


def by_openai(name, ask, key="sk-sandbox", **settings):
    """Let the openai package ask a row over HTTP; returns the answer or the error it raised."""

    async def work(sandbox):
        base = sandbox.base_url(name)
        async with openai.AsyncOpenAI(base_url=base, api_key=key, max_retries=0) as client:
            try:
                return await ask(client.images)
            except openai.APIError as error:
                return error

    return over_http(work, **settings)


def generated(name, key="sk-sandbox", settings=None, **params):
    said = {"model": "m", "prompt": "a red kite", **params}
    return by_openai(name, lambda images: images.generate(**said), key, **(settings or {}))


def by_http(name, path, key="sk-sandbox", method="POST", **arguments):
    """One plain HTTP request; `path` begins at the row's base URL."""

    async def work(sandbox):
        login = {"authorization": f"Bearer {key}"} if key else {}
        async with httpx.AsyncClient(trust_env=False, verify=False, headers=login) as client:
            return await client.request(method, sandbox.base_url(name) + path, **arguments)

    return over_http(work)


def routed(name, operation="generate", faults=None, key=None, **request):
    """Let the router ask a row in-process; returns the answer or the error, and the statuses."""
    config = {"provider": name, "retry": {"attempts": 1, "on_status_codes": [429]}}
    if not ROWS[name].base_url:
        config["custom_host"] = HOST
    if key is not None:
        config["api_key"] = key

    async def main():
        sender = SandboxSender(faults=faults, hosts={HOST: name}, draw=DRAW)
        environment = {ROWS[name].key_variable: "sk-sandbox"}
        async with AsyncRouter(config, environment=environment, sender=sender) as router:
            ask = getattr(router.images, operation)
            try:
                answer = await ask(**{"prompt": "a red kite", "model": "m", **request})
            except RoutingError as error:
                return error, [attempt.status for attempt in error.trace.attempts]
            return answer, [attempt.status for attempt in answer.trace.attempts]

    return simulate(main)


@each_row
def test_the_openai_package_gets_a_picture(name):
    answer = generated(name, response_format="b64_json")

    assert opened(base64.b64decode(answer.data[0].b64_json)).format in {"PNG", "JPEG"}
    assert answer.created > 1_700_000_000


@each_row
def test_the_openai_package_edits_where_edits_are_forms(name):
    row = ROWS[name]
    if "edit" not in row.operations or row.json_edits:
        return

    async def ask(images):
        return await images.edit(
            model="m",
            prompt="at night",
            image=("kite.png", DOT, "image/png"),
            n=1,
            extra_body={"response_format": "b64_json"},
        )

    answer = by_openai(name, ask)

    assert opened(base64.b64decode(answer.data[0].b64_json)).size[0] >= 512


@pytest.mark.parametrize(
    ("name", "params", "status"),
    [
        ("x-ai", {"size": "1024x1024"}, 400),
        ("x-ai", {"style": "vivid"}, 400),
        ("x-ai", {"extra_body": {"aspect_ratio": "7:5"}}, 422),
        ("x-ai", {"extra_body": {"resolution": "8k"}}, 422),
        ("vllm-omni", {"response_format": "url"}, 422),
        ("vllm-omni", {"size": "large"}, 400),
        ("xinference", {"size": "512x512"}, 400),
        ("sd-cpp", {"size": "512*512"}, 400),
        ("sd-cpp", {"output_format": "tiff"}, 400),
        ("recraft-ai", {"n": 7}, 400),
        ("nscale", {"n": 0}, 400),
        ("nscale", {"n": "two"}, 400),
        ("nscale", {"prompt": ""}, 400),
        ("nscale", {"extra_body": {"size": 5}}, 400),
    ],
)
def test_what_a_row_does_not_allow_is_refused(name, params, status):
    error = generated(name, **params)

    assert error.status_code == status


@pytest.mark.parametrize(
    ("name", "params", "size"),
    [
        ("x-ai", {"extra_body": {"aspect_ratio": "16:9", "resolution": "2k"}}, (2736, 1536)),
        ("x-ai", {"extra_body": {"aspect_ratio": "auto"}}, (1024, 1024)),
        ("localai", {}, (512, 512)),
        ("xinference", {"size": "640*320"}, (640, 320)),
        ("sglang", {"size": "auto", "output_format": "webp"}, (1024, 1024)),
    ],
)
def test_a_row_draws_the_size_that_it_was_asked_for(name, params, size):
    answer = generated(name, response_format="b64_json", **params)

    assert opened(base64.b64decode(answer.data[0].b64_json)).size == size


def test_a_seed_gives_the_same_picture():
    def one(seed):
        params = {"size": "256x256", "response_format": "b64_json", "extra_body": {"seed": seed}}
        return generated("sglang", settings={"draw": draw}, **params).data[0].b64_json

    assert one(7) == one(7) != one(8)


@each_row
def test_a_wrong_key_opens_nothing_and_none_is_needed_at_home(name):
    wrong = generated(name, key="sk-invalid")
    without = by_http(name, "/images/generations", key="", json={"prompt": "x", "model": "m"})

    assert type(wrong) is openai.AuthenticationError
    assert without.status_code == (401 if ROWS[name].key_variable else 200)


@each_row
def test_other_ways_of_asking_are_turned_away(name):
    generations = by_http(name, "/images/generations", content=b"{", headers=JSON)
    form = by_http(name, "/images/generations", data={"prompt": "x"})
    nowhere = by_http(name, "/images/nothing", json={})
    looked = by_http(name, "/images/generations", method="GET")

    seen = [one.status_code for one in (generations, form, nowhere, looked)]
    assert seen == [400, 415, 404, 405]


EDIT = {"prompt": "x", "image": {"type": "image_url", "url": "https://p.example/kite.png"}}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"json": EDIT}, 200),
        ({"json": {**EDIT, "image": None}}, 400),
        ({"json": {"prompt": "x", "images": [EDIT["image"]] * 3}}, 200),
        ({"json": {"prompt": "x", "images": [EDIT["image"]] * 4}}, 400),
        ({"json": {"prompt": "x", "images": ["https://p.example/kite.png"]}}, 400),
        ({"data": {"prompt": "x"}, "files": {"image": DOT}}, 415),
    ],
)
def test_x_ai_edits_what_comes_in_json_alone(arguments, status):
    assert by_http("x-ai", "/images/edits", **arguments).status_code == status


@pytest.mark.parametrize(
    ("name", "arguments", "status"),
    [
        ("deepinfra", {"data": {"prompt": "x", "n": "1"}, "files": {"image": DOT}}, 200),
        ("deepinfra", {"data": {"prompt": "x"}, "files": {"image[]": DOT}}, 400),
        ("sglang", {"data": {"prompt": "x", "n": "2"}, "files": {"image[]": DOT}}, 200),
        ("sglang", {"data": {"prompt": "x", "n": "two"}, "files": {"image": DOT}}, 400),
        ("sglang", {"data": {"prompt": "x"}, "files": {"image": DOT, "mask": DOT}}, 400),
        ("sglang", {"json": {"prompt": "x"}}, 415),
        ("openai-compatible", {"data": {"prompt": "x"}, "files": {"image": DOT, "mask": DOT}}, 200),
    ],
)
def test_other_edits_are_forms_with_a_picture(name, arguments, status):
    assert by_http(name, "/images/edits", **arguments).status_code == status


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("deepinfra", {"error": {"message": "m", "type": "t", "param": None, "code": None}}),
        ("x-ai", {"code": "", "error": "m"}),
        ("sd-cpp", {"error": "m"}),
        ("sglang", {"detail": "m"}),
        ("localai", {"error": {"code": 0, "message": "m", "type": ""}}),
    ],
)
def test_an_error_has_the_shape_of_its_row(name, shape):
    body = by_http(name, "/images/generations", json={"model": "m"}).json()

    assert keys(body) == keys(shape)


def keys(value):
    return {key: keys(one) for key, one in value.items()} if isinstance(value, dict) else None


def test_recraft_has_errors_that_are_no_json():
    response = by_http("recraft-ai", "/images/generations", json={"model": "m"})

    assert response.headers["content-type"].startswith("text/plain")
    assert response.text == "prompt required"


@each_row
def test_the_router_gets_as_many_pictures_as_asked_from_every_row(name):
    answer, statuses = routed(
        name, n=3, size="512x512", seed=7, quality="high", negative_prompt="blur"
    )

    assert len(answer.data) == 3
    assert set(statuses) == {200}
    if ROWS[name].size != "ratio":
        assert {(one.media.width, one.media.height) for one in answer.data} == {(512, 512)}


@each_row
def test_the_router_edits_with_every_row_that_can(name):
    answer, statuses = routed(name, "edit", image=DOT)

    if "edit" in ROWS[name].operations:
        assert len(answer.data) == 1
    else:
        assert (answer.kind, statuses) == ("unsupported", [])


@each_row
@pytest.mark.parametrize(
    ("faults", "kind", "statuses"),
    [
        ("refusal", "refused", [400]),
        ("empty", "empty", [502]),
        ("401", "auth", [401]),
        ("402", "quota_exhausted", [402]),
        ("500", "server_error", [500]),
        ("503", "overloaded", [503]),
        ("400", "bad_request", [400]),
    ],
)
def test_the_router_knows_what_went_wrong_at_every_row(name, faults, kind, statuses):
    error, seen = routed(name, faults=faults)

    assert (error.kind, seen) == (kind, statuses)


@each_row
def test_the_router_waits_as_long_as_a_row_says(name):
    answer, statuses = routed(name, faults="429 retry_after=0.01 x1")

    assert statuses == [429, 200]
    assert answer.trace.attempts[1].waited >= 0.01


@each_row
def test_a_prompt_that_asks_for_it_is_refused_and_so_is_a_wrong_key(name):
    refused, _ = routed(name, prompt="a [refuse] kite")
    wrong, _ = routed(name, key="sk-invalid")

    assert refused.kind == "refused"
    assert wrong.kind == "auth"


@each_row
def test_a_row_is_found_by_its_names_and_its_host(name):
    row = ROWS[name]

    assert {emulator(one).provider for one in (name, *row.aliases)} == {name}
    if row.base_url:
        host = row.base_url.split("/")[2]
        assert emulator_at(host).provider == name


NAMES = """prompt model n size aspect_ratio resolution response_format output_format seed image
images style quality negative_prompt"""
FIELDS = st.sampled_from(NAMES.split())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("1024x1024"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=6,
)


@given(
    name=st.sampled_from(sorted(ROWS)),
    path=st.sampled_from(["generations", "edits", "variations"]),
    body=VALUES | st.dictionaries(FIELDS, VALUES, max_size=6),
)
def test_any_json_gets_an_answer(name, path, body):
    check(name, path, body=json.dumps(body).encode())


@given(
    name=st.sampled_from(sorted(ROWS)),
    path=st.sampled_from(["generations", "edits", "variations"]),
    fields=st.dictionaries(FIELDS, st.text() | st.binary(), max_size=6),
)
def test_any_form_gets_an_answer(name, path, fields):
    parts = tuple(
        Part(name=key, content=value, filename="file")
        if isinstance(value, bytes)
        else Part(name=key, content=value.encode("utf-8", "replace"))
        for key, value in fields.items()
    )

    check(name, path, parts=parts)


def check(name, path, **content):
    base = ROWS[name].base_url or HOST
    headers = {"authorization": "Bearer key", "content-type": "application/json"}
    request = HttpRequest(method="POST", url=f"{base}/images/{path}", headers=headers, **content)

    response = emulator(name).handle(request, WORLD)

    assert response.status == 200 or 400 <= response.status < 500
    assert response.body
