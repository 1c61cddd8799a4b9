"""What the strategies tell of themselves to whoever foresees a request."""

from collections import Counter
from dataclasses import replace

import pytest

from router.config.model import StickySettings
from router.core.context import Dice
from router.core.images import Picture
from router.core.outcome import Failure, Kind
from router.testing import Scripted, picture_answer, simulate
from tests.toys import CAT, again, balance, compiled, conditional, context, fallback, target

TWO = (target("a"), target("b"))
GROUPS = [fallback(*TWO), balance(*TWO, failover=True), balance(*TWO)]
NAMES = ["fallback", "failover", "loadbalance"]
EXPECTED = list(zip(GROUPS, (True, True, False), strict=True))
REFUSED = Failure(kind=Kind.REFUSED, status=400, message="")
PARTLY = replace(REFUSED, pictures=(Picture(url="https://example.com/a.png"),))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("route", GROUPS, ids=NAMES)
def test_nobody_is_asked_after_a_failure_that_is_final(route, kind):
    failure = Failure(kind=kind, status=503, message="", final=True)

    assert not compiled(route).goes_on(failure)


@pytest.mark.parametrize(("route", "expected"), EXPECTED, ids=NAMES)
def test_after_an_error_a_fallback_and_a_failover_go_on(route, expected):
    failure = Failure(kind=Kind.OVERLOADED, status=503, message="")

    assert compiled(route).goes_on(failure) is expected


@pytest.mark.parametrize("make", [fallback, balance], ids=["fallback", "failover"])
def test_refused_pictures_are_topped_up_by_nobody(make):
    more = {} if make is fallback else {"failover": True}

    node = compiled(make(*TWO, refusals=True, top_up=True, **more))

    assert [node.goes_on(failure) for failure in (REFUSED, PARTLY)] == [True, False]


def test_a_chance_is_a_share_of_the_weights_and_none_is_of_a_weight_of_zero():
    node = compiled(balance(target("a"), target("b", weight=0), target("c", weight=3)))

    async def main():
        return node.chances(node.candidates, CAT, context(Scripted()))

    assert simulate(main) == [0.25, 0.75]


@pytest.mark.parametrize("user", ["ann", "bob", "cleo", "dan"])
def test_a_session_is_drawn_for_certain_and_a_request_without_one_is_not(user):
    sticky = StickySettings(fields=("metadata.user",))
    node = compiled(balance(*TWO, sticky=sticky))
    request = replace(CAT, metadata={"user": user})

    async def main():
        ctx = context(Scripted(picture_answer(), repeat=True))
        chances = [node.chances(node.candidates, one, ctx) for one in (request, CAT)]
        drawn = Counter()
        for number in range(10):
            mine = again(ctx, dice=Dice(f"seed:{number}"))
            await node.execute(request, mine)
            drawn[mine.trace.attempts[-1].path] += 1
        return *chances, drawn

    certain, even, drawn = simulate(main)
    paths = [share.node.path for share in node.candidates]
    assert dict(zip(paths, certain, strict=True)) == {one: float(one in drawn) for one in paths}
    assert even == [0.5, 0.5]


def test_a_condition_chooses_its_branch_and_none_means_the_default():
    queries = [{"metadata.plan": "pro"}, {"metadata.plan": {"$exists": True}}]
    node = compiled(conditional(*TWO, target("c"), queries=queries, default=2))

    chosen = [node.choose(replace(CAT, metadata=one)) for one in ({"plan": "pro"}, {"plan": 1}, {})]

    assert [one and one.number for one in chosen] == [0, 1, None]
