import base64

import anyio
import httpx
import pytest
import together
from emulator_talk import ask, opened, over_http

from router import AsyncRouter, RoutingError
from router.emulators.drawing import draw

SCHNELL = "black-forest-labs/FLUX.1-schnell"
KONTEXT = "black-forest-labs/FLUX.1-kontext-pro"
GENERATIONS = "/together-ai/v1/images/generations"
LOGIN = {"authorization": "Bearer tgp_sandbox"}
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)


def ask_together(key="tgp_sandbox", settings=None, **params):
    """One call with the together package; returns the answer or the error it raised."""

    async def work(sandbox):
        # This package writes the /v1 itself.
        base = sandbox.base_url("together-ai").removesuffix("/v1")
        async with together.AsyncTogether(base_url=base, api_key=key, max_retries=0) as client:
            try:
                return await client.images.generate(
                    **{"model": SCHNELL, "prompt": "a red kite", **params}
                )
            except together.APIError as error:
                return error

    return over_http(work, **(settings or {}))


def picture_of(answer, place=0):
    return opened(base64.b64decode(answer.data[place].b64_json, validate=True))


def plain(**fields):
    body = {"model": SCHNELL, "prompt": "a red kite", **fields}
    return ask("POST", GENERATIONS, headers=LOGIN, json=body)


@pytest.mark.parametrize(
    ("params", "size", "kind"),
    [
        ({}, (1024, 1024), "JPEG"),
        ({"width": 512, "height": 768}, (512, 768), "JPEG"),
        ({"width": 1920, "height": 1080, "output_format": "png"}, (1920, 1080), "PNG"),
        ({"steps": 4, "guidance_scale": 3.5, "negative_prompt": "blur"}, (1024, 1024), "JPEG"),
        ({"model": KONTEXT, "image_url": DOT}, (1024, 1024), "JPEG"),
    ],
)
def test_the_together_package_gets_a_picture_as_asked(params, size, kind):
    answer = ask_together(response_format="base64", **params)

    picture = picture_of(answer)
    assert (picture.size, picture.format) == (size, kind)
    assert answer.data[0].type == "b64_json"


def test_a_url_is_what_comes_unless_base64_is_asked_for():
    async def work(sandbox):
        base = sandbox.base_url("together-ai").removesuffix("/v1")
        async with (
            together.AsyncTogether(base_url=base, api_key="tgp_sandbox") as client,
            httpx.AsyncClient(trust_env=False, verify=False) as web,
        ):
            answer = await client.images.generate(model=SCHNELL, prompt="a red kite")
            return answer.data[0].type, await web.get(answer.data[0].url)

    kind, file = over_http(work)

    assert (kind, opened(file.content).format) == ("url", "JPEG")


def test_an_answer_tells_no_date_and_says_what_the_limit_is():
    response = plain(n=2)

    body = response.json()
    assert set(body) == {"id", "model", "object", "data"}
    assert [one["index"] for one in body["data"]] == [0, 1]
    assert all(one["timings"]["inference"] > 0 for one in body["data"])
    assert int(response.headers["x-ratelimit-remaining"]) < int(
        response.headers["x-ratelimit-limit"]
    )


def test_the_word_that_many_clients_send_for_base64_is_understood():
    assert plain(response_format="b64_json").json()["data"][0]["b64_json"]


def test_a_seed_gives_the_same_picture_and_none_another():
    async def work(sandbox):
        async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False, verify=False) as web:

            async def one(**fields):
                body = {"model": SCHNELL, "prompt": "x", "width": 256, "height": 256, **fields}
                body["response_format"] = "base64"
                response = await web.post(GENERATIONS, headers=LOGIN, json=body)
                return response.json()["data"][0]["b64_json"]

            return [await one(**seed) for seed in ({"seed": 7}, {"seed": 7}, {"seed": 8}, {}, {})]

    seven, again, eight, free, other = over_http(work, draw=draw)

    assert seven == again
    assert len({seven, eight, free, other}) == 4


