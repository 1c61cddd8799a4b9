"""The engine's promises, over random configs and random providers, in virtual time."""

import asyncio
import copy
import logging
from math import ceil

import anyio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.compiler import digest_of
from router.config.model import FallbackSettings, GroupRoute, LoadBalanceSettings, Single
from router.core.context import Dice
from router.core.outcome import Failure, Kind, Success
from router.testing import simulate
from tests.laws.worlds import (
    ANSWERS,
    BUDGETS,
    FAILURES,
    World,
    enough,
    everything,
    routes,
    worlds,
)
from tests.toys import CAT, REFUSAL, SECRET, again, ask, compiled, context, error, fallback, target

many = settings(max_examples=80)
PICTURES = st.integers(1, 5)
EVERYWHERE = {"budgets": st.none()}  # no budget anywhere, so that none ends a request early


def cats(n):
    return CAT.with_params({**CAT.params, "n": n})


def travel(world, n=1, seed="seed"):
    """Execute one request."""

    async def main():
        return await ask(world.tree, world.sender(), cats(n), dice=Dice(seed))

    return simulate(main)


def journey(world, requests, n=1):
    """Execute some requests one after the other on one router."""

    async def main():
        ctx = context(world.sender())
        runs = []
        for number in range(requests):
            mine = again(ctx, dice=Dice(f"{number}"))
            ctx.sender.asked.clear()
            runs.append((await world.tree.execute(cats(n), mine), mine.trace, [*ctx.sender.asked]))
        return runs

    return simulate(main)


def below(attempts, route):
    """The attempts of a subtree."""
    return [
        a for a in attempts if a.path == route.path or a.path.startswith(f"{route.path}.targets[")
    ]


def most_calls(route, calls):
    """How many calls a placed config allows for one request that takes `calls` calls a target."""
    if isinstance(route, GroupRoute):
        children = [most_calls(child, calls) for child in route.targets]
        bound = _of_group(route, children)
    else:
        retries = route.settings.retry.retries if route.settings.retry else 0
        bound = calls * (retries + 1)
    if route.budget is not None and route.budget.attempts is not None:
        bound = min(bound, route.budget.attempts)
    return bound


def _of_group(route, children):
    match route.strategy:
        case FallbackSettings(codes=codes):
            return max(children) if codes == frozenset() else sum(children)
        case LoadBalanceSettings(failover=failover):
            drawn = [
                calls
                for calls, child in zip(children, route.targets, strict=True)
                if child.weight > 0
            ]
            return sum(drawn) if failover else max(drawn)
        case Single():
            return children[0]
    return max(children)


# What is asked


@many
@given(worlds(ANSWERS, **EVERYWHERE), st.integers(0, 9))
def test_a_healthy_provider_is_asked_exactly_once(world, seed):
    for leaf in everything(world.placed):
        if getattr(leaf, "settings", None) and leaf.settings.timeout:
            return  # an answer may take longer than that

    result = travel(world, seed=str(seed))

    assert result.statuses == [200]
    assert len(result.sender.asked) == 1


@many
@given(worlds(FAILURES), PICTURES)
def test_a_broken_provider_is_asked_no_more_often_than_the_config_allows(world, n):
    calls = ceil(n / world.most)

    for _, _, asked in journey(world, 3, n):
        assert len(asked) <= most_calls(world.placed, calls)
        for leaf in everything(world.placed):
            if not isinstance(leaf, GroupRoute):
                assert asked.count(leaf.provider) <= most_calls(leaf, calls)


@many
@given(worlds(), PICTURES)
def test_providers_of_any_behaviour_are_asked_no_more_often_than_the_config_allows(world, n):
    for _, _, asked in journey(world, 3, n):
        assert len(asked) <= most_calls(world.placed, ceil(n / world.most))


@many
@given(worlds(st.just(REFUSAL), **EVERYWHERE), PICTURES)
def test_a_refused_request_goes_to_one_provider_and_ends_there(world, n):
    result = travel(world, n)

    assert result.outcome.kind is Kind.REFUSED
    assert len(set(result.sender.asked)) == 1
    assert len(result.sender.asked) == ceil(n / world.most)


@many
@given(worlds(), PICTURES)
def test_no_other_provider_is_asked_after_a_refusal(world, n):
    for _, trace, _ in journey(world, 3, n):
        for refused in trace.attempts:
            if refused.kind is Kind.REFUSED:
                end = refused.started + refused.duration
                later = [a for a in trace.attempts if a.started > end]
                assert {a.provider for a in later} <= {refused.provider}


@many
@given(st.lists(st.just(REFUSAL), min_size=1, max_size=4))
def test_a_refusal_reaches_every_provider_where_told(refusals):
    names = [f"p{number}" for number in range(len(refusals))]
    route = fallback(*(target(name) for name in names), refusals=True)

    result = travel(World(route=route, scripts={name: [REFUSAL] for name in names}, most=1))

    assert result.sender.asked == names


# Budgets


