"""Gemini's adapter, held by hand: what is asked."""

import base64
import json

import pytest
from edit_talk import CAT, OVER, edit, variation, why_not
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import ask, sent, target, told

from router.core.files import held
from router.core.outcome import Kind
from router.providers.registry import adapter
from tests.originals.pictures import MASK, drawn

BANANA = "gemini-nano-banana-2.1"
OLD = "gemini-2.5-flash-image"
NEW = "gemini-9-image"
HOST = "https://generativelanguage.googleapis.com"
DOG = held(drawn("jpeg"), "dog.jpeg")


def body(request, **fields):
    return json.loads(sent("google", request, **fields).body)


def config(request, **fields):
    return body(request, **fields)["generationConfig"]


def settings(**params):
    """The generationConfig of a request beyond what every request says."""
    said = config(ask(BANANA, **params))
    assert said.pop("responseModalities") == ["IMAGE"]
    return said


# What is sent


def test_a_request_names_the_model_in_its_path_and_the_key_in_a_header_of_googles():
    request = sent("google", ask(BANANA))

    assert (request.method, request.url) == (
        "POST",
        f"{HOST}/v1beta/models/{BANANA}:generateContent",
    )
    assert (request.auth.header, request.auth.prefix) == ("x-goog-api-key", "")
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {
        "contents": [{"role": "user", "parts": [{"text": "a red kite"}]}],
        "generationConfig": {"responseModalities": ["IMAGE"]},
    }


@pytest.mark.parametrize("model", [None, f"models/{BANANA}", BANANA])
def test_a_model_may_be_named_as_googles_pages_do_or_not_at_all(model):
    assert sent("google", ask(model)).url.endswith(f"/models/{BANANA}:generateContent")
    assert adapter("google").model(ask(model), target("google")) == BANANA


def test_a_custom_host_stands_in_for_googles():
    url = sent("google", ask(BANANA), base_url="https://proxy.example/gemini/v1/").url

    assert url == f"https://proxy.example/gemini/v1/models/{BANANA}:generateContent"
    assert adapter("gemini").origins(target("google")) == {f"{HOST}:443"}
    own = target("google", base_url="https://proxy.example/gemini")
    assert adapter("google").origins(own) == {"https://proxy.example:443"}


@pytest.mark.parametrize("model", ["a/b", "..", "a..b", "a?b", "a:b", "a b", "ä", "x" * 129])
def test_a_name_that_could_lead_elsewhere_is_not_asked(model):
    failure = told("google", ask(model))

    assert (failure.kind, failure.local) == (Kind.BAD_REQUEST, True)


@given(st.text(max_size=40))
def test_no_model_leaves_its_place_in_the_url(model):
    flow = adapter("google").flow(ask(model), target("google"))
    try:
        url = next(flow).request.url
    except StopIteration:
        return

    name = url.removeprefix(f"{HOST}/v1beta/models/").removesuffix(":generateContent")
    assert name.replace("-", "").replace("_", "").replace(".", "").isalnum()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"aspectRatio": "16:9"}, {"imageConfig": {"aspectRatio": "16:9"}}),
        (
            {"aspect_ratio": "16:9", "image_size": "2K"},
            {"imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"}},
        ),
        (
            {"imageConfig": {"imageSize": "2K"}, "aspectRatio": "16:9"},
            {"imageConfig": {"imageSize": "2K", "aspectRatio": "16:9"}},
        ),
        (
            {"generation_config": {"image_config": {"image_size": "2K"}}, "aspectRatio": "1:1"},
            {"image_config": {"image_size": "2K", "aspectRatio": "1:1"}},
        ),
        ({"seed": 7, "temperature": 0.4, "top_k": 3}, {"seed": 7, "temperature": 0.4, "topK": 3}),
        ({"thinkingLevel": "HIGH"}, {"thinkingConfig": {"thinkingLevel": "HIGH"}}),
        ({"seed": None}, {}),
        ({"n": 4}, {}),
    ],
)
def test_each_word_stands_in_the_object_that_it_belongs_to(params, said):
    assert settings(**params) == said


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (
            {"safety_settings": [{"category": "c", "threshold": "t"}]},
            {"safetySettings": [{"category": "c", "threshold": "t"}]},
        ),
        ({"tools": [{"google_search": {}}]}, {"tools": [{"google_search": {}}]}),
        (
            {"system_instruction": "paint in oil"},
            {"systemInstruction": {"parts": [{"text": "paint in oil"}]}},
        ),
        (
            {"systemInstruction": {"parts": [{"text": "in oil"}]}},
            {"systemInstruction": {"parts": [{"text": "in oil"}]}},
        ),
        ({"a_word_of_tomorrow": 1}, {"a_word_of_tomorrow": 1}),
    ],
    ids=["safety", "tools", "text", "content", "unknown"],
)
def test_what_belongs_to_the_whole_request_stands_at_the_top(params, said):
    top = body(ask(BANANA, **params))

    assert {name: top[name] for name in top.keys() - {"contents", "generationConfig"}} == said