@pytest.mark.parametrize(
    ("params", "kind", "param"),
    [
        ({"width": 1001}, together.BadRequestError, "width"),
        ({"height": 64}, together.BadRequestError, "height"),
        ({"height": 2048}, together.BadRequestError, "height"),
        ({"n": 5}, together.BadRequestError, "n"),
        ({"n": 0}, together.BadRequestError, "n"),
        ({"steps": 51}, together.BadRequestError, "steps"),
        ({"seed": "x"}, together.BadRequestError, "seed"),
        ({"guidance_scale": "x"}, together.BadRequestError, "guidance_scale"),
        ({"negative_prompt": 3}, together.BadRequestError, "negative_prompt"),
        ({"output_format": "webp"}, together.BadRequestError, "output_format"),
        ({"response_format": "file"}, together.BadRequestError, "response_format"),
        ({"prompt": ""}, together.BadRequestError, "prompt"),
        ({"image_url": DOT}, together.BadRequestError, "image_url"),
        ({"model": KONTEXT, "image_url": "kite.png"}, together.BadRequestError, "image_url"),
        ({"model": "nobody/nothing"}, together.NotFoundError, None),
    ],
)
def test_what_is_not_allowed_is_refused(params, kind, param):
    error = ask_together(**params)

    assert type(error) is kind
    assert error.body["error"]["param"] == param


@pytest.mark.parametrize("key", ["tgp_invalid", "no key at all, and invalid"])
def test_a_wrong_key_opens_nothing(key):
    assert type(ask_together(key=key)) is together.AuthenticationError


@pytest.mark.parametrize(
    ("faults", "kind", "status"),
    [
        ("together-ai: 401", together.AuthenticationError, 401),
        ("together: 402", together.APIStatusError, 402),
        ("403 code=third_party_data_sharing_blocked", together.PermissionDeniedError, 403),
        ("404", together.NotFoundError, 404),
        ("429 retry_after=7", together.RateLimitError, 429),
        ("500", together.InternalServerError, 500),
        ("503", together.InternalServerError, 503),
        ("524", together.InternalServerError, 524),
        ("refusal", together.UnprocessableEntityError, 422),
    ],
)
def test_the_together_package_raises_what_it_raises_in_earnest(faults, kind, status):
    error = ask_together(settings={"faults": faults})

    assert type(error) is kind
    assert error.status_code == status


def test_a_limit_is_named_and_says_when_to_ask_again():
    response = ask_together(settings={"faults": "429"}).response

    assert response.json()["error_type"] == "dynamic_request_limited"
    assert response.headers["x-ratelimit-reset"] == "2"


def test_the_prompts_that_ask_for_it_are_refused():
    refused = ask_together(prompt="a [refuse] kite")
    filtered = ask_together(prompt="a [filter] kite")
    unchecked = ask_together(prompt="a [filter] kite", disable_safety_checker=True)

    assert (refused.status_code, refused.body["error"]["code"]) == (422, "content_policy_violation")
    assert filtered.status_code == 422
    assert unchecked.data


def test_an_empty_answer_has_no_pictures():
    assert ask_together(settings={"faults": "empty"}).data == []


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status"),
    [
        ("GET", GENERATIONS, {}, 405),
        ("POST", "/together-ai/v1/images/edits", {"json": {}}, 404),
        ("POST", GENERATIONS, {"content": b"{"}, 400),
        ("POST", GENERATIONS, {"data": {"prompt": "x"}}, 400),
    ],
)
def test_other_ways_of_asking_are_turned_away(method, path, arguments, status):
    headers = {**LOGIN, **({"content-type": "application/json"} if "content" in arguments else {})}

    response = ask(method, path, headers=headers, **arguments)

    assert response.status_code == status
    assert response.json()["error"]["message"]


def routed(**request):
    """One request by the router, to the same emulator in-process."""

    async def main():
        async with AsyncRouter({"provider": "together"}, environment={}, sandbox=True) as router:
            try:
                answer = await router.images.generate(
                    **{"prompt": "a red kite", "model": SCHNELL, **request}
                )
            except RoutingError as error:
                return error, error.trace
            return answer, answer.trace

    return anyio.run(main)


def test_the_router_gets_as_many_pictures_as_asked():
    answer, trace = routed(n=5, size="1000x504", output_format="jpg", seed=3)

    assert [opened(one.bytes()).size for one in answer.data] == [(1000, 504)] * 5
    assert [attempt.status for attempt in trace.attempts] == [200, 200]
    assert answer.created > 1_700_000_000


def test_the_router_knows_a_refusal():
    error, trace = routed(prompt="a [refuse] kite")

    assert (error.kind, error.status_code) == ("refused", 422)
    assert len(trace.attempts) == 1
