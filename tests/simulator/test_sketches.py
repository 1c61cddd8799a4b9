"""Sketches are whole pictures of the size that was asked for, and small."""

import base64
from io import BytesIO

import pytest
from PIL import Image
from simulator_tools import simulated

from router.core.images import Picture
from router.core.wholeness import find_fault
from router.emulators.brief import Brief
from router.simulator.sketches import sketch


@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1023), (1, 1)])
@pytest.mark.parametrize("picture_format", ["png", "jpeg", "webp"])
def test_a_sketch_is_whole_and_of_its_size(picture_format, size):
    width, height = size
    brief = Brief(
        provider="", model="", prompt="", width=width, height=height, format=picture_format
    )

    content = sketch(brief)

    assert find_fault(Picture(b64=memoryview(base64.b64encode(content)))) is None
    picture = Image.open(BytesIO(content))
    picture.load()
    assert (picture.size, picture.format) == (size, picture_format.upper())
    assert len(content) < 8_000


def test_a_model_that_is_priced_by_the_pixel_costs_what_its_pictures_do():
    config = {
        "provider": "together-ai",
        "override_params": {"model": "black-forest-labs/FLUX.1-schnell"},
    }

    small, large = (
        simulated(config, duration=1, requests=[{"params": {"size": size}}]).cost
        for size in ("512x512", "1024x1024")
    )

    assert large == pytest.approx(4 * small, rel=0.01)
    assert large > 0.001
