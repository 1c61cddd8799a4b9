"""Edits and variations: done with the very picture that was given, or by somebody else."""

import pytest
from beginnings import BEGINNINGS, BLUE, MASK, RED, painted, redness
from speakers import EVERYONE, ask

from router import RoutingError
from router.core.outcome import Kind

everyone = pytest.mark.parametrize("speaker", EVERYONE, ids=str)
beginnings = pytest.mark.parametrize("beginning", BEGINNINGS, ids=str)

LEFT, RIGHT, CORNER = (0.2, 0.6), (0.8, 0.6), (0.875, 0.12)

OTHERS = {
    "edit": {"provider": "openai", "api_key": "sk", "override_params": {"model": "gpt-image-2"}},
    "variation": {"provider": "openai", "api_key": "sk", "override_params": {"model": "dall-e-2"}},
}
"""Who can do it in any case."""


def those_who_can(ability):
    able = [speaker for speaker in EVERYONE if speaker.does(ability)]
    return pytest.mark.parametrize("speaker", able, ids=str)


def made(speaker, to="edit", **params):
    """Return the picture that comes of the given ones."""
    return ask(speaker, to=to, draw=painted, **params).answer.data[0]


def next_in_line(speaker, to):
    strategy = {"mode": "fallback", "on_status_codes": [503]}
    return {"strategy": strategy, "targets": [speaker.target, OTHERS[to]]}


@everyone
@beginnings
def test_what_a_model_can_do_is_done_and_what_it_cannot_is_not_asked_of_it(speaker, beginning):
    heard = ask(speaker, to=beginning.to, **beginning.params)

    if speaker.does(beginning.needs):
        assert not isinstance(heard.answer, RoutingError), str(heard.answer)
        assert heard.answer.data[0].media.width > 0
        assert heard.bought == 1
    else:
        assert (heard.answer.kind, heard.answer.status_code) == (Kind.UNSUPPORTED, 501)
        assert (heard.requests, heard.trace.attempts) == ([], ())


@everyone
@beginnings
def test_the_next_is_asked_at_once_for_what_the_first_cannot_do(speaker, beginning):
    config = next_in_line(speaker, beginning.to)
    heard = ask(speaker, config=config, to=beginning.to, **beginning.params)

    if speaker.does(beginning.needs):
        assert heard.trace.served.path == "config.targets[0]"
        return
    (attempt,) = heard.trace.attempts
    (decision,) = heard.trace.decisions
    assert (attempt.path, attempt.started, heard.bought) == ("config.targets[1]", 0, 1)
    assert decision.reason.startswith("config.targets[0] was not asked: ")
    assert len(decision.reason) > 50


@those_who_can("edit")
def test_the_next_is_given_the_same_picture_where_the_first_is_down(speaker):
    config = next_in_line(speaker, "edit")
    heard = ask(speaker, config=config, to="edit", faults="*: 503 x1", image=("a.png", RED))

    _, _, parts = heard.sent[-1]
    assert heard.trace.served.path == "config.targets[1]"
    assert parts[-1] == ("image", "a.png", RED)


@everyone
def test_more_pictures_than_a_model_takes_are_not_given_to_it(speaker):
    heard = ask(speaker, to="edit", image=[RED] * min(16, speaker.most + 1))

    if speaker.most < 16 or not speaker.does("many"):
        assert (heard.answer.kind, heard.requests) == (Kind.UNSUPPORTED, [])
    else:
        assert heard.answer.data


@everyone
def test_a_picture_with_marks_is_given_to_nobody_who_would_not_look_at_it(speaker):
    heard = ask(speaker, to="edit", image=RED, markup=MASK)

    knows_nothing = speaker.provider == "openai-compatible"
    assert knows_nothing or (heard.answer.kind, heard.requests) == (Kind.UNSUPPORTED, [])


# The picture that comes is made of the one that was given


@those_who_can("edit")
def test_an_edit_is_made_of_the_picture_that_was_given(speaker):
    assert redness(made(speaker, image=RED), RIGHT) > 40


@those_who_can("mask")
def test_what_a_mask_keeps_is_kept_and_the_rest_is_new(speaker):
    picture = made(speaker, image=RED, mask=MASK)

    assert redness(picture, RIGHT) > 100
    assert redness(picture, LEFT) < 0


@those_who_can("many")
def test_every_picture_that_was_given_counts_and_the_first_most(speaker):
    picture = made(speaker, image=[RED, BLUE])

    assert redness(picture, LEFT) > 40
    assert redness(picture, CORNER) < -100


@those_who_can("variation")
def test_a_variation_is_made_of_the_picture_that_was_given(speaker):
    assert redness(made(speaker, "variation", image=RED), RIGHT) > 40


@those_who_can("edit")
def test_a_picture_that_cannot_be_opened_is_told(speaker):
    heard = ask(speaker, to="edit", draw=painted, image=RED[: len(RED) // 2])

    assert heard.answer.kind in {Kind.BAD_REQUEST, Kind.SERVER_ERROR}
    assert "picture" in str(heard.answer) or "image" in str(heard.answer)
    assert heard.bought == 1


@those_who_can("mask")
def test_a_mask_that_cannot_be_opened_is_told(speaker):
    heard = ask(speaker, to="edit", draw=painted, image=RED, mask=MASK[: len(MASK) // 2])

    assert heard.answer.kind is Kind.BAD_REQUEST
    assert heard.bought <= 1
