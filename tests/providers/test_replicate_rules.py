import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import adapted, ask
from replicate_talk import (
    FILL,
    IDEOGRAM,
    IMAGEN,
    KONTEXT,
    OTHER_VERSION,
    PRO,
    RECRAFT,
    SCHNELL,
    SD35,
    SDXL,
    SEEDREAM,
    STRANGER,
    ULTRA,
)

from router.providers.registry import adapter


@pytest.mark.parametrize(
    ("model", "asked", "becomes", "notes"),
    [
        # Sizes, where each shape gives pixels that are known
        (SCHNELL, {"size": "1024x1024"}, {"aspect_ratio": "1:1"}, []),
        (SCHNELL, {"size": "1344x768"}, {"aspect_ratio": "16:9"}, []),
        (
            SCHNELL,
            {"size": "1792x1024"},
            {"aspect_ratio": "16:9"},
            ["size 1792x1024 -> aspect_ratio 16:9 (1344x768)"],
        ),
        # ... where pixels can be chosen
        (
            PRO,
            {"size": "1024x768"},
            {"aspect_ratio": "custom", "width": 1024, "height": 768},
            [],
        ),
        (
            PRO,
            {"size": "1024x1536"},
            {"aspect_ratio": "custom", "width": 960, "height": 1440},
            ["size 1024x1536 -> 960x1440"],
        ),
        (SDXL, {"size": "1024x768"}, {"width": 1024, "height": 768}, []),
        (SDXL, {"size": "500x500"}, {"width": 504, "height": 504}, ["size 500x500 -> 504x504"]),
        (SEEDREAM, {"size": "2048x1024"}, {"size": "custom", "width": 2048, "height": 1024}, []),
        (SEEDREAM, {"size": "4K"}, {"size": "4K"}, []),
        # ... from a list
        (RECRAFT, {"size": "1536x1024"}, {"size": "1536x1024"}, []),
        (RECRAFT, {"size": "1792x1024"}, {"size": "1820x1024"}, ["size 1792x1024 -> 1820x1024"]),
        (IDEOGRAM, {"size": "1024x1024"}, {"resolution": "1024x1024"}, []),
        (
            IDEOGRAM,
            {"size": "1792x1024"},
            {"resolution": "1344x768"},
            ["size 1792x1024 -> 1344x768"],
        ),
        # ... where only shapes are known, and where nothing is
        (
            KONTEXT,
            {"size": "1024x1792"},
            {"aspect_ratio": "9:16"},
            ["size 1024x1792 -> aspect_ratio 9:16"],
        ),
        (
            STRANGER,
            {"size": "1024x1024"},
            {"aspect_ratio": "1:1"},
            ["size 1024x1024 -> aspect_ratio 1:1"],
        ),
        (
            FILL,
            {"size": "512x512"},
            {},
            [f"size 512x512 dropped ({FILL} keeps the size of the picture given)"],
        ),
        (SCHNELL, {"size": "auto"}, {}, []),
        (RECRAFT, {"size": "auto"}, {}, []),
        (PRO, {"size": "huge"}, {}, ["size huge dropped (not WIDTHxHEIGHT)"]),
        (
            SCHNELL,
            {"size": "1x1", "aspect_ratio": "3:2"},
            {"aspect_ratio": "3:2"},
            ["size 1x1 dropped (aspect_ratio is given)"],
        ),
        (
            SDXL,
            {"size": "1x1", "width": 640},
            {"width": 640},
            ["size 1x1 dropped (width is given)"],
        ),
        # Shapes in the model's own words
        (SCHNELL, {"aspect_ratio": "2:1"}, {"aspect_ratio": "16:9"}, ["aspect_ratio 2:1 -> 16:9"]),
        (PRO, {"aspect_ratio": "custom"}, {"aspect_ratio": "custom"}, []),
        (KONTEXT, {"aspect_ratio": "match_input_image"}, {"aspect_ratio": "match_input_image"}, []),
        (STRANGER, {"aspect_ratio": "7:1"}, {"aspect_ratio": "7:1"}, []),
        # Numbers
        (SCHNELL, {"n": 3}, {"n": 3}, []),
        # Formats
        (SCHNELL, {"output_format": "jpeg"}, {"output_format": "jpg"}, []),
        (SCHNELL, {"output_format": "jpg"}, {"output_format": "jpg"}, []),
        (SCHNELL, {"output_format": "webp"}, {"output_format": "webp"}, []),
        (SCHNELL, {"output_format": "gif"}, {"output_format": "png"}, ["output_format gif -> png"]),
        (ULTRA, {"output_format": "webp"}, {"output_format": "png"}, ["output_format webp -> png"]),
        (STRANGER, {"output_format": "jpeg"}, {"output_format": "jpg"}, []),
        (
            SDXL,
            {"output_format": "png"},
            {},
            [f"output_format png dropped ({SDXL} has no choice of it)"],
        ),
        (SCHNELL, {"output_compression": 70}, {"output_quality": 70}, []),
        (
            STRANGER,
            {"output_compression": 70},
            {"output_quality": 70},
            ["output_compression 70 -> output_quality 70"],
        ),
        (ULTRA, {"output_compression": 100}, {}, []),
        (
            ULTRA,
            {"output_compression": 70},
            {},
            [f"output_compression 70 dropped ({ULTRA} has none)"],
        ),
        (
            SCHNELL,
            {"output_compression": "7"},
            {},
            ["output_compression 7 dropped (not a whole number)"],
        ),
        # Seeds and what is not wanted
        (SCHNELL, {"seed": 7}, {"seed": 7}, []),
        (STRANGER, {"seed": 7}, {"seed": 7}, []),
        (IMAGEN, {"seed": 7}, {}, [f"seed 7 dropped ({IMAGEN} has none)"]),
        (IDEOGRAM, {"seed": 2**31 - 1}, {"seed": 2**31 - 1}, []),
        (IDEOGRAM, {"seed": 2**31}, {"seed": 0}, ["seed 2147483648 -> 0"]),
        (IDEOGRAM, {"seed": "x"}, {}, ["seed x dropped (not a whole number)"]),
        (SDXL, {"negative_prompt": "blur"}, {"negative_prompt": "blur"}, []),
        (SD35, {"negative_prompt": "blur"}, {"negative_prompt": "blur"}, []),
        (STRANGER, {"negative_prompt": "blur"}, {"negative_prompt": "blur"}, []),
        (SCHNELL, {"negative_prompt": "x"}, {}, [f"negative_prompt dropped ({SCHNELL} has none)"]),
        # Styles
        (RECRAFT, {"style": "realistic_image"}, {"style": "realistic_image"}, []),
        (RECRAFT, {"style": "vivid"}, {}, [f"style vivid dropped ({RECRAFT} has no such style)"]),
        (IDEOGRAM, {"style": "Design"}, {"style_type": "Design"}, []),
        (
            IDEOGRAM,
            {"style": "Design", "style_type": "General"},
            {"style_type": "General"},
            ["style Design dropped (style_type is given)"],
        ),
        # What hardly any model has
        (SCHNELL, {"quality": "hd"}, {}, [f"quality hd dropped ({SCHNELL} has none)"]),
        (SCHNELL, {"quality": "auto", "background": "opaque", "moderation": "auto"}, {}, []),
        (STRANGER, {"quality": "hd"}, {}, [f"quality hd dropped ({STRANGER} has none)"]),
        (
            SCHNELL,
            {"background": "transparent"},
            {},
            [f"background transparent dropped ({SCHNELL} has none)"],
        ),
        (SCHNELL, {"user": "u-1"}, {}, [f"user dropped ({SCHNELL} has none)"]),
        (SCHNELL, {"response_format": "url"}, {}, []),
        # The model's own parameters
        (SCHNELL, {"go_fast": True}, {"go_fast": True}, []),
        (SCHNELL, {"cfg": 5}, {}, ["cfg dropped (replicate does not know it)"]),
        (f"{SDXL}:{OTHER_VERSION}", {"refine": "no_refiner"}, {"refine": "no_refiner"}, []),
        (STRANGER, {"cfg": 5, "images": ["a"]}, {"cfg": 5, "images": ["a"]}, []),
    ],
)
def test_parameters_are_said_in_the_models_words(model, asked, becomes, notes):
    params, told_notes = adapted("replicate", ask(model, **asked))

    assert params == {"prompt": "a red kite", "model": model, **becomes}
    assert told_notes == notes


SIZES = st.builds("{}x{}".format, st.integers(1, 5000), st.integers(1, 5000))
MODELS = [facts.name for facts in adapter("replicate").catalog.models]


@given(st.sampled_from([*MODELS, STRANGER]), SIZES)
def test_every_size_becomes_something_and_a_changed_one_is_told(model, size):
    params, notes = adapted("replicate", ask(model, size=size))

    said = {params.get(name) for name in ("size", "resolution")} | {
        f"{params.get('width')}x{params.get('height')}"
    }
    facts = adapter("replicate").catalog.find(model)
    kept = size in said or (facts and size in map(str, facts.sizes))
    assert bool(notes) == (not kept)


def test_an_adapted_request_says_nothing_that_the_model_does_not_have():
    for facts in adapter("replicate").catalog.models:
        request = ask(
            facts.name,
            size="1024x1024",
            n=1,
            seed=5,
            negative_prompt="x",
            output_format="jpeg",
            output_compression=50,
            quality="high",
            style="vivid",
        )

        params, _ = adapted("replicate", request)

        ours = {"model", "prompt", "n", "size", "style", "output_format"}
        assert params.keys() - ours <= facts.parameters, facts.name
