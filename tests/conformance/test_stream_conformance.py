"""Streams: pictures while they are made, from those who show them, and finished ones from all."""

import pytest
from askings import WORDED
from speakers import config_of

from router import ContentPolicyError, NoImageError, RoutingError
from router.core.outcome import Kind
from router.emulators.shape import FILTER, REFUSE

STREAM = {"stream": True, "partial_images": 2}
NAMES = {"generate": "image_generation", "edit": "image_edit"}
OTHER = {"provider": "openai", "api_key": "sk-other", "override_params": {"model": "dall-e-2"}}
EDITOR = {**OTHER, "override_params": {"model": "gpt-image-1.5"}}

every = pytest.mark.parametrize("asking", WORDED, ids=str)
streaming = pytest.mark.parametrize(
    "asking", [asking for asking in WORDED if asking.speaker.streams], ids=str
)


def followed(asking, **settings):
    targets = [asking.speaker.target, EDITOR if asking.to == "edit" else OTHER]
    return {"strategy": {"mode": "fallback"}, "targets": targets, **settings}


@every
@pytest.mark.parametrize("n", [1, 3])
def test_a_stream_ends_with_every_picture_and_unfinished_ones_come_before(asking, n):
    watched = asking.ask(**STREAM, n=n).answer

    name = NAMES[asking.to]
    assert watched.error is None
    assert [event.type for event in watched.finished] == [f"{name}.completed"] * n
    assert [event.image_index for event in watched.finished] == list(range(n))
    assert all(event.media.width for event in watched.events)
    if asking.speaker.streams:
        assert watched.events[0].type == f"{name}.partial_image"
        assert len(watched.partial) == 2 * n
        assert watched.events[-n:] == watched.finished
        assert {event.image_index for event in watched.partial} == set(range(n))
    else:
        assert watched.partial == []


@every
def test_whoever_cannot_stream_says_so(asking):
    heard = asking.ask(**STREAM)

    told = any(note.startswith("partial_images 2 -> 0") for note in heard.notes)
    assert told is not asking.speaker.streams


@every
def test_a_refusal_comes_before_the_first_event_and_nobody_else_is_asked(asking):
    config = followed(asking, retry={"attempts": 2})
    heard = asking.ask(**STREAM, config=config, prompt=f"a red kite {REFUSE}")

    error = heard.answer
    assert isinstance(error, ContentPolicyError), error
    assert heard.bought == 1


@every
def test_what_fails_before_the_first_event_is_tried_again_and_then_elsewhere(asking):
    config = followed(asking, retry={"attempts": 1})
    heard = asking.ask(**STREAM, config=config, faults="*: 503 x2")

    assert [attempt.path for attempt in heard.trace.attempts] == [
        "config.targets[0]",
        "config.targets[0]",
        "config.targets[1]",
    ]
    assert len(heard.answer.finished) == 1


@every
def test_a_connection_that_breaks_is_one_error_and_bought_once(asking):
    heard = asking.ask(
        **STREAM, config=config_of(asking.speaker, retry={"attempts": 3}), faults="*: cut x1"
    )

    error = heard.answer if isinstance(heard.answer, RoutingError) else heard.answer.error
    assert error.kind is Kind.CONNECTION_LOST
    assert heard.bought == 1


@streaming
def test_a_stream_that_is_cut_after_its_first_picture_is_an_error_and_asks_nobody_else(asking):
    heard = asking.ask(**STREAM, config=followed(asking), faults="*: cut x1")

    assert heard.answer.partial
    assert heard.answer.finished == []
    assert heard.answer.error.kind is Kind.CONNECTION_LOST
    assert heard.bought == 1


@streaming
@pytest.mark.parametrize("fault", ["broken_base64", "truncated"])
def test_a_stream_of_broken_pictures_shows_none_and_the_next_may_make_up_for_it(asking, fault):
    alone = asking.ask(**STREAM, faults=f"*: {fault} x1")
    heard = asking.ask(**STREAM, config=followed(asking), faults=f"*: {fault} x1")

    assert isinstance(alone.answer, NoImageError)
    assert [attempt.kind for attempt in heard.trace.attempts] == [Kind.INVALID_OUTPUT, None]
    assert len(heard.answer.finished) == 1


@streaming
def test_a_picture_that_is_withheld_when_it_is_finished_is_a_refusal(asking):
    heard = asking.ask(**STREAM, config=followed(asking), prompt=f"a red kite {FILTER}")

    error = heard.answer if isinstance(heard.answer, RoutingError) else heard.answer.error
    assert isinstance(error, ContentPolicyError)
    assert heard.bought == 1


@streaming
def test_a_stream_that_hangs_is_left_after_the_time_it_has(asking):
    config = config_of(asking.speaker, request_timeout=20_000)
    heard = asking.ask(**STREAM, config=config, faults="*: delay=90")

    (attempt,) = heard.trace.attempts
    assert (attempt.kind, attempt.billed) == (Kind.TIMEOUT, None)
    assert heard.took <= 30


@every
@pytest.mark.parametrize("form", ["b64_json", "url"])
def test_finished_pictures_come_in_the_form_and_the_format_that_were_asked_for(asking, form):
    watched = asking.ask(**STREAM, response_format=form, output_format="jpeg").answer

    assert all(getattr(event, form) for event in watched.finished)
    assert [event.media.format for event in watched.finished] == ["jpeg"]


@every
@pytest.mark.parametrize("share", [0.2, 0.8])
def test_a_caller_who_leaves_a_stream_ends_what_was_under_way(asking, share):
    slow = "*: delay=1"
    took = asking.ask(**STREAM, faults=slow).took
    heard = asking.ask(**STREAM, faults=slow, cancel_at=took * share)

    assert heard.answer is None
    assert heard.bought == 1
    assert heard.took == took * share or heard.cancelled
