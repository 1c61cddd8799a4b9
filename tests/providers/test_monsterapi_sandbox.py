"""Monster API's adapter and its stand-in, through the router, in virtual time."""

from functools import partial

import pytest
from sandbox_talk import bought, coloured, through_sandbox

from router.providers.polling import MOST_STUMBLES
from router.providers.registry import adapter
from tests.originals.pictures import MASK, PNG, drawn

SDXL = "sdxl-base"
generated = partial(through_sandbox, "monsterapi", model=SDXL)
MODELS = {facts.name: facts for facts in adapter("monsterapi").catalog.models}
KITE = ("kite.png", drawn(size=(320, 180)))


def edited(model, **more):
    return generated(operation="edit", **{"model": model, "image": KITE, **more})


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({}, (1024, 1024)),
        ({"size": "1792x1024"}, (1216, 832)),
        ({"size": "1024x1536"}, (832, 1216)),
        ({"model": "txt2img", "aspect_ratio": "landscape"}, (768, 512)),
        ({"model": "sdxl", "quality": "hd"}, (1024, 1024)),
    ],
)
def test_pictures_come_in_the_shape_that_was_asked_for(params, size):
    answer, requests, _ = generated(**params)

    media = answer.data[0].media
    assert (media.width, media.height, media.format) == (*size, "png")
    assert bought(requests) == 1


@pytest.mark.parametrize(("model", "n", "calls"), [(SDXL, 4, 1), (SDXL, 6, 2), ("txt2img", 9, 3)])
def test_more_pictures_than_a_job_gives_are_asked_for_in_several_jobs(model, n, calls):
    answer, requests, _ = generated(model=model, n=n)

    assert len(answer.data) == n
    assert bought(requests) == calls


def test_the_same_seed_gives_the_same_picture():
    def first(seed):
        return generated(sender={"draw": coloured}, seed=seed)[0].data[0].bytes()

    assert first(5) == first(5) != first(6)


def test_credits_are_told_as_they_are_and_no_dollars_are_made_up():
    answer, _, _ = generated(n=2)

    assert answer.usage.details == {"credit_used": 18, "overage": 0}
    assert answer.trace.cost is None


def test_a_picture_is_given_as_the_caller_wants_it():
    answer, _, _ = generated(response_format="b64_json", output_format="jpeg")

    assert answer.data[0].b64_json
    assert answer.data[0].media.format == "jpeg"


# Edits


@pytest.mark.parametrize(
    "model", [name for name, one in MODELS.items() if "edit" in one.operations]
)
def test_an_edit_is_as_large_as_its_picture(model):
    answer, requests, _ = edited(model, negative_prompt="blur", seed=5, steps=40, size="64x64")

    media = answer.data[0].media
    assert (media.width, media.height) == (320, 180)
    assert bought(requests) == 1


def test_a_picture_on_the_web_is_opened_by_monster_api():
    images = [{"image_url": "https://pics.example/1.png"}]

    answer, _, _ = edited("img2img", image=None, images=images)

    assert answer.data[0].media.width == 512


def test_a_variation_is_made_where_the_caller_says_of_what():
    asked = {"operation": "create_variation", "model": "img2img", "image": KITE}

    said, _, _ = generated(**asked, prompt="a kite at night")
    unsaid, requests, _ = generated(**asked, prompt=None)

    assert said.data
    assert (unsaid.kind, requests) == ("unsupported", [])


@pytest.mark.parametrize(
    "params",
    [
        {"mask": ("mask.png", MASK), "image": ("a.png", PNG)},
        {"image": [KITE, KITE]},
        {"model": SDXL},
    ],
    ids=["mask", "two", "model"],
)
def test_what_cannot_be_done_buys_nothing(params):
    error, requests, _ = edited(**{"model": "img2img", **params})

    assert (error.kind, requests) == ("unsupported", [])


# The job


def test_a_job_is_asked_after_at_a_polite_pace():
    answer, requests, seconds = generated()

    assert len(answer.data) == 1
    assert [one.method for one in requests] == ["POST", "GET", "GET"]
    assert seconds == 2.5


def test_a_job_that_fails_is_a_failure_and_nothing_was_billed():
    def broken(brief):
        raise AssertionError(brief)

    error, requests, _ = generated(prompt="x [refuse]", sender={"draw": broken})

    assert (error.kind, error.status_code, error.code) == ("refused", 400, "FAILED")
    assert error.trace.attempts[0].billed is False
    assert bought(requests) == 1


@pytest.mark.parametrize("word", ["[refuse]", "[filter]"])
def test_a_refusal_is_one_and_nobody_asks_again(word):
    error, requests, _ = generated(prompt=f"x {word}", config={"retry": {"attempts": 3}})

    assert error.kind == "refused"
    assert bought(requests) == 1


def test_the_filter_can_be_switched_off_as_other_clients_do():
    answer, _, _ = generated(prompt="x [filter]", safe_filter=False)

    assert answer.data


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_question_that_fails_costs_no_second_job(status):
    config = {"retry": {"attempts": 3}}

    answer, requests, _ = generated(f"monsterapi: {status} x3 after 0.1s", config=config)

    assert len(answer.data) == 1
    assert bought(requests) == 1


