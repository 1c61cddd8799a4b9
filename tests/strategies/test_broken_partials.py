"""A partial picture is looked at before it is handed over: what is broken was never shown."""

import pytest

from router.core.outcome import Kind, Success
from router.testing import Streamed, stream_event
from tests.streaming import leaf, watched

PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)
COMPLETED = stream_event("image_generation.completed", usage={"total_tokens": 10})
CUT = "iVBORw0KGgoAAAANSUhE"


def broken(b64):
    body = f'{{"type": "image_generation.partial_image", "b64_json": "{b64}"}}'
    return f"data: {body}\n\n".encode()


@pytest.mark.parametrize("b64", [CUT, CUT[:-3], "", "not base64"], ids=["cut", "odd", "none", "no"])
def test_a_broken_partial_picture_is_kept_back_and_the_stream_goes_on(b64):
    result = watched(leaf(), Streamed((PARTIAL, broken(b64), COMPLETED)))

    assert isinstance(result.outcome, Success)
    assert len(result.partials) == 1


def test_who_has_been_shown_nothing_whole_may_be_served_by_somebody_else():
    outcome = watched(leaf(), Streamed((broken(CUT),))).outcome

    assert (outcome.kind, outcome.final) == (Kind.EMPTY, False)
