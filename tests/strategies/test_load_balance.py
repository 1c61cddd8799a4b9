from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config.model import StickySettings
from router.core.context import Dice
from router.core.images import ImageRequest
from router.core.outcome import Kind
from router.strategies.sticky import Sticky
from router.testing import MemoryStore, Scripted, picture_answer, simulate
from tests.toys import (
    CAT,
    REFUSAL,
    Providers,
    Toy,
    again,
    ask,
    balance,
    breaker,
    compiled,
    context,
    run,
    target,
)

NAMES = "abcdefgh"
ANSWER = picture_answer()


def weighted(*weights, **more):
    targets = [target(n, weight=w) for n, w in zip(NAMES, weights, strict=False)]
    return balance(*targets, **more)


def drawn(node, times, requests=None, **changes):
    """Count who answers `times` requests, each with a number of its own."""

    async def main():
        ctx = context(Scripted(ANSWER, repeat=True))
        served = []
        for number in range(times):
            request = requests[number] if requests else CAT
            mine = again(ctx, dice=Dice(f"seed:{number}"), **changes)
            await node.execute(request, mine)
            served.append(mine.trace.attempts[-1].provider)
        return served

    return simulate(main)


@pytest.mark.parametrize(
    "weights", [(1, 1), (0.7, 0.3), (5, 3, 2), (0.001, 0.003), (1, 0, 3), (1e6, 1e6, 2e6)]
)
def test_weights_converge(weights):
    times = 1000

    counts = Counter(drawn(compiled(weighted(*weights)), times))

    for name, weight in zip(NAMES, weights, strict=False):
        share = weight / sum(weights)
        spread = (times * share * (1 - share)) ** 0.5
        assert abs(counts[name] - times * share) <= 4 * spread


def test_a_weight_of_zero_is_never_drawn_not_even_for_failover():
    node = compiled(weighted(0, 1, 0, failover=True))

    result = run(node, 500)

    assert result.asked == ["b"]


def test_a_seed_repeats_its_draws():
    node = compiled(weighted(1, 1, 1))

    assert drawn(node, 50) == drawn(node, 50)
    assert len(set(drawn(node, 50))) == 3


def test_the_drawn_child_alone_is_asked():
    for _ in range(3):
        result = run(compiled(weighted(1, 1, 1)), 500)
        assert (len(result.attempts), result.status) == (1, 500)


def test_failover_asks_each_of_the_others_once():
    result = run(compiled(weighted(1, 1, 1, 1, failover=True)), 500, 429, 503, 529)

    assert sorted(result.asked) == ["a", "b", "c", "d"]


def test_failover_ends_with_the_first_answer():
    assert run(compiled(weighted(1, 1, 1, failover=True)), 500, 200).statuses == [500, 200]


@pytest.mark.parametrize(
    ("codes", "status", "asked"),
    [(None, 500, 2), ({500}, 500, 2), ({429}, 500, 1), (set(), 500, 1)],
)
def test_failover_keeps_to_the_list_of_codes(codes, status, asked):
    codes = None if codes is None else frozenset(codes)
    node = compiled(weighted(1, 1, failover=True, codes=codes))

    assert len(run(node, status, status).attempts) == asked


def test_a_refusal_stops_failover():
    assert len(run(compiled(weighted(1, 1, failover=True)), REFUSAL).attempts) == 1


def test_a_refusal_fails_over_where_the_group_says_so():
    node = compiled(weighted(1, 1, failover=True, refusals=True))

    assert run(node, REFUSAL, 200).status == 200


def test_without_failover_a_refusal_goes_nowhere_whatever_the_group_says():
    assert len(run(compiled(weighted(1, 1, refusals=True)), REFUSAL).attempts) == 1


@pytest.mark.parametrize("failover", [True, False])
def test_a_child_that_cannot_do_it_is_drawn_again(failover):
    picky = {"a": Toy("a", unknown_names=frozenset({"model"}))}
    route = balance(target("a", weight=1e9, on_unsupported="skip"), target("b"), failover=failover)

    result = run(compiled(route, adapters=picky), 200)

    assert result.asked == ["b"]
    assert "after one that was not asked" in result.trace.decisions[1].reason


@pytest.mark.parametrize("failover", [True, False])
def test_a_child_with_an_open_breaker_is_drawn_again(failover):
    route = balance(target("a", weight=1e9, breaker=breaker(1)), target("b"), failover=failover)
    node = compiled(route)

    async def main():
        store = MemoryStore()
        sender = Providers(a=Scripted(500), b=Scripted(200, repeat=True))
        await ask(node, sender, store=store)
        return (await ask(node, sender, store=store)).asked

    assert simulate(main) == ["b"]


def test_when_nobody_can_do_it_the_failure_says_so():
    picky = {"a": Toy("a", unknown_names=frozenset({"model"}))}
    one = target("a", on_unsupported="skip")

    assert run(compiled(balance(one, one), adapters=picky)).outcome.kind is Kind.UNSUPPORTED


def test_the_draw_is_a_decision_with_its_reason():
    (decision,) = run(compiled(weighted(0, 2.5)), 200).trace.decisions

    assert (decision.by, decision.chosen) == ("loadbalance", "config.targets[1]")
    assert decision.reason == "drawn by weight 2.5"


def test_pictures_that_came_are_not_lost_in_a_failover():
    request = CAT.with_params({**CAT.params, "n": 3})
    node = compiled(weighted(1, 1, failover=True))

    assert len(run(node, picture_answer(2), 500, request=request).outcome.pictures) == 2


# Sticky


def user(name, **more):
    return ImageRequest(params=CAT.params, metadata={"user": name, **more})


