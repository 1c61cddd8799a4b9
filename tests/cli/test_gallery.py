"""Gallery: names for pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.cli.gallery import LONGEST, hang, slug


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


def test_each_picture_gets_the_next_free_number(tmp_path):
    names = [hang(tmp_path, "kite", b"x", None).name for _ in range(3)]

    assert names == ["kite-1.bin", "kite-2.bin", "kite-3.bin"]
