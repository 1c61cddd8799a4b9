"""Stability's edits: how the parameters of an edit are said in its words."""

import pytest
from edit_talk import edit, why_not
from hypothesis import given
from hypothesis import strategies as st
from provider_talk import adapted

from router.core.files import held
from router.providers.registry import adapter
from router.providers.stability_v2_edits import SERVICES
from tests.originals.pictures import masking

SDXL = "stable-diffusion-xl-1024-v1-0"
SD_16 = "stable-diffusion-v1-6"
LARGE = "sd3.5-large"
OVER = held(masking((64, 64)), "over.png")
KEPT = "it stays as large"


@pytest.mark.parametrize(
    ("request_", "becomes", "notes"),
    [
        (edit(size="64x64"), {}, []),
        (edit(size="auto"), {}, []),
        (edit(size=None), {}, []),
        (edit(size="1024x1024"), {}, [f"size 1024x1024 -> 64x64 ({KEPT})"]),
        (edit(size="x" * 99), {}, [f"size {'x' * 37}... -> 64x64 ({KEPT})"]),
        (edit(SD_16, size="1024x1024"), {}, [f"size 1024x1024 -> 64x64 ({KEPT})"]),
        (edit("sketch", size="1024x1024"), {}, [f"size 1024x1024 -> 64x64 ({KEPT})"]),
        (edit(aspect_ratio="16:9"), {}, ["aspect_ratio 16:9 dropped (it keeps its shape)"]),
        (edit(aspect_ratio=None), {}, []),
        (edit("style", size="1792x1024"), {"aspect_ratio": "16:9"},
         ["size 1792x1024 -> aspect_ratio 16:9"]),
        (edit("outpaint", left=64, size="128x64"), {"left": 64}, []),
        (edit("outpaint", left=64, up=1, size="512x512"), {"left": 64, "up": 1},
         ["size 512x512 -> 128x65 (it grows by its sides)"]),
        (edit("outpaint", left="much", size="64x64"), {"left": "much"},
         ["size 64x64 -> the grown picture's (it grows by its sides)"]),
        (edit("outpaint", aspect_ratio="16:9", down=9), {"down": 9},
         ["aspect_ratio 16:9 dropped (it grows by its sides)"]),
        (edit("style", size="auto", aspect_ratio=None, seed=None), {}, []),
        (edit("style", size="wide"), {}, ["size wide dropped (not WIDTHxHEIGHT)"]),
        (edit("style", aspect_ratio="4:3"), {"aspect_ratio": "5:4"}, ["aspect_ratio 4:3 -> 5:4"]),
        (edit(strength=0.2), {"strength": 0.2}, []),
        (edit(image_strength=0.2), {"strength": 0.8}, []),
        (edit(image_strength=None), {}, []),
        (edit(image_strength=2), {}, ["image_strength 2 dropped (not a number from 0 to 1)"]),
        (edit(image_strength=True), {}, ["image_strength true dropped (not a number from 0 to 1)"]),
        (edit(image_strength=0.2, strength=0.3), {"strength": 0.3},
         ["image_strength 0.2 dropped (strength is given)"]),
        (edit(SD_16, strength=0.2), {"image_strength": 0.8}, []),
        (edit(SD_16, mask=OVER, strength=0.2), {},
         ["strength 0.2 dropped (a mask says where, and all of it changes)"]),
        (edit(SD_16, mask=OVER, image_strength=0.2), {},
         ["image_strength dropped (stability-ai does not know it)"]),
        (edit("inpaint", strength=0.2), {}, ["strength dropped (stability-ai does not know it)"]),
        (edit(SD_16, width=512), {}, ["width dropped (stability-ai does not know it)"]),
        (edit(style="anime"), {"style_preset": "anime"}, []),
        (edit("inpaint", style="anime"), {"style_preset": "anime"}, []),
        (edit(SD_16, style="anime"), {"style_preset": "anime"}, []),
        (edit("outpaint", style="anime"), {}, ["style anime dropped (outpaint has none)"]),
        (edit("sketch", style_preset="anime"), {},
         ["style_preset dropped (stability-ai does not know it)"]),
        (edit("outpaint", negative_prompt="fog"), {},
         ["negative_prompt dropped (outpaint has none)"]),
        (edit("search-and-replace", search_prompt="a cat", grow_mask=3),
         {"search_prompt": "a cat", "grow_mask": 3}, []),
        (edit("remove-background", output_format="jpeg"), {"output_format": "png"},
         ["prompt dropped (remove-background has none)", "output_format jpeg -> png"]),
        (edit("remove-background", output_format="webp", seed=5), {"output_format": "webp"},
         [f"{name} dropped (remove-background has none)" for name in ("prompt", "seed 5")]),
        (edit("inpaint", output_format="gif"), {"output_format": "png"},
         ["output_format gif -> png"]),
        (edit(SD_16, output_format="jpeg"), {},
         [f"output_format jpeg dropped ({SD_16} gives png)"]),
        (edit(quality="hd"), {}, [f"quality hd dropped ({LARGE} has none)"]),
        (edit(input_fidelity="high"), {},
         ["input_fidelity dropped (stability-ai does not know it)"]),
    ],
)  # fmt: skip
def test_parameters_of_an_edit_are_said_in_stabilitys_words(request_, becomes, notes):
    params, told_of = adapted("stability-ai", request_)

    spoken = {name: value for name, value in params.items() if name not in {"prompt", "model"}}
    assert (spoken, told_of) == (becomes, notes)


def test_of_a_picture_whose_size_is_not_known_none_is_told():
    blank = held(b"\xff\xd8\xff" + bytes(40), "cut.jpg")

    assert blank.media.width is None
    assert adapted("stability-ai", edit(images=(blank,), size="64x64"))[1] == [
        f"size 64x64 -> the picture's own ({KEPT})"
    ]
    assert why_not("stability-ai", edit(SDXL, images=(blank,))) == ""


@given(
    st.floats(0, 1),
    st.sampled_from([(LARGE, "image_strength", "strength"), (SD_16, "strength", "image_strength")]),
)
def test_the_strength_of_one_contract_is_the_rest_of_the_others(strength, words):
    model, said, meant = words

    params, notes = adapted("stability-ai", edit(model, **{said: strength}))

    assert params[meant] == pytest.approx(1 - strength, abs=1e-6)
    assert notes == []


@pytest.mark.parametrize("name", SERVICES)
def test_an_endpoint_and_the_catalog_know_the_same_of_it(name):
    facts, service = adapter("stability-ai").catalog.find(name), SERVICES[name]

    assert facts.parameters == service.own
    assert facts.takes_mask is service.takes_mask
    assert service.lacks <= facts.lacks
    assert facts.operations == {"edit"}
