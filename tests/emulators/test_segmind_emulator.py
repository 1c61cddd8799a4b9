"""The stand-in of Segmind, asked by the provider's own client and by plain HTTP."""

import base64
import io
import json
from itertools import count

import anyio.to_thread
import httpx
import pytest
import segmind
from emulator_talk import ask, opened, over_http
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from router.core.http import HttpRequest, Part
from router.emulators.drawing import fixed
from router.emulators.emulator import World
from router.emulators.registry import emulator_at
from router.emulators.segmind import Segmind
from router.emulators.segmind_models import MODELS
from router.sandbox.fault import FaultKind

KEY = {"x-api-key": "SG_0123456789abcdef"}
SDXL = "/segmind/v1/sdxl1.0-txt2img"
FAST = "/segmind/v1/fast-flux-schnell"


def ticking():
    """A clock that goes on by a tenth of a second whenever somebody looks: nobody has to wait."""
    ticks = count(18_000_000_000)
    return lambda: next(ticks) / 10


def with_client(work, key=KEY["x-api-key"], **settings):
    """Run `work(client)` with the segmind package against a sandbox."""

    async def main(sandbox):
        client = segmind.SegmindClient(
            api_key=key, base_url=sandbox.base_url("segmind") + "/v1", timeout=20
        )

        def run():
            try:
                return work(client)
            except segmind.SegmindError as error:
                return error
            finally:
                client._client.close()

        return await anyio.to_thread.run_sync(run)

    return over_http(main, **{"now": ticking(), **settings})


def run_job(slug="flux-1.1-pro", settings=None, **fields):
    """Run one job of v2 with the segmind package; returns its result or the error."""

    def work(client):
        job = client.submit_async(slug, **{"prompt": "a red kite", **fields})
        return job.wait(timeout=20, interval=0)

    return with_client(work, **(settings or {}))


def post(path, fields=None, **arguments):
    arguments = {"headers": KEY, "json": fields or {"prompt": "a red kite"}, **arguments}
    return ask("POST", path, **arguments)


def picture(size=(320, 256)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def test_v1_answers_its_own_client_with_the_pictures_bytes():
    response = with_client(
        lambda client: client.run_sync(
            "sdxl1.0-txt2img", prompt="a red kite", seed=7, img_width=640, img_height=512
        )
    )

    assert response.headers["content-type"] == "image/jpeg"
    assert (opened(response.content).format, opened(response.content).size) == ("JPEG", (640, 512))
    assert response.headers["x-cost"] == "0.008"
    assert float(response.headers["x-remaining-credits"]) > 0
    assert response.headers["x-seed-value"] == "7"
    assert response.headers["x-request-id"]


@pytest.mark.parametrize("samples", [1, 3])
def test_v1_answers_base64_when_asked(samples):
    response = post(SDXL, {"prompt": "x", "base64": True, "samples": samples})

    image = response.json()["image"]
    texts = image if samples > 1 else [image]
    assert len(texts) == samples
    assert all(opened(base64.b64decode(text)).size == (1024, 1024) for text in texts)


def test_numbers_may_come_as_text():
    fields = {"prompt": "x", "samples": "1", "seed": "5", "img_width": "512", "img_height": "512"}

    response = post(SDXL, fields)

    assert (response.status_code, response.headers["x-seed-value"]) == (200, "5")
    assert opened(response.content).size == (512, 512)


def test_a_form_is_taken_too():
    response = ask("POST", FAST, headers=KEY, files={"prompt": (None, "x")})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "fields", "size", "kind"),
    [
        (FAST, {"aspect_ratio": "16:9"}, (1344, 768), "JPEG"),
        ("/segmind/v1/flux-dev", {"output_format": "png"}, (1024, 1024), "PNG"),
        ("/segmind/v1/flux-dev", {}, (1024, 1024), "WEBP"),
        (
            "/segmind/v1/flux-1.1-pro",
            {"aspect_ratio": "custom", "width": 512, "height": 768},
            (512, 768),
            "PNG",
        ),
        (
            "/segmind/v1/flux-1.1-pro",
            {"aspect_ratio": "3:2", "width": 512, "height": 768},
            (1216, 832),
            "PNG",
        ),
        ("/segmind/v1/gpt-image-1", {"size": "1536x1024"}, (1536, 1024), "PNG"),
        ("/segmind/v1/a-model-of-tomorrow", {"width": 640, "height": 320}, (640, 320), "JPEG"),
        ("/segmind/v1/sdxl-img2img", {"image": picture()}, (320, 256), "JPEG"),
        (
            "/segmind/v1/sdxl-img2img",
            {"image": "data:image/png;base64," + picture()},
            (320, 256),
            "JPEG",
        ),
        (
            "/segmind/v1/sdxl-inpaint",
            {"image": picture(), "mask": "https://pics.test/mask.png"},
            (320, 256),
            "JPEG",
        ),
    ],
)
def test_models_have_sizes_and_formats_of_their_own(path, fields, size, kind):
    response = post(path, {"prompt": "x", **fields})

    assert response.status_code == 200, response.text
    assert (opened(response.content).size, opened(response.content).format) == (size, kind)


