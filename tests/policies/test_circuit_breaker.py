import asyncio
from functools import partial

import anyio
import pytest

from router.core.http import HttpResponse, TransportError
from router.core.outcome import Kind, Success
from router.core.ports import StoreError
from router.core.shared import Shared
from router.policies.breaker_state import BreakerRules, BreakerState, Verdict
from router.testing import MemoryStore, Scripted, simulate
from tests.toys import (
    EPOCH,
    REFUSAL,
    Keys,
    Providers,
    Toy,
    ask,
    balance,
    breaker,
    compiled,
    conditional,
    fallback,
    retry,
    run,
    single,
    target,
)

PICKY = {"a": Toy("a", unknown_names=frozenset({"model"}))}


class Broken:
    """A sender with a fault of its own."""

    async def send(self, request):
        raise OSError("no file handles")

    async def aclose(self):
        pass


NOTHING = HttpResponse(status=200, body=b'{"created": 1, "data": []}')


def kinds_of(node, waits, *steps, **changes):
    """Ask once after each wait, sharing one store; return the kinds and how much was sent."""

    async def main():
        store = changes.pop("store", None) or MemoryStore()
        sender = Scripted(*steps)
        found = []
        for wait in waits:
            await anyio.sleep(wait)
            found.append((await ask(node, sender, store=store, **changes)).outcome)
        kinds = [getattr(outcome, "kind", None) for outcome in found]
        return [k.value if k else "ok" for k in kinds], len(sender.requests)

    return simulate(main)


def leaf(threshold=3, **more):
    return compiled(target(breaker=breaker(threshold, **more)))


def test_it_opens_when_failures_reach_the_threshold():
    kinds, sent = kinds_of(leaf(3), [0] * 5, 500, 500, 500)

    assert kinds == ["server_error"] * 3 + ["circuit_open"] * 2
    assert sent == 3


def test_successes_between_do_not_reset_the_count():
    kinds, _ = kinds_of(leaf(2), [0] * 4, 500, 200, 500)

    assert kinds == ["server_error", "ok", "server_error", "circuit_open"]


def test_failures_older_than_the_window_are_forgotten():
    kinds, _ = kinds_of(leaf(2, window=60.0), [0, 75, 0, 0], 500, 500, 500)

    assert kinds == ["server_error"] * 3 + ["circuit_open"]


def test_failures_within_the_window_are_remembered():
    kinds, _ = kinds_of(leaf(2, window=60.0), [0, 45, 0], 500, 500)

    assert kinds == ["server_error"] * 2 + ["circuit_open"]


def test_it_is_half_open_after_the_cooldown_and_closes_after_a_success():
    kinds, _ = kinds_of(leaf(1, cooldown=30.0), [0, 29, 1, 0], 500, 200, 200)

    assert kinds == ["server_error", "circuit_open", "ok", "ok"]


def test_a_failed_probe_opens_it_again_for_a_whole_cooldown():
    kinds, _ = kinds_of(leaf(3, cooldown=30.0), [0, 0, 0, 30, 29, 1], *[500] * 4, 200)

    assert kinds == ["server_error"] * 4 + ["circuit_open", "ok"]


def test_after_closing_the_count_begins_anew():
    kinds, _ = kinds_of(leaf(2, cooldown=1.0), [0, 0, 2, 0, 0], 500, 500, 200, 500, 200)

    assert kinds == ["server_error", "server_error", "ok", "server_error", "ok"]


def test_a_half_open_breaker_lets_a_single_probe_through():
    node = leaf(1, cooldown=30.0)

    async def main():
        store, sender = MemoryStore(), Scripted(500, (5.0, 200))
        await ask(node, sender, store=store)
        await anyio.sleep(31)
        runs = await asyncio.gather(*(ask(node, sender, store=store) for _ in range(4)))
        return [r.status for r in runs], len(sender.requests)

    assert simulate(main) == ([200, 503, 503, 503], 2)


