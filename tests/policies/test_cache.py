import asyncio
import json
from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config.model import CacheSettings
from router.core.budget import Budget
from router.core.context import CacheWish
from router.core.files import held
from router.core.http import HttpResponse, TransportError
from router.core.outcome import Failure, Kind
from router.core.ports import StoreError
from router.core.shared import Shared
from router.core.trace import Trace
from router.policies.budget import WithinBudget
from router.testing import MemoryStore, Scripted, picture_answer, simulate
from tests.toys import (
    CAT,
    Toy,
    again,
    ask,
    budget,
    compiled,
    context,
    fallback,
    retry,
    run,
    status,
    target,
)

KEPT = CacheSettings()
DOG = CAT.with_params({"prompt": "a dog", "model": "gpt-image-2"})
LINK = HttpResponse(
    status=200, body=b'{"created": 1, "data": [{"url": "https://cdn.test/cat.png"}]}'
)
DATA_URL = HttpResponse(
    status=200, body=b'{"created": 1, "data": [{"url": "data:image/png;base64,AAAA"}]}'
)


def leaf(max_age=604_800.0, **more):
    return compiled(target(cache=CacheSettings(max_age=max_age), **more))


def sent(node, *requests, waits=0.0, steps=(), **changes):
    """Ask one request after the other on one router; return how many were sent."""

    async def main():
        sender = Scripted(*(steps or (200,)), repeat=True)
        ctx = context(sender, **changes)
        for request in requests:
            mine = again(ctx, **(request if isinstance(request, dict) else {}))
            await node.execute(CAT if isinstance(request, dict) else request, mine)
            await anyio.sleep(waits)
        return len(sender.requests)

    return simulate(main)


# What is kept


def test_the_same_request_is_answered_from_the_cache():
    async def main():
        ctx = context(Scripted((5.0, picture_answer(2))))
        first = await leaf().execute(CAT, ctx)
        later = again(ctx)
        second = await leaf().execute(CAT, later)
        return first, second, later

    first, second, later = simulate(main)
    assert [bytes(p.b64) for p in first.pictures.data] == [
        bytes(p.b64) for p in second.pictures.data
    ]
    assert second.pictures.raw == first.pictures.raw
    assert later.trace.attempts == ()
    assert [(d.by, d.chosen) for d in later.trace.decisions] == [("cache", "hit")]


def test_an_answer_is_kept_for_its_age_and_no_longer():
    assert sent(leaf(max_age=100.0), CAT, CAT, CAT, waits=49.9) == 1
    assert sent(leaf(max_age=100.0), CAT, CAT, CAT, waits=50.0) == 2


def test_an_answer_is_kept_for_a_week_unless_told():
    assert sent(leaf(), CAT, CAT, waits=604_799.0) == 1
    assert sent(leaf(), CAT, CAT, waits=604_800.0) == 2


def test_an_answer_of_links_is_kept_no_longer_than_they_live():
    assert sent(leaf(), CAT, CAT, waits=2999.0, steps=[LINK]) == 1
    assert sent(leaf(), CAT, CAT, waits=3000.0, steps=[LINK]) == 2


def test_an_answer_of_links_is_kept_no_longer_than_its_age():
    assert sent(leaf(max_age=60.0), CAT, CAT, waits=61.0, steps=[LINK]) == 2


def test_a_picture_in_its_own_url_does_not_die():
    assert sent(leaf(), CAT, CAT, waits=9000.0, steps=[DATA_URL]) == 1


@pytest.mark.parametrize("reply", [500, 400, TransportError("lost", sent=True)], ids=str)
def test_a_failure_is_not_kept(reply):
    assert sent(leaf(), CAT, CAT, steps=[reply]) == 2


def test_the_parts_of_a_split_answer_are_kept_as_one():
    node = compiled(target(cache=KEPT), adapters={"a": Toy("a", most=1)})
    request = CAT.with_params({**CAT.params, "n": 3})

    async def main():
        ctx = context(Scripted(200, repeat=True))
        outcomes = [await node.execute(request, again(ctx)) for _ in range(2)]
        return [[bytes(p.b64) for p in o.pictures.data] for o in outcomes], ctx.sender.requests

    (first, second), requests = simulate(main)
    assert first == second
    assert len(requests) == 3


