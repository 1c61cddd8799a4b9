import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import LONG, adapted, answer, ask, sent, target, told

from router.core.http import BEARER, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.outcome import Failure, Kind
from router.providers.registry import adapter

CAT = ask("gpt-image-2")


def failed(body, status, **headers):
    return told("openai", CAT, answer(body, status, **headers))


def error(**fields):
    return {"error": {"message": "no", "type": None, "param": None, "code": None, **fields}}


def test_a_request_goes_out_as_json_with_a_bearer():
    request = sent("openai", ask("gpt-image-2", n=2, size="1024x1024"))

    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/images/generations")
    assert request.auth is BEARER
    assert request.headers["content-type"] == request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert json.loads(request.body) == {
        "prompt": "a red kite",
        "model": "gpt-image-2",
        "n": 2,
        "size": "1024x1024",
    }


@pytest.mark.parametrize("host", ["https://eu.api.openai.com/v1", "https://eu.api.openai.com/v1/"])
def test_a_custom_host_stands_in_for_the_base_and_gets_the_credential(host):
    assert sent("openai", CAT, base_url=host).url == (
        "https://eu.api.openai.com/v1/images/generations"
    )
    assert adapter("openai").origins(target("openai", base_url=host)) == {
        "https://eu.api.openai.com:443"
    }


def test_the_credential_goes_to_openai_alone():
    assert adapter("openai").origins(target("openai")) == {"https://api.openai.com:443"}


def test_the_model_of_the_trace_is_the_one_asked():
    assert adapter("openai").model(CAT, target("openai")) == "gpt-image-2"
    assert adapter("openai").model(ask(), target("openai")) is None


def test_read_only_mappings_are_sent_like_any_other():
    extra = MappingProxyType({"svg": MappingProxyType({"model": "m"})})

    request = ImageRequest(params=MappingProxyType({"prompt": "x", "extra": extra}))

    assert json.loads(sent("openai", request).body)["extra"] == {"svg": {"model": "m"}}


def test_what_is_no_json_is_not_sent():
    with pytest.raises(TypeError, match="bytes is no JSON"):
        sent("openai", ask("m", image=b"x"))


def test_organization_and_project_travel_as_headers():
    headers = sent("openai", CAT, options={"organization": "org-1", "project": "proj_2"}).headers

    assert (headers["openai-organization"], headers["openai-project"]) == ("org-1", "proj_2")
    assert "openai-project" not in sent("openai", CAT, options={"organization": "org-1"}).headers


@pytest.mark.parametrize("model", ["my-own-model", "gpt-image-9", "flux", None])
def test_a_model_nobody_knows_gets_everything_as_it_is(model):
    request = ask(model, size="7x7", quality="odd", seed=3, steps=4, response_format="url")

    assert adapted("openai", request) == (dict(request.params), [])
    assert adapter("openai").pictures_per_call(request, target("openai")) == 10


@pytest.mark.parametrize(
    ("model", "count"),
    [("dall-e-2", 10), ("dall-e-3", 1), ("gpt-image-1", 10), ("gpt-image-2.6-flare", 10)],
)
def test_pictures_per_call(model, count):
    assert adapter("openai").pictures_per_call(ask(model), target("openai")) == count


@pytest.mark.parametrize(
    "model",
    [
        "dall-e-2",
        "dall-e-3",
        "gpt-image-1",
        "gpt-image-1-mini",
        "gpt-image-1.5",
        "gpt-image-1.5-2025-12-16",
        "chatgpt-image-latest",
        "gpt-image-2",
        "gpt-image-2-2026-04-21",
        "gpt-image-2.5-sunburst",
        "gpt-image-2.5-flare-2026-09-08",
        "gpt-image-2.6-flare",
    ],
)
def test_known_models(model):
    facts = adapter("openai").facts(ask(model), target("openai"))

    assert facts is not None
    assert (facts.responses == ("b64_json",)) is model.startswith(("gpt", "chatgpt"))


GPT = {"model": "gpt-image-2"}


