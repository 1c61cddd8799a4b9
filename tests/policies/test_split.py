import asyncio
import json

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpResponse, TransportError
from router.core.outcome import Kind
from router.policies.split import plan
from router.testing import MemoryStore, Scripted, picture_answer, simulate
from tests.toys import (
    CAT,
    FOREVER,
    REFUSAL,
    Providers,
    Toy,
    ask,
    breaker,
    budget,
    compiled,
    context,
    error,
    fallback,
    retry,
    run,
    target,
)


def cats(n, **params):
    return CAT.with_params({**CAT.params, "n": n, **params})


def leaf(most=10, **more):
    return compiled(target(**more), adapters={"a": Toy("a", most=most)})


def bodies(sender):
    return [json.loads(request.body) for request in sender.requests]


def as_many_as_asked(request):
    return picture_answer(json.loads(request.body)["n"])


@given(st.integers(1, 10_000), st.integers(1, 100))
def test_a_plan_asks_for_exactly_n_in_as_few_calls_as_can_be(n, per_call):
    counts = plan(n, per_call)

    assert sum(counts) == n
    assert all(0 < count <= per_call for count in counts)
    assert len(counts) == -(-n // per_call)


def test_23_pictures_at_10_a_call_are_three_calls():
    result = run(leaf(10), sender=Scripted(as_many_as_asked, repeat=True), request=cats(23))

    assert [body["n"] for body in bodies(result.sender)] == [10, 10, 3]
    assert len(result.outcome.pictures.data) == 23
    assert all(a.adaptations == ("n 23 -> 3 calls",) for a in result.attempts)


@pytest.mark.parametrize("n", [1, 9, 10])
def test_what_fits_into_one_call_is_one_call(n):
    result = run(leaf(10), as_many_as_asked, request=cats(n))

    assert [body["n"] for body in bodies(result.sender)] == [n]
    assert result.attempts[0].adaptations == ()


def test_the_calls_are_made_at_once():
    result = run(leaf(1), sender=Scripted((7.0, 200), repeat=True), request=cats(5))

    assert result.took == 7.0
    assert result.sender.times == [0.0] * 5


def test_the_pictures_stand_in_the_order_of_the_calls():
    slow_first = Scripted((9.0, picture_answer(2)), (1.0, picture_answer(1)))

    result = run(leaf(2), sender=slow_first, request=cats(3))

    first, second, third = result.outcome.pictures.data
    assert first.b64 == third.b64 != second.b64


def test_call_k_is_asked_for_seed_plus_k():
    result = run(leaf(1), sender=Scripted(200, repeat=True), request=cats(3, seed=40))

    assert [body["seed"] for body in bodies(result.sender)] == [40, 41, 42]
    assert result.attempts[0].adaptations == ("n 3 -> 3 calls",)
    assert result.attempts[2].adaptations == ("n 3 -> 3 calls", "seed 40 -> 42 in call 3")


def test_all_calls_are_reserved_or_none_is_sent():
    result = run(leaf(1, budget=budget(attempts=4)), request=cats(5))

    assert (result.outcome.kind, result.status) == (Kind.OUT_OF_BUDGET, 402)
    assert result.attempts == ()


def test_a_budget_of_just_enough_pays_for_all_calls():
    node = leaf(1, budget=budget(attempts=5))

    assert run(node, sender=Scripted(200, repeat=True), request=cats(5)).status == 200


def test_a_retry_of_one_call_draws_from_the_budget_beside_the_reserved_calls():
    node = leaf(1, budget=budget(attempts=4), retry=retry(5, use_retry_after=True))
    sender = Scripted(200, error(503, retry_after=1), 200, error(503, retry_after=1))

    result = run(node, sender=sender, request=cats(3))

    assert result.outcome.kind is Kind.OUT_OF_BUDGET
    assert (len(result.attempts), len(result.outcome.pictures)) == (4, 2)


def test_reserved_calls_that_were_not_made_are_given_back():
    weak = target("a", breaker=breaker(1, cooldown=300.0))
    route = fallback(weak, target("b"), budget=budget(attempts=3))
    node = compiled(route, adapters={"a": Toy("a", most=1), "b": Toy("b", most=1)})

    async def main():
        store = MemoryStore()
        sender = Providers(a=Scripted(500), b=Scripted(200, repeat=True))
        await ask(node, sender, store=store)
        return await ask(node, sender, request=cats(3), store=store)

    result = simulate(main)
    assert (result.status, result.asked) == (200, ["b"] * 3)


def test_each_call_is_retried_by_itself():
    node = leaf(1, retry=retry(1))

    result = run(node, 200, error(503, retry_after=3), 200, 200, request=cats(3))

    assert (result.status, len(result.attempts)) == (200, 4)


def test_pictures_that_came_travel_up_in_the_failure():
    result = run(leaf(2), picture_answer(2), 500, picture_answer(1), request=cats(5))

    failure = result.outcome
    assert (failure.kind, failure.status, failure.billed) == (Kind.SERVER_ERROR, 500, True)
    assert len(failure.pictures) == 3
    assert failure.message == "3 of 5 pictures came; scripted 500"


def test_no_picture_at_all_leaves_the_bill_as_the_failure_has_it():
    result = run(leaf(1), TransportError("no route", sent=False), 400, request=cats(2))

    assert (result.status, result.outcome.billed) == (503, False)
    assert result.outcome.message == "0 of 2 pictures came; no route"


@pytest.mark.parametrize("order", [(500, REFUSAL), (REFUSAL, 500)], ids=["last", "first"])
def test_a_refusal_of_one_call_is_a_refusal_of_the_request(order):
    route = fallback(target("a"), target("b"))
    node = compiled(route, adapters={"a": Toy("a", most=1)})

    result = run(node, *order, request=cats(2))

    assert result.outcome.kind is Kind.REFUSED
    assert result.asked == ["a", "a"]


def test_a_spent_budget_of_one_call_is_a_spent_budget_of_the_request():
    slow = fallback(target("a", retry=retry(5)), target("b"), budget=budget(attempts=2))
    node = compiled(slow, adapters={"a": Toy("a", most=1)})

    result = run(node, 400, error(503, retry_after=1), request=cats(2))

    assert result.outcome.kind is Kind.OUT_OF_BUDGET


def test_a_partial_answer_is_not_taken_for_a_closed_door():
    """A half-open breaker lets one call of several through; the others say circuit_open."""
    quick, slow = breaker(1, cooldown=30.0), breaker(1, cooldown=300.0)
    route = fallback(target("a", breaker=quick), target("b", breaker=slow))
    node = compiled(route, adapters={"a": Toy("a", most=1)})

    async def main():
        store = MemoryStore()
        sender = Providers(a=Scripted(500, 200, repeat=True), b=Scripted(500))
        await ask(node, sender, store=store)
        await anyio.sleep(31)
        return await ask(node, sender, request=cats(2), store=store)

    result = simulate(main)
    assert (result.asked, result.outcome.kind) == (["a"], Kind.CIRCUIT_OPEN)
    assert len(result.outcome.pictures) == 1


def test_cancelling_cancels_every_call():
    async def main():
        ctx = context(Scripted((60, 200), repeat=True))
        task = asyncio.ensure_future(leaf(1).execute(cats(3), ctx))
        await anyio.sleep(5)
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled(), [a.status for a in ctx.trace.attempts]

    assert simulate(main) == (True, [499] * 3)


def test_a_deadline_cancels_every_call():
    result = run(leaf(1, budget=budget(deadline=5)), (60, 200), (60, 200), request=cats(2))

    assert (result.outcome.kind, result.statuses) == (Kind.OUT_OF_BUDGET, [499, 499])


def test_pictures_of_the_calls_that_answered_survive_a_deadline():
    node = leaf(1, budget=budget(deadline=10))

    result = run(node, (1, 200), (FOREVER, 200), (2, 200), request=cats(3))

    failure = result.outcome
    assert (failure.kind, failure.status, result.took) == (Kind.OUT_OF_BUDGET, 408, 10)
    assert (len(failure.pictures), failure.billed) == (2, True)
    assert result.statuses == [200, 499, 200]


def test_a_picture_of_one_call_is_not_counted_again_by_another():
    node = leaf(2, budget=budget(attempts=3), retry=retry(1, use_retry_after=True))

    result = run(node, 503, error(503, retry_after=5), picture_answer(1), request=cats(4))

    assert len(result.outcome.pictures) == 1


def test_more_than_a_hundred_calls_are_refused():
    result = run(leaf(1), request=cats(101))

    assert (result.outcome.kind, result.outcome.local) == (Kind.BAD_REQUEST, True)
    assert result.outcome.message == "n is 101; expected at most 100, which are 100 calls here"


def test_an_absurd_n_costs_neither_time_nor_memory():
    assert run(leaf(1), request=cats(10**15)).status == 400


def answer(n, **fields):
    body = json.loads(picture_answer(n).body) | fields
    return HttpResponse(status=200, body=json.dumps(body).encode())


def test_usage_is_the_sum_of_what_every_call_used():
    usage = {"total_tokens": 5, "input_tokens_details": {"text_tokens": 2}, "tier": "std"}
    more = {"total_tokens": 7, "input_tokens_details": {"text_tokens": 3}, "extra": 1}

    result = run(
        leaf(1), answer(1, usage=usage, quality="high"), answer(1, usage=more), request=cats(2)
    )

    assert result.outcome.pictures.fields == {
        "usage": {
            "total_tokens": 12,
            "input_tokens_details": {"text_tokens": 5},
            "tier": "std",
            "extra": 1,
        },
        "quality": "high",
    }


def test_usage_is_the_first_calls_where_not_every_call_told_it():
    result = run(leaf(1), answer(1, usage={"total_tokens": 5}), answer(1), request=cats(2))

    assert result.outcome.pictures.fields == {"usage": {"total_tokens": 5}}
