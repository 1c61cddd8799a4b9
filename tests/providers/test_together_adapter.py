import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import LONG, adapted, answer, ask, sent, target, told

from router.core.catalog import ModelFacts
from router.core.files import held
from router.core.http import BEARER, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.outcome import Kind
from router.core.sizes import Grid
from router.providers.registry import adapter

SCHNELL = "black-forest-labs/FLUX.1-schnell"
KONTEXT = "black-forest-labs/FLUX.1-kontext-pro"
HOST = "https://api.together.ai"
PNG = b"\x89PNG\r\n\x1a\nrest"


def edit(model=KONTEXT, pictures=1, mask=False, operation="edit", **params):
    files = {"image": tuple(held(PNG, f"{k}.png") for k in range(pictures))}
    if mask:
        files["mask"] = (held(PNG, "mask.png"),)
    named = {"prompt": "at night", "model": model, **params}
    return ImageRequest(params=named, operation=operation, files=files)


def body(request, **fields):
    return json.loads(sent("together-ai", request, **fields).body)


def item(**more):
    return {"index": 0, "type": "b64_json", "b64_json": LONG, "timings": {"inference": 1.5}, **more}


def test_a_request_is_json_with_a_bearer_key():
    request = sent("together-ai", ask(SCHNELL, width=1024, height=768, seed=7, n=2, steps=4))

    assert request.url == f"{HOST}/v1/images/generations"
    assert request.auth is BEARER
    assert json.loads(request.body) == {
        "model": SCHNELL,
        "prompt": "a red kite",
        "width": 1024,
        "height": 768,
        "seed": 7,
        "n": 2,
        "steps": 4,
        "response_format": "base64",
    }


def test_a_null_is_not_sent():
    assert "seed" not in body(ask(SCHNELL, seed=None))


def test_a_target_that_passes_through_says_nothing_of_its_own():
    assert "response_format" not in body(ask(SCHNELL), passthrough=True)


def test_a_custom_host_stands_in_for_togethers():
    url = sent("together-ai", ask(SCHNELL), base_url="https://proxy.example/together/v1/").url

    assert url == "https://proxy.example/together/v1/images/generations"
    assert adapter("together").origins(target("together-ai")) == {f"{HOST}:443"}


@pytest.mark.parametrize(
    ("asked", "becomes", "notes"),
    [
        ({"size": "1024x768"}, {"width": 1024, "height": 768}, []),
        ({"size": "1920x1080"}, {"width": 1920, "height": 1080}, []),
        ({"size": "1000x1000"}, {"width": 1000, "height": 1000}, []),
        ({"size": "1023x1024"}, {"width": 1024, "height": 1024}, ["size 1023x1024 -> 1024x1024"]),
        ({"size": "3840x2160"}, {"width": 1920, "height": 1080}, ["size 3840x2160 -> 1920x1080"]),
        ({"size": "64x64"}, {"width": 256, "height": 256}, ["size 64x64 -> 256x256"]),
        ({"size": "auto"}, {}, []),
        ({"size": "big"}, {}, ["size big dropped (not WIDTHxHEIGHT)"]),
        (
            {"size": "512x512", "width": 640},
            {"width": 640},
            ["size 512x512 dropped (width is given)"],
        ),
        ({"n": 4, "seed": 5}, {"n": 4, "seed": 5}, []),
        ({"quality": "hd"}, {}, [f"quality hd dropped ({SCHNELL} has none)"]),
        ({"quality": "auto"}, {}, []),
        ({"style": "vivid"}, {}, [f"style vivid dropped ({SCHNELL} has none)"]),
        ({"background": "opaque", "moderation": "auto"}, {}, []),
        (
            {"background": "transparent"},
            {},
            [f"background transparent dropped ({SCHNELL} has none)"],
        ),
        ({"user": "u-1"}, {}, [f"user dropped ({SCHNELL} has none)"]),
        ({"response_format": "b64_json"}, {"response_format": "base64"}, []),
        ({"response_format": "url"}, {"response_format": "url"}, []),
        ({"response_format": None}, {}, []),
        (
            {"response_format": "file"},
            {"response_format": "base64"},
            ["response_format file -> base64"],
        ),
        ({"output_format": "png"}, {"output_format": "png"}, []),
        ({"output_format": "jpg"}, {"output_format": "jpeg"}, []),
        ({"output_format": "webp"}, {"output_format": "png"}, ["output_format webp -> png"]),
        (
            {"output_compression": 50},
            {},
            [f"output_compression 50 dropped ({SCHNELL} has none)"],
        ),
        ({"negative_prompt": "blur"}, {"negative_prompt": "blur"}, []),
        ({"steps": 4, "guidance_scale": 3}, {"steps": 4, "guidance_scale": 3}, []),
    ],
)
def test_parameters_are_said_in_togethers_words(asked, becomes, notes):
    params, told_notes = adapted("together-ai", ask(SCHNELL, **asked))

    assert params == {"prompt": "a red kite", "model": SCHNELL, **becomes}
    assert told_notes == notes


