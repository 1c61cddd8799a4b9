"""The stand-in of Monster API, asked by the provider's own client and by plain HTTP."""

import base64
import warnings
from itertools import count
from urllib.request import ProxyHandler, build_opener

import anyio.to_thread
import pytest
import requests
from emulator_talk import ask, opened, over_http

from router.emulators.drawing import draw
from router.emulators.monsterapi_order import LARGEST_FILE
from tests.originals.pictures import PNG, drawn

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it is written for an older pydantic, and says so
    import monsterapi

KEY = "eyJ.sandbox.key"
LOGIN = {"authorization": f"Bearer {KEY}"}
WEB = "https://pictures.example/1.png"


def ticking():
    """A clock that goes on by a tenth of a second whenever somebody looks: nobody has to wait."""
    ticks = count(18_000_000_000)
    return lambda: next(ticks) / 10


def with_client(work, key=KEY, **settings):
    """Run `work(client)` with the monsterapi package against a sandbox; return what came of it."""

    async def main(sandbox):
        client = monsterapi.client(api_key=key, base_url=sandbox.base_url("monsterapi"))

        def run():
            try:
                return work(client)
            except (requests.HTTPError, RuntimeError) as error:
                return error

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return await anyio.to_thread.run_sync(run)

    return over_http(main, **{"now": ticking(), **settings})


def generate(model="sdxl-base", settings=None, key=KEY, **fields):
    """Run one job to its end with the monsterapi package; return its pictures, or the error."""

    def work(client):
        result = client.generate(model, {"prompt": "a red kite", **fields})
        return [opened(fetched(url)) for url in result["output"]]

    return with_client(work, key, **(settings or {}))


