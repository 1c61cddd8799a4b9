"""Replicate's adapter and its stand-in, through the router, in virtual time."""

from functools import partial

import anyio
import pytest
from provider_talk import ask, target
from replicate_talk import CLEAR, KONTEXT, PRO, SCHNELL, SDXL, SEEDREAM, begin_with, png
from sandbox_talk import coloured, conversed, through_sandbox

from router.core.images import Pictures
from router.emulators.replicate import Replicate
from router.providers.registry import adapter
from router.sandbox.in_process import SandboxSender

KEY = {"authorization": "Bearer r8_sandbox"}
generated = partial(through_sandbox, "replicate")
MODELS = {facts.name: facts for facts in adapter("replicate").catalog.models}


def asked(requests):
    """Methods and the ends of paths."""
    return [f"{one.method} {one.path.rpartition('/')[2]}" for one in requests]


def bought(requests):
    """How many predictions were begun."""
    return asked(requests).count("POST predictions")


@pytest.mark.parametrize(
    ("params", "size", "form"),
    [
        ({"model": SCHNELL}, (1024, 1024), "webp"),
        ({"model": SCHNELL, "size": "1792x1024", "output_format": "png"}, (1344, 768), "png"),
        ({"model": PRO, "size": "1024x768", "output_format": "jpeg"}, (1024, 768), "jpeg"),
        ({"model": SDXL, "size": "500x700"}, (504, 704), "png"),
        ({"model": SEEDREAM, "size": "2048x1024"}, (2048, 1024), "jpeg"),
        ({"model": "recraft-ai/recraft-v3", "size": "1820x1024"}, (1820, 1024), "webp"),
        ({"model": "ideogram-ai/ideogram-v3-quality", "size": "1536x512"}, (1536, 512), "png"),
        ({"model": "somebody/something", "size": "1024x1536"}, (832, 1216), "webp"),
        ({"model": "deployments/acme/posters"}, (1024, 1024), "webp"),
        ({}, (1024, 1024), "webp"),
    ],
)
def test_pictures_come_in_the_size_and_format_that_were_asked_for(params, size, form):
    answer, _, _ = generated(**params)

    media = answer.data[0].media
    assert (media.width, media.height, media.format) == (*size, form)


@pytest.mark.parametrize(("model", "n", "calls"), [(SCHNELL, 4, 1), (SCHNELL, 6, 2), (PRO, 2, 2)])
def test_more_pictures_than_a_model_gives_are_asked_for_in_several_calls(model, n, calls):
    answer, requests, _ = generated(model=model, n=n)

    assert len(answer.data) == n
    assert bought(requests) == calls


def test_the_same_seed_gives_the_same_picture():
    def first(seed):
        return generated(sender={"draw": coloured}, model=SCHNELL, seed=seed)[0].data[0].bytes()

    assert first(5) == first(5) != first(6)


def test_a_slow_model_is_waited_for_at_a_polite_pace():
    answer, requests, seconds = generated(model=SDXL)

    assert asked(requests)[0] == "POST predictions"
    assert {one.method for one in requests[1:]} == {"GET"}
    assert len(requests) <= 15
    assert 13 <= seconds <= 15
    assert answer.usage.details["predict_time"] == 5.0


@pytest.mark.parametrize("model", [SCHNELL, KONTEXT])
def test_a_refusal_is_one(model):
    error, requests, _ = generated(model=model, prompt="x [refuse]")

    assert (error.kind, error.status_code) == ("refused", 400)
    assert bought(requests) == 1


def test_a_filtered_picture_is_missing_and_the_others_are_kept():
    error, _, _ = generated(model=SCHNELL, prompt="x [filter]", n=3)

    assert (error.kind, error.status_code, len(error.pictures)) == ("refused", 400, 2)
    assert "2 of 3" in error.message


def test_a_filtered_picture_is_asked_of_nobody_else():
    strategy = {"mode": "fallback", "top_up": True, "on_refusal": "fallback"}
    targets = [{"provider": "replicate"}, {"provider": "replicate"}]
    config = {"strategy": strategy, "targets": targets}
    error, _, _ = generated(config=config, model=SCHNELL, prompt="x [filter]", n=3)

    assert (error.kind, len(error.pictures)) == ("refused", 2)
    assert len(error.trace.attempts) == 1


def test_an_answer_without_pictures_is_a_failure():
    error, _, _ = generated("replicate: empty", model=SCHNELL)

    assert error.kind == "empty"


