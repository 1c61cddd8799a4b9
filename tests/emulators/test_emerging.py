import pytest
from PIL import Image, ImageChops, ImageStat

from router.emulators.brief import Brief
from router.emulators.drawing import draw
from router.emulators.registry import names
from tests.emulators.emulator_talk import opened

each_provider = pytest.mark.parametrize("provider", names())


def drawn(provider, finished, **more):
    fields = {"model": "gpt-image-2", "prompt": "a red kite", "width": 256, "height": 192}
    return opened(draw(Brief(provider=provider, finished=finished, **{**fields, **more})))


def unlike(one, other):
    """How far two pictures are apart, on average over all pixels."""
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other)).mean)


def large_shapes(picture):
    """What is left of a picture from afar, without the strip of its caption."""
    above = (0, 0, picture.width, picture.height * 9 // 10)
    return picture.convert("RGB").resize((24, 36), Image.Resampling.BOX, box=above)


@pytest.mark.parametrize("provider", ["openai", "azure-openai"])
def test_a_picture_comes_nearer_to_the_finished_one_step_by_step(provider):
    finished = drawn(provider, 1.0).convert("RGB")

    steps = [drawn(provider, share) for share in (0.0, 0.25, 0.5, 0.75)]

    apart = [unlike(step, finished) for step in steps]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] > 0
    assert {step.size for step in steps} == {(256, 192)}


@each_provider
def test_the_large_shapes_of_a_picture_come_first(provider):
    """Unfinished ones are painted small, and show already what the finished one will."""
    size = {"width": 416, "height": 608}
    finished = large_shapes(drawn(provider, 1.0, **size))

    first, nearly = (large_shapes(drawn(provider, share, **size)) for share in (0.4, 0.97))
    other = large_shapes(drawn(provider, 0.97, seed=1, **size))

    assert unlike(nearly, finished) < unlike(first, finished)
    assert unlike(nearly, finished) < unlike(other, finished) / 2


def test_an_unfinished_picture_keeps_to_format_and_background():
    picture = drawn("openai", 0.5, transparent=True, format="webp")

    assert (picture.format, picture.getpixel((0, 0))[3]) == ("WEBP", 0)
