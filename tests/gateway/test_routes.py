"""Routes: which paths lead where, in OpenAI's forms and in Azure's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.arrival import Arrival
from router.gateway.refusal import Refusal
from router.gateway.routes import (
    PAGES,
    ArtefactPath,
    ChatPath,
    ImagePath,
    ModelPath,
    PagePath,
    path_of,
)
from router.testing import Scripted, simulate
from tests.gateway.drive import OPENAI, ask, opened

NAMES = {"generations": "generate", "edits": "edit", "variations": "variation"}


def found(path, method="POST"):
    return path_of(Arrival(method=method, path=path, query={}, headers={}))


def refused(path, method="POST"):
    with pytest.raises(Refusal) as error:
        found(path, method)
    return error.value


@pytest.mark.parametrize(("name", "operation"), NAMES.items(), ids=NAMES)
@pytest.mark.parametrize("prefix", ["/v1", "/openai/v1", "/openai"])
@pytest.mark.parametrize("end", ["", "/"], ids=["plain", "slash"])
def test_the_operations_are_at_openais_paths(prefix, name, operation, end):
    assert found(f"{prefix}/images/{name}{end}") == ImagePath(operation)


@pytest.mark.parametrize(("name", "operation"), NAMES.items(), ids=NAMES)
def test_azures_path_names_the_model(name, operation):
    path = f"/openai/deployments/my-dall-e/images/{name}"

    assert found(path) == ImagePath(operation, "my-dall-e")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/openai/deployments/x/chat/completions"])
def test_chats_are_known(path):
    assert found(path) == ChatPath()


@pytest.mark.parametrize("prefix", ["/v1", "/openai/v1"])
def test_models_are_listed_and_looked_up(prefix):
    assert found(f"{prefix}/models", "GET") == ModelPath()
    assert found(f"{prefix}/models/org/name:1", "GET") == ModelPath("org/name:1")


def test_a_kept_picture_has_one_name():
    assert found("/v1/images/artefacts/a.png", "GET") == ArtefactPath("a.png")
    assert refused("/v1/images/artefacts/a/b.png", "GET").status == 404


@pytest.mark.parametrize(("path", "page"), PAGES.items(), ids=PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_are_looked_at(path, page, method):
    assert found(path, method) == PagePath(page)


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/v1/images/generations", "GET", "POST"),
        ("/v1/images/edits", "PUT", "POST"),
        ("/v1/models", "POST", "GET, HEAD"),
        ("/health", "DELETE", "GET, HEAD"),
    ],
)
def test_another_method_is_refused_with_those_that_are_allowed(path, method, allowed):
    refusal = refused(path, method)

    assert (refusal.status, refusal.headers["allow"]) == (405, allowed)


@given(st.text(max_size=30).map("/v2/".__add__))
def test_any_other_path_is_refused_with_where_pictures_are(path):
    refusal = refused(path)

    assert refusal.status == 404
    assert "/v1/images/generations" in refusal.message


def answered(folder, *asked, **more):
    async def main():
        return await ask(opened(folder, sender=more.pop("sender", None)), *asked, **more)

    return simulate(main)


@pytest.mark.parametrize(
    ("model", "expected"), [(None, "gpt-image-1"), ("", "gpt-image-1"), ("gpt-image-2",) * 2]
)
def test_the_bodys_model_wins_and_else_the_paths(tmp_path, model, expected):
    sender = Scripted(200)
    body = {"prompt": "a kite"} | ({} if model is None else {"model": model})
    path = "/openai/deployments/gpt-image-1/images/generations?api-version=2025-04-01-preview"

    seen = answered(tmp_path, path, json_=body, headers=OPENAI, sender=sender)

    assert seen.status == 200
    assert f'"model":"{expected}"' in sender.requests[0].body.decode().replace(": ", ":")


def test_a_chat_with_a_prompt_asks_for_pictures(tmp_path):
    seen = answered(tmp_path, "/v1/chat/completions", headers=OPENAI)

    assert seen.status == 200
    assert seen.json["data"]


@pytest.mark.parametrize(
    "body", [{"messages": []}, {"messages": [], "prompt": "x"}, {"model": "gpt-5"}], ids=str
)
def test_any_other_chat_is_told_what_this_is_for(tmp_path, body):
    seen = answered(tmp_path, "/v1/chat/completions", headers=OPENAI, json_=body)

    assert seen.status == 501
    assert "/v1/images/generations" in seen.message


def test_a_head_has_no_body_and_tells_its_length(tmp_path):
    head = answered(tmp_path, "/v1/models", method="HEAD")
    whole = answered(tmp_path, "/v1/models", method="GET")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))


def test_models_are_those_of_the_catalog(tmp_path):
    listed = answered(tmp_path, "/v1/models", method="GET").json["data"]
    names = [one["id"] for one in listed]
    one = answered(tmp_path, f"/v1/models/{names[0]}", method="GET").json

    assert one == listed[0]
    assert len(names) == len(set(names))
    assert "gpt-image-2" in names


def test_an_unknown_model_is_refused_as_openai_does(tmp_path):
    seen = answered(tmp_path, "/v1/models/nobody", method="GET")

    assert (seen.status, seen.error["code"]) == (404, "model_not_found")


def test_models_need_a_key_where_keys_are_needed(tmp_path):
    (tmp_path / "gateway.yaml").write_text("keys: {}")

    assert answered(tmp_path, "/v1/models", method="GET").status == 401
    assert answered(tmp_path, "/health", method="GET").status == 200


@pytest.mark.parametrize("path", ["/metrics", "/v1/images/artefacts/a.png"])
def test_what_is_not_kept_here_is_not_found(tmp_path, path):
    assert answered(tmp_path, path, method="GET").status == 404