def test_transparent_pictures_are_where_a_model_has_them():
    response = post("/segmind/v1/gpt-image-1", {"prompt": "x", "background": "transparent"})

    assert opened(response.content).mode == "RGBA"


def test_no_seed_and_minus_one_ask_for_any():
    for more in ({}, {"seed": -1}):
        assert int(post(FAST, {"prompt": "x", **more}).headers["x-seed-value"]) >= 0


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (FAST, {"seed": 1}, 400),
        (FAST, {"prompt": ""}, 400),
        (FAST, {"prompt": ["x"]}, 400),
        (FAST, {"prompt": "x [refuse]"}, 400),
        (FAST, {"prompt": "x [filter]"}, 400),
        (FAST, {"prompt": "x", "aspect_ratio": "7:5"}, 406),
        (FAST, {"prompt": "x", "aspect_ratio": [1]}, 406),
        ("/segmind/v1/gpt-image-1", {"prompt": "x", "size": "1x1"}, 406),
        ("/segmind/v1/flux-dev", {"prompt": "x", "output_format": "jpeg"}, 406),
        ("/segmind/v1/stable-diffusion-3.5-large-txt2img", {"prompt": "x"}, 400),
        (SDXL, {"prompt": "x", "samples": 5}, 500),
        (SDXL, {"prompt": "x", "samples": True}, 500),
        (SDXL, {"prompt": "x", "img_width": 500, "img_height": 512}, 500),
        (SDXL, {"prompt": "x", "img_width": 513, "img_height": 512}, 500),
        (SDXL, {"prompt": "x", "num_inference_steps": "many"}, 500),
        (SDXL, {"prompt": "x", "guidance_scale": 99}, 500),
        (SDXL, {"prompt": "x", "guidance_scale": False}, 500),
        (SDXL, {"prompt": "x", "seed": 1.5}, 500),
        ("/segmind/v1/sdxl-inpaint", {"prompt": "x", "image": picture()}, 400),
        ("/segmind/v1/sdxl-img2img", {"prompt": "x", "image": "QUJD"}, 500),
        ("/segmind/v1/sdxl-img2img", {"prompt": "x", "image": "!"}, 500),
        ("/segmind/v1/sdxl-img2img", {"prompt": "x", "image": 3}, 500),
        (
            "/segmind/v1/sdxl-inpaint",
            {"prompt": "x", "image": picture(), "mask": picture((64, 64))},
            500,
        ),
        ("/segmind/v1/unknown-model", {"prompt": "x"}, 404),
        ("/segmind/v3/x", {"prompt": "x"}, 404),
    ],
    ids=str,
)
def test_v1_says_what_is_wrong_in_one_text(path, fields, status):
    response = post(path, fields)

    assert response.status_code == status
    assert list(response.json()) == ["error"]
    assert isinstance(response.json()["error"], str)


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "text/plain"}, b"x", 406),
        ({}, b"x", 406),
        ({"content-type": "application/json"}, b"{", 400),
        ({"content-type": "application/json"}, b"[]", 400),
    ],
)
def test_only_json_and_forms_are_taken(headers, content, status):
    response = ask("POST", FAST, headers={**KEY, **headers}, content=content)

    assert response.status_code == status
    assert ("content type" in response.json()["error"]) == (status == 406)


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer SG_1"}, {"x-api-key": "SG_invalid"}], ids=str
)
def test_a_key_has_to_be_where_it_belongs(headers):
    response = ask("POST", FAST, headers=headers, json={"prompt": "x"})

    assert response.status_code == 401
    assert response.json()["error"]