def test_a_negative_prompt_is_dropped_where_the_model_has_none():
    params, notes = adapted("together-ai", ask(KONTEXT, negative_prompt="blur"))

    assert "negative_prompt" not in params
    assert notes == [f"negative_prompt dropped ({KONTEXT} has none)"]


@given(st.integers(1, 9_999_999), st.integers(1, 9_999_999), st.sampled_from([SCHNELL, "new/one"]))
def test_every_size_becomes_a_multiple_of_eight(width, height, model):
    params, _ = adapted("together-ai", ask(model, size=f"{width}x{height}"))

    assert params["width"] % 8 == params["height"] % 8 == 0
    assert params["width"] > 0 < params["height"]


@pytest.mark.parametrize(("model", "count"), [(SCHNELL, 4), (KONTEXT, 1), ("new/one", 1)])
def test_pictures_per_call(model, count):
    assert adapter("together").pictures_per_call(ask(model), target("together-ai")) == count


def test_what_is_known_of_a_model_is_told():
    facts = adapter("together").facts(ask(SCHNELL), target("together-ai"))

    assert isinstance(facts, ModelFacts)
    assert facts.grid == Grid(step=8, shortest=256, longest=1920)
    assert adapter("together").facts(ask("new/one"), target("together-ai")) is None


def test_an_edit_sends_its_picture_inside_the_json():
    request = edit(width=1024)

    assert body(request)["image_url"] == "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert adapter("together").ability(request, target("together-ai")).why_not == ""


@pytest.mark.parametrize(
    ("request_", "why_not"),
    [
        (edit(mask=True), "takes no mask"),
        (edit(pictures=2), "edits one picture, not 2"),
        (edit(model=SCHNELL), "takes no picture to begin with"),
        (edit(operation="variation"), "has no variations"),
    ],
)
def test_what_cannot_be_done_is_told_before_it_is_asked(request_, why_not):
    assert why_not in adapter("together").ability(request_, target("together-ai")).why_not


def test_a_picture_on_the_web_is_named_by_its_url():
    url = "https://pictures.example/kite.png"
    params = {"prompt": "at night", "model": KONTEXT, "images": [{"image_url": url}]}
    request = ImageRequest(params=params, operation="edit")

    said = body(request)
    speaker = adapter("together")
    assert said["image_url"] == url
    assert "images" not in said
    assert speaker.takes_references(request, target("together-ai"))
    assert speaker.ability(request, target("together-ai")).why_not == ""


def test_a_model_that_is_not_known_may_edit():
    assert adapter("together").ability(edit("new/one"), target("together-ai")).why_not == ""


def test_a_stream_is_refused_before_it_is_asked():
    assert told("together-ai", ask(SCHNELL, stream=True)).local


