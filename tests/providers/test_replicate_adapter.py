import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import answer, ask, target, told
from replicate_talk import (
    HOST,
    ID,
    OTHER_VERSION,
    PRO,
    SCHNELL,
    SDXL,
    STRANGER,
    URL,
    VERSION,
    given_input,
    replicate,
    report,
    talk,
)

from router.core.http import BEARER
from router.core.outcome import Kind
from router.providers.registry import adapter


@pytest.mark.parametrize(
    ("model", "path", "version"),
    [
        (None, f"models/{SCHNELL}/predictions", None),
        (SCHNELL, f"models/{SCHNELL}/predictions", None),
        ("somebody/some-thing_2.5", "models/somebody/some-thing_2.5/predictions", None),
        (f"{STRANGER}:{OTHER_VERSION}", "predictions", OTHER_VERSION),
        (OTHER_VERSION, "predictions", OTHER_VERSION),
        (SDXL, "predictions", VERSION),
        (f"{SDXL}:{OTHER_VERSION}", "predictions", OTHER_VERSION),
        ("deployments/acme/posters", "deployments/acme/posters/predictions", None),
    ],
)
def test_a_model_is_an_official_one_a_version_or_a_deployment(model, path, version):
    request = replicate(ask(model))

    assert request.url == f"{HOST}/v1/{path}"
    assert json.loads(request.body).get("version") == version


@pytest.mark.parametrize(
    "model",
    [
        "flux-schnell",
        "a/b/c",
        "../b",
        "a/..",
        "a/.b",
        "a/b:latest",
        f"a/b:{OTHER_VERSION}0",
        "a/b?x",
        "a/b#x",
        "a/b%2e",
        "a b/c",
        "a/b\n",
        "deployments/a",
        "deployments/a/b/c",
        "ä/b",
        "a/" + "b" * 200,
    ],
)
def test_a_name_that_could_lead_elsewhere_is_not_asked(model):
    failure = told("replicate", ask(model))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)
    assert "owner/name" in failure.message


@given(st.text(max_size=40))
def test_no_model_leaves_its_place_in_the_url(model):
    sends, outcome = talk(ask(model))

    if outcome is None:
        assert sends[0].request.url.startswith(f"{HOST}/v1/")
        assert sends[0].request.url.removeprefix(HOST).count("/") in {2, 5}
        assert ".." not in sends[0].request.url


def test_a_prediction_is_json_with_a_bearer_key():
    request = replicate(ask(SCHNELL, seed=7, aspect_ratio="16:9", go_fast=False, n=2))

    assert request.method == "POST"
    assert request.auth is BEARER
    assert json.loads(request.body) == {
        "input": {
            "prompt": "a red kite",
            "seed": 7,
            "aspect_ratio": "16:9",
            "go_fast": False,
            "num_outputs": 2,
        }
    }


def test_a_prediction_is_named_at_once_so_that_it_can_be_cancelled_from_the_first_moment():
    sends, _ = talk(ask(SCHNELL), report("starting"))

    assert "prefer" not in sends[0].request.headers
    assert sends[1].undo.url.endswith("/cancel")


def test_what_the_caller_says_as_input_is_part_of_it():
    request = ask(STRANGER, input={"prompt": "a blue kite", "steps": 9}, seed=None)

    assert given_input(request) == {"prompt": "a blue kite", "steps": 9}


@pytest.mark.parametrize(
    "base", ["https://proxy.example/r", "https://proxy.example/r/", "https://proxy.example/r/v1"]
)
def test_a_custom_host_stands_in_for_replicates(base):
    url = replicate(ask(SCHNELL), base_url=base).url

    assert url == f"https://proxy.example/r/v1/models/{SCHNELL}/predictions"
    there = target("replicate", base_url=base)
    assert adapter("replicate").origins(there) == {"https://proxy.example:443"}
    assert adapter("replicate").origins(target("replicate")) == {f"{HOST}:443"}


@pytest.mark.parametrize(
    ("model", "count"),
    [(None, 4), (SCHNELL, 4), (SDXL, 4), (f"{SDXL}:{OTHER_VERSION}", 4), (PRO, 1), (STRANGER, 1)],
)
def test_pictures_per_call_are_the_models(model, count):
    assert adapter("replicate").pictures_per_call(ask(model), target("replicate")) == count