@pytest.mark.parametrize("status", [503, 404, 401])
def test_a_job_that_is_lost_is_not_bought_again(status):
    config = {"retry": {"attempts": 3}}

    error, requests, _ = generated(f"monsterapi: {status} after 0.1s", config=config)

    assert (error.kind, error.status_code) == ("connection_lost", 502)
    assert error.trace.attempts[0].billed is None
    assert bought(requests) == 1


def test_a_busy_front_end_is_asked_no_sooner_than_it_says():
    _, requests, seconds = generated("monsterapi: 429 x1 after 0.5s retry_after=20")

    assert [one.status for one in requests if one.method == "GET"] == [429, 200]
    assert seconds == 21


@pytest.mark.parametrize("kind", ["reset", "cut"])
def test_a_connection_that_breaks_while_a_job_runs_costs_no_second_job(kind):
    config = {"retry": {"attempts": 3, "on_kinds": ["connection_lost"]}}

    answer, requests, _ = generated(f"monsterapi: {kind} x3 after 0.1s", config=config)

    assert len(answer.data) == 1
    assert bought(requests) == 1


def test_connections_that_break_without_end_end_the_questions():
    error, requests, _ = generated("monsterapi: reset after 0.1s")

    assert (error.kind, error.status_code) == ("connection_lost", 502)
    assert error.trace.attempts[0].billed is None
    assert bought(requests) == 1
    assert len(requests) == 1 + MOST_STUMBLES


def test_a_caller_who_leaves_while_a_job_runs_is_not_held():
    outcome, requests, seconds = generated("monsterapi: delay=60 after 0.5s", cancel_at=3.0)

    assert (outcome, seconds) == (None, 3.0)
    assert [one.method for one in requests] == ["POST", "GET"]  # nothing there would cancel it


def test_a_timeout_while_a_job_runs_leaves_it_unknown_whether_it_is_billed():
    config = {"request_timeout": 4000, "retry": {"attempts": 2}}

    error, requests, seconds = generated("monsterapi: delay=60 after 0.5s", config=config)

    assert (error.status_code, seconds) == (408, 4)
    assert error.trace.attempts[0].billed is None
    assert bought(requests) == 1


# What goes wrong


def test_a_job_without_pictures_is_empty():
    error, _, _ = generated("monsterapi: empty")

    assert (error.kind, error.status_code) == ("empty", 502)


@pytest.mark.parametrize("fault", ["cut", "wrong_length", "reset"])
def test_a_damaged_answer_is_no_success(fault):
    error, requests, _ = generated(f"monsterapi: {fault}")

    assert error.kind in {"invalid_output", "connection_lost"}
    assert bought(requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "auth"),
        (402, "quota_exhausted"),
        (403, "quota_exhausted"),
        (404, "bad_request"),
        (422, "bad_request"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "overloaded"),
    ],
)
def test_what_the_api_says_is_told(status, kind):
    error, requests, _ = generated(f"monsterapi: {status}")

    assert (error.kind, error.status_code, bought(requests)) == (kind, status, 1)


def test_a_throttled_order_is_repeated_when_it_may_be():
    faults = "monsterapi: 429 x1 retry_after=7"

    answer, requests, seconds = generated(faults, config={"retry": {"attempts": 1}})

    assert len(answer.data) == 1
    assert bought(requests) == 2
    assert seconds >= 7


def test_a_key_that_is_wrong_is_told():
    error, _, _ = generated(config={"api_key": "invalid"})

    assert error.kind == "auth"


def test_a_model_that_is_not_there_is_told():
    error, _, _ = generated(model="a-model-of-tomorrow")

    assert (error.kind, error.status_code) == ("bad_request", 404)


def test_a_host_of_ones_own_may_ask_for_no_key():
    host = "http://gateway.test/monster/v1"

    answer, requests, _ = generated(
        config={"custom_host": host}, sender={"hosts": {host: "monsterapi"}}
    )

    assert len(answer.data) == 1
    assert requests[0].path == f"/v1/generate/{SDXL}"


EVERYTHING = {
    "size": "1792x1024",
    "n": 2,
    "seed": 5,
    "negative_prompt": "blur",
    "quality": "hd",
    "style": "vivid",
    "background": "transparent",
    "user": "u-1",
    "moderation": "low",
    "response_format": "b64_json",
}


@pytest.mark.parametrize("model", MODELS)
def test_all_of_openais_parameters_together_suit_every_model(model):
    ask = edited if "edit" in MODELS[model].operations else generated

    answer, _, _ = ask(model=model, **EVERYTHING)

    assert len(getattr(answer, "data", ())) == 2, answer
    notes = [note for attempt in answer.trace.attempts for note in attempt.adaptations]
    assert any(note.startswith("size 1792x1024") for note in notes)
    assert "blur" not in str(answer.trace)