@many
@given(worlds(budgets=BUDGETS), PICTURES)
def test_a_budget_is_never_exceeded(world, n):
    for _, trace, _ in journey(world, 3, n):
        for route in everything(world.placed):
            mine = below(trace.attempts, route)
            if route.budget.attempts is not None:
                assert len(mine) <= route.budget.attempts
            if route.budget.deadline is not None and mine:
                began = min(a.started - a.waited for a in mine)
                ended = max(a.started + a.duration for a in mine)
                assert ended - began <= route.budget.deadline + 1e-6


@many
@given(worlds(budgets=BUDGETS), PICTURES)
def test_a_request_ends_by_its_deadline(world, n):
    result = travel(world, n)

    if world.route.budget.deadline is not None:
        assert result.took <= world.route.budget.deadline


@many
@given(worlds(budgets=BUDGETS), PICTURES)
def test_a_spent_budget_has_the_status_of_a_real_failure_or_402_or_408(world, n):
    result = travel(world, n)

    if isinstance(result.outcome, Failure) and result.outcome.kind is Kind.OUT_OF_BUDGET:
        real = {a.status for a in result.attempts if a.kind not in {None, Kind.CANCELLED}}
        assert result.status in real | ({402, 408} if not real else set())


# What is told


@many
@given(worlds(), PICTURES)
def test_every_call_is_an_attempt_in_the_trace_and_every_attempt_has_ended(world, n):
    for _, trace, asked in journey(world, 2, n):
        assert sorted(a.provider for a in trace.attempts) == sorted(asked)
        assert all(a.status for a in trace.attempts)
        assert all((a.kind is None) == (a.status == 200) for a in trace.attempts)


@many
@given(worlds(), PICTURES)
def test_a_success_has_the_pictures_that_were_asked_for(world, n):
    for outcome, trace, _ in journey(world, 2, n):
        if isinstance(outcome, Success):
            assert len(outcome.pictures.data) == n
            assert trace.served is not None
        else:
            assert outcome.kind is not Kind.CANCELLED


@many
@given(worlds())
def test_the_waits_reported_are_the_waits_made(world):
    result = travel(world)

    for earlier, later in zip(result.attempts, result.attempts[1:], strict=False):
        made = later.started - earlier.started - earlier.duration
        assert made == pytest.approx(later.waited, abs=1e-6)
        assert bool(later.wait_reason) is bool(later.waited)


@many
@given(worlds())
def test_time_passes_only_in_calls_and_reported_waits(world):
    result = travel(world)

    if result.outcome.__class__ is Success:
        spent = sum(a.waited + a.duration for a in result.attempts)
        assert result.took == pytest.approx(spent, abs=1e-6)


PATIENT = st.sampled_from([error(503, retry_after=seconds) for seconds in (5, 20, 40, 90)])


@many
@given(worlds(PATIENT))
def test_a_retry_waits_no_more_than_a_minute_in_all(world):
    result = travel(world)

    for leaf in everything(world.placed):
        waits = [a.waited for a in result.attempts if a.path == leaf.path]
        assert sum(waits) <= 60.0


@many
@given(worlds(), PICTURES)
@example(
    World(route=target("p0"), scripts={"p0": [(3.0, enough)]}, most=1),
    2,
)
def test_no_secret_is_in_any_output(world, n):
    log = logging.getLogger("router")
    lines = Lines()
    log.addHandler(lines)
    log.setLevel(logging.DEBUG)
    try:
        result = travel(world, n)
    finally:
        log.removeHandler(lines)
        log.setLevel(logging.NOTSET)

    trace = result.trace
    shown = [
        result.outcome,
        trace,
        trace.attempts,
        trace.decisions,
        [sender.requests for sender in result.sender.senders.values()],
        world.tree,
        lines.text,
    ]
    assert SECRET not in "\n".join(map(repr, shown))


class Lines(logging.Handler):
    """Keeps what was logged."""

    def __init__(self):
        super().__init__()
        self.text = []

    def emit(self, record):
        self.text.append(self.format(record))


# Repeating and cancelling


@many
@given(routes())
def test_equal_configs_compile_to_equal_trees(route):
    twin = copy.deepcopy(route)

    assert compiled(route) == compiled(twin)
    assert digest_of(route) == digest_of(twin)


@many
@given(routes(), routes())
def test_different_configs_have_different_digests(one, other):
    assert (digest_of(one) == digest_of(other)) is (one == other)


@many
@given(worlds(), PICTURES, st.integers(0, 3))
def test_the_same_seed_and_behaviour_give_the_same_journey(world, n, seed):
    def told():
        result = travel(world, n, seed=str(seed))
        return result.attempts, result.trace.decisions, result.took

    assert told() == told()


@many
@given(worlds(), PICTURES, st.sampled_from([0.0, 0.3, 1.0, 2.7, 12.0, 100.0]))
def test_cancelling_ends_everything_at_once(world, n, seconds):
    async def main():
        ctx = context(world.sender())
        task = asyncio.ensure_future(world.tree.execute(cats(n), ctx))
        await anyio.sleep(seconds)
        task.cancel()
        await asyncio.wait({task})
        at, calls = ctx.time(), len(ctx.sender.asked)
        await anyio.sleep(1000)
        return task.cancelled(), at, calls == len(ctx.sender.asked), ctx.trace.attempts

    cancelled, at, quiet, attempts = simulate(main)
    assert quiet
    assert all(a.status for a in attempts)
    assert not cancelled or at == seconds
