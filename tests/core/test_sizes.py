import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.sizes import Grid, Size, nearest_ratio, nearest_size, parse_ratio, parse_size
from router.providers.catalog import catalog_of

OPENAI, STABILITY = catalog_of("openai"), catalog_of("stability-ai")
GPT_IMAGE_1_SIZES = OPENAI.find("gpt-image-1").sizes
GPT_IMAGE_2_SIZES = OPENAI.find("gpt-image-2").grid
SDXL_SIZES = STABILITY.find("stable-diffusion-xl-1024-v1-0").sizes
SD_1_6_SIZES = STABILITY.find("stable-diffusion-v1-6").grid
RATIOS = {name: parse_ratio(name) for name in STABILITY.find("stable-image-core").ratios}

sizes = st.builds(Size, st.integers(1, 99999), st.integers(1, 99999))
grids = st.sampled_from([GPT_IMAGE_2_SIZES, SD_1_6_SIZES])


@given(grids, sizes)
def test_a_grid_finds_a_legal_size_for_every_size(grid, wanted):
    assert grid.holds(grid.nearest(wanted))


@given(grids, sizes)
def test_a_legal_size_is_its_own_nearest(grid, wanted):
    found = grid.nearest(wanted)

    assert grid.nearest(found) == found


@given(st.integers(1, 2000).map(lambda side: Size(side * 2, side * 3)))
def test_a_grid_keeps_the_shape_as_well_as_it_can(wanted):
    found = GPT_IMAGE_2_SIZES.nearest(wanted)

    assert abs(found.ratio - wanted.ratio) < 0.03


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Size(1024, 1024), Size(1024, 1024)),
        (Size(1536, 864), Size(1536, 864)),
        (Size(512, 512), Size(816, 816)),
        (Size(3840, 2160), Size(3840, 2160)),
        (Size(8000, 8000), Size(2880, 2880)),
        (Size(4000, 100), Size(1424, 480)),
        (Size(1000, 1000), Size(1008, 1008)),
    ],
    ids=str,
)
def test_free_sizes_of_gpt_image_2(wanted, found):
    assert GPT_IMAGE_2_SIZES.nearest(wanted) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Size(1792, 1024), Size(1344, 768)),
        (Size(1536, 1024), Size(1216, 832)),
        (Size(1024, 1536), Size(832, 1216)),
        (Size(512, 512), Size(1024, 1024)),
        (Size(3000, 100), Size(1536, 640)),
    ],
    ids=str,
)
def test_the_nearest_size_has_the_nearest_shape(wanted, found):
    assert nearest_size(wanted, SDXL_SIZES) == found


def test_of_equal_shapes_the_nearest_area_wins():
    squares = [Size(256, 256), Size(512, 512), Size(1024, 1024)]

    assert nearest_size(Size(300, 300), squares) == Size(256, 256)
    assert nearest_size(Size(2048, 2048), squares) == Size(1024, 1024)


@given(sizes)
def test_turning_a_size_turns_its_nearest(wanted):
    turned = nearest_size(Size(wanted.height, wanted.width), GPT_IMAGE_1_SIZES)
    found = nearest_size(wanted, GPT_IMAGE_1_SIZES)

    assert (turned.width, turned.height) == (found.height, found.width)


@pytest.mark.parametrize(
    ("size", "ratio"),
    [("1792x1024", "16:9"), ("1536x1024", "3:2"), ("1024x1536", "2:3"), ("1024x1024", "1:1"),
     ("1024x1792", "9:16"), ("5000x100", "21:9"), ("1280x1024", "5:4")],
)  # fmt: skip
def test_the_nearest_aspect_ratio(size, ratio):
    assert nearest_ratio(parse_size(size).ratio, RATIOS) == ratio


@pytest.mark.parametrize(
    "text",
    ["", "1024", "0x512", "x", "1024X1024", "-1x5", "1e3x5", "٣x٣", "12345678x1", 7, None, []],
)
def test_what_is_no_size_is_none(text):
    assert parse_size(text) is None


@pytest.mark.parametrize("text", ["16/9", "0:1", "wide", "1:00001", 1.5, None, {}])
def test_what_is_no_ratio_is_none(text):
    assert parse_ratio(text) is None


GRIDS = st.builds(
    lambda step, shortest, more, least, steepest: Grid(
        step=step,
        shortest=shortest,
        longest=shortest + more,
        least_area=least,
        steepest=steepest,
    ),
    st.sampled_from([8, 16]),
    st.integers(16, 64),
    st.integers(0, 128),
    st.integers(1, 10_000),
    st.sampled_from([1.0, 1.5, 3.0, math.inf]),
)


@given(grid=GRIDS)
def test_of_every_size_of_a_grid_one_of_the_slimmest_is_as_small_and_as_slim(grid):
    slimmest = list(grid.slimmest())
    edges = range(grid.step, grid.longest + 1, grid.step)
    sizes = [Size(w, h) for w in edges for h in edges if w >= h and grid.holds(Size(w, h))]

    assert all(map(grid.holds, slimmest))
    for size in sizes:
        assert any(one.area <= size.area and one.ratio >= size.ratio for one in slimmest)