def test_an_answer_has_no_date_and_keeps_what_stands_beside_a_picture():
    response = answer({"id": "o1", "model": SCHNELL, "object": "list", "data": [item()]})

    pictures = told("together-ai", ask(SCHNELL), response)

    assert bytes(pictures.data[0].b64) == LONG.encode()
    assert pictures.data[0].extras["timings"] == {"inference": 1.5}
    assert (pictures.created, pictures.fields["id"]) == (0, "o1")


def test_an_answer_may_be_a_url():
    data = [{"index": 0, "url": "https://api.together.ai/shrt/Ab"}]

    pictures = told("together-ai", ask(SCHNELL), answer({"id": "o1", "data": data}))

    assert pictures.data[0].url == "https://api.together.ai/shrt/Ab"


def test_an_empty_answer_has_no_pictures():
    assert told("together-ai", ask(SCHNELL), answer({"id": "o1", "data": []})).data == ()


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"type": "invalid_request_error"}, Kind.BAD_REQUEST),
        (400, {"code": "content_policy_violation"}, Kind.REFUSED),
        (400, {"type": "content_policy_violation"}, Kind.REFUSED),
        (401, {"code": "invalid_api_key"}, Kind.AUTH),
        (402, {"type": "credit_limit"}, Kind.QUOTA_EXHAUSTED),
        (403, {"code": "third_party_data_sharing_blocked"}, Kind.AUTH),
        (404, {"code": "model_not_available"}, Kind.BAD_REQUEST),
        (422, {}, Kind.REFUSED),
        (429, {"type": "credit_limit"}, Kind.RATE_LIMITED),
        (500, {}, Kind.SERVER_ERROR),
        (503, {}, Kind.OVERLOADED),
        (504, {}, Kind.SERVER_ERROR),
        (524, {}, Kind.SERVER_ERROR),
        (529, {}, Kind.OVERLOADED),
    ],
)
def test_errors_are_classified_by_status_and_words(status, error, kind):
    response = answer({"error": {"message": "told why", **error}}, status, x_request_id="r-1")

    failure = told("together-ai", ask(SCHNELL), response)

    assert (failure.kind, failure.status, failure.message) == (kind, status, "told why")
    assert failure.request_id == "r-1"
    assert failure.billed is (None if kind in {Kind.REFUSED, Kind.SERVER_ERROR} else False)


def test_a_refusal_without_a_body_is_one_all_the_same():
    failure = told("together-ai", ask(SCHNELL), HttpResponse(status=422))

    assert (failure.kind, failure.billed) == (Kind.REFUSED, None)


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"message": "slow down"}, "error_type": "dynamic_request_limited"},
        {"error": {"message": "slow down", "error_type": "dynamic_request_limited"}},
        {"error": {"message": "slow down", "type": "dynamic_request_limited"}},
    ],
)
def test_the_limit_that_was_hit_is_named(said):
    failure = told("together-ai", ask(SCHNELL), answer(said, 429))

    assert (failure.kind, failure.type) == (Kind.RATE_LIMITED, "dynamic_request_limited")


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"x_ratelimit_reset": "2.5"}, 2.5),
        ({"x_ratelimit_reset": "2.5", "retry_after": "7"}, 7.0),
        ({"x_ratelimit_reset": "1800000000"}, None),
        ({"x_ratelimit_reset": "-1"}, None),
        ({"x_ratelimit_reset": "nan"}, None),
        ({"x_ratelimit_reset": "soon"}, None),
        ({}, None),
    ],
)
def test_when_to_ask_again_is_read_from_either_header(headers, after):
    response = answer({"error": {"message": "slow down"}}, 429, **headers)

    assert told("together-ai", ask(SCHNELL), response).retry_after == after


@given(st.integers(200, 599), st.binary() | st.text().map(str.encode))
def test_no_answer_breaks_the_conversation(status, content):
    outcome = told("together-ai", ask(SCHNELL), HttpResponse(status=status, body=content))

    assert isinstance(outcome, Pictures) or len(outcome.message) <= 1000
