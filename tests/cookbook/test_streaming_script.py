"""The script on streaming shows what its text promises."""

import pytest
from test_scripts import run

FINISHED = "image_generation.completed"
UNFINISHED = "image_generation.partial_image"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    done = run("streaming", folder=tmp_path_factory.mktemp("streaming"))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_unfinished_pictures_come_before_the_finished_one(told):
    first, _, _ = told.partition("served by openai gpt-image-2")

    shown = [word for word in first.split("'") if word.startswith("image_generation.")]
    assert shown == [*[UNFINISHED] * 3, FINISHED]


def test_a_provider_that_cannot_stream_takes_over_before_the_first_picture(told):
    assert "served by stability-ai stable-image-core at targets[1]" in told
    assert "adapted: partial_images 3 -> 0 (stable-image-core cannot stream)" in told


def test_a_stream_that_breaks_is_an_error_and_nobody_else_is_asked(told):
    last = told.splitlines()[-1]

    assert last.startswith("APIConnectionError: 502 connection_lost: ")