def test_a_missing_key_and_a_wrong_one_are_told_apart():
    missing = ask("POST", FAST, json={"prompt": "x"})
    wrong = ask("POST", FAST, headers={"x-api-key": "invalid"}, json={"prompt": "x"})

    assert missing.json() != wrong.json()


@pytest.mark.parametrize(
    ("method", "path"), [("GET", FAST), ("POST", "/segmind/v1/get-user-credits")]
)
def test_a_wrong_method_is_told_in_html(method, path):
    response = ask(method, path, headers=KEY)

    assert response.status_code == 405
    assert response.headers["content-type"] == "text/html"
    assert "<h1>" in response.text


def test_the_balance_can_be_asked():
    assert ask("GET", "/segmind/v1/get-user-credits", headers=KEY).json()["credits"] > 0


def test_v2_runs_a_job_for_its_own_client():
    result = run_job(aspect_ratio="custom", width=512, height=512, seed=9)

    assert result["status"] == "COMPLETED"
    assert result["images"][0]["url"] == result["output"]
    assert result["images"][0]["content_type"] == "image/png"
    assert result["seed"] == "9"
    assert result["metrics"]["cost"] == 0.05
    assert result["metrics"]["inference_time"] > 0


def test_a_job_is_queued_then_works_then_is_done():
    def work(client):
        job = client.submit_async("flux-dev", prompt="x")
        seen = [job.submit_response["status"]]
        while seen[-1] != "COMPLETED":
            said = job.status()
            seen.append(said["status"])
            assert "output" not in said
        return list(dict.fromkeys(seen))

    assert with_client(work) == ["QUEUED", "PROCESSING", "COMPLETED"]


def test_the_picture_of_a_job_is_where_its_url_says():
    async def work(sandbox):
        async with httpx.AsyncClient(headers=KEY, trust_env=False, verify=False) as client:
            job = (
                await client.post(
                    f"{sandbox.url}/segmind/v2/nano-banana", json={"prompt": "a kite"}
                )
            ).json()
            for address in (job["poll_url"], job["response_url"]):
                early = (await client.get(address)).json()
                assert early["status"] in {"QUEUED", "PROCESSING"}
            while (await client.get(job["status_url"])).json()["status"] != "COMPLETED":
                pass
            result = (await client.get(job["poll_url"])).json()
            return (await client.get(result["output"])).content

    assert opened(over_http(work, now=ticking())).format == "PNG"


@pytest.mark.parametrize(
    ("slug", "fields"),
    [
        ("flux-1.1-pro", {"output_quality": 500}),
        ("flux-1.1-pro", {"prompt": "x [refuse]"}),
        ("sdxl-img2img", {}),
        ("sdxl-img2img", {"image": "QUJD"}),
    ],
)
def test_a_job_fails_with_422_and_is_not_charged(slug, fields):
    error = run_job(slug, **fields)

    assert isinstance(error, segmind.InferenceFailed)
    assert error.detail
    assert set(error.status_body["metrics"]) == {"inference_time", "queue_time", "total_time"}


@pytest.mark.parametrize("fields", [{"prompt": ""}, {"aspect_ratio": "7:5"}])
def test_v2_refuses_at_once_what_is_checked_before_a_model_runs(fields):
    error = run_job("flux-1.1-pro", **fields)

    assert type(error) is segmind.SegmindError
    assert error.status in {400, 406}


def test_a_job_is_its_owners_alone_and_forgotten_after_an_hour():
    moment = [1_800_000_000.0]

    def work(client):
        job = client.submit_async("flux-dev", prompt="x")
        found = client._client.get(job.status_url).status_code
        others = client._client.get(job.status_url, headers={"x-api-key": "SG_other"})
        moment[0] += 3600
        late = client._client.get(job.status_url)
        return found, others.status_code, late.status_code, late.json()

    found, others, late, said = with_client(work, now=lambda: moment[0])

    assert (found, others, late) == (200, 404, 404)
    assert list(said) == ["error"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("segmind: 401", 401),
        ("segmind: 406", 406),
        ("segmind: 410", 410),
        ("segmind: 429 retry_after=7", 429),
        ("segmind: 503", 503),
    ],
)
def test_faults_are_worded_as_segmind_words_them(fault, status):
    response = post(FAST, settings={"faults": fault})

    assert response.status_code == status
    assert list(response.json()) == ["error"]
    assert ("credits" in response.json()["error"]) == (status == 406)
    assert ("x-rate-limit-reset-at-utc" in response.headers) == (status == 429)
    assert response.headers.get("retry-after") == ("7" if status == 429 else None)


