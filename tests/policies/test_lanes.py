"""Lanes: what a router remembers of accounts whose calls are limited."""

import asyncio

import anyio
import pytest

from router.config.model import LimitSettings
from router.core.shared import Shared
from router.testing import Scripted, simulate
from tests.toys import ask, compiled, target

ACCOUNTS = 300


def limited(account, **limit):
    """One target, whose account is named by its host."""
    return compiled(target(limit=LimitSettings(**limit), base_url=f"https://a.test:{account}"))


def lanes_after(times, **limit):
    """Ask at many accounts, one after the other; return the most lanes that there ever were."""

    async def main():
        shared, sender, most = Shared(), Scripted(200, repeat=True), 0
        for account, wait in enumerate(times):
            await anyio.sleep(wait)
            await ask(limited(account + 1, **limit), sender, shared=shared)
            most = max(most, len(shared.lanes))
        return most

    return simulate(main)


def test_accounts_that_are_asked_no_more_are_forgotten():
    assert lanes_after([0] * ACCOUNTS, concurrency=2) <= 2


def test_an_accounts_minute_is_remembered_until_it_is_over():
    assert lanes_after([0] * ACCOUNTS, per_minute=2) == ACCOUNTS
    assert lanes_after([60.0] * ACCOUNTS, per_minute=2) <= 2
    assert lanes_after([6.0] * ACCOUNTS, per_minute=2) <= 2 * 10 + 1


@pytest.mark.parametrize("limit", [{"concurrency": 1}, {"concurrency": 1, "per_minute": 9}])
def test_an_account_under_way_is_not_forgotten(limit):
    async def main():
        shared, sender = Shared(), Scripted((300, 200), repeat=True)
        mine = limited(9999, **limit)
        calls = [asyncio.ensure_future(ask(mine, sender, shared=shared)) for _ in range(2)]
        await anyio.sleep(100)
        for account in range(10):
            await ask(limited(account + 1, **limit), Scripted(200), shared=shared)
        calls.append(asyncio.ensure_future(ask(mine, sender, shared=shared)))
        await asyncio.wait(calls)
        return sender.times

    assert simulate(main) == [0, 300, 600]


def test_a_call_that_waits_for_its_minute_holds_its_lane():
    async def main():
        shared, sender = Shared(), Scripted(200, repeat=True)
        mine = limited(9999, per_minute=1)
        calls = [asyncio.ensure_future(ask(mine, sender, shared=shared)) for _ in range(3)]
        for account in range(10):
            await anyio.sleep(10)
            await ask(limited(account + 1, per_minute=1), Scripted(200), shared=shared)
        calls.append(asyncio.ensure_future(ask(mine, sender, shared=shared)))
        await asyncio.wait(calls)
        return sender.times

    assert simulate(main) == [0, 60, 120, 180]


def test_those_that_are_in_use_keep_none_of_the_others():
    async def main():
        shared, slow = Shared(), Scripted((5000, 200), repeat=True)
        calls = [
            asyncio.ensure_future(ask(limited(n + 5000, concurrency=1), slow, shared=shared))
            for n in range(10)
        ]
        await anyio.sleep(1)
        most = 0
        for account in range(ACCOUNTS):
            await ask(limited(account + 1, concurrency=1), Scripted(200), shared=shared)
            most = max(most, len(shared.lanes))
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        return most

    assert simulate(main) <= 22