def test_words_may_come_beside_the_picture_where_the_caller_asks_for_them():
    both = ["TEXT", "IMAGE"]

    assert config(ask(BANANA, response_modalities=both))["responseModalities"] == both


def test_a_target_that_passes_through_says_nothing_of_its_own():
    assert "generationConfig" not in body(ask(BANANA), passthrough=True)


@pytest.mark.parametrize(
    ("earlier", "count"),
    [
        ([{"role": "user", "parts": [{"text": "a kite"}]}, {"role": "model", "parts": []}], 2),
        ({"parts": [{"text": "a kite"}]}, 1),
        (None, 0),
    ],
    ids=["several", "one", "none"],
)
def test_a_conversation_goes_on_with_the_prompt(earlier, count):
    contents = body(ask(BANANA, contents=earlier))["contents"]

    assert len(contents) == count + 1
    assert contents[-1] == {"role": "user", "parts": [{"text": "a red kite"}]}


def test_a_stream_is_refused_before_it_is_asked():
    assert told("google", ask(BANANA, stream=True)).local
    assert not adapter("google").streams(ask(BANANA), target("google"))


@pytest.mark.parametrize("model", [BANANA, OLD, NEW])
def test_a_call_gives_one_picture(model):
    assert adapter("google").pictures_per_call(ask(model), target("google")) == 1


# Edits


def test_pictures_to_edit_are_parts_before_the_prompt_in_the_type_that_they_are():
    mislabelled = held(drawn("webp"), "photo.png")

    *pictures, words = body(edit(BANANA, images=(CAT, DOG, mislabelled)))["contents"][0]["parts"]

    assert [one["inlineData"]["mimeType"] for one in pictures] == [
        "image/png",
        "image/jpeg",
        "image/webp",
    ]
    assert pictures[1]["inlineData"]["data"] == base64.b64encode(DOG.read()).decode()
    assert words == {"text": "a red kite"}


@pytest.mark.parametrize("model", [None, BANANA, OLD, NEW])
def test_every_model_may_edit(model):
    assert why_not("google", edit(model)) == ""
    assert why_not("google", ask(model)) == ""


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (edit(BANANA, mask=OVER), "google takes no mask; say in the prompt where to edit"),
        (edit(BANANA, files={"markup": (held(MASK, "m.png"),)}), "google takes no markup"),
        (variation(BANANA), "google makes no variations"),
        (edit("imagen-4.0-generate-001"), "imagen-4.0-generate-001 cannot edit a picture"),
        (edit(BANANA, images=(CAT, held(drawn("gif"), "a.gif"))), "a.gif is gif"),
        (edit(BANANA, images=(held(b"text", "a.txt"),)), "a.txt is no picture"),
    ],
    ids=["mask", "markup", "variation", "imagen", "gif", "no picture"],
)
def test_what_cannot_be_done_is_told_before_it_is_asked(request_, reason):
    assert reason in why_not("google", request_)


def test_what_is_known_of_a_model_is_told():
    facts = adapter("google").facts(ask("models/gemini-3-pro-image"), target("google"))

    assert facts.name == "gemini-3-pro-image"
    assert adapter("google").facts(ask(NEW), target("google")) is None
