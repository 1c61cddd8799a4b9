"""Money: a budget's max_cost is never exceeded by what is known, and what is unknown is skipped."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.adapter import Becomes
from router.core.catalog import ModelFacts, Price
from router.core.http import HttpResponse, TransportError
from router.core.outcome import Kind
from router.testing import Scripted, picture_answer
from tests.toys import (
    CAT,
    Keys,
    Providers,
    Toy,
    balance,
    budget,
    compiled,
    error,
    fallback,
    retry,
    run,
    single,
    target,
)


def priced(usd, name="a", **more):
    return Toy(name, known=ModelFacts(name="m", prices=(Price(per="image", usd=usd),)), **more)


def metered(usd, most, name="a"):
    """A toy whose pictures are counted by tokens, and cost `most` at most."""
    prices = (
        Price(per="token", usd=usd, tokens=("output_tokens",)),
        Price(per="image", usd=most),
    )
    return Toy(name, known=ModelFacts(name="m", prices=prices))


FOUR_CENTS = {"a": priced(0.04), "b": priced(0.04, "b")}


def asks(n, **params):
    return CAT.with_params({**CAT.params, "n": n, **params})


def tree(route, adapters=None):
    return compiled(route, adapters=FOUR_CENTS if adapters is None else adapters)


def drawn(request):
    """Answer with as many pictures as were asked for."""
    return picture_answer(json.loads(request.body).get("n", 1))


def used(tokens):
    """Answer with one picture and what it took."""
    body = json.loads(picture_answer().body) | {"usage": {"output_tokens": tokens}}
    return HttpResponse(status=200, headers={}, body=json.dumps(body).encode())


# One budget


@pytest.mark.parametrize(("most", "calls"), [(0.03, 0), (0.04, 1), (0.05, 1)])
def test_a_call_is_begun_only_if_the_most_it_may_cost_is_left(most, calls):
    result = run(tree(target(budget=budget(max_cost=most))), *[200] * calls)

    assert len(result.attempts) == calls
    assert (result.status == 200) is (calls == 1)


def test_a_call_that_does_not_fit_is_a_402_and_says_its_price_and_what_is_left():
    result = run(tree(target(budget=budget(max_cost=0.03))))

    failure = result.outcome
    assert (failure.kind, failure.status, failure.local) == (Kind.OUT_OF_BUDGET, 402, True)
    assert failure.message == (
        "the call costs up to $0.040, and $0.030 of the budget's max_cost is left"
    )


def test_a_call_that_was_not_billed_gives_its_money_back():
    route = target(retry=retry(3), budget=budget(max_cost=0.04))

    result = run(tree(route), 429, 429, 429, 200)

    assert result.statuses == [429, 429, 429, 200]


def test_a_call_that_may_have_been_billed_keeps_what_was_set_aside():
    route = target(retry=retry(5), budget=budget(max_cost=0.10))

    result = run(tree(route), 500, 500)

    assert result.statuses == [500, 500]
    assert (result.outcome.kind, result.status) == (Kind.OUT_OF_BUDGET, 500)
    assert "$0.020 of the budget's max_cost is left" in result.outcome.message


def test_a_call_that_timed_out_keeps_what_was_set_aside():
    route = target(retry=retry(1, codes=frozenset({408})), timeout=5, budget=budget(max_cost=0.07))

    result = run(tree(route), (60, 200))

    assert (result.statuses, result.outcome.kind) == ([408], Kind.OUT_OF_BUDGET)


@pytest.mark.parametrize("kind", ["no key", "no connection"])
def test_a_call_that_was_never_sent_gives_its_money_back(kind):
    nobody = TransportError("refused", sent=False)
    route = fallback(target("a"), target("b"), budget=budget(max_cost=0.04))
    vault = {"vault": Keys()} if kind == "no key" else {}

    result = run(tree(route), nobody, nobody, **vault)

    assert result.asked == ["a", "b"]
    assert result.outcome.kind is (Kind.AUTH if vault else Kind.CONNECTION)


def test_what_usage_tells_settles_what_was_set_aside():
    route = fallback(target("a"), target("b"), budget=budget(max_cost=0.12))
    adapters = {"a": metered(0.00001, 0.10), "b": metered(0.00001, 0.10, "b")}
    empty = HttpResponse(
        status=200, body=json.dumps({"data": [], "usage": {"output_tokens": 2000}}).encode()
    )

    result = run(tree(route, adapters), empty, used(1000))

    assert [attempt.cost for attempt in result.attempts] == [0.02, 0.01]
    assert [attempt.billed for attempt in result.attempts] == [True, True]
    assert (result.status, result.trace.cost) == (200, 0.03)


def test_a_call_dearer_than_it_was_thought_to_be_leaves_less_for_the_next():
    route = fallback(target("a"), target("b"), budget=budget(max_cost=0.30))
    adapters = {"a": metered(0.00001, 0.10), "b": metered(0.00001, 0.10, "b")}
    empty = HttpResponse(
        status=200, body=json.dumps({"data": [], "usage": {"output_tokens": 25_000}}).encode()
    )

    result = run(tree(route, adapters), empty)

    assert [attempt.cost for attempt in result.attempts] == [0.25]
    assert "$0.050 of the budget's max_cost is left" in result.outcome.message


def test_a_budget_that_is_overdrawn_has_nothing_left():
    route = fallback(target("a"), target("b"), budget=budget(max_cost=0.12))
    adapters = {"a": metered(0.00001, 0.10), "b": metered(0.00001, 0.10, "b")}
    empty = HttpResponse(
        status=200, body=json.dumps({"data": [], "usage": {"output_tokens": 25_000}}).encode()
    )

    message = run(tree(route, adapters), empty).outcome.message

    assert "$0.000 of the budget's max_cost is left" in message


# Several budgets, several calls


def test_a_call_draws_from_every_budget_above_it():
    inner = fallback(target("a"), target("b"), budget=budget(max_cost=1))
    route = fallback(inner, target("a"), budget=budget(max_cost=0.05))

    result = run(tree(route), 500)

    assert (result.statuses, result.outcome.kind) == ([500], Kind.OUT_OF_BUDGET)


def test_an_inner_budget_bounds_only_its_own_branch():
    route = fallback(target("a", budget=budget(max_cost=0.01)), target("b"))

    assert run(tree(route)).outcome.kind is Kind.OUT_OF_BUDGET  # and it is final, as all budgets
    assert run(tree(fallback(target("a"), target("b"))), 500, 200).status == 200


@pytest.mark.parametrize(("most", "asked"), [(0.15, 0), (0.16, 4), (1, 4)])
def test_the_parts_of_a_split_call_are_paid_together_or_none_is_sent(most, asked):
    adapters = {"a": priced(0.04, most=1)}
    sender = Scripted(drawn, repeat=True)

    result = run(
        tree(target(budget=budget(max_cost=most)), adapters), request=asks(4), sender=sender
    )

    assert len(result.attempts) == asked
    assert result.trace.cost == pytest.approx(0.04 * asked)


def test_a_split_call_that_does_not_fit_says_what_all_parts_cost():
    adapters = {"a": priced(0.04, most=2)}

    result = run(tree(target(budget=budget(max_cost=0.15)), adapters), request=asks(5))

    assert result.outcome.message == (
        "the calls cost up to $0.200, and $0.150 of the budget's max_cost is left"
    )


def test_parts_that_are_asked_again_are_paid_again():
    route = target(retry=retry(3), budget=budget(max_cost=0.12))
    adapters = {"a": priced(0.04, most=1)}

    result = run(tree(route, adapters), 200, 500, 200, request=asks(2))

    assert result.statuses == [200, 500, 200]
    assert result.status == 200


def test_what_parts_did_not_spend_is_there_for_the_next_target():
    cheap, dear = metered(0.00001, 0.10), priced(0.14, "b", most=10)
    route = fallback(target("a"), target("b"), budget=budget(max_cost=0.2))

    result = run(
        tree(route, {"a": Toy("a", most=1, known=cheap.known), "b": dear}),
        429, 429, drawn, request=asks(2),
    )  # fmt: skip

    assert result.asked == ["a", "a"]
    assert "costs up to $0.280, and $0.200" in result.outcome.message


def test_parts_that_were_refused_before_they_were_sent_give_their_money_back():
    one = fallback(target("a"), target("b"), budget=budget(max_cost=0.08))
    adapters = {"a": priced(0.04, most=1), "b": priced(0.04, "b", most=2)}
    nobody = TransportError("refused", sent=False)

    result = run(tree(one, adapters), nobody, nobody, drawn, request=asks(2))

    assert result.asked == ["a", "a", "b"]
    assert result.status == 200


def test_a_part_is_priced_as_it_will_be_asked():
    plain = Becomes({"style": "plain"}, "style -> plain")
    prices = (
        Price(per="image", usd=0.04, when={"style": ("plain",)}),
        Price(per="image", usd=9.0),
    )
    toy = Toy(
        "a",
        most=1,
        known=ModelFacts(name="m", prices=prices),
        rule_by_name={"style": lambda value, _: None if value == "plain" else plain},
    )
    route = target(budget=budget(max_cost=0.08))

    result = run(tree(route, {"a": toy}), 200, 200, request=asks(2, style="odd"))

    assert (result.status, result.trace.cost) == (200, 0.08)


def test_a_bug_in_a_rule_costs_the_target_and_no_money():
    def broken(value, params):
        raise ZeroDivisionError

    toy = priced(0.04, most=1, rule_by_name={"size": broken})
    route = fallback(target("a"), target("b"), budget=budget(max_cost=0.08, admits_unknown=True))
    adapters = {"a": toy, "b": priced(0.04, "b", most=1)}

    result = run(tree(route, adapters), 200, 200, request=asks(2, size="8x8"))

    assert result.asked == ["b", "b"]
    assert result.status == 200


# Unknown prices


UNKNOWN = {"a": Toy("a"), "b": priced(0.04, "b")}


def test_a_target_of_unknown_price_is_passed_by():
    route = fallback(target("a"), target("b"), budget=budget(max_cost=1))

    result = run(tree(route, UNKNOWN), 200)

    assert result.asked == ["b"]


@pytest.mark.parametrize("n", [1, 3])
def test_it_says_why_it_was_passed_by(n):
    adapters = {"a": Toy("a", most=1)}

    failure = run(tree(target(budget=budget(max_cost=1)), adapters), request=asks(n)).outcome

    assert (failure.kind, failure.status, failure.local) == (Kind.UNSUPPORTED, 501, True)
    assert failure.message == (
        "the price of gpt-image-2 is not known, and the budget has a max_cost"
    )


def test_a_target_of_unknown_price_is_asked_where_that_is_allowed():
    route = fallback(target("a"), target("b"), budget=budget(max_cost=1, admits_unknown=True))

    result = run(tree(route, UNKNOWN), 200)

    assert (result.asked, result.trace.cost) == (["a"], None)


def test_one_budget_that_refuses_unknown_prices_is_enough():
    allowed = single(target("a"), budget=budget(max_cost=1, admits_unknown=True))

    refused = run(tree(single(allowed, budget=budget(max_cost=1)), UNKNOWN))
    free = run(tree(single(allowed, budget=budget(attempts=3)), UNKNOWN), 200)

    assert (refused.status, free.status) == (501, 200)


def test_an_unknown_price_needs_something_left():
    route = fallback(target("b"), target("a"), budget=budget(max_cost=0.04, admits_unknown=True))

    result = run(tree(route, UNKNOWN), 500)

    assert result.asked == ["b"]
    assert "the call has an unknown price, and $0.000" in result.outcome.message


def test_what_an_unknown_price_turns_out_to_be_is_taken_from_the_budget():
    told = json.dumps({"data": [], "usage": {"cost": 0.97}}).encode()
    route = fallback(target("a"), target("b"), budget=budget(max_cost=1, admits_unknown=True))

    result = run(tree(route, UNKNOWN), HttpResponse(status=200, body=told))

    assert [attempt.cost for attempt in result.attempts] == [0.97]
    assert "$0.030 of the budget's max_cost is left" in result.outcome.message


def test_without_a_max_cost_nobody_asks_what_a_call_costs():
    assert run(tree(target(budget=budget(attempts=1)), UNKNOWN), 200).status == 200


def test_attempts_are_told_apart_from_money():
    route = target(retry=retry(3), budget=budget(attempts=1, max_cost=1))

    result = run(tree(route), 500)

    assert "no attempts are left in the budget" in result.outcome.message


def test_too_few_attempts_for_a_split_call_are_told_as_such():
    route = target(budget=budget(attempts=2, max_cost=1))

    result = run(tree(route, {"a": priced(0.04, most=1)}), request=asks(3))

    assert result.outcome.message == "3 pictures take 3 calls, and the budget has fewer"


# Laws


REPLIES = st.sampled_from(
    [drawn, 429, 500, 503, error(400), TransportError("lost", sent=True), (60, drawn), used(5)]
)
PRICES = st.sampled_from([0.01, 0.02, 0.04, 0.1, 0.33, 1e-9])


@st.composite
def routes(draw, depth=2):
    money = st.none() | st.sampled_from([0.01, 0.04, 0.1, 0.5]).map(lambda m: budget(max_cost=m))
    if depth == 0 or draw(st.booleans()):
        name = draw(st.sampled_from("ab"))
        retries = retry(draw(st.integers(0, 2)))
        return target(name, retry=retries, timeout=5, budget=draw(money))
    children = draw(st.lists(routes(depth=depth - 1), min_size=1, max_size=3))
    make = draw(st.sampled_from([fallback, lambda *c, **m: balance(*c, failover=True, **m)]))
    return make(*children, budget=draw(money))


@settings(max_examples=150, deadline=None)
@given(
    route=routes(),
    most=st.sampled_from([0.01, 0.05, 0.12, 0.5, 2.0]),
    prices=st.tuples(PRICES, PRICES),
    per_call=st.integers(1, 4),
    n=st.integers(1, 5),
    replies=st.lists(REPLIES, min_size=1, max_size=12),
)
def test_what_a_request_costs_never_exceeds_its_max_cost(route, most, prices, per_call, n, replies):
    adapters = {
        name: priced(usd, name, most=per_call) for name, usd in zip("ab", prices, strict=True)
    }
    sender = Providers(a=Scripted(*replies, repeat=True), b=Scripted(*replies, repeat=True))

    result = run(
        tree(single(route, budget=budget(max_cost=most)), adapters), request=asks(n), sender=sender
    )

    known = sum(attempt.cost for attempt in result.attempts if attempt.cost is not None)
    assert known <= most + 1e-9
    assert all(attempt.cost is None or attempt.cost >= 0 for attempt in result.attempts)
    if result.trace.cost is not None:
        assert result.trace.cost <= most + 1e-9