def test_an_input_that_the_model_cannot_use_is_a_failure():
    error, _, _ = generated(model=SDXL, width=1001)

    assert (error.kind, error.status_code) == ("server_error", 502)
    assert "divisible by 8" in error.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "auth"),
        (402, "quota_exhausted"),
        (404, "bad_request"),
        (422, "bad_request"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "overloaded"),
    ],
)
def test_what_the_api_says_is_told(status, kind):
    error, requests, _ = generated(f"replicate: {status}", model=SCHNELL)

    assert (error.kind, error.status_code) == (kind, status)
    assert len(requests) == 1


def test_a_throttled_request_is_repeated_when_it_may_be():
    retry = {"retry": {"attempts": 1}}

    answer, requests, seconds = generated("replicate: 429 x1 retry_after=7", config=retry)

    assert len(answer.data) == 1
    assert bought(requests) == 2
    assert seconds >= 7


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_poll_that_fails_costs_no_second_prediction(status):
    retry = {"retry": {"attempts": 3}}

    answer, requests, _ = generated(f"replicate: {status} x3 after 0.1s", config=retry, model=SDXL)

    assert len(answer.data) == 1
    assert bought(requests) == 1


def test_a_connection_that_breaks_while_a_prediction_runs_costs_no_second_one():
    retry = {"retry": {"attempts": 3, "on_kinds": ["connection_lost"]}}

    answer, requests, _ = generated("replicate: reset x3 after 0.1s", config=retry, model=SDXL)

    assert len(answer.data) == 1
    assert bought(requests) == 1
    assert "POST cancel" not in asked(requests)


def test_a_prediction_that_is_lost_is_not_bought_again():
    retry = {"retry": {"attempts": 3}}

    error, requests, _ = generated("replicate: 503 after 0.1s", config=retry, model=SDXL)

    assert error.kind == "connection_lost"
    assert bought(requests) == 1
    assert asked(requests)[-1] == "POST cancel"


def test_a_caller_who_leaves_cancels_the_prediction():
    outcome, requests, _ = generated(model=SDXL, cancel_at=1.0)

    assert outcome is None
    assert asked(requests)[-1] == "POST cancel"
    assert requests[-1].status == 200


def test_a_timeout_cancels_the_prediction():
    error, requests, _ = generated(model=SDXL, config={"request_timeout": 1000})

    assert error.status_code == 408
    assert asked(requests)[-1] == "POST cancel"


class Holding(SandboxSender):
    """Holds an answer back for as long as the client would wait for it, as the API does."""

    async def send(self, request):
        held = request.headers.get("prefer", "wait=0").removeprefix("wait=")
        answer = await super().send(request)
        await anyio.sleep(float(held))
        return answer


def test_every_attempt_that_times_out_cancels_its_own_prediction():
    config = {"request_timeout": 5000, "retry": {"attempts": 2, "on_status_codes": [408]}}

    error, requests, _ = generated(config=config, model=SDXL, make=Holding)

    assert error.status_code == 408
    assert bought(requests) == 3
    assert asked(requests).count("POST cancel") == 3


def test_a_caller_who_leaves_at_once_cancels_the_prediction():
    outcome, requests, _ = generated(model=SCHNELL, cancel_at=0.1, make=Holding)

    assert outcome is None
    assert asked(requests) == ["POST predictions", "POST cancel"]


def test_a_key_that_is_wrong_is_told():
    error, _, _ = generated(config={"api_key": "r8_invalid"}, model=SCHNELL)

    assert error.kind == "auth"


# Every model of the catalog, against the stand-in that checks its input


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
    "cfg": 4,
}

GENERATING = [name for name, facts in MODELS.items() if "generate" in facts.operations]
EDITING = [name for name, facts in MODELS.items() if "edit" in facts.operations]
VARYING = [name for name, facts in MODELS.items() if "variation" in facts.operations]


@pytest.mark.parametrize("model", GENERATING)
def test_all_of_openais_parameters_together_suit_every_model(model):
    assert isinstance(conversed(Replicate(), ask(model, **EVERYTHING), KEY), Pictures)


@pytest.mark.parametrize("model", EDITING)
def test_every_model_that_edits_takes_its_pictures(model):
    mask = CLEAR if MODELS[model].takes_mask else None
    request = begin_with(model, png(), mask=mask, size="1024x1024", n=1)

    assert adapter("replicate").ability(request, target("replicate")).why_not == ""
    assert isinstance(conversed(Replicate(), request, KEY), Pictures)


@pytest.mark.parametrize("model", VARYING)
def test_every_model_that_varies_takes_its_picture(model):
    request = begin_with(model, png(), operation="variation", prompt=None, n=1)

    assert isinstance(conversed(Replicate(), request, KEY), Pictures)
