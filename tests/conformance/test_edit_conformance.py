"""Edits and variations: done with the very picture that was given, or by somebody else."""

import pytest
from beginnings import BEGINNINGS, MASK, RED
from speakers import EVERYONE, ask

from router import RoutingError
from router.core.outcome import Kind

everyone = pytest.mark.parametrize("speaker", EVERYONE, ids=str)
beginnings = pytest.mark.parametrize("beginning", BEGINNINGS, ids=str)

OTHERS = {
    "edit": {"provider": "openai", "api_key": "sk", "override_params": {"model": "gpt-image-2"}},
    "variation": {"provider": "openai", "api_key": "sk", "override_params": {"model": "dall-e-2"}},
}
"""Who can do it in any case."""


def next_in_line(speaker, to):
    return {"strategy": {"mode": "fallback"}, "targets": [speaker.target, OTHERS[to]]}


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


@everyone
def test_a_picture_with_marks_is_given_to_nobody_who_would_not_look_at_it(speaker):
    heard = ask(speaker, to="edit", image=RED, markup=MASK)

    knows_nothing = speaker.provider == "openai-compatible"
    assert knows_nothing or (heard.answer.kind, heard.requests) == (Kind.UNSUPPORTED, [])