@pytest.mark.parametrize(
    ("model", "given_params", "becomes", "notes"),
    [
        ("dall-e-2", {"size": "1792x1024"}, {"size": "1024x1024"}, ["size 1792x1024 -> 1024x1024"]),
        ("dall-e-2", {"size": "auto"}, {}, []),
        ("dall-e-2", {"quality": "hd"}, {"quality": "standard"}, ["quality hd -> standard"]),
        ("dall-e-2", {"style": "vivid"}, {}, ["style vivid dropped (dall-e-2 has none)"]),
        ("dall-e-2", {"response_format": "url"}, {"response_format": "url"}, []),
        ("dall-e-3", {"size": "1536x1024"}, {"size": "1792x1024"}, ["size 1536x1024 -> 1792x1024"]),
        ("dall-e-3", {"quality": "high"}, {"quality": "hd"}, ["quality high -> hd"]),
        ("dall-e-3", {"quality": "low"}, {"quality": "standard"}, ["quality low -> standard"]),
        ("dall-e-3", {"quality": "auto"}, {}, []),
        ("dall-e-3", {"style": "natural"}, {"style": "natural"}, []),
        ("dall-e-3", {"background": "opaque"}, {}, []),
        (
            "dall-e-3",
            {"background": "transparent"},
            {},
            ["background transparent dropped (dall-e-3 has none)"],
        ),
        ("dall-e-3", {"output_format": "png"}, {}, []),
        (
            "dall-e-3",
            {"output_format": "webp"},
            {},
            ["output_format webp dropped (dall-e-3 gives png)"],
        ),
        (
            "gpt-image-1",
            {"size": "1792x1024"},
            {"size": "1536x1024"},
            ["size 1792x1024 -> 1536x1024"],
        ),
        ("gpt-image-1", {"size": "auto"}, {"size": "auto"}, []),
        ("gpt-image-1", {"quality": "max"}, {"quality": "high"}, ["quality max -> high"]),
        ("gpt-image-2", {"size": "1792x1024"}, {"size": "1792x1024"}, []),
        ("gpt-image-2", {"size": "512x512"}, {"size": "816x816"}, ["size 512x512 -> 816x816"]),
        ("gpt-image-2", {"size": "huge"}, {"size": "huge"}, []),
        ("gpt-image-2", {"size": 7}, {"size": 7}, []),
        ("gpt-image-2", {"quality": "hd"}, {"quality": "high"}, ["quality hd -> high"]),
        (
            "gpt-image-2",
            {"quality": "standard"},
            {"quality": "medium"},
            ["quality standard -> medium"],
        ),
        ("gpt-image-2.5-flare", {"quality": "max"}, {"quality": "max"}, []),
        ("gpt-image-2", {"style": "vivid"}, {}, ["style vivid dropped (gpt-image-2 has none)"]),
        ("gpt-image-2", {"response_format": "b64_json"}, {}, []),
        ("gpt-image-2", {"response_format": "url"}, {}, ["response_format url -> b64_json"]),
        ("gpt-image-2", {"output_format": "jpg"}, {"output_format": "jpeg"}, []),
        ("gpt-image-2", {"background": "transparent"}, {"background": "transparent"}, []),
        ("gpt-image-2", {"seed": 4}, {}, ["seed 4 dropped (gpt-image-2 has none)"]),
        (
            "gpt-image-2",
            {"negative_prompt": "blurry"},
            {},
            ["negative_prompt dropped (gpt-image-2 has none)"],
        ),
        (
            "gpt-image-2",
            {"moderation": "low", "output_compression": 80, "safety_identifier": "u"},
            {"moderation": "low", "output_compression": 80, "safety_identifier": "u"},
            [],
        ),
    ],
)
def test_each_family_says_it_in_its_own_words(model, given_params, becomes, notes):
    params, told_notes = adapted("openai", ask(model, **given_params))

    assert params == {"prompt": "a red kite", "model": model, **becomes}
    assert told_notes == notes


@pytest.mark.parametrize("model", ["dall-e-2", "dall-e-3", "gpt-image-1", "gpt-image-2"])
@given(size=st.from_regex(r"\A[1-9][0-9]{0,4}x[1-9][0-9]{0,4}\Z"))
def test_every_size_becomes_a_legal_one(model, size):
    params, notes = adapted("openai", ask(model, size=size))

    assert notes == ([] if params["size"] == size else [f"size {size} -> {params['size']}"])
    assert adapted("openai", ask(model, size=params["size"]))[1] == []


def test_an_answer_keeps_its_bytes_and_everything_it_says():
    item = {"b64_json": LONG, "revised_prompt": "a kite", "content_filter_results": {"hate": 0}}
    body = {"created": 9, "data": [item, {"url": "https://x/y"}], "usage": {"total_tokens": 3}}
    response = answer(body)

    pictures = told("openai", CAT, response)

    assert pictures.raw is response.body
    assert (pictures.created, pictures.fields) == (9, {"usage": {"total_tokens": 3}})
    assert bytes(pictures.data[0].b64) == LONG.encode()
    assert pictures.data[0].revised_prompt == "a kite"
    assert pictures.data[0].extras == {"content_filter_results": {"hate": 0}}
    assert pictures.data[1].url == "https://x/y"