USERS = [user(f"user-{number}") for number in range(1000)]
STICKY = StickySettings(fields=("metadata.user",), ttl=3600.0)


def test_one_session_goes_to_one_target():
    node = compiled(weighted(1, 1, 1, sticky=STICKY))

    assert len(set(drawn(node, 30, requests=[user("ann")] * 30, now=lambda: 0.0))) == 1


def test_processes_agree_without_a_store():
    node, twin = (compiled(weighted(1, 1, 1, sticky=STICKY)) for _ in range(2))

    assert drawn(node, 100, USERS, now=lambda: 0.0) == drawn(twin, 100, USERS, now=lambda: 0.0)


@pytest.mark.parametrize("weights", [(1, 1), (0.7, 0.3), (5, 3, 2), (1, 0, 3)])
def test_sessions_are_spread_by_weight(weights):
    node = compiled(weighted(*weights, sticky=STICKY))

    counts = Counter(drawn(node, 1000, USERS, now=lambda: 0.0))

    for name, weight in zip(NAMES, weights, strict=False):
        share = weight / sum(weights)
        spread = (1000 * share * (1 - share)) ** 0.5
        assert abs(counts[name] - 1000 * share) <= 4 * spread


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_taking_a_target_away_moves_only_its_own_sessions(gone):
    before = drawn(compiled(weighted(1, 2, 3, sticky=STICKY)), 500, USERS, now=lambda: 0.0)
    rest = [target(n, weight=w) for n, w in zip("abc", (1, 2, 3), strict=True)]
    del rest[gone]
    after = drawn(compiled(balance(*rest, sticky=STICKY)), 500, USERS, now=lambda: 0.0)

    moved = [old for old, new in zip(before, after, strict=True) if old != new]
    assert set(moved) == {"abc"[gone]}


def test_a_failed_child_moves_only_its_own_sessions():
    node = compiled(weighted(1, 1, 1, sticky=STICKY, failover=True))
    homes = drawn(node, 60, USERS, now=lambda: 0.0)

    async def main():
        broken_a = Providers(
            a=Scripted(500, repeat=True), b=Scripted(200, repeat=True), c=Scripted(200, repeat=True)
        )
        return [
            (await ask(node, broken_a, request, now=lambda: 0.0)).asked for request in USERS[:60]
        ]

    for home, asked in zip(homes, simulate(main), strict=True):
        assert asked[0] == home
        assert len(asked) == (2 if home == "a" else 1)


def test_raising_a_weight_moves_sessions_only_to_the_child_that_was_raised():
    before = drawn(compiled(weighted(1, 1, 1, sticky=STICKY)), 500, USERS, now=lambda: 0.0)
    after = drawn(compiled(weighted(1, 1, 3, sticky=STICKY)), 500, USERS, now=lambda: 0.0)

    moved = {new for old, new in zip(before, after, strict=True) if old != new}
    assert moved == {"c"}


def test_targets_of_one_account_share_its_sessions():
    node = compiled(balance(target("a"), target("a"), sticky=STICKY))

    async def main():
        sender = Scripted(ANSWER, repeat=True)
        runs = [await ask(node, sender, request, now=lambda: 0.0) for request in USERS[:200]]
        return Counter(r.attempts[0].path for r in runs)

    counts = simulate(main)
    assert 60 < counts["config.targets[0]"] < 140


def test_a_name_holds_a_targets_sessions_when_its_account_changes():
    def homes(provider):
        route = balance(target("a"), target(provider, name="second"), sticky=STICKY)
        served = drawn(compiled(route), 200, USERS, now=lambda: 0.0)
        return [name == "a" for name in served]

    assert homes("b") == homes("c")


def test_a_session_is_drawn_anew_when_its_time_is_over():
    node = compiled(weighted(*[1] * 8, sticky=StickySettings(fields=("metadata.user",), ttl=60.0)))

    def at(seconds):
        return drawn(node, 300, USERS, now=lambda: seconds)

    moved = sum(one != other for one, other in zip(at(1000.0), at(1060.0), strict=True))
    assert moved > 200


@given(st.floats(0, 1e9), st.text(), st.floats(1, 1e5))
def test_a_session_holds_for_its_whole_time_but_for_one_moment(now, name, ttl):
    sticky = Sticky(fields=(("metadata", "user"),), ttl=ttl)
    moments = [now + ttl * part / 4 for part in range(4)]

    keys = {sticky.key(user(name), moment) for moment in moments}

    assert len(keys) <= 2


def test_sessions_do_not_all_move_at_one_moment():
    sticky = Sticky(fields=(("metadata", "user"),), ttl=100.0)

    def keys(now):
        return [sticky.key(request, now) for request in USERS[:200]]

    moved = sum(a != b for a, b in zip(keys(1000.0), keys(1010.0), strict=True))
    assert 5 < moved < 40


def test_a_request_without_any_of_the_fields_is_drawn_by_weight():
    node = compiled(weighted(1, 1, sticky=STICKY))

    assert set(drawn(node, 40)) == {"a", "b"}


def test_a_request_with_some_of_the_fields_is_a_session():
    fields = StickySettings(fields=("metadata.user", "metadata.tenant"), ttl=3600.0)
    node = compiled(weighted(1, 1, 1, sticky=fields))

    assert len(set(drawn(node, 20, [user("ann")] * 20, now=lambda: 0.0))) == 1


def test_null_and_missing_fields_of_a_session_are_the_same_to_nobody():
    sticky = Sticky(fields=(("metadata", "user"), ("metadata", "x")), ttl=10.0)

    assert sticky.key(user("ann"), 0.0) == sticky.key(user("ann"), 0.0)
    assert sticky.key(user("ann", x=1), 0.0) != sticky.key(user("ann"), 0.0)
