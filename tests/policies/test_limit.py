import asyncio

import anyio
import pytest

from router.config.model import LimitSettings
from router.core.outcome import Kind, Success
from router.core.shared import Shared
from router.testing import MemoryStore, Scripted, simulate
from tests.toys import (
    Keys,
    Providers,
    ask,
    breaker,
    budget,
    compiled,
    error,
    fallback,
    retry,
    run,
    target,
)


def limited(name="a", **more):
    limit = {k: more.pop(k) for k in ("concurrency", "per_minute") if k in more}
    return target(name, limit=LimitSettings(**limit), **more)


def together(node, sender, calls, **changes):
    """Ask `calls` times at once, on one router; return the runs and when each was sent."""

    async def main():
        shared = Shared()
        runs = await asyncio.gather(
            *(ask(node, sender, shared=shared, **changes) for _ in range(calls))
        )
        return runs, getattr(sender, "times", None)

    return simulate(main)


def test_no_more_calls_are_under_way_than_allowed():
    sender = Scripted((10, 200), repeat=True)

    _, times = together(compiled(limited(concurrency=2)), sender, 5)

    assert times == [0, 0, 10, 10, 20]


def test_no_more_calls_begin_within_a_minute_than_allowed():
    sender = Scripted(200, repeat=True)

    _, times = together(compiled(limited(per_minute=2)), sender, 5)

    assert times == [0, 0, 60, 60, 120]


def test_the_minute_counts_from_each_call_rather_than_from_the_clock():
    node, sender = compiled(limited(per_minute=2)), Scripted(200, repeat=True)

    async def main():
        shared = Shared()
        for wait in (0, 40, 0, 0):
            await anyio.sleep(wait)
            await ask(node, sender, shared=shared)
        return sender.times

    assert simulate(main) == [0, 40, 60, 100]


def test_a_minute_that_is_over_leaves_no_wait():
    node, sender = compiled(limited(per_minute=1)), Scripted(200, repeat=True)

    async def main():
        shared = Shared()
        for _ in range(3):
            await ask(node, sender, shared=shared)
            await anyio.sleep(100)
        return sender.times

    assert simulate(main) == [0, 100, 200]


def test_the_wait_is_told_in_the_trace():
    runs, _ = together(compiled(limited(concurrency=1)), Scripted((10, 200), repeat=True), 2)

    (attempt,) = runs[1].attempts
    assert (attempt.waited, attempt.wait_reason) == (10, "limit of this target")


def test_a_wait_for_the_limit_is_told_beside_the_wait_for_a_retry():
    route = limited(per_minute=1, retry=retry(1))

    result = run(compiled(route), error(503, retry_after=7), 200)

    assert result.attempts[1].waited == 60
    assert result.attempts[1].wait_reason == (
        "503 overloaded with Retry-After, then limit of this target"
    )


def test_a_call_that_could_begin_only_after_the_deadline_fails_at_once():
    node = compiled(limited(per_minute=1, budget=budget(deadline=30)))

    runs, times = together(node, Scripted(200), 2)

    failure = runs[1].outcome
    assert (runs[0].status, times) == (200, [0])
    assert (failure.kind, failure.status, failure.local) == (Kind.RATE_LIMITED, 429, True)
    assert (runs[1].took, failure.retry_after) == (0, 60)


def test_whose_minute_is_too_late_is_told_at_once_though_others_wait_for_a_place_before_it():
    node = compiled(limited(concurrency=1, per_minute=2, budget=budget(deadline=100)))

    runs, times = together(node, Scripted((5, 200), repeat=True), 7)

    assert times == [0, 5, 60, 65]
    assert [one.status for one in runs] == [200, 200, 200, 200, 429, 429, 429]
    assert [one.took for one in runs] == [5, 10, 65, 70, 0, 0, 0]
    assert [one.outcome.retry_after for one in runs[4:]] == [120, 120, 120]


def test_a_full_limit_sends_the_request_to_the_next_target():
    node = compiled(fallback(limited("a", per_minute=1), target("b"), budget=budget(deadline=30)))

    runs, _ = together(node, Providers(a=Scripted(200), b=Scripted(200)), 2)

    assert [r.status for r in runs] == [200, 200]
    assert sorted(name for r in runs for name in r.asked) == ["a", "b"]


def test_a_full_limit_opens_no_breaker_and_is_not_repeated():
    route = limited(per_minute=1, breaker=breaker(1), retry=retry(5), budget=budget(deadline=30))

    runs, _ = together(compiled(route), Scripted(200), 3)

    assert [r.outcome.kind for r in runs[1:]] == [Kind.RATE_LIMITED] * 2


