import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import answer, ask, told

from router.core.http import HttpResponse
from router.core.images import Pictures
from router.core.outcome import Kind
from router.providers.failures import (
    LONGEST,
    READ_JSON,
    Complaint,
    fail,
    kind_of,
    load_object,
    plain_text,
    tidy,
)

KEYS = (
    "sk-proj-abcdefghijklmnop1234567890",
    "sk-1234567890",
    "sk-ab12****wxyz",
    "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwcyJ9.c2lnbmF0dXJl",
    "0123456789abcdef0123456789abcdef",
    "3kXyZ" * 17,
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("message", ["Incorrect API key provided: {}.", "{}", "key={} (Bearer {})"])
def test_a_message_that_echoes_a_key_is_masked(message, key):
    assert key not in tidy(message.format(key, key))
    assert "***" in tidy(message.format(key, key))


@pytest.mark.parametrize(
    "message",
    [
        "Rate limit exceeded for images per minute. Limit: 5/1min.",
        "Rejected, request ID 3f1c5a52-0a3e-4b7e-9d55-0b1f6f3a9f10.",
        "The model `gpt-image-9` does not exist",
    ],
)
def test_a_message_without_a_secret_stays_as_it_is(message):
    assert tidy(message) == message


@given(st.text(max_size=5000))
def test_a_message_is_one_short_line(text):
    line = tidy(text)

    assert len(line) <= LONGEST
    assert line.splitlines() in ([line], [])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.BAD_REQUEST),
        (401, Kind.AUTH),
        (402, Kind.QUOTA_EXHAUSTED),
        (403, Kind.AUTH),
        (404, Kind.BAD_REQUEST),
        (408, Kind.TIMEOUT),
        (409, Kind.BAD_REQUEST),
        (413, Kind.BAD_REQUEST),
        (422, Kind.BAD_REQUEST),
        (429, Kind.RATE_LIMITED),
        (500, Kind.SERVER_ERROR),
        (502, Kind.SERVER_ERROR),
        (503, Kind.OVERLOADED),
        (504, Kind.SERVER_ERROR),
        (529, Kind.OVERLOADED),
    ],
)
def test_a_status_has_its_kind(status, kind):
    assert kind_of(status) is kind


@pytest.mark.parametrize(
    ("status", "billed"), [(400, False), (401, False), (402, False), (429, False), (503, False),
                           (529, False), (408, None), (500, None), (502, None), (504, None)]
)  # fmt: skip
def test_who_was_billed_is_said_only_where_it_is_known(status, billed):
    assert fail(answer({}, status), Complaint()).billed is billed


def test_a_redirect_is_not_followed_and_says_where_it_led():
    location = "https://user:secret@elsewhere.example/v1?token=abc"
    response = HttpResponse(status=307, headers={"location": location})

    failure = fail(response, Complaint())

    assert (failure.kind, failure.status) == (Kind.INVALID_OUTPUT, 502)
    assert "307 to elsewhere.example;" in failure.message
    assert "secret" not in failure.message


def test_a_redirect_to_nowhere_is_one_all_the_same():
    response = HttpResponse(status=302, headers={"location": "http://[broken"})

    assert fail(response, Complaint()).message.startswith("the provider answered 302; ")


def test_a_body_too_large_for_an_error_is_not_parsed():
    response = HttpResponse(status=500, body=b'{"error": "' + b"x" * READ_JSON + b'"}')

    assert load_object(response.body) == {}
    assert len(told("openai", ask("m"), response).message) == LONGEST


def test_a_page_in_html_is_read_as_text():
    page = b"<html><head><style>b{color:red}</style></head><h1>502 Bad Gateway</h1></html>"

    assert plain_text(HttpResponse(status=502, body=page)) == "502 Bad Gateway"


def test_an_error_without_a_word_has_a_message_all_the_same():
    failure = fail(HttpResponse(status=500), Complaint())

    assert failure.message == "status 500 without a message"


AZURE = {"resource_name": "res", "deployment_id": "dep"}
PROVIDERS = [("openai", {}), ("azure-openai", {"options": AZURE}), ("stability-ai", {})]
PARTS = ("error", "message", "code", "type", "param", "detail", "name", "errors", "inner_error")
PICTURES = ("data", "b64_json", "url", "created", "artifacts", "base64", "image", "finish_reason")
words = st.sampled_from(PARTS + PICTURES)
bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("provider", "fields"), PROVIDERS)
@given(status=st.sampled_from([200, 201, 302, 400, 401, 403, 429, 500, 503]), body=bodies)
def test_every_answer_is_pictures_or_a_failure(provider, fields, status, body):
    outcome = told(provider, ask("m"), answer(body, status), **fields)

    assert isinstance(outcome, Pictures) or 0 < len(outcome.message) <= LONGEST
    assert isinstance(outcome, Pictures) or status < 400 or outcome.status == status


@pytest.mark.parametrize(("provider", "fields"), PROVIDERS)
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_no_word_of_a_failure_is_a_key(provider, fields, key, status):
    said = dict.fromkeys(("message", "code", "type", "param", "name", "detail"), f"bad key {key}")

    for body in (
        {"error": said},
        said,
        {"errors": [key]},
        {"error": key},
        f"<b>{key}</b>".encode(),
    ):
        failure = told(provider, ask("m"), answer(body, status), **fields)
        assert key not in repr(failure)
