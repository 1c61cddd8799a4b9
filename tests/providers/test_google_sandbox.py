"""Gemini's adapter and its stand-in, through the router, in virtual time."""

import base64
from functools import partial

import pytest
from sandbox_talk import DRAW, coloured, through_sandbox

from router import AsyncRouter
from router.sandbox.in_process import SandboxSender
from router.testing import simulate
from tests.originals.pictures import MASK, PNG, drawn

BANANA = "gemini-nano-banana-2.1"
PRO = "gemini-3-pro-image"
OLD = "gemini-2.5-flash-image"
generated = partial(through_sandbox, "google")
EDITED = {"image": ("kite.png", drawn(size=(320, 180)))}
FREE = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"


def edited(**more):
    return generated(operation="edit", **{**EDITED, **more})


def notes(outcome):
    return [note for attempt in outcome.trace.attempts for note in attempt.adaptations]


@pytest.mark.parametrize(
    ("params", "size", "form"),
    [
        ({}, (1024, 1024), "png"),
        ({"size": "1792x1024"}, (1376, 768), "png"),
        ({"size": "2752x1536"}, (2752, 1536), "png"),
        ({"model": f"models/{BANANA}", "aspect_ratio": "8:1"}, (3072, 384), "png"),
        ({"model": PRO, "size": "1024x1536"}, (848, 1264), "jpeg"),
        ({"model": PRO, "output_format": "png"}, (1024, 1024), "png"),
        ({"model": OLD, "size": "2048x2048"}, (1024, 1024), "png"),
        ({"model": "gemini-3.1-flash-image", "size": "512x512"}, (512, 512), "png"),
        ({"model": "gemini-3.1-flash-lite-image", "image_size": "4K"}, (1024, 1024), "png"),
    ],
)
def test_pictures_come_in_the_size_and_format_that_were_asked_for(params, size, form):
    answer, _, _ = generated(**params)

    media = answer.data[0].media
    assert (media.width, media.height, media.format) == (*size, form)


def test_more_pictures_than_one_are_asked_for_in_several_calls_each_with_a_seed():
    answer, requests, _ = generated(n=3, seed=5)

    assert (len(answer.data), len(requests)) == (3, 3)
    assert {one.path for one in requests} == {f"/v1beta/models/{BANANA}:generateContent"}


def test_the_same_seed_gives_the_same_picture_and_each_of_several_another():
    def pictures(**params):
        answer, _, _ = generated(sender={"draw": coloured}, **params)
        return [one.bytes() for one in answer.data]

    assert pictures(seed=5, n=2) == [*pictures(seed=5), *pictures(seed=6)]
    assert pictures(seed=5) != pictures(seed=6)


def test_the_cost_is_settled_by_usage_thoughts_included():
    answer, _, _ = generated()
    usage = answer.usage

    assert usage.details["output_tokens_details"]["image_tokens"] == 1120
    thoughts = usage.details["output_tokens_details"]["reasoning_tokens"]
    expected = usage.input_tokens * 1.5e-6 + 1120 * 30e-6 + thoughts * 7.5e-6
    assert answer.trace.cost == pytest.approx(expected)
    assert thoughts > 0


def test_the_cost_of_several_calls_adds_up():
    one, _, _ = generated(model=OLD)
    three, _, _ = generated(model=OLD, n=3)

    assert three.trace.cost == pytest.approx(3 * one.trace.cost)


def test_thoughts_that_are_shown_are_no_pictures():
    answer, _, _ = generated(include_thoughts=True)

    (picture,) = answer.data
    assert picture.media.width == 1024


# Edits


@pytest.mark.parametrize("model", [BANANA, OLD])
def test_an_edit_keeps_the_shape_of_its_picture(model):
    answer, requests, _ = edited(model=model)

    media = answer.data[0].media
    assert media.width / media.height == pytest.approx(16 / 9, rel=0.02)
    assert len(requests) == 1


def test_several_pictures_may_be_given_and_each_is_counted():
    one, _, _ = edited()
    two, _, _ = edited(image=[EDITED["image"], ("b.jpeg", drawn("jpeg"))])

    counted = [each.usage.details["input_tokens_details"]["image_tokens"] for each in (one, two)]
    assert counted == [1120, 2240]


def test_a_picture_inside_a_url_is_taken_and_one_on_the_web_is_not():
    inside = "data:image/png;base64," + base64.b64encode(PNG).decode()

    answer, _, _ = edited(image=None, images=[{"image_url": inside}])
    far, requests, _ = edited(image=None, images=[{"image_url": "https://pics.example/1.png"}])

    assert len(answer.data) == 1
    assert (far.kind, requests) == ("unsupported", [])


def test_a_mask_is_not_ignored():
    error, requests, _ = edited(image=("kite.png", PNG), mask=("mask.png", MASK))

    assert (error.kind, requests) == ("unsupported", [])


# What goes wrong


@pytest.mark.parametrize("word", ["[refuse]", "[filter]", "[decline]"])
def test_a_refusal_is_one_and_nobody_asks_again(word):
    error, requests, _ = generated(prompt=f"x {word}", config={"retry": {"attempts": 3}})

    assert (error.kind, error.status_code) == ("refused", 400)
    assert len(requests) == 1