def test_nobody_waits_for_a_place_longer_than_ten_minutes():
    node = compiled(limited(concurrency=1, timeout=9000.0))

    runs, _ = together(node, Scripted((5000, 200)), 2)

    assert (runs[1].outcome.kind, runs[1].took) == (Kind.RATE_LIMITED, 600)


def test_a_call_that_is_not_made_after_its_minute_is_over_gives_nothing_back_twice():
    class Slow(Keys):
        async def credentials(self, name):
            await anyio.sleep(90)
            raise LookupError("no key")

    node = compiled(limited(per_minute=1))

    async def main():
        shared, vault = Shared(), Slow()
        first = asyncio.ensure_future(ask(node, Scripted(), shared=shared, vault=vault))
        await anyio.sleep(70)
        second = await ask(node, Scripted(200), shared=shared)
        return (await first).outcome.kind, second.outcome

    kind, second = simulate(main)
    assert kind is Kind.AUTH
    assert isinstance(second, Success)


def test_nobody_waits_for_a_call_that_the_budget_does_not_afford():
    route = fallback(limited(per_minute=1), limited(per_minute=1), budget=budget(attempts=1))

    result = run(compiled(route), 500)

    assert (result.outcome.kind, result.took) == (Kind.OUT_OF_BUDGET, 0)


def test_a_deadline_ends_the_wait_for_a_place():
    node = compiled(limited(concurrency=1, budget=budget(deadline=30)))

    runs, _ = together(node, Scripted((60, 200)), 2)

    assert runs[1].outcome.kind is Kind.RATE_LIMITED
    assert runs[1].took == pytest.approx(30, abs=0.1)


def test_a_cancelled_call_gives_its_place_back():
    node, sender = compiled(limited(concurrency=1)), Scripted((500, 200), 200)

    async def main():
        shared = Shared()
        first = asyncio.ensure_future(ask(node, sender, shared=shared))
        await anyio.sleep(1)
        second = asyncio.ensure_future(ask(node, sender, shared=shared))
        await anyio.sleep(1)
        first.cancel()
        return (await second).took

    assert simulate(main) == 1


def test_a_call_cancelled_while_it_waits_takes_no_place():
    node, sender = compiled(limited(concurrency=1)), Scripted((10, 200), 200)

    async def main():
        shared = Shared()
        calls = [asyncio.ensure_future(ask(node, sender, shared=shared)) for _ in range(3)]
        await anyio.sleep(1)
        calls[1].cancel()
        return (await calls[0]).took, (await calls[2]).took

    assert simulate(main) == (10, 10)


def test_a_call_cancelled_while_it_waits_uses_up_no_minute():
    node, sender = compiled(limited(per_minute=1)), Scripted(200, repeat=True)

    async def main():
        shared = Shared()
        await ask(node, sender, shared=shared)
        waiting = asyncio.ensure_future(ask(node, sender, shared=shared))
        await anyio.sleep(1)
        waiting.cancel()
        await asyncio.wait({waiting})
        await ask(node, sender, shared=shared)
        return sender.times

    assert simulate(main) == [0, 60]


def test_nobody_waits_in_line_for_a_breaker_that_is_open():
    node = compiled(limited(per_minute=1, breaker=breaker(1, cooldown=300.0)))

    async def main():
        shared, store, sender = Shared(), MemoryStore(), Scripted(500)
        runs = [await ask(node, sender, shared=shared, store=store) for _ in range(4)]
        return [(r.outcome.kind, r.took) for r in runs]

    assert simulate(main) == [
        (Kind.SERVER_ERROR, 0),
        (Kind.CIRCUIT_OPEN, 0),
        (Kind.CIRCUIT_OPEN, 0),
        (Kind.CIRCUIT_OPEN, 0),
    ]


@pytest.mark.parametrize("name", ["a", "b"])
def test_targets_of_one_account_share_a_limit_and_others_do_not(name):
    node = compiled(fallback(limited("a", per_minute=1), limited(name, per_minute=1)))

    result = run(node, sender=Scripted(400, 200))

    assert result.took == (60 if name == "a" else 0)


def test_without_a_limit_of_one_sort_only_the_other_holds():
    _, times = together(compiled(limited(concurrency=9)), Scripted((1, 200), repeat=True), 9)

    assert times == [0] * 9