@pytest.mark.parametrize(
    ("status", "fields", "kind"),
    [
        (400, {"code": "unknown_parameter", "param": "style"}, Kind.BAD_REQUEST),
        (400, {"code": "moderation_blocked", "type": "image_generation_user_error"}, Kind.REFUSED),
        (400, {"code": "content_policy_violation"}, Kind.REFUSED),
        (400, {"code": None, "message": "rejected by our safety system"}, Kind.REFUSED),
        (400, {"moderation_details": {"moderation_stage": "output"}}, Kind.REFUSED),
        (400, {"type": "image_generation_user_error"}, Kind.BAD_REQUEST),
        (401, {"code": "invalid_api_key"}, Kind.AUTH),
        (403, {}, Kind.AUTH),
        (404, {"code": "model_not_found"}, Kind.BAD_REQUEST),
        (408, {}, Kind.TIMEOUT),
        (429, {"code": "rate_limit_exceeded"}, Kind.RATE_LIMITED),
        (429, {"code": "slow_down"}, Kind.RATE_LIMITED),
        (429, {"code": "insufficient_quota"}, Kind.QUOTA_EXHAUSTED),
        (429, {"code": None, "type": "insufficient_quota"}, Kind.QUOTA_EXHAUSTED),
        (429, {"code": "credit_balance_exhausted"}, Kind.QUOTA_EXHAUSTED),
        (429, {"code": "project_spend_limit_exceeded"}, Kind.QUOTA_EXHAUSTED),
        (429, {"code": "organization_spend_limit_exceeded"}, Kind.QUOTA_EXHAUSTED),
        (429, {"code": "organization_usage_limit_exceeded"}, Kind.QUOTA_EXHAUSTED),
        (500, {"type": "server_error"}, Kind.SERVER_ERROR),
        (503, {"code": "server_is_overloaded"}, Kind.OVERLOADED),
    ],
)
def test_errors_are_classified_by_status_and_code(status, fields, kind):
    failure = failed(error(**fields), status)

    assert (failure.kind, failure.status, failure.local) == (kind, status, False)


def test_an_error_keeps_the_providers_own_words():
    body = error(message="Unknown parameter.", code="unknown_parameter", type="t", param="style")

    failure = failed(body, 400, x_request_id="req_1")

    assert failure == Failure(
        kind=Kind.BAD_REQUEST,
        status=400,
        message="Unknown parameter.",
        code="unknown_parameter",
        type="t",
        param="style",
        request_id="req_1",
    )


def test_nobody_knows_whether_a_refusal_was_billed():
    assert failed(error(code="moderation_blocked"), 400).billed is None


def test_a_rate_limit_says_when_to_come_back():
    assert failed(error(), 429, retry_after="12").retry_after == 12.0
    assert failed(error(), 429, retry_after="Sun, 22 Nov 2026 12:00:30 GMT").retry_at == 1795348830


def test_a_key_in_a_message_is_masked():
    message = "Incorrect API key provided: sk-proj-abcdef1234567890abcdef."

    assert "abcdef" not in failed(error(message=message), 401).message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "quota"}, "quota"),
        ({"message": "no such route"}, "no such route"),
        ({"detail": "not found"}, "not found"),
        (b"<html><title>x</title><h1>Bad Gateway</h1></html>", "Bad Gateway"),
        (b"upstream connect error", "upstream connect error"),
        (b"", "status 502 without a message"),
        (b"[" * 100_000, None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_errors_of_other_shapes_are_read_too(body, message):
    failure = failed(body, 502)

    assert failure.kind is Kind.SERVER_ERROR
    assert message is None or message in failure.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"<html>hello</html>",
        b"null",
        b"[]",
        b'{"data": {}}',
        b'{"data": "x"}',
        b'{"data": [1]}',
        b'{"data": [{"b64_json": "\\u0000picture:7"}]}',
        b"[" * 100_000,
        b"event: image_generation.completed\n\n",
    ],
)
def test_a_200_that_is_no_answer_is_invalid_output(body):
    failure = told("openai", CAT, HttpResponse(status=200, body=body))

    assert (failure.kind, failure.status, failure.billed) == (Kind.INVALID_OUTPUT, 502, None)


def test_a_200_with_an_error_in_it_says_which():
    failure = failed(error(message="engine busy", code="busy"), 200)

    assert failure.kind is Kind.INVALID_OUTPUT
    assert (failure.code, "engine busy" in failure.message) == ("busy", True)


def test_what_cannot_be_streamed_is_refused_before_anything_is_bought():
    failure = told("stability-ai", ask("core", stream=True))

    assert (failure.status, failure.local, failure.billed) == (400, True, False)


@given(st.integers(200, 599), st.binary() | st.text().map(str.encode))
def test_no_answer_breaks_the_conversation(status, body):
    outcome = told("openai", CAT, HttpResponse(status=status, body=body))

    assert isinstance(outcome, Pictures) or len(outcome.message) <= 200