def test_where_google_says_that_nothing_is_billed_the_trace_says_so():
    error, _, _ = generated(prompt="x [filter]")

    assert error.trace.attempts[0].billed is False


def test_an_answer_without_a_picture_is_empty():
    error, _, _ = generated("google: empty")

    assert (error.kind, error.status_code) == ("empty", 502)


@pytest.mark.parametrize("fault", ["truncated", "broken_base64", "wrong_length", "cut"])
def test_a_damaged_answer_is_no_success(fault):
    error, requests, _ = generated(f"google: {fault}")

    assert error.kind in {"invalid_output", "connection_lost"}
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "auth"),
        (403, "auth"),
        (404, "bad_request"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "overloaded"),
        (504, "server_error"),
    ],
)
def test_what_the_api_says_is_told(status, kind):
    error, requests, _ = generated(f"google: {status}")

    assert (error.kind, error.status_code, len(requests)) == (kind, status, 1)


def test_a_throttled_request_is_repeated_after_the_wait_of_the_details():
    answer, requests, seconds = generated("google: 429 x1", config={"retry": {"attempts": 1}})

    assert len(answer.data) == 1
    assert len(requests) == 2
    assert seconds >= 2


@pytest.mark.parametrize("limit", ["GenerateRequestsPerDayPerProjectPerModel", FREE])
def test_a_quota_that_does_not_come_back_is_not_waited_for(limit):
    config = {"retry": {"attempts": 3}}

    error, requests, seconds = generated(f"google: 429 code={limit}", config=config)

    assert (error.kind, error.status_code) == ("quota_exhausted", 429)
    assert (len(requests), seconds) == (1, 0)


def test_a_key_that_is_wrong_is_told_although_it_is_a_400():
    error, requests, _ = generated(config={"api_key": "AIza-invalid"})

    assert (error.kind, error.status_code, error.code) == ("auth", 400, "API_KEY_INVALID")
    assert len(requests) == 1


@pytest.mark.parametrize("model", ["imagen-4.0-generate-001", "gemini-9-image"])
def test_a_model_that_is_not_there_is_told(model):
    error, _, _ = generated(model=model)

    assert (error.kind, error.status_code, error.code) == ("bad_request", 404, "NOT_FOUND")


def test_a_model_that_is_switched_off_is_told():
    error, _, _ = generated(model="gemini-3-pro-image-preview", sender={"retired": True})

    assert error.status_code == 404


def test_a_slow_answer_is_waited_for_until_the_timeout():
    answer, _, seconds = generated("google: delay=30")
    error, _, limited = generated("google: delay=30", config={"request_timeout": 5000})

    assert (len(answer.data), seconds) == (1, 30)
    assert (error.status_code, limited) == (408, 5)
    assert error.trace.attempts[0].billed is None


def test_a_caller_who_leaves_is_not_held():
    outcome, requests, seconds = generated("google: delay=60", cancel_at=3.0)

    assert (outcome, len(requests), seconds) == (None, 1, 3.0)


def streamed(**params):
    """The events of a streamed request, and its trace."""

    async def main():
        sender = SandboxSender(draw=DRAW)
        target = {"provider": "google"}
        async with AsyncRouter(target, sandbox=True, environment={}, sender=sender) as router:
            stream = await router.images.generate(prompt="a red kite", stream=True, **params)
            async with stream:
                return [event async for event in stream], stream.trace

    return simulate(main)


def test_where_a_stream_is_asked_for_the_finished_picture_is_all_that_comes():
    (event,), trace = streamed(partial_images=2)

    assert event.type == "image_generation.completed"
    assert event.media.width == 1024
    assert trace.attempts[0].adaptations == ("partial_images 2 -> 0 (google cannot stream)",)


def test_a_host_of_ones_own_may_ask_for_no_key():
    host = "http://gateway.test/gemini/v1beta"

    answer, requests, _ = generated(
        config={"custom_host": host}, sender={"hosts": {host: "google"}}
    )

    assert len(answer.data) == 1
    assert requests[0].path == f"/v1beta/models/{BANANA}:generateContent"


# Everything at once


EVERYTHING = {
    "size": "1792x1024",
    "n": 2,
    "seed": 2**40,
    "negative_prompt": "blur",
    "quality": "hd",
    "style": "vivid",
    "background": "transparent",
    "output_format": "png",
    "user": "u-1",
    "moderation": "low",
    "response_format": "b64_json",
    "temperature": 0.5,
    "system_instruction": "paint in oil",
    "safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    "tools": [{"google_search": {}}],
    "thinking_level": "HIGH",
    "steps": 30,
}
LIVE = [BANANA, PRO, OLD, "gemini-3.1-flash-image", "gemini-3.1-flash-lite-image"]


@pytest.mark.parametrize("model", LIVE)
@pytest.mark.parametrize("ask", [generated, edited], ids=["generate", "edit"])
def test_all_of_openais_parameters_together_suit_every_model(model, ask):
    answer, _, _ = ask(model=model, **EVERYTHING)

    assert len(getattr(answer, "data", ())) == 2, answer
    told = notes(answer)
    assert any(note.startswith("size 1792x1024 ->") for note in told)
    assert any(note.startswith("steps dropped") for note in told)
