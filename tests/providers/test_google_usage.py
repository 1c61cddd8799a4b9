"""Gemini's usage in OpenAI's words, and what a call costs by it."""

import pytest
from provider_talk import LONG, answer, ask, target, told

from router.core.pricing import estimate, settle
from router.providers.registry import adapter

BANANA = "gemini-nano-banana-2.1"
PRO = "gemini-3-pro-image"
FLASH = "gemini-3.1-flash-image"
PART = {"inlineData": {"mimeType": "image/png", "data": LONG}}


def heard(model, **said):
    candidates = [{"content": {"parts": [PART]}, "finishReason": "STOP"}]
    return told("google", ask(model), answer({"candidates": candidates, **said}))


FULL = {
    "promptTokenCount": 1130,
    "candidatesTokenCount": 1120,
    "thoughtsTokenCount": 200,
    "totalTokenCount": 2450,
    "promptTokensDetails": [
        {"modality": "TEXT", "tokenCount": 10},
        {"modality": "IMAGE", "tokenCount": 1120},
    ],
    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
}
PLAIN = {"input_tokens": 1130, "output_tokens": 1320, "total_tokens": 2450}
IN = {"text_tokens": 10, "image_tokens": 1120, "cached_tokens": 0}
OUT = {"text_tokens": 200, "image_tokens": 1120, "reasoning_tokens": 200}


def without(*names, **more):
    return {name: value for name, value in {**FULL, **more}.items() if name not in names}


@pytest.mark.parametrize(
    ("said", "usage"),
    [
        (FULL, {**PLAIN, "input_tokens_details": IN, "output_tokens_details": OUT}),
        (without("promptTokensDetails"), {**PLAIN, "output_tokens_details": OUT}),
        (without("candidatesTokensDetails"), {**PLAIN, "input_tokens_details": IN}),
        (
            without("totalTokenCount"),
            {**PLAIN, "input_tokens_details": IN, "output_tokens_details": OUT},
        ),
        (
            without("promptTokensDetails", "candidatesTokensDetails", totalTokenCount=5),
            PLAIN,
        ),
        (
            without("promptTokensDetails", "candidatesTokensDetails", promptTokenCount=130,
                    toolUsePromptTokenCount=1000),
            PLAIN,
        ),
        (
            {"promptTokenCount": 10, "candidatesTokenCount": 90, "thoughtsTokenCount": 40,
             "totalTokenCount": 100},
            {"input_tokens": 10, "output_tokens": 90, "total_tokens": 100},
        ),
        (
            {"promptTokenCount": 10, "totalTokenCount": 10, "thoughtsTokenCount": 40},
            {"input_tokens": 10, "output_tokens": 0, "total_tokens": 10},
        ),
        (
            {"promptTokenCount": True, "candidatesTokenCount": -3, "totalTokenCount": "many"},
            {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0},
        ),
    ],
    ids=[
        "all", "no prompt's", "no picture's", "no total", "odd total", "tools", "thoughts within",
        "nothing made", "nonsense",
    ],
)  # fmt: skip
def test_usage_is_told_in_openais_words_and_thoughts_count_as_text(said, usage):
    pictures = heard(BANANA, usageMetadata=said)

    assert pictures.fields == {"usage": usage}


@pytest.mark.parametrize("said", [None, {}, "text"])
def test_without_usage_none_is_told(said):
    assert heard(BANANA, usageMetadata=said).fields == {}


def cost(model, usage=None, **params):
    """What a call costs: by its usage, or by the list where there is none."""
    request = ask(model, **params)
    more = {} if usage is None else {"usageMetadata": usage}
    facts = adapter("google").facts(request, target("google"))
    return settle(facts, request, heard(model, **more))


@pytest.mark.parametrize(
    ("model", "params", "dollars"),
    [
        (BANANA, {}, 0.0336),
        (BANANA, {"imageSize": "1K"}, 0.0336),
        (PRO, {}, 0.134),
        (PRO, {"imageSize": "2K"}, 0.134),
        (FLASH, {"imageSize": "512"}, 0.045),
        (FLASH, {}, 0.0672),
        ("gemini-3.1-flash-lite-image", {}, 0.0336),
        ("gemini-2.5-flash-image", {}, 0.039),
        ("gemini-9-image", {}, None),
    ],
)
def test_without_usage_a_picture_costs_what_the_list_says(model, params, dollars):
    assert cost(model, **params) == dollars


def test_usage_settles_the_cost():
    text, image, thoughts = 10 * 1.5e-6, 1120 * 1.5e-6, 200 * 7.5e-6

    assert cost(BANANA, FULL) == pytest.approx(text + image + 1120 * 30e-6 + thoughts)


def test_pictures_given_and_words_make_it_dearer_and_the_estimate_tells_before():
    request = ask(BANANA)
    facts = adapter("google").facts(request, target("google"))
    usage = {**FULL, "promptTokenCount": 10, "totalTokenCount": 1130, "thoughtsTokenCount": 0}
    usage["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": 10}]

    assert estimate(facts, request) >= cost(BANANA, usage)
    assert cost(BANANA, FULL) > cost(BANANA, usage)
