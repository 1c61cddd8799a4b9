import asyncio

import anyio
import pytest

from router.core.context import Dice
from router.core.http import HttpResponse, TransportError
from router.core.outcome import Kind
from router.testing import MemoryStore, Scripted, simulate
from tests.toys import (
    CAT,
    REFUSAL,
    Toy,
    ask,
    breaker,
    budget,
    compiled,
    context,
    error,
    retry,
    run,
    target,
)

EVERYTHING = {"codes": frozenset(range(600)), "kinds": frozenset(Kind)}
LOST = TransportError("the connection broke", sent=True)
REFUSED_CONNECTION = TransportError("connection refused", sent=False)
NOTHING = HttpResponse(status=200, body=b'{"created": 1, "data": []}')
NO_JSON = HttpResponse(status=200, body=b"<html>")


def leaf(retries=2, **more):
    return compiled(target(retry=retry(retries, **more)))


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_retries_count_the_attempts_after_the_first(retries):
    outcome = run(leaf(retries), sender=Scripted(500, repeat=True))

    assert outcome.statuses == [500] * (retries + 1)
    assert len(outcome.sender.requests) == retries + 1


def test_a_success_ends_the_retries():
    assert run(leaf(5), 500, 503, 200).statuses == [500, 503, 200]


def test_a_first_success_is_not_repeated():
    assert run(leaf(5), 200).statuses == [200]


def test_the_wait_doubles_and_jitter_takes_up_to_a_quarter_of_it():
    waits = [a.waited for a in run(leaf(5), sender=Scripted(500, repeat=True)).attempts]

    assert waits[0] == 0.0
    for number, wait in enumerate(waits[1:]):
        assert 0.75 * 2**number < wait <= 2**number


def test_the_jitter_differs_from_request_to_request_and_repeats_with_the_seed():
    def waits(seed):
        return [a.waited for a in run(leaf(2), 500, 500, 500, dice=Dice(seed)).attempts]

    assert waits("one") == waits("one")
    assert waits("one") != waits("two")


def test_reported_waits_are_the_waits_made():
    result = run(leaf(3), (0.5, 500), (0.25, error(503, retry_after=7)), 429, 200)

    times = result.sender.times
    ends = [times[0] + 0.5, times[1] + 0.25, times[2]]
    made = [later - end for end, later in zip(ends, times[1:], strict=True)]
    assert [a.waited for a in result.attempts][1:] == pytest.approx(made)


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_a_retry_after_shorter_than_the_backoff_does_not_shorten_it(seconds):
    result = run(leaf(1), error(429, retry_after=seconds), 200)

    assert 0.75 <= result.attempts[1].waited <= 1


@pytest.mark.parametrize("seconds", [1, 9.5, 60])
def test_retry_after_is_waited_exactly(seconds):
    result = run(leaf(1), error(429, retry_after=seconds), 200)

    assert result.took == pytest.approx(seconds)
    assert result.attempts[1].waited == seconds
    assert result.attempts[1].wait_reason == "429 rate_limited with Retry-After"


def test_retry_after_is_ignored_where_the_config_says_so():
    result = run(leaf(1, use_retry_after=False), error(429, retry_after=30), 200)

    assert result.took <= 1
    assert result.attempts[1].wait_reason == "backoff after 429 rate_limited"


def test_a_retry_after_beyond_the_longest_sum_fails_at_once():
    result = run(leaf(5), error(429, retry_after=61))

    assert (result.statuses, result.took) == ([429], 0.0)


def test_the_waits_of_one_request_never_sum_up_to_more_than_60_seconds():
    result = run(leaf(5), sender=Scripted(error(429, retry_after=25), repeat=True))

    assert result.statuses == [429, 429, 429]
    assert result.took == 50


def test_a_wait_that_would_end_after_the_deadline_is_not_begun():
    node = compiled(target(retry=retry(3), budget=budget(deadline=10)))

    result = run(node, (2.0, error(503, retry_after=9)))

    assert (result.statuses, result.took) == ([503], 2.0)
    assert result.outcome.kind is Kind.OVERLOADED


def test_a_wait_that_ends_before_the_deadline_is_begun():
    node = compiled(target(retry=retry(3), budget=budget(deadline=10)))

    assert run(node, (2.0, error(503, retry_after=7)), 200).status == 200


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 501])
def test_a_status_outside_the_default_list_is_not_repeated(status):
    assert run(leaf(), status).statuses == [status]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529])
def test_a_status_in_the_default_list_is_repeated(status):
    assert run(leaf(1), status, 200).statuses == [status, 200]