@pytest.mark.parametrize("model", [PRO, STRANGER, "deployments/acme/posters"])
def test_a_model_without_a_field_for_the_number_gets_none(model):
    assert given_input(ask(model, n=1)) == {"prompt": "a red kite"}


def test_the_model_of_the_trace_is_the_one_asked():
    speaker = adapter("replicate")

    assert speaker.model(ask(f"{SDXL}:{VERSION}"), target("replicate")) == f"{SDXL}:{VERSION}"
    assert speaker.model(ask(), target("replicate")) == SCHNELL


def test_a_prediction_is_asked_for_until_it_has_ended():
    waiting = report("starting"), report("processing"), report("processing")

    sends, outcome = talk(ask(SCHNELL), *waiting, report(output=[URL]))

    polls = [send.request for send in sends[1:]]
    assert [(one.method, one.url) for one in polls] == [("GET", f"{HOST}/v1/predictions/{ID}")] * 3
    assert all(one.auth is BEARER for one in polls)
    assert [send.after for send in sends] == [0, 0.5, 0.6, 0.72]
    assert outcome.data[0].url == URL


def test_every_poll_can_be_undone_by_cancelling_the_prediction():
    sends, _ = talk(ask(SCHNELL), report("starting"), report("processing"))

    assert sends[0].undo is None
    assert [(one.undo.method, one.undo.url) for one in sends[1:]] == [
        ("POST", f"{HOST}/v1/predictions/{ID}/cancel")
    ] * 2
    assert all(one.undo.auth is BEARER for one in sends[1:])


@pytest.mark.parametrize(
    "given",
    [
        "https://evil.example/v1/predictions/x",
        "http://api.replicate.com/v1/predictions/x",
        "https://api.replicate.com.evil.example/v1",
        "https://api.replicate.com@evil.example/v1",
        "https://api.replicate.com:444/v1/predictions/x",
        "https://api.replicate.com/v1/pre\ndictions",
        "//evil.example",
        "/v1/predictions/x",
        "",
        None,
        7,
        ["https://evil.example"],
    ],
)
def test_an_address_of_another_host_is_not_followed(given):
    foreign = report("starting", urls={"get": given, "cancel": given})

    sends, _ = talk(ask(SCHNELL), foreign)

    assert sends[1].request.url == f"{HOST}/v1/predictions/{ID}"
    assert sends[1].undo.url == f"{HOST}/v1/predictions/{ID}/cancel"


def test_behind_a_proxy_a_prediction_is_asked_for_there():
    sends, _ = talk(ask(SCHNELL), report("starting"), base_url="https://proxy.example/r")

    assert sends[1].request.url == f"https://proxy.example/r/v1/predictions/{ID}"


@pytest.mark.parametrize("name", ["../../x", "a/b", "", "x" * 200, "a?b", None, 7.5])
def test_a_prediction_whose_name_could_lead_elsewhere_is_not_asked_for(name):
    sends, outcome = talk(ask(SCHNELL), report("starting", id=name))

    assert len(sends) == 1
    assert (outcome.kind, outcome.billed) == (Kind.CONNECTION_LOST, None)


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_a_poll_that_stumbles_does_not_lose_the_prediction(status):
    stumble = answer({"detail": "busy", "status": status}, status)

    sends, outcome = talk(ask(SCHNELL), report("starting"), stumble, stumble, report(output=[URL]))

    assert len(sends) == 4
    assert outcome.data[0].url == URL


@pytest.mark.parametrize("status", [401, 404])
def test_a_prediction_that_cannot_be_asked_for_is_cancelled_and_may_be_billed(status):
    gone = answer({"detail": "not here", "status": status}, status)

    sends, outcome = talk(ask(SCHNELL), report("starting"), gone, report("canceled"))

    assert sends[2].request.url.endswith("/cancel")
    assert (outcome.kind, outcome.status, outcome.billed) == (Kind.CONNECTION_LOST, 502, None)
    assert "not here" in outcome.message


def test_trouble_without_end_gives_the_prediction_up():
    busy = answer({"detail": "busy"}, 503)

    sends, outcome = talk(ask(SCHNELL), report("starting"), *[busy] * 6, report("canceled"))

    assert sends[-1].request.url.endswith("/cancel")
    assert (outcome.kind, outcome.request_id) == (Kind.CONNECTION_LOST, ID)
