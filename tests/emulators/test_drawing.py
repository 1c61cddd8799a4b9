import dataclasses
import subprocess
import sys

import pytest
from emulator_talk import opened

from router.core.media import sniff_bytes
from router.emulators.brief import Brief
from router.emulators.drawing import draw, drawn_once, fixed
from router.emulators.registry import names

KITE = Brief(provider="openai", model="gpt-image-2", prompt="a red kite", width=256, height=192)


def but(**changes):
    return dataclasses.replace(KITE, **changes)


def test_the_same_brief_gives_the_same_file():
    assert draw(KITE) == draw(but())


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "a blue kite"},
        {"seed": 7},
        {"index": 1},
        {"model": "dall-e-3"},
        {"provider": "azure-openai"},
        {"provider": "stability-ai"},
    ],
    ids=str,
)
def test_another_brief_gives_another_picture(change):
    assert draw(but(**change)) != draw(KITE)


@pytest.mark.parametrize("provider", [*names(), "nobody"])
@pytest.mark.parametrize("size", [(64, 64), (512, 512), (768, 320), (320, 777)], ids=str)
def test_a_picture_has_the_size_that_was_asked(provider, size):
    picture = opened(draw(but(provider=provider, width=size[0], height=size[1])))

    assert picture.size == size


@pytest.mark.parametrize("size", [(1, 1), (1400, 3), (1600, 1200), (1001, 2002)], ids=str)
def test_no_size_is_too_small_or_too_large(size):
    assert opened(draw(but(width=size[0], height=size[1]))).size == size


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_has_the_format_that_was_asked(kind):
    content = draw(but(format=kind))

    assert opened(content).format == kind.upper()
    assert sniff_bytes(content).mime == but(format=kind).mime


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_a_transparent_picture_has_clear_corners_and_a_solid_middle(kind):
    picture = opened(draw(but(format=kind, transparent=True)))

    assert picture.getpixel((1, 1))[3] == 0
    assert picture.getpixel((128, 96))[3] == 255


def test_more_compression_makes_a_smaller_file():
    small, large = draw(but(format="jpeg", compression=10)), draw(but(format="jpeg"))

    assert len(small) < len(large)


def test_a_blurred_picture_has_lost_its_edges():
    sharp = draw(but(provider="stability-ai", width=192))
    blurred = draw(but(provider="stability-ai", width=192, blurred=True))

    assert len(blurred) < len(sharp)
    assert opened(blurred).size == (192, 192)


def test_any_prompt_can_be_drawn():
    for prompt in ("", "\x00\n", "кот 🐈 猫", "\ud800", "long " * 2_000, "שלום"):
        assert opened(draw(but(prompt=prompt))).size == (256, 192)


def test_a_fixed_picture_is_handed_out_whatever_is_asked():
    hand_out = fixed(b"picture")

    assert hand_out(KITE) == hand_out(but(prompt="other")) == b"picture"


def test_drawn_once_draws_each_size_and_format_once():
    asked = []

    def maker(brief):
        asked.append(brief)
        return b"%d" % len(asked)

    hand_out = drawn_once(maker)

    assert hand_out(KITE) == hand_out(but(prompt="other", seed=3, index=2)) == b"1"
    assert hand_out(but(format="jpeg")) == b"2"
    assert len(asked) == 2


def test_pillow_is_loaded_with_the_first_picture_and_missed_with_a_hint():
    program = """
import sys
sys.modules["PIL"] = None
from router.emulators.brief import Brief
from router.emulators.drawing import draw
from router.sandbox.in_process import SandboxSender
for attempt in (
    lambda: draw(Brief(provider="openai", model="m", prompt="p", width=64, height=64)),
    SandboxSender,
):
    try:
        attempt()
    except ImportError as error:
        print(error)
"""

    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert done.stdout.count("pip install 'pixroute[sandbox]'") == 2
