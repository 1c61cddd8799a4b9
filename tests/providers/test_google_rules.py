"""Gemini's rules: how OpenAI's words, and others', are said in Google's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import adapted, ask, target

from router.core.catalog import ModelFacts
from router.core.sizes import Size
from router.providers.google_frames import nearest_frame
from router.providers.registry import adapter

BANANA = "gemini-nano-banana-2.1"
PRO = "gemini-3-pro-image"
LITE = "gemini-3.1-flash-lite-image"
FLASH = "gemini-3.1-flash-image"
OLD = "gemini-2.5-flash-image"
NEW = "gemini-9-image"


SIZES = [
    (BANANA, "1024x1024", "1:1", "1K", True),
    (BANANA, "1536x1024", "3:2", "1K", False),
    (BANANA, "1024x1536", "2:3", "1K", False),
    (BANANA, "1792x1024", "16:9", "1K", False),
    (BANANA, "1376x768", "16:9", "1K", True),
    (BANANA, "2752x1536", "16:9", "2K", True),
    (BANANA, "3840x2160", "16:9", "2K", False),
    (BANANA, "4096x4096", "1:1", "4K", True),
    (BANANA, "512x512", "1:1", "1K", False),
    (BANANA, "3072x384", "8:1", "1K", True),
    (PRO, "3072x384", "21:9", "1K", False),
    (LITE, "4096x4096", "1:1", "1K", False),
    (FLASH, "512x512", "1:1", "512", True),
    (FLASH, "256x256", "1:1", "512", False),
    (OLD, "1344x768", "16:9", None, True),
    (OLD, "2048x2048", "1:1", None, False),
    (NEW, "1792x1024", "16:9", None, False),
]


@pytest.mark.parametrize(("model", "size", "ratio", "tier", "exact"), SIZES)
def test_a_size_becomes_a_ratio_and_a_tier(model, size, ratio, tier, exact):
    words = {"aspectRatio": ratio} | ({} if tier is None else {"imageSize": tier})

    params, notes = adapted("google", ask(model, size=size))

    assert params == {"prompt": "a red kite", "model": model, **words}
    told_of = ", ".join(f"{name} {word}" for name, word in words.items())
    assert notes == ([] if exact else [f"size {size} -> {told_of}"])


TABLE = {
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:4": (896, 1200),
    "4:5": (928, 1152),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
    "1:4": (512, 2048),
    "1:8": (384, 3072),
}


@pytest.mark.parametrize(("tier", "scale"), [("1K", 1), ("2K", 2), ("4K", 4)])
@pytest.mark.parametrize("ratio", TABLE)
def test_every_size_of_the_table_is_asked_for_as_what_it_is(ratio, tier, scale):
    width, height = TABLE[ratio]

    params, notes = adapted("google", ask(BANANA, size=f"{width * scale}x{height * scale}"))

    assert (params["aspectRatio"], params["imageSize"], notes) == (ratio, tier, [])


@given(st.integers(1, 9_999_999), st.integers(1, 9_999_999))
def test_every_size_becomes_a_ratio_on_offer_that_lies_as_it_does(width, height):
    params, _ = adapted("google", ask(BANANA, size=f"{width}x{height}"))

    across, along = map(int, params["aspectRatio"].split(":"))
    facts = adapter("google").facts(ask(BANANA), target("google"))
    assert params["aspectRatio"] in facts.ratios
    assert params["imageSize"] in {"1K", "2K", "4K"}
    assert (across - along) * (width - height) >= 0


def test_a_model_whose_pixels_are_not_known_has_ratios_alone():
    facts = ModelFacts(
        name="x", ratios=("1:1", "2:1"), options={"pixels": {"3:1": "3x1", "1:1": 1}}
    )

    frame = nearest_frame(Size(300, 100), facts, tiered=False)

    assert (frame.ratio, frame.tier, frame.size) == ("2:1", None, None)


# Words


@pytest.mark.parametrize(
    ("model", "asked", "becomes", "notes"),
    [
        (BANANA, {"size": "auto"}, {}, []),
        (BANANA, {"size": None}, {}, []),
        (BANANA, {"size": "big"}, {}, ["size big dropped (not WIDTHxHEIGHT)"]),
        (
            BANANA,
            {"size": "64x64", "aspect_ratio": "16:9"},
            {"aspectRatio": "16:9"},
            ["size 64x64 dropped (aspectRatio is given)"],
        ),
        (
            BANANA,
            {"size": "64x64", "generationConfig": {"imageConfig": {"aspectRatio": "16:9"}}},
            {"generationConfig": {"imageConfig": {"aspectRatio": "16:9"}}},
            ["size 64x64 dropped (aspectRatio is given)"],
        ),
        (
            BANANA,
            {"size": "1376x768", "image_size": "4K"},
            {"aspectRatio": "16:9", "imageSize": "4K"},
            ["size 1376x768 -> aspectRatio 16:9"],
        ),
        (BANANA, {"aspectRatio": "16:9"}, {"aspectRatio": "16:9"}, []),
        (BANANA, {"aspect_ratio": "16:9"}, {"aspectRatio": "16:9"}, []),
        (BANANA, {"aspect_ratio": "auto"}, {}, []),
        (BANANA, {"aspect_ratio": None}, {}, []),
        (
            BANANA,
            {"aspect_ratio": "9:21"},
            {"aspectRatio": "9:16"},
            ["aspect_ratio 9:21 -> 9:16"],
        ),
        (PRO, {"aspectRatio": "8:1"}, {"aspectRatio": "21:9"}, ["aspectRatio 8:1 -> 21:9"]),
        (NEW, {"aspect_ratio": "9:21"}, {"aspectRatio": "9:21"}, []),
        (BANANA, {"aspectRatio": 2}, {}, ["aspectRatio 2 dropped (not WIDTH:HEIGHT)"]),
        (BANANA, {"imageSize": "2K"}, {"imageSize": "2K"}, []),
        (BANANA, {"image_size": "2k"}, {"imageSize": "2K"}, []),
        (BANANA, {"image_size": None}, {}, []),
        (BANANA, {"image_size": "512"}, {"imageSize": "1K"}, ["image_size 512 -> 1K"]),
        (LITE, {"image_size": "4K"}, {"imageSize": "1K"}, ["image_size 4K -> 1K"]),
        (FLASH, {"image_size": 512}, {"imageSize": "512"}, []),
        (BANANA, {"image_size": "8K"}, {}, ["image_size 8K dropped (not 512, 1K, 2K, 4K)"]),
        (OLD, {"image_size": "1K"}, {}, []),
        (OLD, {"image_size": "2K"}, {}, [f"image_size 2K dropped ({OLD} has none)"]),
        (NEW, {"image_size": "2k"}, {"imageSize": "2K"}, []),
        (NEW, {"image_size": "8k"}, {"imageSize": "8k"}, []),
        (BANANA, {"seed": 7}, {"seed": 7}, []),
        (BANANA, {"seed": None}, {}, []),
        (BANANA, {"seed": 2**31 - 1}, {"seed": 2**31 - 1}, []),
        (BANANA, {"seed": 2**31}, {"seed": 0}, ["seed 2147483648 -> 0"]),
        (BANANA, {"seed": -(2**31)}, {"seed": -(2**31)}, []),
        (BANANA, {"seed": -(2**31) - 1}, {"seed": 2**31 - 1}, ["seed -2147483649 -> 2147483647"]),
        (BANANA, {"seed": "7"}, {}, ["seed 7 dropped (not a whole number)"]),
        (BANANA, {"seed": True}, {}, ["seed true dropped (not a whole number)"]),
        (BANANA, {"n": 3}, {"n": 3}, []),
        (BANANA, {"quality": "hd"}, {}, [f"quality hd dropped ({BANANA} has none)"]),
        (BANANA, {"quality": "auto", "moderation": "auto", "background": "opaque"}, {}, []),
        (BANANA, {"style": "vivid"}, {}, [f"style vivid dropped ({BANANA} has none)"]),
        (
            BANANA,
            {"background": "transparent"},
            {},
            [f"background transparent dropped ({BANANA} has none)"],
        ),
        (BANANA, {"moderation": "low"}, {}, [f"moderation low dropped ({BANANA} has none)"]),
        (
            BANANA,
            {"input_fidelity": "high"},
            {},
            [f"input_fidelity high dropped ({BANANA} has none)"],
        ),
        (
            BANANA,
            {"negative_prompt": "a secret", "user": "ann"},
            {},
            [f"negative_prompt dropped ({BANANA} has none)", f"user dropped ({BANANA} has none)"],
        ),
        (BANANA, {"response_format": "b64_json"}, {}, []),
        (BANANA, {"response_format": "url"}, {}, ["response_format url -> b64_json"]),
        (
            BANANA,
            {"output_format": "png"},
            {},
            [f"output_format png dropped ({BANANA} chooses it)"],
        ),
        (
            BANANA,
            {"output_compression": 50},
            {},
            [f"output_compression 50 dropped ({BANANA} has none)"],
        ),
        (BANANA, {"thinking_level": "HIGH", "topP": 1}, {"thinking_level": "HIGH", "topP": 1}, []),
        (BANANA, {"steps": 30}, {}, ["steps dropped (google does not know it)"]),
        (
            BANANA,
            {"personGeneration": "ALLOW_ALL"},
            {},
            ["personGeneration dropped (google does not know it)"],
        ),
    ],
)
def test_parameters_are_said_in_googles_words(model, asked, becomes, notes):
    params, told_of = adapted("google", ask(model, **asked))

    assert params == {"prompt": "a red kite", "model": model, **becomes}
    assert told_of == notes


@given(st.integers(-(2**70), 2**70))
def test_every_seed_becomes_one_of_thirty_two_bits(seed):
    assert -(2**31) <= adapted("google", ask(BANANA, seed=seed))[0]["seed"] < 2**31


def test_seeds_side_by_side_stay_different():
    seeds = {adapted("google", ask(BANANA, seed=2**40 + k))[0]["seed"] for k in range(10)}

    assert len(seeds) == 10
