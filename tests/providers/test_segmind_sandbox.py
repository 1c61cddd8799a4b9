"""Segmind's adapter and its stand-in, through the router, in virtual time."""

import io
from functools import partial

import pytest
from PIL import Image
from provider_talk import ask, target
from sandbox_talk import bought, coloured, conversed, through_sandbox

from router.core.files import held
from router.core.images import ImageRequest, Pictures
from router.emulators.segmind import Segmind
from router.providers.polling import MOST_STUMBLES
from router.providers.registry import adapter

SDXL = "sdxl1.0-txt2img"  # asked by v1
FAST = "fast-flux-schnell"
PRO = "flux-1.1-pro"  # asked by v2
KEY = {"x-api-key": "SG_sandbox"}
MODELS = {facts.name: facts for facts in adapter("segmind").catalog.models}
generated = partial(through_sandbox, "segmind")


@pytest.mark.parametrize(
    ("params", "size", "form"),
    [
        ({"model": SDXL}, (1024, 1024), "jpeg"),
        ({"model": SDXL, "size": "640x768"}, (640, 768), "jpeg"),
        ({"model": f"v2/{SDXL}", "size": "640x768"}, (640, 768), "jpeg"),
        ({"model": FAST, "size": "1792x1024"}, (1344, 768), "jpeg"),
        ({"model": PRO, "size": "512x768", "output_format": "webp"}, (512, 768), "webp"),
        ({"model": f"v1/{PRO}", "size": "512x768", "output_format": "jpeg"}, (512, 768), "jpeg"),
        ({"model": "flux-dev", "size": "1024x1536", "output_format": "png"}, (832, 1216), "png"),
        ({"model": "gpt-image-1", "size": "1792x1024", "quality": "hd"}, (1536, 1024), "png"),
        ({"model": "a-model-of-tomorrow", "size": "640x320"}, (640, 320), "jpeg"),
    ],
)
def test_pictures_come_in_the_size_and_format_that_were_asked_for(params, size, form):
    answer, _, _ = generated(**params)

    media = answer.data[0].media
    assert (media.width, media.height, media.format) == (*size, form)


@pytest.mark.parametrize(
    ("model", "n", "calls"), [(SDXL, 4, 1), (SDXL, 6, 2), (FAST, 3, 3), (PRO, 2, 2)]
)
def test_more_pictures_than_a_model_gives_are_asked_for_in_several_calls(model, n, calls):
    answer, requests, _ = generated(model=model, n=n)

    assert len(answer.data) == n
    assert bought(requests) == calls


@pytest.mark.parametrize("model", [SDXL, PRO])
def test_the_same_seed_gives_the_same_picture(model):
    def first(seed):
        return generated(sender={"draw": coloured}, model=model, seed=seed)[0].data[0].bytes()

    assert first(5) == first(5) != first(6)


@pytest.mark.parametrize(("model", "cost"), [(SDXL, 0.008), (PRO, 0.05)])
def test_what_a_call_cost_is_told(model, cost):
    answer, _, _ = generated(model=model)

    assert answer.usage.details["cost"] == cost


def test_the_cost_of_several_calls_adds_up():
    answer, _, _ = generated(model=FAST, n=3)

    assert answer.usage.details["cost"] == pytest.approx(0.0165)


def test_a_job_is_asked_after_at_a_polite_pace():
    answer, requests, seconds = generated("segmind: 429 x2 after 0.5s retry_after=3", model=PRO)

    assert len(answer.data) == 1
    assert [one.status for one in requests if one.status == 429] == [429, 429]
    assert len(requests) <= 5
    assert seconds >= 7


@pytest.mark.parametrize("model", [SDXL, PRO])
def test_a_refusal_is_one_and_nobody_asks_again(model):
    config = {"retry": {"attempts": 3}}

    error, requests, _ = generated(model=model, prompt="x [refuse]", config=config)

    assert error.kind == "refused"
    assert bought(requests) == 1


def test_a_job_that_fails_is_a_failure():
    error, _, _ = generated(model=PRO, safety_tolerance=2, output_quality=500)

    assert error.kind == "bad_request"
    assert "output_quality" in error.message


@pytest.mark.parametrize("model", [SDXL, PRO])
@pytest.mark.parametrize("fault", ["empty", "truncated", "broken_base64", "wrong_length", "cut"])
def test_a_damaged_answer_is_no_success(model, fault):
    error, _, _ = generated(f"segmind: {fault}", model=model, n=1)

    assert error.kind in {"empty", "invalid_output", "connection_lost"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "auth"),
        (402, "quota_exhausted"),
        (404, "bad_request"),
        (406, "quota_exhausted"),
        (410, "bad_request"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "overloaded"),
    ],
)
@pytest.mark.parametrize("model", [SDXL, PRO])
def test_what_the_api_says_is_told(model, status, kind):
    error, requests, _ = generated(f"segmind: {status}", model=model)

    assert (error.kind, error.status_code) == (kind, status)
    assert bought(requests) == 1