def test_a_fault_with_a_code_is_worded_as_the_login_does():
    response = post(FAST, settings={"faults": "segmind: 401 code=invalid_api_key"})

    assert response.json()["error"] == "invalid_api_key"
    assert response.json()["error_description"]


@pytest.mark.parametrize("fault", ["segmind: 422", f"segmind: {FaultKind.REFUSAL}"])
def test_a_fault_may_strike_a_job_while_it_is_asked_after(fault):
    def work(client):
        job = client.submit_async("flux-dev", prompt="x")
        client._client.post(job.status_url.split("/v2/")[0] + "/_faults", content=fault)
        return job.wait(interval=0)

    error = with_client(work)

    assert isinstance(error, segmind.InferenceFailed)


def test_a_refusal_is_worded_alike_in_both_contracts():
    refused = post(FAST, settings={"faults": f"segmind: {FaultKind.REFUSAL}"})

    assert refused.status_code == 400
    assert "content_policy" in refused.json()["error"]


def test_answers_can_be_emptied():
    faults = {"faults": f"segmind: {FaultKind.EMPTY}"}

    assert post(FAST, settings=faults).content == b""
    assert post(FAST, {"prompt": "x", "base64": True}, settings=faults).json()["image"] == []
    result = run_job(settings=faults)
    assert (result["output"], result["images"]) == ([], [])


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = """prompt seed samples base64 size aspect_ratio width height img_width img_height image mask
output_format quality background guidance_scale steps sampler scheduler"""
FIELDS = st.dictionaries(
    st.sampled_from(NAMES.split()),
    JSONS | st.sampled_from(["a kite", "1:1", "png", "512", "1024x1024", "data:image/png;base64,"]),
)
PATHS = st.sampled_from(
    [
        f"/{contract}/{slug}"
        for contract in ("v1", "v2")
        for slug in (*MODELS, "stranger", "unknown")
    ]
    + ["/v2/requests/x", "/v2/requests/x/status", "/v1/requests/x", "/v1/get-user-credits", "/"]
)


def handled(method, path, **fields):
    world = World(
        now=ticking(), publish=lambda *_: "https://images.segmind.com/1", draw=fixed(b"picture")
    )
    headers = {**KEY, "content-type": "application/json", **fields.pop("headers", {})}
    request = HttpRequest(
        method=method, url=f"https://api.segmind.com{path}", headers=headers, **fields
    )
    return Segmind().handle(request, world)


def check(response):
    """Every answer is a picture, JSON, or a page about the method."""
    if response.content_type.startswith("image/"):
        assert (response.status, response.body) == (200, b"picture")
    elif response.content_type == "text/html":
        assert response.status == 405
    else:
        body = json.loads(response.body)
        assert response.status == 200 or isinstance(body["error"], str)


@given(PATHS, FIELDS | JSONS)
def test_any_json_gets_an_answer(path, value):
    check(handled("POST", path, body=json.dumps(value).encode()))


@given(
    st.sampled_from(["GET", "POST", "PUT"]),
    PATHS | st.text().map("/v1/{}".format),
    st.binary(max_size=99),
)
def test_any_bytes_get_an_answer(method, path, content):
    check(handled(method, path, body=content))


@given(PATHS, st.dictionaries(st.sampled_from(["prompt", "image", "mask", "seed"]), st.binary()))
def test_any_form_gets_an_answer(path, files):
    parts = tuple(Part(name=name, content=one, filename=name) for name, one in files.items())

    check(handled("POST", path, parts=parts))


@given(st.integers(400, 599), st.none() | st.just("insufficient_quota"), PATHS)
def test_any_status_can_be_said(status, code, path):
    request = HttpRequest(method="POST", url=f"https://api.segmind.com{path}", headers=KEY)
    world = World(now=ticking(), publish=lambda *_: "")

    assert Segmind().failure(status, code, request, world).status == status


def test_it_is_found_by_its_host_and_names_what_is_asked():
    request = HttpRequest(method="POST", url="https://api.segmind.com/v2/flux-dev")

    assert emulator_at("api.segmind.com").model(request) == "flux-dev"
    assert emulator_at("api.segmind.com").provider == "segmind"
