"""Gallery: names for pictures."""

import os
import resource
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.answer import Image
from router.cli.gallery import LONGEST, Gallery, _write, slug
from router.core.images import Picture
from router.events import About, BlockingImageEvent


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Lucy in the sky, with diamonds!", "lucy-in-the-sky-with-diamonds"),
        ("  ../../etc/passwd  ", "etc-passwd"),
        ("L'été à Paris", "lété-à-paris"),
        ("富士山の夜明け", "富士山の夜明け"),
        ("!!!", "picture"),
        ("CON", "picture-con"),
        ("a " * 100, "-".join("a" * 24)),
    ],
)
def test_a_name_is_made_of_the_words_of_a_prompt(prompt, name):
    assert slug(prompt) == name


@given(st.text())
def test_any_prompt_makes_a_name_of_one_file(prompt):
    name = slug(prompt)

    assert 0 < len(name) <= LONGEST
    assert len(name.encode()) < 240
    assert not set(name) & set('/\\:*?"<>|. \0\n')


def image():
    return Image(Picture())


def event(place):
    about = About(
        type="image_generation.partial_image",
        created_at=0,
        image_index=place,
        partial_image_index=0,
        fields={},
    )
    return BlockingImageEvent(Picture(), lambda _: b"", about)


def names(saved):
    return [one.path.name for one in saved]


def test_each_picture_gets_the_next_free_number(tmp_path):
    gallery = Gallery(tmp_path, "kite")

    for _ in range(3):
        gallery.hang(image(), b"x")

    assert names(gallery.pictures) == ["kite-1.bin", "kite-2.bin", "kite-3.bin"]


def test_a_number_that_any_file_has_is_taken(tmp_path):
    for name in ("kite-1.txt", "kite-2.partial-1.png", "Kite-3.png", "kites-4.png"):
        (tmp_path / name).touch()
    gallery = Gallery(tmp_path, "kite")

    gallery.hang(image(), b"x")
    gallery.hang(image(), b"x")

    assert names(gallery.pictures) == ["kite-3.bin", "kite-4.bin"]


def test_a_finished_picture_stands_beside_its_partial_ones(tmp_path):
    gallery = Gallery(tmp_path, "kite")

    for place in (1, 0, 1):
        gallery.hang_partial(event(place), b"x")
    gallery.hang(image(), b"x", 0)
    gallery.hang(image(), b"x", 1)

    assert names(gallery.partials) == [
        "kite-1.partial-1.bin",
        "kite-2.partial-1.bin",
        "kite-1.partial-2.bin",
    ]
    assert names(gallery.pictures) == ["kite-2.bin", "kite-1.bin"]


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.booleans()), max_size=20))
def test_programs_that_share_a_folder_overwrite_nothing(steps):
    with TemporaryDirectory() as folder:
        galleries = [Gallery(Path(folder), "kite") for _ in range(2)]
        for number, (who, place, is_partial) in enumerate(steps):
            content = str(number).encode()
            if is_partial:
                galleries[who].hang_partial(event(place), content)
            else:
                galleries[who].hang(image(), content, place)

        written = sorted(path.read_bytes() for path in Path(folder).iterdir())
        assert written == sorted(str(number).encode() for number in range(len(steps)))


def test_a_folder_that_cannot_be_listed_can_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "kite-1.bin").touch()
    monkeypatch.setattr(os, "listdir", unlistable)
    gallery = Gallery(tmp_path, "kite")

    gallery.hang(image(), b"x")

    assert names(gallery.pictures) == ["kite-2.bin"]


def unlistable(folder):
    raise PermissionError


def test_a_file_that_could_not_be_written_whole_is_gone(tmp_path):
    path = tmp_path / "kite.png"
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            _write(path, bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)

    assert not path.exists()
