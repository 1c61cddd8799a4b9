"""Pictures that came from a target that failed count; the next is asked for the others."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpResponse
from router.core.outcome import Failure, Kind
from router.testing import Scripted, picture_answer
from tests.toys import CAT, REFUSAL, Toy, balance, compiled, fallback, run, target

FOUR = CAT.with_params({**CAT.params, "n": 4})


def partly(count, *, usage=None):
    """Answer with fewer pictures than anybody asked for."""
    body = json.loads(picture_answer(count).body)
    if usage is not None:
        body["usage"] = {"total_tokens": usage}
    return HttpResponse(status=200, body=json.dumps(body).encode())


def asked_for(sender):
    return [json.loads(request.body).get("n") for request in sender.requests]


def topped(*steps, request=FOUR, targets=3, **more):
    tree = fallback(*(target(name) for name in "abc"[:targets]), top_up=True, **more)
    sender = Scripted(*steps)
    return run(compiled(tree), sender=sender, request=request), sender


@given(st.integers(1, 9), st.data())
def test_every_target_is_asked_for_what_is_missing_and_exactly_n_come(n, data):
    first = data.draw(st.integers(0, n - 1)) if n > 1 else 0
    second = data.draw(st.integers(0, n - first - 1))
    request = CAT.with_params({**CAT.params, "n": n})

    got, sender = topped(partly(first), partly(second), partly(n - first - second), request=request)

    assert asked_for(sender) == [n, n - first, n - first - second]
    assert len(got.outcome.pictures.data) == n


def test_the_trace_says_what_each_target_was_asked_for():
    got, _ = topped(partly(3), partly(1))

    assert [attempt.adaptations for attempt in got.attempts] == [
        (),
        ("n 4 -> 1, as 3 came before",),
    ]


def test_a_seed_goes_on_where_the_pictures_ended():
    got, sender = topped(partly(3), partly(1), request=FOUR.with_params({**FOUR.params, "seed": 7}))

    assert json.loads(sender.requests[1].body)["seed"] == 10
    assert "seed 7 -> 10" in got.attempts[1].adaptations


def test_without_it_the_next_target_is_asked_for_all():
    tree = fallback(target("a"), target("b"))
    sender = Scripted(partly(3), partly(4))
    got = run(compiled(tree), sender=sender, request=FOUR)

    assert (asked_for(sender), len(got.outcome.pictures.data)) == ([4, 4], 4)


def test_a_failure_says_how_many_came_and_carries_them():
    got, _ = topped(partly(2), 503, partly(1), 503)

    assert len(got.outcome.pictures) == 3
    assert (got.outcome.billed, got.outcome.message[:22]) == (True, "3 of 4 pictures came; ")


def test_a_failure_without_pictures_is_as_it_was():
    got, _ = topped(503, 503, 503)

    assert (got.status, got.outcome.pictures) == (503, ())
    assert "came" not in got.outcome.message


def test_what_one_part_used_is_not_said_of_the_whole():
    whole, _ = topped(partly(4, usage=5))
    parts, _ = topped(partly(3, usage=5), partly(1, usage=5))

    assert "usage" in whole.outcome.pictures.fields
    assert "usage" not in parts.outcome.pictures.fields
    assert parts.outcome.pictures.raw is None


class Choosy(Toy):
    """Its safety system holds back the last picture of a batch."""

    def flow(self, request, target):
        pictures = yield from super().flow(request, target)
        message = "one picture was refused"
        return Failure(
            kind=Kind.REFUSED, status=400, message=message, billed=True, pictures=pictures.data[:-1]
        )


@pytest.mark.parametrize("refusals", [False, True])
def test_pictures_that_were_refused_are_asked_of_nobody_else(refusals):
    tree = fallback(target("a"), target("b"), top_up=True, refusals=refusals)
    got = run(compiled(tree, adapters={"a": Choosy("a")}), partly(4), request=FOUR)

    assert (got.outcome.kind, len(got.outcome.pictures)) == (Kind.REFUSED, 3)
    assert [attempt.provider for attempt in got.attempts] == ["a"]


def test_a_refusal_of_the_others_ends_it_with_what_came():
    got, sender = topped(partly(2), REFUSAL, targets=2)

    assert (got.outcome.kind, len(got.outcome.pictures)) == (Kind.REFUSED, 2)
    assert asked_for(sender) == [4, 2]


def test_a_load_balancer_with_failover_tops_up_too():
    tree = balance(target("a"), target("b"), failover=True, top_up=True)
    sender = Scripted(partly(1), partly(3))
    got = run(compiled(tree), sender=sender, request=FOUR)

    assert (asked_for(sender), len(got.outcome.pictures.data)) == ([4, 3], 4)


class Grumbling(Toy):
    """It gives every picture, and calls that a failure."""

    def flow(self, request, target):
        pictures = yield from super().flow(request, target)
        return Failure(
            kind=Kind.SERVER_ERROR, status=502, message="it broke", pictures=pictures.data
        )


def test_a_failure_with_every_picture_leaves_nothing_to_ask_for():
    tree = fallback(target("a"), target("b"), top_up=True)
    got = run(compiled(tree, adapters={"a": Grumbling("a")}), partly(4), request=FOUR)

    assert (got.status, len(got.outcome.pictures.data), got.asked) == (200, 4, ["a"])


def test_one_picture_has_no_others_to_be_asked_for():
    tree = fallback(target("a"), target("b"), top_up=True)
    got = run(compiled(tree, adapters={"a": Grumbling("a")}), partly(1), partly(1))

    assert (got.status, got.asked) == (200, ["a", "b"])
