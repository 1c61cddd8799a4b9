"""Accounts: a request that brings its own key shares no breaker and no limit with others."""

import asyncio

import pytest

from router.config.model import LimitSettings
from router.core.context import Account
from router.core.outcome import Kind
from router.core.shared import Shared
from router.testing import MemoryStore, Scripted, simulate
from tests.toys import ask, breaker, compiled, target

ALICE = Account(credential="key", digest="a11ce")
BOB = Account(credential="key", digest="b0b")
ELSEWHERE = Account(credential="another", digest="b0b")  # the target's key is the operator's


def ended(node, accounts, *steps):
    """Ask for one account after the other; return how each ended."""

    async def main():
        store, sender = MemoryStore(), Scripted(*steps)
        runs = [await ask(node, sender, store=store, account=account) for account in accounts]
        return [getattr(one.outcome, "kind", None) for one in runs]

    return simulate(main)


@pytest.mark.parametrize("other", [BOB, None, ELSEWHERE], ids=str)
def test_failures_of_a_key_that_was_brought_open_no_breaker_of_others(other):
    node = compiled(target(breaker=breaker(1)))

    assert ended(node, [ALICE, ALICE, other], 500, 200) == [
        Kind.SERVER_ERROR, Kind.CIRCUIT_OPEN, None,
    ]  # fmt: skip


def test_failures_of_others_open_no_breaker_of_a_key_that_was_brought():
    node = compiled(target(breaker=breaker(1)))

    assert ended(node, [None, None, ALICE], 500, 200) == [
        Kind.SERVER_ERROR, Kind.CIRCUIT_OPEN, None,
    ]  # fmt: skip


def test_a_key_that_is_for_another_target_changes_nothing():
    node = compiled(target(breaker=breaker(1)))

    assert ended(node, [ELSEWHERE, None], 500) == [Kind.SERVER_ERROR, Kind.CIRCUIT_OPEN]


@pytest.mark.parametrize(
    ("accounts", "times"),
    [
        ([ALICE, BOB, None], [0, 0, 0]),
        ([ALICE, ALICE], [0, 60]),
        ([None, ELSEWHERE], [0, 60]),
    ],
    ids=str,
)
def test_each_key_that_was_brought_has_a_limit_of_its_own(accounts, times):
    node = compiled(target(limit=LimitSettings(per_minute=1)))

    async def main():
        shared, sender = Shared(), Scripted(200, repeat=True)
        await asyncio.gather(
            *(ask(node, sender, shared=shared, account=account) for account in accounts)
        )
        return sender.times

    assert simulate(main) == times