def test_a_cancelled_probe_is_given_back():
    node = leaf(1, cooldown=30.0)

    async def main():
        store, sender = MemoryStore(), Scripted(500, (50.0, 200), 200)
        await ask(node, sender, store=store)
        await anyio.sleep(31)
        probe = asyncio.ensure_future(ask(node, sender, store=store))
        await anyio.sleep(1)
        probe.cancel()
        await asyncio.wait({probe})
        return (await ask(node, sender, store=store)).status

    assert simulate(main) == 200


def test_a_probe_that_never_reached_the_provider_is_given_back():
    node = leaf(1, cooldown=30.0)

    async def main():
        store, sender = MemoryStore(), Scripted(500, 200)
        await ask(node, sender, store=store)
        await anyio.sleep(31)
        keyless = await ask(node, sender, store=store, vault=Keys())
        return keyless.status, (await ask(node, sender, store=store)).status

    assert simulate(main) == (401, 200)


def test_a_cancelled_call_through_a_closed_breaker_counts_for_nothing():
    node = leaf(1)

    async def main():
        store, sender = MemoryStore(), Scripted((50.0, 200), 200)
        call = asyncio.ensure_future(ask(node, sender, store=store))
        await anyio.sleep(1)
        call.cancel()
        await asyncio.wait({call})
        return (await ask(node, sender, store=store)).status

    assert simulate(main) == 200


def test_a_percentage_opens_it_only_after_the_minimum_of_requests():
    node = leaf(None, percentage=50.0, minimum_requests=4)

    kinds, _ = kinds_of(node, [0] * 6, 500, 500, 500, 500)

    assert kinds == ["server_error"] * 4 + ["circuit_open"] * 2


def test_a_percentage_counts_successes_too():
    node = leaf(None, percentage=50.0, minimum_requests=4)

    kinds, _ = kinds_of(node, [0] * 8, 200, 200, 200, 500, 500, 500, 200)

    assert kinds == ["ok"] * 3 + ["server_error"] * 3 + ["circuit_open"] * 2


@pytest.mark.parametrize(
    "reply", [400, 401, 402, 404, 429, REFUSAL], ids=[400, 401, 402, 404, 429, "refusal"]
)
def test_what_is_the_callers_or_the_accounts_fault_does_not_count(reply):
    kinds, sent = kinds_of(leaf(1), [0] * 3, reply, reply, 200)

    assert sent == 3
    assert kinds[-1] == "ok"


def test_a_refusal_does_not_count_even_if_its_status_is_listed():
    _, sent = kinds_of(leaf(1, codes=frozenset({400})), [0] * 2, REFUSAL, REFUSAL)

    assert sent == 2


@pytest.mark.parametrize("status", [400, 401, 429])
def test_a_listed_status_counts(status):
    kinds, _ = kinds_of(leaf(1, codes=frozenset({status})), [0] * 2, status)

    assert kinds[-1] == "circuit_open"


def test_a_status_that_is_not_listed_does_not_count():
    _, sent = kinds_of(leaf(1, codes=frozenset({500})), [0] * 2, 503, 503)

    assert sent == 2


@pytest.mark.parametrize(
    "reply",
    [
        (99.0, 200),
        TransportError("refused", sent=False),
        TransportError("lost", sent=True),
        NOTHING,
        HttpResponse(status=200, body=b"<html>"),
    ],
    ids=["timeout", "connection", "lost", "empty", "invalid"],
)
def test_a_broken_exchange_counts_whatever_codes_are_listed(reply):
    node = compiled(target(timeout=5.0, breaker=breaker(1, codes=frozenset({429}))))

    assert kinds_of(node, [0, 0], reply)[0][-1] == "circuit_open"


def test_what_was_decided_here_does_not_count():
    kinds, _ = kinds_of(leaf(1), [0] * 3, vault=Keys())

    assert kinds == ["auth"] * 3


