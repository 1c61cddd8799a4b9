"""OpenAI's and Azure's streams, held by hand, event by event."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.adapter import Emit, Send
from router.core.events import Event, Partial
from router.core.http import HttpResponse
from router.core.images import Pictures
from router.core.outcome import Failure, Kind
from router.providers.openai_streams import read_event
from router.providers.registry import adapter
from tests.providers.edit_talk import edit, parts
from tests.providers.provider_talk import LONG, answer, ask, target

STREAM = ask("gpt-image-2", stream=True, partial_images=2)
ABOUT = {"size": "1024x1024", "quality": "low", "background": "opaque", "output_format": "png"}
USAGE = {"total_tokens": 10, "input_tokens": 4, "output_tokens": 6}
AZURE = {"options": {"resource_name": "r", "deployment_id": "gpt-image-2", "api_version": "v1"}}


def event(kind, *, name=None, **fields):
    """Return an event as the provider sends it."""
    body = {"type": kind, **fields}
    return Event(name=kind if name is None else name, data=json.dumps(body).encode())


def partial(index=0, *, of="image_generation", **fields):
    said = {"b64_json": LONG, "created_at": 7, "partial_image_index": index, **ABOUT, **fields}
    return event(f"{of}.partial_image", **said)


def completed(*, of="image_generation", **fields):
    said = {"b64_json": LONG, "created_at": 9, "usage": USAGE, **ABOUT, **fields}
    return event(f"{of}.completed", **said)


def failed(**error):
    return Event(name="error", data=json.dumps({"error": error}).encode())


def hold(*heard, request=STREAM, provider="openai", **fields):
    """Hold the conversation; return what it asked for, in order, and its outcome."""
    flow = adapter(provider).flow(request, target(provider, **fields))
    said = [next(flow)]
    for thing in heard:
        try:
            said.append(flow.send(thing))
        except StopIteration as end:
            return said, end.value
    return said, None


def outcome(*heard, **more):
    return hold(*heard, **more)[1]


# What is asked


def test_a_stream_is_asked_for_and_said_to_be_one():
    (send,), _ = hold()

    assert isinstance(send, Send)
    assert send.stream
    assert send.undo is None
    assert json.loads(send.request.body) == {
        "prompt": "a red kite",
        "model": "gpt-image-2",
        "stream": True,
        "partial_images": 2,
    }


@pytest.mark.parametrize("params", [{}, {"stream": False}, {"partial_images": 2}])
def test_what_is_not_asked_for_as_a_stream_is_a_whole_exchange(params):
    (send,), _ = hold(request=ask("gpt-image-2", **params))

    assert not send.stream


def test_an_edit_asks_for_its_stream_in_words():
    (send,), _ = hold(request=edit("gpt-image-2", stream=True, partial_images=2))

    assert send.stream
    assert send.request.url.endswith("/images/edits")
    texts = {name: text for name, filename, text in parts(send.request) if filename is None}
    assert (texts["stream"], texts["partial_images"]) == ("true", "2")


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("v1", "/openai/v1/images/generations"),
        (
            "2025-04-01-preview",
            "/openai/deployments/gpt-image-2/images/generations?api-version=2025-04-01-preview",
        ),
    ],
)
def test_azure_is_asked_the_same_way(version, path):
    options = {**AZURE["options"], "api_version": version}

    (send,), _ = hold(provider="azure-openai", options=options)

    assert send.stream
    assert send.request.url == f"https://r.openai.azure.com{path}"
    assert json.loads(send.request.body)["partial_images"] == 2


def test_azures_edits_stream_too():
    request = edit("gpt-image-2", stream=True)

    (send,), _ = hold(request=request, provider="azure-openai", **AZURE)

    assert send.stream
    assert send.request.url.endswith("/images/edits")


@pytest.mark.parametrize(
    ("provider", "model", "streams"),
    [
        ("openai", "gpt-image-2", True),
        ("openai", "gpt-image-1.5", True),
        ("openai", "gpt-image-1-mini", True),
        ("openai", "dall-e-3", False),
        ("openai", "dall-e-2", False),
        ("openai", "a-model-of-tomorrow", True),
        ("azure-openai", "gpt-image-2", True),
        ("azure-openai", "dall-e-3", False),
        ("azure-openai", "a-deployment", True),
    ],
)
def test_gpt_models_stream_and_so_may_what_nobody_knows(provider, model, streams):
    assert adapter(provider).streams(ask(model), target(provider)) is streams


# What comes


@pytest.mark.parametrize("of", ["image_generation", "image_edit"])
@pytest.mark.parametrize(("provider", "fields"), [("openai", {}), ("azure-openai", AZURE)])
def test_partial_pictures_are_emitted_and_the_finished_one_is_returned(of, provider, fields):
    said, end = hold(
        partial(0, of=of), partial(1, of=of), completed(of=of), provider=provider, **fields
    )

    assert [type(step) for step in said] == [Send, Emit, Emit]
    assert [step.partial.index for step in said[1:]] == [0, 1]
    assert isinstance(end, Pictures)
    assert (end.created, len(end.data)) == (9, 1)
    assert bytes(end.data[0].b64) == LONG.encode()
    assert dict(end.fields) == {**ABOUT, "usage": USAGE}


def test_a_partial_picture_keeps_what_is_said_beside_it():
    said = read_event(partial(2, seed=5))

    assert isinstance(said, Partial)
    assert (said.index, bytes(said.picture.b64)) == (2, LONG.encode())
    assert dict(said.fields) == {**ABOUT, "created_at": 7, "seed": 5}


def test_a_picture_is_cut_out_of_its_event_and_not_parsed():
    long = "QUJD" * 10_000

    said = read_event(partial(b64_json=long))

    assert bytes(said.picture.b64) == long.encode()
    assert said.picture.b64.obj.__class__ is bytes
    assert len(said.picture.b64.obj) > len(long)


def test_the_finished_picture_may_come_first_and_alone():
    assert isinstance(outcome(completed()), Pictures)


def test_a_picture_may_come_as_a_url():
    end = outcome(completed(b64_json=None, url="https://cdn.test/1.png"))

    assert (end.data[0].b64, end.data[0].url) == (None, "https://cdn.test/1.png")


def test_a_finished_picture_that_is_missing_is_found_missing_by_the_check():
    (picture,) = outcome(completed(b64_json=None)).data

    assert (picture.b64, picture.url) == (None, None)


def test_an_event_is_known_by_its_type_and_else_by_its_name():
    body = json.dumps({"b64_json": LONG}).encode()

    assert isinstance(read_event(Event(name="image_edit.completed", data=body)), Pictures)
    assert isinstance(read_event(completed().__class__(name="x", data=completed().data)), Pictures)


@pytest.mark.parametrize(
    "other",
    [
        event("image_generation.in_progress"),
        event("ping"),
        event("", name="message"),
        Event(name="message", data=b""),
        Event(name="image_generation.completed", data=b" \n "),
        Event(name="message", data=b"7"),
        Event(name="message", data=b'["a"]'),
        Event(name="message", data=b"null"),
        partial(b64_json=None),
        partial(b64_json=7),
        event("image_generation.partial_image", error=None),
    ],
)
def test_other_events_are_passed_over(other):
    said, end = hold(other, completed())

    assert said[1] == Emit(None)
    assert isinstance(end, Pictures)


@pytest.mark.parametrize("index", [None, "1", [], {}])
def test_a_partial_picture_without_a_number_is_the_first(index):
    assert read_event(partial(index)).index == 0


@pytest.mark.parametrize("created", [None, "soon", 9.7])
def test_a_date_that_is_none_is_put_right(created):
    assert outcome(completed(created_at=created)).created == (9 if created == 9.7 else 0)


def test_nothing_is_asked_for_after_the_finished_picture():
    said, _ = hold(completed(), completed())

    assert len(said) == 1


# What comes instead of a stream


def test_a_whole_answer_is_read_as_ever():
    body = {"created": 3, "data": [{"b64_json": LONG}]}

    assert outcome(answer(body)).created == 3


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "moderation_blocked", Kind.REFUSED),
        (429, "insufficient_quota", Kind.QUOTA_EXHAUSTED),
        (503, None, Kind.OVERLOADED),
    ],
)
def test_an_error_instead_of_a_stream_is_read_as_ever(status, code, kind):
    end = outcome(answer({"error": {"message": "no", "code": code}}, status))

    assert (end.kind, end.status, end.message) == (kind, status, "no")


@pytest.mark.parametrize("shown", [(), (partial(),)], ids=["nothing shown", "after a picture"])
def test_a_stream_that_ends_without_a_finished_picture_is_a_failure(shown):
    end = outcome(*shown, None)

    assert (end.kind, end.status, end.billed) == (Kind.EMPTY, 502, None)
    assert end.message == "the stream ended without a finished picture"


def test_a_whole_answer_in_the_middle_of_a_stream_is_its_end():
    assert outcome(partial(), HttpResponse(status=200)).kind is Kind.EMPTY


@pytest.mark.parametrize(
    "data",
    [
        b"<html>502 Bad Gateway</html>",
        b'{"type": "image_generation.completed", "b64',
        b"[" * 100_000,
        b'{"type": "image_generation.completed", "created_at": 1e999}',
        b'{"type": "image_generation.partial_image", "b64_json": "QQ", "partial_image_index": NaN}',
        b'{"type": "image_generation.completed", "b64_json": "\\u0000picture:7"}',
        b"\xff\xfe",
    ],
    ids=["html", "cut", "deep", "endless date", "no number", "forged", "no text"],
)
def test_an_event_that_cannot_be_read_is_a_failure(data):
    end = outcome(Event(name="image_generation.completed", data=data))

    assert isinstance(end, Failure)
    assert (end.kind, end.status, end.billed) == (Kind.INVALID_OUTPUT, 502, None)
    assert end.message.startswith("an event of the stream cannot be read: ")
    assert len(end.message) <= 200


# Errors within a stream


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        ({"code": "moderation_blocked"}, Kind.REFUSED, 400),
        ({"code": "content_policy_violation"}, Kind.REFUSED, 400),
        ({"code": "contentFilter"}, Kind.REFUSED, 400),
        ({"code": "insufficient_quota"}, Kind.QUOTA_EXHAUSTED, 429),
        ({"type": "insufficient_quota"}, Kind.QUOTA_EXHAUSTED, 429),
        ({"code": "rate_limit_exceeded"}, Kind.RATE_LIMITED, 429),
        ({"code": "slow_down"}, Kind.RATE_LIMITED, 429),
        ({"code": "server_is_overloaded"}, Kind.OVERLOADED, 503),
        ({"type": "service_unavailable_error"}, Kind.OVERLOADED, 503),
        ({"type": "invalid_request_error"}, Kind.BAD_REQUEST, 400),
        ({"type": "image_generation_user_error"}, Kind.BAD_REQUEST, 400),
        ({"code": "server_error"}, Kind.SERVER_ERROR, 500),
        ({"code": "429"}, Kind.RATE_LIMITED, 429),
        ({"code": "503"}, Kind.OVERLOADED, 503),
        ({"code": 401}, Kind.AUTH, 401),
        ({"code": "200"}, Kind.SERVER_ERROR, 500),
        ({"code": "4040"}, Kind.SERVER_ERROR, 500),
        ({"code": "4²0"}, Kind.SERVER_ERROR, 500),
        ({"code": None, "type": None}, Kind.SERVER_ERROR, 500),
        ({"code": "moderation_blocked", "type": "server_error"}, Kind.REFUSED, 400),
    ],
)
def test_the_words_of_an_error_stand_for_its_status(error, kind, status):
    end = outcome(failed(message="it says no", **error))

    assert (end.kind, end.status, end.message) == (kind, status, "it says no")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"error": {"message": "no"}}, "no"),
        ({"error": "no"}, "no"),
        ({"type": "error", "message": "no"}, "no"),
        ({"type": "image_generation.failed", "error": {"message": "no"}}, "no"),
        ({"type": "image_generation.completed", "error": {"message": "no"}}, "no"),
    ],
    ids=["an object", "a text", "by its type", "of another type", "that claims to be complete"],
)
def test_an_error_is_known_wherever_it_stands(data, message):
    end = outcome(Event(name="message", data=json.dumps(data).encode()))

    assert (end.kind, end.message) == (Kind.SERVER_ERROR, message)


def test_an_error_is_known_by_its_name_alone():
    end = outcome(Event(name="error", data=b'{"message": "no", "code": "slow_down"}'))

    assert (end.kind, end.message) == (Kind.RATE_LIMITED, "no")


@pytest.mark.parametrize("code", ["rate_limit_exceeded", "server_is_overloaded", "401"])
def test_an_error_after_a_picture_may_have_been_billed(code):
    error = failed(message="no", code=code)

    assert outcome(error).billed is False
    assert outcome(event("ping"), error).billed is False
    assert outcome(partial(), error).billed is None


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["type", "error", "b64_json", "url", "created_at", "partial_image_index", "code", "message"]
)
TYPES = st.sampled_from(
    ["image_generation.partial_image", "image_edit.completed", "error", "ping", "", 7, None]
)


@given(st.dictionaries(KEYS, JSONS), TYPES, st.text(max_size=8))
def test_no_event_is_too_strange_to_be_read(body, kind, name):
    told = read_event(Event(name=name, data=json.dumps({"type": kind, **body}).encode()))

    assert told is None or isinstance(told, Pictures | Failure | Partial)


@given(st.binary(max_size=100))
def test_no_bytes_are_too_strange_to_be_read(data):
    told = read_event(Event(name="image_generation.completed", data=data))

    assert told is None or isinstance(told, Pictures | Failure | Partial)
