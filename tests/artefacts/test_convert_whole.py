"""What a conversion keeps: which way is up, the colours, and every frame."""

import io

import pytest
from PIL import Image, ImageCms

from router.artefacts import pillow
from router.artefacts.pillow import convert
from router.core.finishing import ArtefactError

MOVING = ["gif", "png", "webp"]
STILL = ["png", "jpeg", "webp", "gif"]
COLOURS = [(200, 10, 10), (10, 200, 10), (10, 10, 200)]


def opened(content):
    return Image.open(io.BytesIO(content))


def written(picture, form, **options):
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def moving(form, loop=0, mode="RGB", durations=(40, 80, 120)):
    frames = [Image.new("RGB", (16, 8), colour).convert(mode) for colour in COLOURS]
    again = {} if loop is None else {"loop": loop}
    return written(
        frames[0], form, save_all=True, append_images=frames[1:], duration=list(durations), **again
    )


def is_near(one, other):
    return all(abs(a - b) < 40 for a, b in zip(one[:3], other[:3], strict=True))


def shown(content):
    """Return the colour and the duration of every frame."""
    with opened(content) as picture:
        told = []
        for number in range(picture.n_frames):
            picture.seek(number)
            picture.load()
            told.append((picture.convert("RGB").getpixel((8, 4)), picture.info.get("duration")))
        return told


# Frames


@pytest.mark.parametrize("old", MOVING)
@pytest.mark.parametrize("new", MOVING)
def test_a_picture_that_moves_keeps_its_frames_and_their_time(old, new):
    frames = shown(convert(moving(old), new, None))

    assert [round(duration) for _, duration in frames] == [40, 80, 120]
    assert all(is_near(told, colour) for (told, _), colour in zip(frames, COLOURS, strict=True))


def test_a_jpeg_does_not_move():
    with pytest.raises(ArtefactError, match="the picture moves, in 3 frames, and a jpeg cannot"):
        convert(moving("gif"), "jpeg", None)


def test_frames_fill_the_memory_too(monkeypatch):
    monkeypatch.setattr(pillow, "MOST_PIXELS", 300)

    with pytest.raises(ArtefactError, match="3 frames of 16x8 is not converted"):
        convert(moving("gif"), "webp", None)


@pytest.mark.parametrize(
    ("old", "said", "new", "told"),
    [
        ("gif", 0, "webp", 0),
        ("gif", None, "webp", 1),
        ("gif", 2, "webp", 3),
        ("webp", 0, "gif", 0),
        ("webp", 1, "gif", None),
        ("webp", 3, "gif", 2),
        ("png", 2, "webp", 2),
    ],
)
def test_it_is_shown_as_often_as_before(old, said, new, told):
    with opened(convert(moving(old, said), new, None)) as picture:
        assert picture.info.get("loop") == told


@pytest.mark.parametrize("new", MOVING)
def test_what_is_clear_in_a_frame_does_not_show_the_one_before(new):
    frames = [Image.new("RGBA", (16, 8)), Image.new("RGBA", (16, 8))]
    for frame, at in zip(frames, (8, 0), strict=True):
        frame.paste((200, 0, 0, 255), (at, 0, at + 8, 8))
    content = written(frames[0], "png", save_all=True, append_images=frames[1:])

    with opened(convert(content, new, None)) as picture:
        picture.seek(1)
        assert picture.convert("RGBA").getpixel((12, 4))[3] == 0


# Which way is up


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("new", STILL)
def test_a_picture_that_lies_on_its_side_is_turned(form, new):
    exif = Image.Exif()
    exif[0x0112] = 6  # its top is at the right
    picture = Image.new("RGB", (32, 16), (250, 250, 250))
    picture.paste((10, 10, 10), (0, 0, 16, 16))

    with opened(convert(written(picture, form, exif=exif), new, None)) as turned:
        assert turned.size == (16, 32)
        assert turned.getexif().get(0x0112) is None
        assert turned.convert("L").getpixel((8, 4)) < 60
        assert turned.convert("L").getpixel((8, 28)) > 200


# Colours


def profile(name="sRGB"):
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def swapped():
    """A profile in which red and blue have changed places."""
    content = bytearray(profile())
    count = int.from_bytes(content[128:132], "big")
    places = {bytes(content[at : at + 4]): at + 4 for at in range(132, 132 + 12 * count, 12)}
    red, blue = (slice(places[name], places[name] + 8) for name in (b"rXYZ", b"bXYZ"))
    content[red], content[blue] = content[blue], content[red]
    return bytes(content)


SWAPPED = swapped()  # once: it holds the time at which it was made
RED = Image.new("RGB", (16, 8), (250, 0, 0))


@pytest.mark.parametrize("old", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("new", ["png", "jpeg", "webp"])
def test_the_profile_of_a_picture_stays_beside_it(old, new):
    with opened(convert(written(RED, old, icc_profile=SWAPPED), new, None)) as picture:
        assert picture.info["icc_profile"] == SWAPPED
        assert is_near(picture.convert("RGB").getpixel((8, 4)), (250, 0, 0))


def test_a_format_without_profiles_gets_the_colours_that_were_meant():
    with opened(convert(written(RED, "png", icc_profile=SWAPPED), "gif", None)) as picture:
        assert is_near(picture.convert("RGB").getpixel((8, 4)), (0, 0, 250))


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA"])
@pytest.mark.parametrize("new", STILL)
def test_every_mode_with_a_profile_becomes_every_format(mode, new):
    content = written(RED.convert(mode), "png", icc_profile=profile())

    with opened(convert(content, new, None)) as picture:
        picture.load()
        assert (picture.format.lower(), picture.size) == (new, RED.size)


def test_a_profile_of_greys_does_not_stay_beside_colours():
    grey = bytearray(profile())
    grey[16:20] = b"GRAY"
    content = written(Image.new("L", (16, 8), 120), "png", icc_profile=bytes(grey))

    with opened(convert(content, "webp", None)) as picture:
        assert "icc_profile" not in picture.info
    with opened(convert(content, "png", None)) as picture:
        assert picture.info["icc_profile"] == bytes(grey)


def test_a_profile_of_inks_goes_with_the_inks():
    content = written(Image.new("CMYK", (16, 8), (0, 255, 255, 0)), "jpeg", icc_profile=b"x" * 200)

    with opened(convert(content, "webp", None)) as picture:
        assert "icc_profile" not in picture.info