def fetched(url):
    with build_opener(ProxyHandler({})).open(url) as response:
        return response.read()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """The client asks through a proxy where the environment names one."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def kite(tmp_path):
    path = tmp_path / "kite.png"
    path.write_bytes(drawn(size=(320, 180)))
    return str(path)


# Its own client


@pytest.mark.parametrize(
    ("model", "fields", "size"),
    [
        ("sdxl-base", {}, (1024, 1024)),
        ("sdxl-base", {"aspect_ratio": "landscape", "negprompt": "blur"}, (1216, 832)),
        ("sdxl-base", {"aspect_ratio": "portrait", "seed": 7}, (832, 1216)),
        ("txt2img", {"steps": 500, "guidance_scale": 3.5}, (512, 512)),
    ],
)
def test_its_own_client_gets_a_picture_for_a_text(model, fields, size):
    (picture,) = generate(model, **fields)

    assert (picture.format, picture.size) == ("PNG", size)


def test_several_pictures_come_of_one_job():
    assert len(generate(samples=4)) == 4


@pytest.mark.parametrize("model", ["img2img", "pix2pix", "photo-maker"])
def test_its_own_client_gives_a_file_to_begin_with(model, kite):
    (picture,) = generate(model, init_image_url=kite)

    assert picture.size == (320, 180)


def test_its_own_client_names_a_picture_on_the_web():
    (picture,) = generate("img2img", init_image_url=WEB)

    assert picture.size == (512, 512)


def test_a_job_is_queued_then_runs_and_then_is_done():
    def work(client):
        job = client.get_response("sdxl-base", {"prompt": "x"})["process_id"]
        seen = []
        while "COMPLETED" not in seen:
            state = client.get_status(job)
            assert state["process_id"] == job
            seen.append(state["status"])
        return list(dict.fromkeys(seen)), state

    seen, last = with_client(work)

    assert seen == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    assert (last["credit_used"], last["overage"]) == (9, 0)


def test_a_job_that_failed_raises_in_its_own_client():
    error = generate(prompt="x [refuse]")

    assert isinstance(error, RuntimeError)
    assert "content filter" in str(error)


def test_a_picture_that_ends_half_way_makes_the_job_fail(tmp_path):
    path = tmp_path / "cut.png"
    path.write_bytes(PNG[:60])

    error = generate("img2img", {"draw": draw}, init_image_url=str(path))

    assert isinstance(error, RuntimeError)
    assert "could not make" in str(error)


def test_the_filter_of_pictures_can_be_switched_off():
    def work(client):
        url = f"{client.base_url}/generate/sdxl-base"
        said = {"prompt": "x [filter]", "safe_filter": False}
        accepted = requests.post(url, json=said, headers=client.headers, timeout=10).json()
        return client.wait_and_get_result(accepted["process_id"])

    assert isinstance(generate(prompt="x [filter]"), RuntimeError)
    assert with_client(work)["output"]


def test_a_wrong_key_is_refused():
    error = generate(key="invalid")

    assert error.response.status_code == 401


def test_a_seed_gives_the_same_picture_and_none_another():
    settings = {"draw": draw, "now": ticking()}

    def work(client):
        def one(**fields):
            result = client.generate("txt2img", {"prompt": "x", **fields})
            return fetched(result["output"][0])

        return one(seed=7), one(seed=7), one(), one()

    seven, again, free, other = with_client(work, **settings)

    assert seven == again
    assert len({seven, free, other}) == 3


@pytest.mark.parametrize("status", [400, 402, 403, 404, 422, 429, 500, 503, 418])
def test_its_own_client_raises_what_it_raises_in_earnest(status):
    error = generate(settings={"faults": f"monsterapi: {status} code=why"})

    assert error.response.status_code == status
    assert error.response.json()["message"]
    assert error.response.json()["code"] == "why"


def test_a_job_that_is_refused_by_script_fails_when_it_is_asked_after():
    def work(client):
        return client.wait_and_get_result("some-job")

    error = with_client(work, faults="monsterapi: refusal")

    assert isinstance(error, RuntimeError)
    assert "content filter" in str(error)


def test_an_order_can_be_refused_by_script_too():
    assert generate(settings={"faults": "monsterapi: refusal"}).response.status_code == 400


def test_an_empty_job_is_done_without_a_picture():
    assert generate(settings={"faults": "monsterapi: empty"}) == []


# Plain HTTP


def post(fields=None, model="sdxl-base", **arguments):
    arguments = {"headers": LOGIN, "json": fields or {"prompt": "x"}, **arguments}
    return ask("POST", f"/monsterapi/v1/generate/{model}", **arguments)


def test_json_is_taken_as_a_form_is():
    form = {"prompt": (None, "x"), "samples": (None, "2"), "seed": (None, "None")}
    as_form = ask("POST", "/v1/generate/txt2img", headers=LOGIN, files=form)

    assert post({"prompt": "x", "samples": 2, "seed": None}).status_code == 200
    assert as_form.status_code == 200
    assert len(as_form.json()["process_id"]) == 36


INSIDE = "data:image/png;base64," + base64.b64encode(PNG).decode()


@pytest.mark.parametrize(
    ("model", "fields", "said"),
    [
        ("sdxl-base", {"prompt": None}, "prompt"),
        ("sdxl-base", {"prompt": 3}, "prompt"),
        ("sdxl-base", {"negprompt": 3}, "negprompt"),
        ("sdxl-base", {"steps": 29}, "steps: has to be from 30 to 500"),
        ("sdxl-base", {"steps": 501}, "steps"),
        ("sdxl-base", {"steps": "many"}, "steps: has to be a whole number"),
        ("sdxl-base", {"steps": True}, "steps"),
        ("sdxl-base", {"samples": 5}, "samples: has to be from 1 to 4"),
        ("sdxl-base", {"samples": 0}, "samples"),
        ("sdxl-base", {"aspect_ratio": "16:9"}, "aspect_ratio"),
        ("sdxl-base", {"aspect_ratio": 1}, "aspect_ratio"),
        ("sdxl-base", {"guidance_scale": "strong"}, "guidance_scale"),
        ("sdxl-base", {"guidance_scale": True}, "guidance_scale"),
        ("sdxl-base", {"seed": 0.5}, "seed"),
        ("sdxl-base", {"seed": -1}, "seed"),
        ("img2img", {}, "init_image_url: a URL or a file is required"),
        ("img2img", {"init_image_url": "kite.png"}, "init_image_url"),
        ("img2img", {"init_image_url": "data:image/png;base64,eA=="}, "init_image_url"),
        ("img2img", {"init_image_url": WEB, "strength": 1.5}, "strength"),
        ("img2img", {"init_image_url": WEB, "samples": 2}, "samples"),
        ("pix2pix", {"init_image_url": WEB, "guidance_scale": 4}, "guidance_scale"),
        ("pix2pix", {"init_image_url": WEB, "image_guidance_scale": 6}, "image_guidance_scale"),
        ("photo-maker", {"init_image_url": WEB, "strength": 29}, "strength"),
        ("photo-maker", {"init_image_url": WEB, "steps": 61}, "steps: has to be from 10 to 60"),
        ("photo-maker", {"init_image_url": WEB, "samples": 4}, "samples"),
    ],
)
def test_the_field_that_is_wrong_is_named(model, fields, said):
    response = post({"prompt": "x", **fields}, model)

    assert response.status_code == 400
    assert response.json()["message"].startswith(said)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"text", "init_image_url", "init_image_url: no picture can be read"),
        (PNG, "another", "another: no picture can be read"),
        (PNG + bytes(LARGEST_FILE), "init_image_url", "init_image_url: the file is larger"),
        (drawn(size=(8193, 1)), "init_image_url", "init_image_url: the picture is too large"),
    ],
    ids=["text", "another field", "large", "wide"],
)
def test_a_file_has_to_be_a_picture_of_8_mb_at_most(content, name, said):
    form = {"prompt": (None, "x"), name: ("kite.png", content, "image/png")}

    response = ask("POST", "/v1/generate/img2img", headers=LOGIN, files=form)

    assert response.status_code == 400
    assert response.json()["message"].startswith(said)


def test_a_picture_may_be_inside_its_url():
    assert post({"prompt": "x", "init_image_url": INSIDE}, "img2img").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/monsterapi/v1/generate/sd-9", 404),
        ("GET", "/monsterapi/v1/generate/sdxl-base", 404),
        ("POST", "/monsterapi/v1/status/1", 404),
        ("GET", "/monsterapi/v1/status/no-such-job", 404),
        ("GET", "/monsterapi/v1/upload", 404),
    ],
)
def test_what_is_not_there_is_not_found(method, path, status):
    response = ask(method, path, headers=LOGIN, json={"prompt": "x"})

    assert response.status_code == status
    assert response.json()["message"]


def test_a_job_is_nobodys_but_its_owners():
    async def work(sandbox):
        url = sandbox.base_url("monsterapi")

        def run():
            said = {"json": {"prompt": "x"}, "headers": LOGIN, "timeout": 10}
            job = requests.post(f"{url}/generate/txt2img", **said).json()["process_id"]
            keys = [LOGIN, {"authorization": "Bearer another"}]
            asked = [requests.get(f"{url}/status/{job}", headers=one, timeout=10) for one in keys]
            return [one.status_code for one in asked]

        return await anyio.to_thread.run_sync(run)

    assert over_http(work, now=ticking()) == [200, 404]