# What is the same request


@pytest.mark.parametrize(
    "other",
    [
        DOG,
        replace(CAT, provider="openai"),
        replace(CAT, operation="edit"),
        replace(CAT, metadata={"user": "ann"}),
        replace(CAT, headers={"x-beta": "1"}),
        CAT.with_params({**CAT.params, "n": 1}),
    ],
    ids=["params", "provider", "operation", "metadata", "headers", "n"],
)
def test_a_request_that_differs_is_another(other):
    assert sent(leaf(), CAT, other, other) == 2


EDIT = replace(CAT, operation="edit", files={"image": (held(b"one", "a.png"),)})


@pytest.mark.parametrize(
    "other",
    [
        CAT,
        replace(EDIT, operation="variation"),
        replace(EDIT, files={"image": (held(b"two", "a.png"),)}),
        replace(EDIT, files={"mask": EDIT.images}),
        replace(EDIT, files={**EDIT.files, "mask": (held(b"two", "m.png"),)}),
        replace(EDIT, files={"image": (*EDIT.images, held(b"two", "b.png"))}),
    ],
    ids=["no file", "variation", "content", "field", "mask", "more files"],
)
def test_an_edit_of_other_files_is_another_request(other):
    assert sent(leaf(), EDIT, other) == 2


def test_an_edit_of_equal_files_is_the_same_request_whatever_they_are_called():
    same = replace(EDIT, files={"image": (held(b"one", "b.png"),)})

    assert sent(leaf(), EDIT, same) == 1


@pytest.mark.parametrize(("forwards", "calls"), [(("X-User",), 2), ((), 1)])
def test_only_an_incoming_header_that_is_forwarded_makes_a_difference(forwards, calls):
    node = compiled(fallback(target("a", forward_headers=forwards), cache=KEPT))
    requests = [replace(CAT, incoming={"x-user": name, "x-trace": name}) for name in "ab"]

    assert sent(node, *requests) == calls


def test_the_order_of_parameters_makes_no_difference():
    assert sent(leaf(), CAT, CAT.with_params(dict(reversed(CAT.params.items())))) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), VALUES, max_size=3), st.dictionaries(st.text(), VALUES))
def test_two_requests_share_an_answer_if_and_only_if_they_are_equal_as_json(one, other):
    node = leaf()
    keys = [node._key(replace(CAT, params=params), simulate(_context)) for params in (one, other)]

    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (keys[0] == keys[1]) is same


async def _context():
    return context(Scripted())


@pytest.mark.parametrize(
    ("wishes", "calls"),
    [
        ([{}, {"namespace": "x"}, {"namespace": "x"}], 2),
        ([{"namespace": "x"}, {"namespace": "y"}], 2),
        ([{"tenant": "x"}, {"tenant": "y"}, {"tenant": "x"}], 2),
    ],
    ids=["a namespace", "two namespaces", "tenants"],
)
def test_namespaces_and_tenants_share_nothing(wishes, calls):
    assert sent(leaf(), *({"cache": CacheWish(**wish)} for wish in wishes)) == calls


def test_a_namespace_takes_the_place_of_the_metadata():
    wish = {"cache": CacheWish(namespace="all")}

    async def main():
        ctx = context(Scripted(200), **wish)
        for user in "ab":
            await leaf().execute(replace(CAT, metadata={"user": user}), again(ctx, **wish))
        return len(ctx.sender.requests)

    assert simulate(main) == 1


def test_a_refresh_asks_again_and_keeps_the_new_answer():
    async def main():
        ctx = context(Scripted(picture_answer(1), picture_answer(2)))
        outcomes = []
        for refresh in (False, True, False):
            mine = again(ctx, cache=CacheWish(refresh=refresh))
            outcomes.append(await leaf().execute(CAT, mine))
        return [len(o.pictures.data) for o in outcomes], [d.chosen for d in mine.trace.decisions]

    assert simulate(main) == ([1, 2, 2], ["hit"])


def test_two_configs_that_could_answer_differently_share_nothing():
    async def main():
        ctx = context(Scripted(200, repeat=True))
        plain, other = leaf(), compiled(target("b", cache=KEPT))
        for node in (plain, other, leaf(override_params={"model": "x"}), plain):
            await node.execute(CAT, again(ctx))
        return len(ctx.sender.requests)

    assert simulate(main) == 3


