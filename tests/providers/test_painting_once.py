"""A mask is painted once for a request, however often and at however many targets it is sent."""

import io
from dataclasses import replace

import pytest
from edit_talk import CAT, OVER, edit
from provider_talk import sent

from router.core.files import Upload, held
from tests.originals.pictures import drawn, masking

PICTURE, MASK = held(drawn(size=(64, 64)), "cat.png"), masking((64, 64))
MASKED = {
    "replicate": "black-forest-labs/flux-fill-pro",
    "segmind": "sdxl-inpaint",
    "stability-ai": "inpaint",
}


class Stream(io.BytesIO):
    """A stream that notes how much is asked of it."""

    def __init__(self, content, asked):
        super().__init__(content)
        self._asked = asked

    def read(self, size=-1):
        self._asked.append(size)
        return super().read(size)


def watched():
    """A mask, and the sizes that are read of it."""
    asked, whole = [], held(MASK, "mask.png")
    mask = Upload(
        name=whole.name,
        size=whole.size,
        digest=whole.digest,
        media=whole.media,
        open=lambda: Stream(MASK, asked),
    )
    return mask, asked


@pytest.mark.parametrize("provider", MASKED)
def test_a_mask_is_painted_once_however_often_it_is_sent(provider):
    mask, asked = watched()
    request = edit(MASKED[provider], images=(PICTURE,), mask=mask)

    first, second = sent(provider, request), sent(provider, request.with_params(request.params))

    assert (first.body, first.parts) == (second.body, second.parts)
    assert asked.count(-1) == 1


def test_targets_share_what_was_painted():
    mask, asked = watched()

    for provider, model in MASKED.items():
        sent(provider, edit(model, images=(PICTURE,), mask=mask))

    assert asked.count(-1) == 1


def test_what_is_made_of_a_file_is_made_once_by_whatever_name_it_goes():
    made = []

    def make():
        made.append(1)
        return b"made"

    assert CAT.once("negative", make) == replace(CAT, name="dog.png").once("negative", make)
    assert len(made) == 1


def test_different_things_are_made_of_a_file_each_for_itself():
    assert OVER.once("white", lambda: b"white") == b"white"
    assert OVER.once("black", lambda: b"black") == b"black"


def test_what_could_not_be_made_is_tried_again():
    file = held(b"", "nothing")

    with pytest.raises(ZeroDivisionError):
        file.once("quotient", lambda: 1 // 0)

    assert file.once("quotient", lambda: b"1") == b"1"
