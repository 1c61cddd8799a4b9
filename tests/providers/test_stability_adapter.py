import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import LONG, adapted, answer, ask, form, sent, target, told

from router.core.catalog import ModelFacts
from router.core.http import BEARER, HttpResponse
from router.core.images import Pictures
from router.core.outcome import Kind
from router.providers.registry import adapter
from router.providers.stability_v1 import find_engine

SDXL = "stable-diffusion-xl-1024-v1-0"
SD_1_6 = "stable-diffusion-v1-6"
CORE = "stable-image-core"
HOST = "https://api.stability.ai"


def stability(request, **fields):
    return sent("stability-ai", request, **fields)


def artifact(reason="SUCCESS", seed=1):
    return {"base64": LONG, "seed": seed, "finishReason": reason}


@pytest.mark.parametrize(
    ("model", "path", "field"),
    [
        (None, "core", None),
        ("core", "core", None),
        ("stable-image-core", "core", None),
        ("ultra", "ultra", None),
        ("stable-image-ultra", "ultra", None),
        ("sd3", "sd3", None),
        ("sd3.5-large", "sd3", "sd3.5-large"),
        ("sd3.5-large-turbo", "sd3", "sd3.5-large-turbo"),
        ("sd3-medium", "sd3", "sd3-medium"),
        ("a-newer_one.2", "a-newer_one.2", None),
    ],
)
def test_v2_models_are_endpoints_or_the_form_field_of_sd3(model, path, field):
    request = stability(ask(model))

    assert request.url == f"{HOST}/v2beta/stable-image/generate/{path}"
    assert form(request).get("model") == field


def test_v2_is_always_a_form_and_asks_for_json():
    request = stability(ask(CORE, seed=5, aspect_ratio="16:9", negative_prompt="blur", n=1))

    assert request.body == b""
    assert request.auth is BEARER
    assert request.headers["accept"] == "application/json"
    assert "content-type" not in request.headers
    assert form(request) == {
        "prompt": "a red kite",
        "seed": "5",
        "aspect_ratio": "16:9",
        "negative_prompt": "blur",
    }


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (4, "4"), (0.5, "0.5"), ("x", "x"), ([1, 2], "[1,2]")]
)
def test_values_in_a_form_are_text(value, text):
    assert form(stability(ask("sd3", cfg_scale=value)))["cfg_scale"] == text


def test_a_null_is_not_sent():
    assert "seed" not in form(stability(ask(CORE, seed=None)))
    assert "steps" not in json.loads(stability(ask(SDXL, steps=None)).body)


@pytest.mark.parametrize(
    "model", ["a/b", "../core", "a?b", "a#b", "a%2e", "a..b", ".", "", "ä", "a b", "a\n", "x" * 65]
)
def test_a_name_that_could_lead_elsewhere_is_not_asked(model):
    request = ask(model)

    if model:
        failure = told("stability-ai", request)

        assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
        assert adapter("stability-ai").pictures_per_call(request, target("stability-ai")) == 1
    else:
        assert stability(request).url.endswith("/core")


@given(st.text(max_size=40))
def test_no_model_leaves_its_place_in_the_url(model):
    flow = adapter("stability-ai").flow(ask(model), target("stability-ai"))
    try:
        url = next(flow).request.url
    except StopIteration:
        return

    head, _, name = url.rpartition("/")
    assert head in {f"{HOST}/v2beta/stable-image/generate", f"{HOST}/v1/generation/{model}"}
    assert name.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_v1_is_json_with_weighted_prompts():
    request = stability(ask(SDXL, n=2, negative_prompt="blurry", seed=42, width=1024, steps=30))

    assert request.url == f"{HOST}/v1/generation/{SDXL}/text-to-image"
    assert request.headers["accept"] == "application/json"
    assert json.loads(request.body) == {
        "text_prompts": [{"text": "a red kite", "weight": 1}, {"text": "blurry", "weight": -1}],
        "seed": 42,
        "width": 1024,
        "steps": 30,
        "samples": 2,
    }