@pytest.mark.parametrize("status", [400, 401, 404])
def test_auth_and_bad_requests_are_repeated_only_if_listed(status):
    assert run(leaf(1, codes=frozenset({status})), status, 200).statuses == [status, 200]


def test_a_spent_quota_is_never_repeated():
    assert run(leaf(5, **EVERYTHING), 402).statuses == [402]


def test_a_refusal_is_never_repeated():
    assert run(leaf(5, **EVERYTHING), REFUSAL).statuses == [400]


def test_a_timeout_is_repeated_only_if_408_is_listed():
    slow = [(10.0, 200), 200]
    plain = compiled(target(timeout=1.0, retry=retry(1)))
    listed = compiled(target(timeout=1.0, retry=retry(1, codes=frozenset({408}))))

    assert run(plain, *slow).statuses == [408]
    assert run(listed, *slow).statuses == [408, 200]


def test_a_connection_that_sent_nothing_is_repeated_as_a_503():
    assert run(leaf(1), REFUSED_CONNECTION, 200).statuses == [503, 200]
    assert run(leaf(1, codes=frozenset({500})), REFUSED_CONNECTION).statuses == [503]


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (Kind.CONNECTION_LOST, LOST),
        (Kind.EMPTY, NOTHING),
        (Kind.INVALID_OUTPUT, NO_JSON),
    ],
    ids=["lost", "empty", "invalid"],
)
def test_what_may_have_been_billed_is_repeated_only_by_its_kind(kind, reply):
    assert run(leaf(2, codes=frozenset({502})), reply).statuses == [502]
    assert run(leaf(1, kinds=frozenset({kind})), reply, 200).statuses == [502, 200]


def test_what_the_provider_cannot_do_is_never_repeated():
    toy = Toy("a", unknown_names=frozenset({"model"}))
    route = target(retry=retry(3, **EVERYTHING), on_unsupported="skip")

    result = run(compiled(route, adapters={"a": toy}))

    assert (result.outcome.kind, result.attempts, result.took) == (Kind.UNSUPPORTED, (), 0)


def test_an_open_breaker_is_never_asked_again():
    node = compiled(target(retry=retry(3, **EVERYTHING), breaker=breaker(1)))

    async def main():
        store = MemoryStore()
        await ask(node, Scripted(500), store=store)
        second = await ask(node, Scripted(), store=store)
        return second.outcome.kind, second.attempts, second.took

    assert simulate(main) == (Kind.CIRCUIT_OPEN, (), 0)


def test_a_spent_budget_is_never_asked_again():
    result = run(compiled(target(retry=retry(3, **EVERYTHING), budget=budget(attempts=0))))

    assert (result.outcome.kind, result.attempts, result.took) == (Kind.OUT_OF_BUDGET, (), 0)


def test_a_breaker_that_opens_during_the_retries_leaves_the_real_failure_standing():
    result = run(compiled(target(retry=retry(3), breaker=breaker(1))), 500)

    assert result.outcome.kind is Kind.SERVER_ERROR
    assert result.statuses == [500]


def cancelled_at(seconds, node, *steps):
    """Cancel the caller after some time; return the attempts and when all had ended."""

    async def main():
        ctx = context(Scripted(*steps))
        task = asyncio.ensure_future(node.execute(CAT, ctx))
        await anyio.sleep(seconds)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        return [a.status for a in ctx.trace.attempts], ctx.time()

    return simulate(main)


def test_cancelling_during_a_wait_ends_the_retries():
    node = leaf(5, use_retry_after=True)

    assert cancelled_at(3, node, error(503, retry_after=10)) == ([503], 3)


def test_cancelling_during_a_repeated_call_ends_the_retries():
    node = leaf(5)

    assert cancelled_at(20, node, error(503, retry_after=10), (60, 200)) == ([503, 499], 20)


def test_a_deadline_during_a_repeated_call_ends_the_retries():
    node = compiled(target(retry=retry(5), budget=budget(deadline=20)))

    result = run(node, error(503, retry_after=10), (60, 200))

    assert (result.statuses, result.took) == ([503, 499], 20)
    assert result.outcome.kind is Kind.OUT_OF_BUDGET


def test_a_wait_is_not_begun_when_the_budget_has_no_attempt_left():
    node = compiled(target(retry=retry(5), budget=budget(attempts=2)))

    result = run(node, 500, 500)

    assert result.statuses == [500, 500]
    assert result.took == result.attempts[1].waited
    assert (result.outcome.kind, result.status) == (Kind.OUT_OF_BUDGET, 500)
