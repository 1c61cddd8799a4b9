"""What goes wrong is told as what it is, whoever was asked and for whatever."""

import pytest
from askings import ASKINGS, WORDED
from speakers import config_of

from router import (
    AuthenticationError,
    ContentPolicyError,
    NoImageError,
    QuotaExhaustedError,
    RateLimitError,
    RoutingError,
)
from router.core.outcome import Kind
from router.emulators.shape import FILTER, REFUSE

OTHER = {"provider": "openai", "api_key": "sk-other", "override_params": {"model": "dall-e-2"}}

every = pytest.mark.parametrize("asking", ASKINGS, ids=str)
worded = pytest.mark.parametrize("asking", WORDED, ids=str)


def retrying(asking, times):
    return config_of(asking.speaker, retry={"attempts": times})


def followed(asking, **settings):
    """A config with another provider behind the first."""
    targets = [asking.speaker.target, OTHER]
    return {"strategy": {"mode": "fallback"}, "targets": targets, **settings}


@worded
@pytest.mark.parametrize("word", [REFUSE, FILTER], ids=["before", "after"])
def test_a_refusal_is_a_refusal_and_nobody_else_is_asked(asking, word):
    config = followed(asking, retry={"attempts": 3})
    heard = asking.ask(config=config, prompt=f"a red kite {word}")

    if word == FILTER and not isinstance(heard.answer, RoutingError):
        # Its system looks at prompts only, as far as anything says.
        assert heard.trace.served.path == "config.targets[0]"
        return
    assert isinstance(heard.answer, ContentPolicyError)
    assert {attempt.path for attempt in heard.trace.attempts} == {"config.targets[0]"}
    assert heard.bought == 1


@every
def test_an_answer_without_a_picture_is_no_success(asking):
    heard = asking.ask(faults="*: empty")

    assert isinstance(heard.answer, NoImageError | ContentPolicyError)
    assert heard.bought == 1


@every
@pytest.mark.parametrize("fault", ["broken_base64", "truncated"])
def test_a_broken_picture_is_no_success(asking, fault):
    heard = asking.ask(faults=f"*: {fault}", response_format="b64_json")

    assert isinstance(heard.answer, NoImageError)


@every
@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_a_connection_that_breaks_is_not_bought_twice(asking, fault):
    heard = asking.ask(faults=f"*: {fault} x1", config=retrying(asking, 3))

    assert heard.bought == 1
    assert heard.answer.kind is Kind.CONNECTION_LOST


@every
def test_a_429_is_waited_for_as_long_as_it_says(asking):
    heard = asking.ask(faults="*: 429 retry_after=7 x1", config=retrying(asking, 1))

    first, second = heard.trace.attempts
    assert (first.kind, first.billed, second.ok) == (Kind.RATE_LIMITED, False, True)
    assert second.waited >= 7


@every
def test_a_429_without_a_retry_is_a_rate_limit_error(asking):
    assert isinstance(asking.ask(faults="*: 429").answer, RateLimitError)


@every
def test_a_wrong_key_is_told_and_not_tried_again(asking):
    heard = asking.ask(faults="*: 401", config=retrying(asking, 2))

    assert isinstance(heard.answer, AuthenticationError)
    assert (heard.answer.kind, len(heard.trace.attempts)) == (Kind.AUTH, 1)


@every
def test_an_empty_account_is_told_and_not_tried_again(asking):
    heard = asking.ask(faults="*: 402", config=retrying(asking, 2))

    assert isinstance(heard.answer, QuotaExhaustedError)
    assert (heard.answer.failure.billed, len(heard.trace.attempts)) == (False, 1)


@every
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_fails_is_tried_again_as_told(asking, status):
    heard = asking.ask(faults=f"*: {status} x1", config=retrying(asking, 1))

    assert [attempt.status for attempt in heard.trace.attempts] == [status, 200]


@every
def test_a_slow_provider_is_left_after_the_time_it_has(asking):
    config = config_of(asking.speaker, request_timeout=20_000)
    heard = asking.ask(faults="*: delay=90", config=config)

    (attempt,) = heard.trace.attempts
    assert (attempt.kind, attempt.billed) == (Kind.TIMEOUT, None)
    assert heard.took <= 30


@every
def test_the_next_provider_answers_where_one_is_down(asking):
    heard = asking.ask(faults=f"{asking.speaker.provider}: 503 x1", config=followed(asking))

    assert heard.trace.served.path == "config.targets[1]"


@every
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_caller_who_leaves_ends_what_was_under_way(asking, share):
    slow = "*: delay=1"
    took = asking.ask(faults=slow).took
    heard = asking.ask(faults=slow, cancel_at=took * share)

    assert heard.answer is None
    assert heard.bought == 1
    assert heard.took == took * share or heard.cancelled


@every
def test_what_is_asked_again_is_the_same_to_the_byte(asking):
    heard = asking.ask(faults="*: 503 x2", config=retrying(asking, 2))

    first, second, third = heard.sent
    assert first == second == third
    assert heard.answer.data