def test_v1_keeps_prompts_that_are_given_in_its_own_words():
    own = [{"text": "at night", "weight": 0.5}]

    prompts = json.loads(stability(ask(SDXL, text_prompts=own)).body)["text_prompts"]

    assert prompts == [{"text": "a red kite", "weight": 1}, *own]


def test_an_engine_of_which_no_sizes_are_known_is_asked_for_any():
    engine = find_engine("mine", ModelFacts(name="mine", options={"contract": "v1"}))

    assert "size" not in engine.rules
    assert "seed" in engine.rules


def test_v1_sends_no_prompt_where_there_is_none():
    request = ask(SDXL)

    body = stability(request.with_params({"model": SDXL})).body

    assert json.loads(body) == {"text_prompts": []}


def test_a_custom_host_stands_in_for_stabilitys():
    url = stability(ask(CORE), base_url="https://proxy.example/stability/").url

    assert url == "https://proxy.example/stability/v2beta/stable-image/generate/core"
    assert adapter("stability").origins(target("stability-ai")) == {f"{HOST}:443"}


@pytest.mark.parametrize(("model", "count"), [(SDXL, 10), (SD_1_6, 10), (CORE, 1), (None, 1)])
def test_pictures_per_call(model, count):
    assert adapter("stability").pictures_per_call(ask(model), target("stability-ai")) == count


def test_the_model_of_the_trace_is_the_one_asked():
    assert adapter("stability").model(ask("sd3"), target("stability-ai")) == "sd3"
    assert adapter("stability").model(ask(), target("stability-ai")) == CORE


