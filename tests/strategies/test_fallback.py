import json

import pytest

from router.core.http import HttpResponse, TransportError
from router.core.outcome import Kind
from router.testing import MemoryStore, Scripted, picture_answer, simulate
from tests.toys import (
    CAT,
    REFUSAL,
    Keys,
    Toy,
    ask,
    breaker,
    budget,
    compiled,
    fallback,
    run,
    single,
    target,
)

NOTHING = HttpResponse(status=200, body=b'{"created": 1, "data": []}')


def two(**more):
    return compiled(fallback(target("a"), target("b"), **more))


def test_the_children_are_asked_in_order_until_one_answers():
    node = compiled(fallback(*(target(name) for name in "abcd")))

    result = run(node, 500, 429, 200)

    assert (result.asked, result.statuses) == (["a", "b", "c"], [500, 429, 200])


def test_a_healthy_first_child_is_the_only_one_asked():
    assert run(two(), 200).asked == ["a"]


@pytest.mark.parametrize(
    "reply",
    [
        *[400, 401, 402, 403, 404, 422, 429, 500, 501, 502, 503, 504, 529],
        TransportError("refused", sent=False),
        TransportError("lost", sent=True),
        NOTHING,
        HttpResponse(status=200, body=b"<html>"),
    ],
    ids=str,
)
def test_it_moves_on_after_any_failure_of_a_provider(reply):
    assert run(two(), reply, 200).status == 200


def test_it_moves_on_after_a_timeout():
    node = compiled(fallback(target("a", timeout=5.0), target("b")))

    assert run(node, (60, 200), 200).statuses == [408, 200]


def test_it_moves_on_after_a_credential_that_cannot_be_had():
    class Half(Keys):
        asked = 0

        async def credentials(self, name):
            self.asked += 1
            if self.asked == 1:
                raise LookupError("no such key")

    assert run(two(), 200, vault=Half()).statuses == [401, 200]


def test_with_a_list_only_listed_statuses_move_on():
    node = two(codes=frozenset({429, 503}))

    assert run(node, 429, 200).asked == ["a", "b"]
    assert run(node, TransportError("refused", sent=False), 200).asked == ["a", "b"]
    assert run(node, 500).asked == ["a"]


def test_a_listed_408_moves_on_after_a_timeout_and_an_unlisted_does_not():
    def statuses(codes):
        route = fallback(target("a", timeout=5.0), target("b"), codes=frozenset(codes))
        return run(compiled(route), (60, 200), 200).statuses

    assert statuses({408}) == [408, 200]
    assert statuses({500}) == [408]


def test_an_empty_list_never_moves_on():
    result = run(two(codes=frozenset()), 500)

    assert (result.asked, result.status) == (["a"], 500)


def test_a_refusal_stops():
    result = run(two(), REFUSAL)

    assert (result.asked, result.outcome.kind) == (["a"], Kind.REFUSED)


def test_a_refusal_stops_even_if_its_status_is_listed():
    assert run(two(codes=frozenset({400})), REFUSAL).asked == ["a"]


def test_a_refusal_moves_on_where_the_group_says_so():
    assert run(two(refusals=True), REFUSAL, 200).asked == ["a", "b"]


def test_a_refusal_moves_on_where_told_whatever_codes_are_listed():
    assert run(two(refusals=True, codes=frozenset()), REFUSAL, 200).asked == ["a", "b"]


def test_what_one_group_says_of_refusals_binds_no_other_group():
    inner = fallback(target("a"), target("b"), refusals=True)
    outer = fallback(inner, target("c"))

    result = run(compiled(outer), REFUSAL, REFUSAL)

    assert (result.asked, result.outcome.kind) == (["a", "b"], Kind.REFUSED)


def test_an_unsupported_target_is_passed_over_whatever_codes_are_listed():
    picky = Toy("a", unknown_names=frozenset({"model"}))
    route = fallback(target("a", on_unsupported="skip"), target("b"), codes=frozenset())

    assert run(compiled(route, adapters={"a": picky}), 200).asked == ["b"]


def test_an_open_breaker_is_passed_over_whatever_codes_are_listed():
    route = fallback(target("a", breaker=breaker(1)), target("b"), codes=frozenset())
    node = compiled(route)

    async def main():
        store, sender = MemoryStore(), Scripted(500, 200)
        await ask(node, sender, store=store)
        return (await ask(node, sender, store=store)).asked

    assert simulate(main) == ["b"]


def test_nobody_is_asked_after_a_spent_budget():
    result = run(compiled(fallback(target("a", budget=budget(attempts=0)), target("b"))))

    assert (result.attempts, result.outcome.kind) == ((), Kind.OUT_OF_BUDGET)


def test_when_all_fail_the_last_who_was_asked_has_the_word():
    picky = Toy("c", unknown_names=frozenset({"model"}))
    route = fallback(target("a"), target("b"), target("c", on_unsupported="skip"))

    result = run(compiled(route, adapters={"c": picky}), 500, 429)

    assert (result.status, result.outcome.kind) == (429, Kind.RATE_LIMITED)


def test_when_nobody_could_be_asked_the_failure_says_why():
    picky = Toy("a", unknown_names=frozenset({"model"}))
    one = target("a", on_unsupported="skip")

    result = run(compiled(fallback(one, one), adapters={"a": picky}))

    assert (result.status, result.outcome.kind) == (501, Kind.UNSUPPORTED)


def test_each_move_is_a_decision_with_its_reason():
    trace = run(two(), 429, 200).trace

    (decision,) = trace.decisions
    assert (decision.path, decision.by, decision.chosen) == (
        "config",
        "fallback",
        "config.targets[1]",
    )
    assert decision.reason == "config.targets[0] answered 429 rate_limited"


def test_passing_over_is_a_decision_with_its_reason():
    picky = Toy("a", unknown_names=frozenset({"model"}))
    route = fallback(target("a", on_unsupported="skip"), target("b"))

    (decision,) = run(compiled(route, adapters={"a": picky}), 200).trace.decisions

    assert decision.reason.startswith("config.targets[0] was not asked: a cannot do this as asked")


def test_pictures_that_came_are_not_lost_when_the_next_child_fails():
    request = CAT.with_params({**CAT.params, "n": 3})

    for replies in ([picture_answer(2), 500], [picture_answer(2), picture_answer(1)]):
        outcome = run(two(), *replies, request=request).outcome
        assert len(outcome.pictures) == 2


def test_pictures_that_came_are_not_lost_when_a_refusal_stops():
    request = CAT.with_params({**CAT.params, "n": 3})

    outcome = run(two(), picture_answer(2), REFUSAL, request=request).outcome

    assert (outcome.kind, len(outcome.pictures)) == (Kind.REFUSED, 2)


def test_groups_nest_to_any_depth():
    route = target("z")
    for name in "dcba":
        route = fallback(target(name), single(route))

    result = run(compiled(route), 500, 500, 500, 500, 200)

    assert result.asked == ["a", "b", "c", "d", "z"]
    assert result.attempts[-1].path == "config" + ".targets[1].targets[0]" * 4


def test_every_child_gets_the_request_as_the_caller_sent_it():
    route = fallback(
        target("a", override_params={"model": "one"}, drop_params=("prompt",)), target("b")
    )
    sender = Scripted(500, 200)

    run(compiled(route), sender=sender)

    assert json.loads(sender.requests[1].body) == dict(CAT.params)
