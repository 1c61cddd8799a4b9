"""Lively: the display's lines fit any width."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from router.cli.gallery import Saved
from router.cli.lively import aligned, named
from router.core.images import Picture
from router.core.media import Media

words = st.text(alphabet="config.targets[0]-", max_size=40)
seconds = st.just("12.3 s")


def cells(*texts):
    return tuple(Text(text) for text in texts)


@given(
    lines=st.lists(st.tuples(words, words, words, words, seconds), min_size=1, max_size=5),
    width=st.integers(1, 120),
)
def test_every_line_ends_with_its_seconds(lines, width):
    drawn = aligned([cells(*line) for line in lines], width)

    assert len(drawn) == len(lines)
    assert all(line.plain.endswith("12.3 s") for line in drawn)


def test_columns_stand_under_each_other():
    drawn = aligned(
        [cells("config", "openai", "m", "200", "1.0 s"), cells("c", "o", "", "503 x", "12.0 s")],
        100,
    )

    assert [line.plain for line in drawn] == [
        "  config  openai  m  200     1.0 s",
        "  c       o          503 x  12.0 s",
    ]


def test_a_narrow_terminal_loses_models_first_and_then_the_beginnings_of_paths():
    line = cells("config.targets[0].targets[1]", "openai", "gpt-image-2", "200", "1.0 s")

    shown = {width: aligned([line], width)[0].plain for width in (90, 60, 40, 30)}

    assert shown[90] == "  config.targets[0].targets[1]  openai  gpt-image-2  200  1.0 s"
    assert shown[60] == "  config.targets[0].targets[1]  openai  200  1.0 s"
    assert shown[40] == "  …ts[0].targets[1]  openai  200  1.0 s"
    assert shown[30] == "  openai  200  1.0 s"


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, "  pictures/of-june/red-kite-1.partial-2.png  64x64 PNG, 12 kB"),
        (50, "  pictures/of-june/red-kite-1.partial-2.png"),
        (30, "  red-kite-1.partial-2.png"),
        (20, "  …-1.partial-2.png"),
    ],
)
def test_a_partial_picture_is_named_in_the_room_there_is(width, line):
    path = Path("pictures/of-june/red-kite-1.partial-2.png")
    saved = Saved(path=path, media=Media("png", 64, 64), size=12_345, picture=Picture())

    assert named(saved, width).plain == line
