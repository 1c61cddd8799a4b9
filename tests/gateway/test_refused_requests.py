"""Refused requests: they say what to do, whom they were, and whether to ask again."""

import pytest

from router.testing import simulate
from tests.gateway.drive import KITE, OPENAI, Told, ask, opened, written


def asked(folder, *steps, recorders=(), **request):
    async def main():
        return await ask(opened(folder, *steps, recorders=recorders), **request)

    return simulate(main)


def test_who_says_nothing_of_the_way_is_told_how_to_and_which_configs_there_are(tmp_path):
    written(tmp_path, fallback={"provider": "openai"}, canary={"provider": "openai"})

    seen = asked(tmp_path)

    assert (seen.status, seen.error["code"]) == (400, "no_route")
    assert "x-portkey-config (here: canary, fallback)" in seen.message
    assert seen.headers["x-should-retry"] == "false"


def test_who_may_use_few_configs_is_told_of_those_alone(tmp_path):
    digest = "sha256:" + "0" * 64
    written(tmp_path, one={"provider": "openai"}, two={"provider": "openai"})
    written(tmp_path, gateway={"keys": {"a": {"digest": digest, "configs": ["one"]}}})
    gateway = opened(tmp_path)

    known = gateway.folder.state.settings.keys[0].configs

    assert known == {"one"}


@pytest.mark.parametrize("default", ["gateway", "model"])
def test_a_default_config_or_a_slug_is_way_enough(tmp_path, default):
    written(tmp_path, fallback={"provider": "openai"})
    if default == "gateway":
        written(tmp_path, gateway={"config": "fallback"})
    model = "gpt-image-2" if default == "gateway" else "@openai/gpt-image-2"

    assert asked(tmp_path, json_={**KITE, "model": model}).status == 200


def test_a_body_that_is_packed_is_refused_as_such(tmp_path):
    seen = asked(tmp_path, headers={**OPENAI, "content-encoding": "gzip"})

    assert (seen.status, seen.error["type"]) == (415, "invalid_request_error")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": [], "model": "gpt-5"}),
        ("/v1/images/generations", {**KITE, "stream": None, "model": "dall-e-2", "n": 1}),
    ],
    ids=["chat", "unsupported"],
)
def test_what_would_be_refused_again_is_asked_once(tmp_path, path, body):
    config = {"provider": "stability-ai", "on_unsupported": "skip"}
    written(tmp_path, strict=config)
    headers = {"x-portkey-config": "strict"}
    body = body if "messages" in body else {**body, "seed": "none", "style": "vivid"}

    seen = asked(tmp_path, path=path, json_=body, headers=headers)

    assert (seen.status, seen.headers["x-should-retry"]) == (501, "false")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/nowhere", 404),
        ("DELETE", "/v1/images/edits", 405),
        ("GET", "/v1/models/x", 404),
    ],
)
def test_every_error_has_the_callers_id(tmp_path, method, path, status):
    seen = asked(tmp_path, method=method, path=path, headers={"x-portkey-trace-id": "mine-3"})

    assert (seen.status, seen.headers["x-portkey-trace-id"]) == (status, "mine-3")
    assert seen.headers["x-request-id"]


def test_a_refused_request_is_recorded_by_the_callers_own_id(tmp_path):
    told = Told()

    asked(
        tmp_path,
        recorders=(told,),
        headers={"x-portkey-config": "nope", "x-portkey-trace-id": "mine-2"},
    )

    assert [(one.status, one.trace_id, one.trace) for one in told] == [(400, "mine-2", None)]