def test_a_throttled_request_is_repeated_when_it_may_be():
    config = {"retry": {"attempts": 1}}

    answer, requests, seconds = generated(
        "segmind: 429 x1 retry_after=7", config=config, model=SDXL
    )

    assert len(answer.data) == 1
    assert bought(requests) == 2
    assert seconds >= 7


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_question_that_fails_costs_no_second_job(status):
    config = {"retry": {"attempts": 3}}

    answer, requests, _ = generated(f"segmind: {status} x3 after 0.1s", config=config, model=PRO)

    assert len(answer.data) == 1
    assert bought(requests) == 1


def test_a_job_that_is_lost_is_not_bought_again():
    config = {"retry": {"attempts": 3}}

    error, requests, _ = generated("segmind: 503 after 0.1s", config=config, model=PRO)

    assert error.kind == "connection_lost"
    assert bought(requests) == 1


def test_a_slow_answer_is_waited_for_until_the_timeout():
    slow = "segmind: delay=30"

    answer, _, seconds = generated(slow, model=SDXL)
    error, _, limited = generated(slow, model=SDXL, config={"request_timeout": 5000})

    assert (len(answer.data), seconds) == (1, 30)
    assert (error.status_code, limited) == (408, 5)


@pytest.mark.parametrize("kind", ["reset", "cut"])
def test_a_connection_that_breaks_while_a_job_runs_costs_no_second_job(kind):
    config = {"retry": {"attempts": 3, "on_kinds": ["connection_lost"]}}

    answer, requests, _ = generated(f"segmind: {kind} x3 after 0.1s", config=config, model=PRO)

    assert len(answer.data) == 1
    assert bought(requests) == 1


def test_connections_that_break_without_end_end_the_questions():
    error, requests, _ = generated("segmind: reset after 0.1s", model=PRO)

    assert (error.kind, error.status_code) == ("connection_lost", 502)
    assert error.trace.attempts[0].billed is None
    assert bought(requests) == 1
    assert len(requests) == 1 + MOST_STUMBLES


def test_a_caller_who_leaves_while_a_job_runs_is_not_held():
    outcome, requests, seconds = generated("segmind: delay=60 after 0.5s", model=PRO, cancel_at=3.0)

    assert (outcome, seconds) == (None, 3.0)
    assert bought(requests) == 1  # there is nothing at Segmind that would cancel it


def test_a_timeout_while_a_job_runs_leaves_it_unknown_whether_it_is_billed():
    error, _, _ = generated(
        "segmind: delay=60 after 0.5s", model=PRO, config={"request_timeout": 4000}
    )

    assert error.status_code == 408
    assert error.trace.attempts[0].billed is None


def test_a_key_that_is_wrong_is_told():
    error, _, _ = generated(config={"api_key": "SG_invalid"}, model=SDXL)

    assert error.kind == "auth"


def test_a_host_of_ones_own_may_ask_for_no_key():
    host = "http://gateway.test/segmind"

    answer, requests, _ = generated(
        config={"custom_host": host}, sender={"hosts": {host: "segmind"}}, model=PRO
    )

    assert len(answer.data) == 1
    assert requests[0].path == f"/v2/{PRO}"


# Every model of the catalog, against the stand-in that checks its fields


EVERYTHING = {
    "size": "1792x1024",
    "n": 1,
    "seed": 2**40,
    "negative_prompt": "blur",
    "quality": "hd",
    "style": "vivid",
    "background": "transparent",
    "output_format": "jpeg",
    "output_compression": 60,
    "user": "u-1",
    "moderation": "low",
    "response_format": "b64_json",
    "cfg": 4,
}


def picture(mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, (320, 256)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("contract", ["", "v1/", "v2/"])
@pytest.mark.parametrize(
    "model", [name for name, facts in MODELS.items() if "generate" in facts.operations]
)
def test_all_of_openais_parameters_together_suit_every_model(model, contract):
    outcome = conversed(Segmind(), ask(contract + model, **EVERYTHING), KEY)

    assert isinstance(outcome, Pictures), outcome


@pytest.mark.parametrize(
    "model", [name for name, facts in MODELS.items() if "edit" in facts.operations]
)
def test_every_model_that_edits_takes_its_pictures(model):
    facts, params = MODELS[model], {"prompt": "a hat", "model": model, "size": "1024x1024"}
    files = {"image": (held(picture(), "image.png"),)}
    if facts.takes_mask:
        files["mask"] = (held(picture("RGBA"), "mask.png"),)
    if facts.options.get("by_url"):
        files, params = {}, {**params, "images": [{"image_url": "https://pics.test/1.png"}]}
    request = ImageRequest(params=params, operation="edit", files=files)

    assert adapter("segmind").ability(request, target("segmind")).why_not == ""
    assert isinstance(conversed(Segmind(), request, KEY), Pictures)
