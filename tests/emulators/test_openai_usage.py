"""A stand-in counts the tokens of pictures as OpenAI's own calculator does, at every size."""

import math
from fractions import Fraction

import pytest
from emulator_talk import ask_azure, ask_openai
from hypothesis import given
from hypothesis import strategies as st

from router.emulators.openai_models import family_of
from router.emulators.openai_order import read_order
from router.emulators.openai_usage import usage

PATCHED = ("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-sunburst")
QUALITIES = ("low", "medium", "high")


def tokens(model, size, quality, n=1):
    asked = {"prompt": "a red kite", "size": size, "quality": quality, "n": n}
    used = usage(read_order(asked, model, family_of(model)))
    return used["output_tokens_details"]["image_tokens"]


@pytest.mark.parametrize(
    ("model", "quality", "size", "counted"),
    [
        ("gpt-image-2", "low", "1024x1024", 196),
        ("gpt-image-2", "medium", "1024x1024", 1756),
        ("gpt-image-2", "high", "1024x1024", 7024),
        ("gpt-image-2", "low", "1024x1536", 158),
        ("gpt-image-2", "medium", "1024x1536", 1372),
        ("gpt-image-2", "high", "1536x1024", 5488),
        ("gpt-image-2", "high", "1792x1024", 5063),
        ("gpt-image-2", "high", "3584x2048", 12329),
        ("gpt-image-2", "high", "2048x2048", 14272),
        ("gpt-image-2-2026-04-21", "high", "3840x2160", 13342),
        ("gpt-image-2.5-sunburst", "medium", "1024x1024", 439),
        ("gpt-image-2.5-sunburst", "max", "1024x1024", 7024),
        ("gpt-image-2.5-flare", "medium", "1024x1536", 343),
        ("gpt-image-2.5-flare", "xhigh", "1536x1024", 2459),
        ("gpt-image-2.5-flare", "low", "3840x2160", 371),
        ("gpt-image-2.5-flare", "medium", "2160x3840", 865),
        ("gpt-image-2.5-flare", "high", "3840x2160", 3336),
        ("gpt-image-2.5-flare", "xhigh", "3840x2160", 5930),
        ("gpt-image-2.6-flare", "high", "1024x1024", 1756),
        ("gpt-image-2.6-flare", "max", "1024x1536", 5488),
        ("gpt-image-1.5", "high", "1024x1536", 6240),
        ("gpt-image-1-mini", "medium", "1536x1024", 1568),
    ],
)
def test_a_picture_counts_as_many_tokens_as_the_calculator_says(model, quality, size, counted):
    assert tokens(model, size, quality) == counted


def test_both_companies_count_alike():
    wide = {"size": "1536x1024", "quality": "high"}

    ours = ask_openai(model="gpt-image-2", **wide).usage.output_tokens
    theirs = ask_azure(model="gpt-image-2", **wide).usage.output_tokens

    assert ours == theirs == 5488


@given(
    st.sampled_from(PATCHED),
    st.sampled_from(QUALITIES),
    st.integers(52, 160),
    st.integers(52, 160),
    st.integers(1, 10),
)
def test_no_size_is_counted_as_another_is(model, quality, width, height, n):
    """A turned picture counts alike, twice the edges count more, and every picture counts."""
    width, height = 16 * min(width, height * 3), 16 * min(height, width * 3)
    size, turned = f"{width}x{height}", f"{height}x{width}"

    once = tokens(model, size, quality)

    assert tokens(model, turned, quality) == once
    assert tokens(model, size, quality, n=n) == n * once
    if 4 * width * height <= 8_294_400 and 2 * max(width, height) <= 3840:
        grown = Fraction(2_000_000 + 4 * width * height, 2_000_000 + width * height)
        larger = tokens(model, f"{2 * width}x{2 * height}", quality)
        assert larger == pytest.approx(float(once * grown), abs=math.ceil(grown))


@pytest.mark.parametrize("quality", ["low", "medium"])
def test_the_newest_family_takes_three_to_four_times_the_tokens_of_the_one_before(quality):
    newest = tokens("gpt-image-2.6-flare", "1024x1024", quality)
    before = tokens("gpt-image-2.5-flare", "1024x1024", quality)

    assert 3 * before <= newest <= 4 * before
