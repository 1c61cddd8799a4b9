import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import adapted, ask

from router.providers.rules import UNSAID, dropped, given_instead, one_of, shown

TARGETS = [
    ("openai", "dall-e-2"),
    ("openai", "dall-e-3"),
    ("openai", "gpt-image-1"),
    ("openai", "gpt-image-2"),
    ("openai", "gpt-image-2.5-flare"),
    ("azure-openai", "gpt-image-1.5"),
    ("azure-openai", "dall-e-3"),
    ("stability-ai", "stable-image-core"),
    ("stability-ai", "sd3.5-large"),
    ("stability-ai", "stable-diffusion-v1-6"),
    ("stability-ai", "stable-diffusion-xl-1024-v1-0"),
    ("stability-ai", "a-newer-one"),
]
NAMES = [
    "size",
    "quality",
    "style",
    "background",
    "output_format",
    "response_format",
    "seed",
    "negative_prompt",
    "moderation",
    "user",
    "aspect_ratio",
    "output_compression",
    "stream",
    "partial_images",
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(("provider", "model"), TARGETS)
@given(params=st.dictionaries(st.sampled_from(NAMES), json_values))
def test_no_value_of_any_type_breaks_a_rule_or_is_lost_silently(provider, model, params):
    _, notes = adapted(provider, ask(model, **params))

    assert all(len(note) < 160 and "\n" not in note for note in notes)


@pytest.mark.parametrize(("provider", "model"), TARGETS)
def test_what_was_adapted_once_stays_as_it_is(provider, model):
    request = ask(model, size="1792x1024", quality="hd", output_format="gif", seed=-3)

    params, _ = adapted(provider, request)

    assert adapted(provider, request.with_params(params)) == (params, [])


@pytest.mark.parametrize(("provider", "model"), TARGETS)
@pytest.mark.parametrize("name", ["size", "quality", "style", "response_format", "seed"])
def test_a_null_says_nothing_and_is_left_out_without_a_note(provider, model, name):
    params, notes = adapted(provider, ask(model, **{name: None}))

    assert notes == []
    assert name not in params


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("hd", "hd"),
        ("a" * 50, "a" * 37 + "..."),
        ("a\nb\x1b[0m", "a?b?[0m"),
        (True, "true"),
        (7, "7"),
        (10**50, "number"),
        (1.5, "1.5"),
        (None, "None"),
        ({"a": 1}, "object"),
        ([1], "list"),
    ],
)
def test_a_note_shows_a_value_on_one_short_line(value, text):
    assert shown(value) == text


def test_one_of_prefers_the_same_to_the_nearest():
    rule = one_of("x", ("png",), "no", same={"jpg": "png"}, nearest={"gif": "png"})

    assert rule("png", {}) is None
    assert rule("jpg", {}).exact
    assert rule("gif", {}).note == "x gif -> png"
    assert rule("bmp", {}).note == "x bmp dropped (no)"


def test_the_providers_own_word_wins_over_openais():
    rule = given_instead("size", ("width",), lambda value, params: dropped("size", value, "never"))

    assert rule("1x1", {"width": 3}).note == "size 1x1 dropped (width is given)"
    assert rule(None, {"width": 3}) is UNSAID