def test_a_cache_on_a_group_keeps_whichever_child_answered():
    node = compiled(fallback(target("a"), target("b"), cache=KEPT))

    assert sent(node, CAT, CAT, steps=[500, 200]) == 2


# What may go wrong


class Rubbish(MemoryStore):
    """A store that holds something else than was put into it."""

    async def get(self, key):
        return b"{"


class Gone(MemoryStore):
    """A store that cannot be reached."""

    async def get(self, key):
        raise StoreError("gone")

    async def set(self, key, value, ttl):
        raise StoreError("gone")


@pytest.mark.parametrize("store", [Rubbish, Gone])
def test_a_store_that_fails_costs_the_cache_and_no_request(store):
    async def main():
        ctx = context(Scripted(200, 200), store=store())
        return [type(await leaf().execute(CAT, again(ctx))).__name__ for _ in range(2)]

    assert simulate(main) == ["Success", "Success"]


# Shared flights


def together(node, sender, starts, ends=None, **changes):
    """Ask the same at the given moments; cancel at `ends`. Return what each came to."""

    async def main():
        shared, store = Shared(), MemoryStore()

        async def caller(number, start):
            await anyio.sleep(start)
            return await ask(
                node, sender, shared=shared, store=store, trace=Trace(f"t{number}"), **changes
            )

        tasks = [asyncio.ensure_future(caller(i, start)) for i, start in enumerate(starts)]
        for number, end in sorted((ends or {}).items(), key=lambda item: item[1]):
            await anyio.sleep(end - asyncio.get_running_loop().time())
            tasks[number].cancel()
        await asyncio.wait(tasks)
        assert not shared.flights
        assert not shared.tasks
        return [None if task.cancelled() else task.result() for task in tasks]

    return simulate(main)


def test_identical_requests_under_way_are_one_call():
    sender = Scripted((10, 200))

    runs = together(leaf(), sender, [0, 0, 3, 9.9])

    assert [r.status for r in runs] == [200] * 4
    assert [r.took for r in runs] == pytest.approx([10, 10, 7, 0.1])
    assert len(sender.requests) == 1


def test_a_follower_has_no_attempt_and_names_the_flight():
    leader, follower = together(leaf(), Scripted((10, 200)), [0, 1])

    assert (len(leader.attempts), follower.attempts) == (1, ())
    (_, joined) = follower.trace.decisions
    assert (joined.chosen, joined.reason) == (
        "joined",
        "the same request is under way in trace t0",
    )


def test_different_requests_fly_apart():
    async def main():
        ctx = context(Scripted((10, 200), (10, 200)))
        await asyncio.gather(*(leaf().execute(r, again(ctx)) for r in (CAT, DOG)))
        return len(ctx.sender.requests), ctx.time()

    assert simulate(main) == (2, 10)


@pytest.mark.parametrize("reply", [500, TransportError("lost", sent=True)], ids=["500", "lost"])
def test_a_failure_is_shared(reply):
    sender = Scripted((10, reply))

    runs = together(leaf(), sender, [0, 1, 2])

    assert len({r.outcome.kind for r in runs}) == 1
    assert isinstance(runs[2].outcome, Failure)
    assert len(sender.requests) == 1


def test_the_call_goes_on_for_the_others_when_its_first_caller_leaves():
    sender = Scripted((10, 200))

    leader, follower = together(leaf(), sender, [0, 1], ends={0: 5})

    assert leader is None
    assert (follower.status, follower.took, len(sender.requests)) == (200, 9, 1)


def test_an_answer_is_kept_even_when_its_first_caller_has_left():
    sender = Scripted((10, 200))

    runs = together(leaf(), sender, [0, 1, 20], ends={0: 5})

    assert (runs[2].status, runs[2].took, len(sender.requests)) == (200, 0, 1)


def test_the_call_is_cancelled_when_the_last_who_waits_leaves():
    sender = Scripted((10, 200), 200)
    trace = Trace("all")

    async def main():
        ctx = context(sender, trace=trace)
        tasks = [asyncio.ensure_future(leaf().execute(CAT, ctx)) for _ in range(3)]
        for task in tasks:
            await anyio.sleep(1)
            task.cancel()
        await asyncio.wait(tasks)
        return [a.status for a in trace.attempts], trace.attempts[0].duration

    assert simulate(main) == ([499], 3)


