"""Whatever Gemini's stand-in is asked, it answers as Gemini would, or refuses as Gemini would."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpRequest, Part
from router.emulators.drawing import fixed
from router.emulators.emulator import World
from router.emulators.google import Google
from router.emulators.google_errors import STATUSES
from router.emulators.google_models import MODELS
from router.emulators.google_order import LARGEST_BODY
from tests.originals.pictures import PNG, drawn

HOST = "https://generativelanguage.googleapis.com"
URL = f"{HOST}/v1beta/models/gemini-nano-banana-2.1:generateContent"
OLD = f"{HOST}/v1beta/models/gemini-2.5-flash-image:generateContent"
KEY = {"x-goog-api-key": "AIza-sandbox"}
PLAIN = {"contents": [{"parts": [{"text": "a red kite"}]}]}
WORLD = World(now=lambda: 1_800_000_000.5, publish=lambda *_: "data:,", draw=fixed(b"picture"))


def blob(content=PNG, mime="image/png"):
    return {"inlineData": {"mimeType": mime, "data": base64.b64encode(content).decode()}}


def asked(body, url=URL, headers=KEY, method="POST", content_type="application/json"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {**headers, **({"content-type": content_type} if content_type else {})}
    request = HttpRequest(method=method, url=url, headers=named, body=content)
    return Google().handle(request, WORLD)


def read(response):
    """The answer's object, checked to be one of Gemini's."""
    body = json.loads(response.body)
    assert response.headers["content-type"] == "application/json"
    if response.status != 200:
        error = body["error"]
        assert set(body) == {"error"}
        assert (error["code"], error["status"]) == (response.status, STATUSES[response.status])
        assert error["message"]
        assert all(
            one["@type"].startswith("type.googleapis.com/") for one in error.get("details", ())
        )
        return body
    usage = body["usageMetadata"]
    assert usage["totalTokenCount"] >= usage["promptTokenCount"] > 0
    assert body["responseId"]
    for candidate in body.get("candidates", ()):
        assert candidate["finishReason"]
        assert candidate["index"] == 0
    assert ("candidates" in body) != ("promptFeedback" in body)
    return body


def complaint(response):
    assert response.status == 400
    return read(response)["error"]["message"]


# Whatever is asked


NAMES = """contents role parts text inlineData inline_data mimeType data fileData fileUri thought
thoughtSignature generationConfig generation_config responseModalities imageConfig aspectRatio
aspect_ratio imageSize seed candidateCount temperature topP topK thinkingConfig includeThoughts
thinkingBudget thinkingLevel mediaResolution safetySettings category systemInstruction tools
toolConfig cachedContent personGeneration stopSequences"""

WORDS = [
    "IMAGE",
    "TEXT",
    "AUDIO",
    "16:9",
    "1K",
    "512",
    "HIGH",
    "user",
    "image/png",
    "[refuse]",
    "7",
]

VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*WORDS, base64.b64encode(PNG).decode(), base64.b64encode(b"x").decode()])
)

JSON = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=4)
    ),
    max_leaves=12,
)

PARTS = st.lists(
    st.sampled_from(
        [
            {"text": "a red kite"},
            {"text": "x [filter]"},
            {"text": "x [decline]"},
            {"text": ""},
            blob(),
            blob(drawn("jpeg"), "image/jpeg"),
            blob(PNG, "image/webp"),
            {"fileData": {"fileUri": "files/1"}},
        ]
    )
    | JSON,
    max_size=3,
)

BODIES = JSON | st.fixed_dictionaries(
    {"contents": st.lists(st.fixed_dictionaries({"parts": PARTS}), min_size=1, max_size=2)},
    optional={"generationConfig": JSON, "tools": JSON, "systemInstruction": JSON},
)

URLS = st.sampled_from(
    [
        *(f"{HOST}/v1beta/models/{name}:generateContent" for name in MODELS),
        f"{HOST}/v1/models/gemini-3-pro-image:generateContent?key=AIza-x",
        f"{HOST}/v1beta/models/gemini-3-pro-image:streamGenerateContent?alt=sse",
        f"{HOST}/v1beta/models/imagen-4.0-generate-001:predict",
        f"{HOST}/v1beta/openai/images/generations",
        f"{HOST}/",
    ]
)


@given(URLS, BODIES)
def test_any_json_gets_a_well_formed_answer(url, body):
    read(asked(body, url))


@given(URLS, st.binary(max_size=200), st.sampled_from(["application/json", "text/plain", ""]))
def test_any_bytes_get_a_well_formed_answer(url, body, content_type):
    response = asked(body, url, content_type=content_type)

    assert response.status in {400, 404}
    read(response)


@given(URLS, st.dictionaries(st.text(max_size=8), st.binary(max_size=20), max_size=3))
def test_any_form_is_refused_well_formed(url, fields):
    parts = tuple(Part(name=name, content=value) for name, value in fields.items())
    request = HttpRequest(method="POST", url=url, headers=KEY, parts=parts)

    response = Google().handle(request, WORLD)

    assert response.status in {400, 404}
    read(response)


@given(URLS, st.sampled_from(sorted(STATUSES)), st.none() | st.text(max_size=20))
def test_any_status_is_said_in_googles_words(url, status, code):
    request = HttpRequest(method="POST", url=url, headers=KEY)

    response = Google().failure(status, code, request, WORLD)

    assert response.status == status
    read(response)
    read(Google().refusal(request, WORLD))


@given(BODIES)
def test_what_is_emptied_has_no_picture_and_stays_well_formed(body):
    emptied = Google().emptied(asked(body))

    read(emptied)
    assert b"inlineData" not in emptied.body or emptied.status != 200


# Who may ask


@pytest.mark.parametrize(
    ("headers", "url", "status"),
    [
        (KEY, URL, 200),
        ({}, URL + "?key=AIza-sandbox", 200),
        ({"authorization": "Bearer ya29.token"}, URL, 200),
        ({}, URL, 403),
        ({"x-goog-api-key": "  "}, URL, 403),
        ({"x-goog-api-key": "AIza-invalid"}, URL, 400),
        ({}, URL + "?key=invalid", 400),
        ({"authorization": "Bearer invalid"}, URL, 401),
    ],
)
def test_a_key_comes_in_a_header_or_in_the_query_and_a_token_as_a_bearer(headers, url, status):
    response = asked(PLAIN, url, headers)

    assert response.status == status
    read(response)


def test_only_googles_own_host_is_its_own():
    assert Google().serves("generativelanguage.googleapis.com")
    assert not Google().serves("generativelanguage.googleapis.com.evil.example")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nothing_but_a_post_is_taken(method):
    assert asked(PLAIN, method=method).status == 404


# What is checked


def configured(**config):
    return {**PLAIN, "generationConfig": config}


def parted(*parts):
    return {"contents": [{"parts": [*parts]}]}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[]", "cannot be read as an object"),
        (b"{", "cannot be read as an object"),
        ({}, "contents is not specified"),
        ({"contents": []}, "contents is not specified"),
        ({"contents": [{"parts": []}]}, "contents[0].parts"),
        ({"contents": [{"role": "tool", "parts": [{"text": "x"}]}]}, "user or model"),
        (parted({"text": "x", **blob()}), "exactly one of"),
        (parted({}), "exactly one of"),
        (parted(blob()), "has no text"),
        (parted({"text": "  "}), "has no text"),
        (parted({"text": "x"}, {"fileData": {"fileUri": "files/1"}}), "keeps no files"),
        (parted({"text": "x"}, blob(PNG, "image/jpeg")), "claims to be image/jpeg"),
        (parted({"text": "x"}, blob(b"text")), "process the input image"),
        (configured(responseModalities=["AUDIO"]), "not supported"),
        (configured(candidateCount=2), "Multiple candidates"),
        (configured(imageConfig={"aspectRatio": "9:21"}), "aspect_ratio 9:21"),
        (configured(imageConfig={"imageSize": "2k"}), "image_size 2k"),
    ],
)
def test_what_is_wrong_is_said(body, said):
    assert said in complaint(asked(body))


@pytest.mark.parametrize(
    ("config", "place", "said"),
    [
        ({"imageConfig": {"personGeneration": "x"}}, "generation_config.image_config", "unknown"),
        ({"imageConfig": {"outputMimeType": "x"}}, "generation_config.image_config", "unknown"),
        ({"seed": 2**31}, "generation_config.seed", "TYPE_INT32"),
        ({"seed": 0.5}, "generation_config.seed", "TYPE_INT32"),
        ({"temperature": "hot"}, "generation_config.temperature", "TYPE_NUMBER"),
        ({"responseLogprobs": 1}, "generation_config.response_logprobs", "TYPE_BOOL"),
        ({"responseModalities": "IMAGE"}, "generation_config.response_modalities", "list"),
        ({"responseModalities": ["SMELL"]}, "generation_config.response_modalities[0]", "enum"),
        ({"imageConfig": []}, "generation_config.image_config", "message"),
        ({"imageConfig": {}, "image_config": {}}, "generation_config", "twice"),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_named_in_snake_case(config, place, said):
    error = read(asked(configured(**config)))["error"]

    (violation,) = error["details"][0]["fieldViolations"]
    assert violation["field"] == place
    assert said in violation["description"]


def test_several_mistakes_are_told_at_once_though_not_without_end():
    some = read(asked({**PLAIN, "a": 1, "b": 2}))["error"]
    many = read(asked({**PLAIN, **{f"x{k}": k for k in range(50)}}))["error"]

    assert len(some["details"][0]["fieldViolations"]) == 2
    assert len(many["details"][0]["fieldViolations"]) == 20


def test_a_body_has_twenty_megabytes():
    assert "20 MiB" in complaint(asked(b" " * (LARGEST_BODY + 1)))


@pytest.mark.parametrize(
    ("config", "taken"),
    [
        ({"seed": "7"}, True),
        ({"seed": 7.0}, True),
        ({"seed": None}, True),
        ({"response_modalities": ["IMAGE"]}, True),
        ({"image_config": {"aspect_ratio": "16:9"}}, True),
        ({"seed": True}, False),
        ({"seed": "7.5"}, False),
    ],
)
def test_values_may_be_written_as_protobuf_reads_them(config, taken):
    assert (asked(configured(**config)).status == 200) is taken


@pytest.mark.parametrize("text", ["iVBORw0KGgo=", "iVBORw0KGgo", "-_-_", ""])
def test_base64_may_be_in_either_alphabet_and_unpadded(text):
    part = {"inlineData": {"mimeType": "image/png", "data": text}}

    assert "Invalid value" not in str(read(asked(parted({"text": "x"}, part))))


def test_what_is_no_base64_is_named():
    part = {"inlineData": {"mimeType": "image/png", "data": "?!"}}

    assert "TYPE_BYTES" in complaint(asked(parted({"text": "x"}, part)))


def test_a_picture_that_cannot_be_opened_is_told():
    cut = parted({"text": "x"}, blob(PNG[:40]))
    request = HttpRequest(
        method="POST",
        url=URL,
        headers={**KEY, "content-type": "application/json"},
        body=json.dumps(cut).encode(),
    )
    world = World(now=lambda: 0.0, publish=lambda *_: "")

    assert "process the input image" in complaint(Google().handle(request, world))


def test_the_model_without_thoughts_tells_none_and_signs_nothing():
    thinking = configured(thinkingConfig={"includeThoughts": True})

    old, new = read(asked(thinking, OLD)), read(asked(thinking))

    assert "thoughtsTokenCount" not in old["usageMetadata"]
    assert "thoughtSignature" not in json.dumps(old)
    assert sum("thought" in part for part in new["candidates"][0]["content"]["parts"]) == 2
