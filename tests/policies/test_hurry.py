"""Hurry: a caller's own limit, shorter than the config's, is held against nobody else."""

import asyncio

import anyio
import pytest

from router.config.model import CacheSettings
from router.core.outcome import Kind
from router.core.shared import Shared
from router.testing import MemoryStore, Scripted, Streamed, simulate, stream_event
from tests.streaming import leaf as streaming_leaf
from tests.streaming import watched
from tests.toys import (
    CAT,
    Toy,
    ask,
    balance,
    breaker,
    compiled,
    error,
    fallback,
    retry,
    run,
    target,
)

HURRIED = 1.0  # seconds, where the config gives more
NEVER = 10_000.0  # seconds
PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)


def guarded(**more):
    return compiled(target(timeout=10.0, breaker=breaker(2, cooldown=30.0, **more)))


def asked_with(node, limits, *steps, waits=None):
    """Ask one after the other, each with a limit of its own; return how each ended."""

    async def main():
        store, sender = MemoryStore(), Scripted(*steps)
        ended = []
        for limit, wait in zip(limits, waits or [0] * len(limits), strict=True):
            await anyio.sleep(wait)
            outcome = (await ask(node, sender, store=store, attempt_timeout=limit)).outcome
            ended.append(getattr(outcome, "kind", None))
        return ended

    return simulate(main)


def test_callers_in_a_hurry_open_no_breaker():
    ended = asked_with(guarded(), [HURRIED] * 5 + [None], *[(5, 200)] * 6)

    assert ended == [Kind.TIMEOUT] * 5 + [None]


def test_they_are_no_part_of_a_percentage_either():
    node = compiled(
        target(timeout=10.0, breaker=breaker(None, percentage=60.0, minimum_requests=2))
    )

    ended = asked_with(node, [HURRIED] * 5 + [None] * 3, *[(5, 200)] * 5, 500, 500, 200)

    assert ended[5:] == [Kind.SERVER_ERROR, Kind.SERVER_ERROR, Kind.CIRCUIT_OPEN]


@pytest.mark.parametrize("limit", [None, 10.0, 20.0])
def test_a_timeout_in_full_counts_whoever_set_it(limit):
    ended = asked_with(guarded(), [limit] * 3, *[(60, 200)] * 2)

    assert ended == [Kind.TIMEOUT, Kind.TIMEOUT, Kind.CIRCUIT_OPEN]


def test_an_error_that_comes_in_time_counts_whatever_the_hurry():
    ended = asked_with(guarded(), [HURRIED] * 3, 500, 500)

    assert ended == [Kind.SERVER_ERROR, Kind.SERVER_ERROR, Kind.CIRCUIT_OPEN]


def test_a_probe_in_a_hurry_is_given_back_and_closes_nothing():
    limits, waits = [None, None, HURRIED, None, None], [0, 0, 31, 0, 0]

    ended = asked_with(guarded(), limits, 500, 500, (5, 200), 500, waits=waits)

    probes = [Kind.TIMEOUT, Kind.SERVER_ERROR, Kind.CIRCUIT_OPEN]
    assert ended == [Kind.SERVER_ERROR, Kind.SERVER_ERROR, *probes]


@pytest.mark.parametrize(
    ("config", "asked", "cut_short"), [(900.0, 60.0, True), (900.0, 950.0, False), (5, 2, False)]
)
def test_between_pictures_of_a_stream_a_caller_gives_less_only_below_the_configs(
    config, asked, cut_short
):
    result = watched(
        streaming_leaf(timeout=config), Streamed((PARTIAL, NEVER)), attempt_timeout=asked
    )

    assert (result.outcome.kind, result.outcome.cut_short) == (Kind.TIMEOUT, cut_short)


def joined(route, *steps):
    """Let one caller in a hurry ask, and another join who has time; return how each ended."""
    node = compiled(route)

    async def main():
        shared, store, sender = Shared(), MemoryStore(), Scripted(*steps)
        tell = {"shared": shared, "store": store}
        hurried = asyncio.ensure_future(ask(node, sender, attempt_timeout=HURRIED, **tell))
        await anyio.sleep(0.1)
        patient = await ask(node, sender, **tell)
        return (await hurried).status, patient.status

    return simulate(main)


def test_who_joins_a_caller_in_a_hurry_is_not_cut_short_with_it():
    route = target(timeout=10.0, cache=CacheSettings())

    assert joined(route, (5, 200), (5, 200)) == (408, 200)


@pytest.mark.parametrize(
    "route",
    [
        fallback(target("a"), target("b"), cache=CacheSettings()),
        balance(target("a"), target("b"), failover=True, cache=CacheSettings()),
        target(retry=retry(1, codes=frozenset({408})), cache=CacheSettings()),
    ],
    ids=["fallback", "load balance", "retry"],
)
def test_nor_by_what_was_tried_after_that(route):
    assert joined(route, (5, 200), error(400), (5, 200)) == (400, 200)


def test_nor_by_one_of_several_parts():
    node = compiled(target(timeout=10.0), adapters={"a": Toy("a", most=1)})
    request = CAT.with_params({**CAT.params, "n": 2})

    result = run(node, 500, (5, 200), request=request, attempt_timeout=HURRIED)

    assert (result.outcome.kind, result.outcome.cut_short) == (Kind.SERVER_ERROR, True)