class Reluctant(Scripted):
    """A sender that takes three seconds to notice a cancellation."""

    async def send(self, request):
        try:
            return await super().send(request)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(3)
            raise


def test_who_comes_while_a_flight_is_cancelled_starts_another():
    runs = together(leaf(), Reluctant((10, 200), (10, 200)), [0, 6], ends={0: 5})

    assert (runs[1].status, runs[1].took) == (200, 10)


def test_a_caller_leaves_when_its_flight_has_recorded_that_it_was_cancelled():
    trace = Trace("t")

    async def main():
        ctx = context(Reluctant((10, 200)), trace=trace)
        task = asyncio.ensure_future(leaf().execute(CAT, ctx))
        await anyio.sleep(5)
        task.cancel()
        await asyncio.wait({task})
        return ctx.time(), [a.status for a in trace.attempts]

    assert simulate(main) == (8, [499])


@pytest.mark.parametrize("seconds", [3, 30])
def test_each_waiter_keeps_its_own_deadline(seconds):
    node = leaf()
    hasty = WithinBudget(path="request", child=node, deadline=seconds)
    sender = Scripted((10, 200))

    async def main():
        ctx = context(sender)
        slow = asyncio.ensure_future(node.execute(CAT, again(ctx)))
        await anyio.lowlevel.checkpoint()
        outcome = await hasty.execute(CAT, again(ctx))
        return getattr(outcome, "kind", None), status(await slow), ctx.time()

    kind = Kind.OUT_OF_BUDGET if seconds == 3 else None
    assert simulate(main) == (kind, 200, 10)


def test_the_first_callers_spent_budget_is_nobody_elses():
    node, sender = leaf(retry=retry(3)), Scripted((5, 500), (5, 500), (5, 200))

    async def main():
        ctx = context(sender)
        poor = again(ctx, budget=Budget(1))
        first = asyncio.ensure_future(node.execute(CAT, poor))
        await anyio.sleep(1)
        second = asyncio.ensure_future(node.execute(CAT, again(ctx)))
        return (await first).kind, status(await second)

    assert simulate(main) == (Kind.OUT_OF_BUDGET, 200)


def test_a_flight_that_was_ended_from_outside_is_a_cancellation():
    async def main():
        ctx = context(Scripted((10, 200)))
        task = asyncio.ensure_future(leaf().execute(CAT, ctx))
        await anyio.sleep(1)
        for flight in tuple(ctx.shared.tasks):
            flight.cancel()
        return (await task).kind

    assert simulate(main) == Kind.CANCELLED


def test_a_bug_in_a_flight_reaches_who_waits_for_it():
    with pytest.raises(AssertionError, match="request 1"):
        run(leaf())


def test_a_bug_in_a_flight_that_everybody_left_is_nobodys(caplog):
    class Buggy(Scripted):
        async def send(self, request):
            try:
                await anyio.sleep(10)
            finally:
                raise ZeroDivisionError

    async def main():
        task = asyncio.ensure_future(leaf().execute(CAT, context(Buggy())))
        await anyio.sleep(1)
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled()

    assert simulate(main)
    assert caplog.text == ""


def test_a_deadline_inside_a_flight_ends_it():
    node = compiled(
        fallback(target("a", budget=budget(deadline=5)), target("b"), cache=KEPT),
    )

    result = run(node, (10, 200))

    assert (result.outcome.kind, result.took) == (Kind.OUT_OF_BUDGET, 5)


def test_who_wants_nothing_kept_is_neither_answered_from_the_cache_nor_kept():
    private = {"cache": CacheWish(is_off=True)}

    assert sent(leaf(), CAT, private, private) == 3
    assert sent(leaf(), private, CAT, CAT) == 2


def test_whose_trace_a_call_belongs_to_makes_it_no_other_request():
    traced = [
        replace(CAT, headers={"traceparent": f"00-{'a' * 32}-{n}{'b' * 15}-01"}) for n in "12"
    ]

    assert sent(leaf(), *traced) == 1