def test_a_lone_target_fails_with_the_time_after_which_it_may_be_better():
    async def main():
        store, sender = MemoryStore(), Scripted(500)
        await ask(leaf(1, cooldown=12.0), sender, store=store)
        return (await ask(leaf(1, cooldown=12.0), sender, store=store)).outcome

    failure = simulate(main)
    assert (failure.status, failure.retry_after, failure.billed) == (503, 12.0, False)
    assert failure.kind is Kind.CIRCUIT_OPEN


def test_opening_is_a_decision_in_the_trace():
    trace = run(leaf(1), 500).trace

    assert [(d.by, d.reason) for d in trace.decisions] == [
        ("circuit_breaker", "opened: 500 server_error")
    ]


class DeadStore:
    """A store that nobody can reach; `after` calls it is dead."""

    def __init__(self, after=0):
        self._left = after
        self._store = MemoryStore()

    async def _pass(self):
        self._left -= 1
        if self._left < 0:
            raise StoreError("the store is gone")

    async def get(self, key):
        await self._pass()
        return await self._store.get(key)

    async def set(self, key, value, ttl):
        await self._pass()
        await self._store.set(key, value, ttl)

    async def increment(self, key, ttl):
        await self._pass()
        return await self._store.increment(key, ttl)

    async def delete(self, key):
        await self._pass()
        await self._store.delete(key)


@pytest.mark.parametrize("after", range(12))
def test_a_dead_store_costs_no_request(after):
    kinds, sent = kinds_of(
        leaf(2, percentage=50.0), [0, 0, 0], 500, 200, 200, store=DeadStore(after)
    )

    assert (kinds, sent) == (["server_error", "ok", "ok"], 3)


def test_a_store_that_dies_while_a_probe_is_cancelled_costs_no_request():
    node = leaf(1, cooldown=5.0)

    async def main():
        store, sender = DeadStore(after=99), Scripted(500, (50.0, 200), 200)
        await ask(node, sender, store=store)
        await anyio.sleep(6)
        store._left = 3
        probe = asyncio.ensure_future(ask(node, sender, store=store))
        await anyio.sleep(1)
        probe.cancel()
        await asyncio.wait({probe})
        return probe.cancelled(), (await ask(node, sender, store=store)).status

    assert simulate(main) == (True, 200)


def two(**more):
    return [target("a", breaker=breaker(1), **more), target("b", breaker=breaker(1), **more)]


def asked_after_all_have_opened(route, times=1):
    """Open every breaker by failing once, then ask again; return status and who was asked."""
    node = compiled(route)

    async def main():
        store = MemoryStore()
        broken = Providers(a=Scripted(500, repeat=True), b=Scripted(500, repeat=True))
        for _ in range(4):
            await ask(node, broken, store=store)
        sound = Providers(a=Scripted(200, repeat=True), b=Scripted(200, repeat=True))
        runs = [await ask(node, sound, store=store) for _ in range(times)]
        return runs[0].status, sound.asked, runs[0].trace.decisions

    return simulate(main)


@pytest.mark.parametrize(
    "route",
    [
        fallback(*two()),
        balance(*two(), failover=True),
        balance(*two()),
        single(fallback(*two())),
        conditional(fallback(*two()), target("b"), queries=[{"params.n": 7}], default=0),
        fallback(fallback(target("a", breaker=breaker(1))), target("b", breaker=breaker(1))),
        fallback(balance(*two(), failover=True)),
    ],
    ids=["fallback", "failover", "balance", "single", "conditional", "nested", "lone group"],
)
def test_a_group_whose_breakers_are_all_open_is_asked_all_the_same(route):
    status, asked, decisions = asked_after_all_have_opened(route)

    assert (status, len(asked)) == (200, 1)
    assert "every breaker is open" in [d.reason for d in decisions]


@pytest.mark.parametrize(
    "route",
    [
        target("a", breaker=breaker(1)),
        single(target("a", breaker=breaker(1))),
        fallback(target("a", breaker=breaker(1))),
        balance(target("a", breaker=breaker(1)), target("b", weight=0)),
        conditional(*two(), queries=[{"params.n": 7}, {"params.n": 8}], default=0),
    ],
    ids=["alone", "single", "fallback", "balance", "conditional"],
)
def test_a_lone_target_with_an_open_breaker_is_left_alone(route):
    status, asked, _ = asked_after_all_have_opened(route)

    assert (status, asked) == (503, [])