@pytest.mark.parametrize(
    ("model", "asked", "becomes", "notes"),
    [
        (
            CORE,
            {"size": "1792x1024"},
            {"aspect_ratio": "16:9"},
            ["size 1792x1024 -> aspect_ratio 16:9"],
        ),
        (
            CORE,
            {"size": "1024x1024"},
            {"aspect_ratio": "1:1"},
            ["size 1024x1024 -> aspect_ratio 1:1"],
        ),
        ("ultra", {"size": "1024x1024"}, {"aspect_ratio": "1:1"}, []),
        ("sd3.5-large", {"size": "1024x1024"}, {"aspect_ratio": "1:1"}, []),
        (CORE, {"size": "auto"}, {}, []),
        (
            CORE,
            {"size": "1x1", "aspect_ratio": "3:2"},
            {"aspect_ratio": "3:2"},
            ["size 1x1 dropped (aspect_ratio is given)"],
        ),
        (CORE, {"aspect_ratio": "4:3"}, {"aspect_ratio": "5:4"}, ["aspect_ratio 4:3 -> 5:4"]),
        (CORE, {"aspect_ratio": 2}, {}, ["aspect_ratio 2 dropped (not WIDTH:HEIGHT)"]),
        (CORE, {"quality": "hd"}, {}, [f"quality hd dropped ({CORE} has none)"]),
        (CORE, {"quality": "auto"}, {}, []),
        (CORE, {"style": "anime"}, {"style_preset": "anime"}, []),
        (CORE, {"style": "vivid"}, {}, ["style vivid dropped (no style_preset of that name)"]),
        (
            CORE,
            {"style": "anime", "style_preset": "origami"},
            {"style_preset": "origami"},
            ["style anime dropped (style_preset is given)"],
        ),
        (CORE, {"background": "opaque"}, {}, []),
        (
            CORE,
            {"background": "transparent"},
            {},
            [f"background transparent dropped ({CORE} has none)"],
        ),
        (CORE, {"user": "u-1"}, {}, [f"user dropped ({CORE} has none)"]),
        (CORE, {"response_format": "b64_json"}, {}, []),
        (CORE, {"response_format": "url"}, {}, ["response_format url -> b64_json"]),
        (CORE, {"output_format": "webp"}, {"output_format": "webp"}, []),
        (CORE, {"output_format": "gif"}, {"output_format": "png"}, ["output_format gif -> png"]),
        (CORE, {"n": 1}, {"n": 1}, []),
        (CORE, {"steps": 30}, {}, ["steps dropped (stability-ai does not know it)"]),
        (CORE, {"cfg_scale": 5}, {}, ["cfg_scale dropped (stability-ai does not know it)"]),
        ("sd3", {"cfg_scale": 5}, {"cfg_scale": 5}, []),
        ("newer", {"cfg_scale": 5}, {"cfg_scale": 5}, []),
        (CORE, {"seed": 4294967294}, {"seed": 4294967294}, []),
        (CORE, {"seed": 4294967295}, {"seed": 2}, ["seed 4294967295 -> 2"]),
        (SDXL, {"seed": 4294967295}, {"seed": 4294967295}, []),
        (CORE, {"seed": 0}, {"seed": 0}, ["seed 0 -> random"]),
        (CORE, {"seed": "7"}, {}, ["seed 7 dropped (not a whole number)"]),
        (
            SDXL,
            {"size": "1792x1024"},
            {"width": 1344, "height": 768},
            ["size 1792x1024 -> 1344x768"],
        ),
        (SDXL, {"size": "832x1216"}, {"width": 832, "height": 1216}, []),
        (SD_1_6, {"size": "512x512"}, {"width": 512, "height": 512}, []),
        (
            SD_1_6,
            {"size": "256x256"},
            {"width": 320, "height": 320},
            ["size 256x256 -> 320x320"],
        ),
        (
            SDXL,
            {"size": "1x1", "width": 1024},
            {"width": 1024},
            ["size 1x1 dropped (width is given)"],
        ),
        (SDXL, {"size": "auto"}, {}, []),
        (SDXL, {"size": "huge"}, {}, ["size huge dropped (not WIDTHxHEIGHT)"]),
        (SDXL, {"output_format": "png"}, {}, []),
        (
            SDXL,
            {"output_format": "webp"},
            {},
            [f"output_format webp dropped ({SDXL} gives png)"],
        ),
        (SDXL, {"sampler": "DDIM", "steps": 20}, {"sampler": "DDIM", "steps": 20}, []),
        (SDXL, {"mode": "x"}, {}, ["mode dropped (stability-ai does not know it)"]),
        (SDXL, {"negative_prompt": "blur"}, {"negative_prompt": "blur"}, []),
    ],
)
def test_parameters_are_said_in_stabilitys_words(model, asked, becomes, notes):
    params, told_notes = adapted("stability-ai", ask(model, **asked))

    assert params == {"prompt": "a red kite", "model": model, **becomes}
    assert told_notes == notes


@given(st.integers(-(2**70), 2**70).filter(lambda seed: seed != 0))
def test_every_seed_becomes_a_legal_one_and_never_a_random_one(seed):
    assert 0 < adapted("stability-ai", ask(CORE, seed=seed))[0]["seed"] < 2**32 - 1


def test_seeds_side_by_side_stay_different():
    seeds = [adapted("stability-ai", ask(CORE, seed=2**40 + k))[0]["seed"] for k in range(10)]

    assert len(set(seeds)) == 10


def test_v1_gives_its_artifacts_with_their_seeds():
    response = answer(
        {"artifacts": [artifact(), artifact(seed=2)]}, date="Thu, 01 Jan 1970 00:01:00 GMT"
    )

    pictures = told("stability-ai", ask(SDXL, n=2), response)

    assert [bytes(one.b64) for one in pictures.data] == [LONG.encode()] * 2
    assert pictures.data[1].extras == {"seed": 2, "finishReason": "SUCCESS"}
    assert (pictures.created, pictures.raw) == (60, None)


def test_v2_gives_its_picture_with_its_seed_and_type():
    body = {"image": LONG, "finish_reason": "SUCCESS", "seed": 7}
    response = answer(body, content_type="application/json; type=image/webp")

    pictures = told("stability-ai", ask(CORE), response)

    assert bytes(pictures.data[0].b64) == LONG.encode()
    assert pictures.data[0].extras == {"seed": 7, "finish_reason": "SUCCESS"}
    assert pictures.fields == {"output_format": "webp"}


def test_a_filtered_picture_is_a_refusal():
    body = {"image": LONG, "finish_reason": "CONTENT_FILTERED", "seed": 7}

    failure = told("stability-ai", ask(CORE), answer(body, x_request_id="r-1"))

    assert (failure.kind, failure.status, failure.billed) == (Kind.REFUSED, 400, None)
    assert (failure.code, failure.request_id) == ("CONTENT_FILTERED", "r-1")
    assert failure.pictures == ()


def test_the_good_pictures_of_a_filtered_answer_travel_in_the_failure():
    body = {"artifacts": [artifact(), artifact("CONTENT_FILTERED"), artifact("ERROR")]}

    failure = told("stability-ai", ask(SDXL, n=3), answer(body))

    assert (failure.kind, len(failure.pictures)) == (Kind.REFUSED, 1)
    assert failure.message == "2 of 3 pictures were withheld by the provider's safety system"


def test_a_picture_that_ended_in_an_error_is_invalid_output():
    body = {"artifacts": [artifact(), artifact("ERROR")]}

    failure = told("stability-ai", ask(SDXL, n=2), answer(body))

    assert (failure.kind, failure.status) == (Kind.INVALID_OUTPUT, 502)
    assert len(failure.pictures) == 1


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        (400, "bad_request", Kind.BAD_REQUEST),
        (400, "invalid_prompts", Kind.REFUSED),
        (400, "invalid_sdxl_v1_dimensions", Kind.BAD_REQUEST),
        (403, "content_moderation", Kind.REFUSED),
        (403, "permission_denied", Kind.AUTH),
        (401, "unauthorized", Kind.AUTH),
        (402, "payment_required", Kind.QUOTA_EXHAUSTED),
        (400, "insufficient_balance", Kind.QUOTA_EXHAUSTED),
        (402, "new_name", Kind.QUOTA_EXHAUSTED),
        (404, "not_found", Kind.BAD_REQUEST),
        (413, "bad_request", Kind.BAD_REQUEST),
        (422, "bad_request", Kind.BAD_REQUEST),
        (429, "bad_request", Kind.RATE_LIMITED),
        (500, "server_error", Kind.SERVER_ERROR),
        (503, "content_moderation", Kind.OVERLOADED),
    ],
)
@pytest.mark.parametrize("model", [CORE, SDXL])
def test_errors_are_classified_by_status_and_name(model, status, name, kind):
    body = {"id": "a" * 32, "name": name, "errors": ["seed: too big", "n: odd"]}

    failure = told("stability-ai", ask(model), answer(body, status))

    assert (failure.kind, failure.status, failure.code) == (kind, status, name)
    assert failure.message == "seed: too big, n: odd"
    assert failure.request_id == "a" * 32


def test_v1_says_it_in_one_message():
    body = {"id": "x", "name": "not_found", "message": "no such engine"}

    assert told("stability-ai", ask(SDXL), answer(body, 404)).message == "no such engine"


@pytest.mark.parametrize("model", [CORE, SDXL])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"<html>hi</html>",
        b"[]",
        b'{"image": null}',
        b'{"image": "\\u0000picture:3"}',
        b'{"artifacts": {}}',
        b'{"artifacts": "x"}',
        b"[" * 100_000,
    ],
)
def test_a_200_that_is_no_answer_is_invalid_output(model, body):
    failure = told("stability-ai", ask(model), HttpResponse(status=200, body=body))

    assert (failure.kind, failure.status, failure.billed) == (Kind.INVALID_OUTPUT, 502, None)


@given(
    st.sampled_from([CORE, SDXL]),
    st.integers(200, 599),
    st.binary() | st.text().map(str.encode),
)
def test_no_answer_breaks_the_conversation(model, status, body):
    outcome = told("stability-ai", ask(model), HttpResponse(status=status, body=body))

    assert isinstance(outcome, Pictures) or len(outcome.message) <= 200