def test_a_group_below_another_moves_on_rather_than_past_its_open_breakers():
    node = compiled(fallback(fallback(*two()), target("c")))

    async def main():
        store = MemoryStore()
        broken = Scripted(500, repeat=True)
        sender = Providers(a=broken, b=broken, c=Scripted(200, repeat=True))
        await ask(node, sender, store=store)
        return (await ask(node, sender, store=store)).asked

    assert simulate(main) == ["c"]


@pytest.mark.parametrize("order", [0, 1])
def test_an_unsupported_target_beside_open_breakers_does_not_hide_them(order):
    picky = target("a", on_unsupported="skip")
    weak = target("b", breaker=breaker(1))
    node = compiled(fallback(*(picky, weak) if order else (weak, picky)), adapters=PICKY)

    async def main():
        store = MemoryStore()
        sender = Providers(b=Scripted(500, 200))
        await ask(node, sender, store=store)
        return (await ask(node, sender, store=store)).asked

    assert simulate(main) == ["b"]


def test_the_retries_of_a_group_with_open_breakers_are_not_doubled():
    """An opened breaker during retries once counted as nobody asked, and all was asked again."""
    node = compiled(fallback(*two(retry=retry(2))))
    broken = Scripted(500, repeat=True)

    result = run(node, sender=Providers(a=broken, b=broken))

    assert result.asked == ["a", "b"]
    assert result.outcome.kind is Kind.SERVER_ERROR


def test_two_targets_of_one_account_share_a_breaker():
    weak = {"breaker": breaker(1)}
    node = compiled(fallback(target("a", **weak), target("a", **weak), target("b")))

    result = run(node, sender=Providers(a=Scripted(500), b=Scripted(200)))

    assert result.asked == ["a", "b"]


def test_two_models_of_one_account_have_breakers_of_their_own():
    def model(name):
        return target("a", breaker=breaker(1), override_params={"model": name})

    node = compiled(fallback(model("one"), model("two")))

    assert run(node, 500, 200).statuses == [500, 200]


def test_configs_of_different_scope_have_breakers_of_their_own():
    route = target("a", breaker=breaker(1))

    async def main():
        store, sender = MemoryStore(), Scripted(500, 200)
        await ask(compiled(route, scope="one"), sender, store=store)
        return (await ask(compiled(route, scope="two"), sender, store=store)).status

    assert simulate(main) == 200


def test_a_failure_counts_at_the_time_it_ended():
    async def main():
        node = leaf(2, window=60.0)
        sender = Scripted((95, 500), (100, 500))
        shared, store = Shared(), MemoryStore()
        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(partial(ask, node, sender, shared=shared, store=store))
        return (await ask(node, sender, shared=shared, store=store)).outcome.kind

    assert simulate(main) is Kind.CIRCUIT_OPEN


def test_a_sender_that_breaks_gives_the_probe_back():
    async def main():
        node, store = leaf(1, cooldown=10.0), MemoryStore()
        await ask(node, Scripted(500), store=store)
        await anyio.sleep(11)
        with pytest.raises(OSError, match="no file handles"):
            await ask(node, Broken(), store=store)
        return (await ask(node, Scripted(200), store=store)).outcome

    assert isinstance(simulate(main), Success)


def test_a_probe_that_died_is_not_waited_for_for_ever():
    async def main():
        rules = BreakerRules(threshold=1, cooldown=10.0)
        state = BreakerState(key="k", rules=rules, store=MemoryStore(), now=lambda: EPOCH)
        await state.failed(Verdict.CLOSED)
        await anyio.sleep(11)
        first = await state.ask()  # and this process dies
        await anyio.sleep(700)
        return first, await state.ask()

    assert simulate(main) == (Verdict.PROBE, Verdict.PROBE)
