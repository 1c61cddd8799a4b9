"""What every store promises. A new store is one more line in STORES."""

import math

import anyio
import pytest

from router.core.ports import StoreError
from router.stores.memory import MemoryStore
from router.testing import simulate

STORES = [pytest.param(MemoryStore, id="memory")]


@pytest.fixture(params=STORES)
def run(request):
    """Run a scenario with a new store in virtual time."""

    def run(scenario):
        async def main():
            return await scenario(request.param())

        return simulate(main)

    return run


def test_a_key_that_was_never_set_is_none(run):
    async def scenario(store):
        return await store.get("nobody")

    assert run(scenario) is None


@pytest.mark.parametrize("value", [b"", b"\x00\xff", b"x" * 100_000], ids=["none", "raw", "big"])
def test_what_was_set_comes_back_byte_for_byte(run, value):
    async def scenario(store):
        await store.set("key", value, 60)
        return await store.get("key")

    assert run(scenario) == value


def test_a_value_lives_until_its_ttl_and_no_longer(run):
    async def scenario(store):
        await store.set("key", b"v", 60)
        await anyio.sleep(59.5)
        before = await store.get("key")
        await anyio.sleep(0.5)
        return before, await store.get("key")

    assert run(scenario) == (b"v", None)


def test_an_infinite_ttl_never_ends(run):
    async def scenario(store):
        await store.set("key", b"v", math.inf)
        await anyio.sleep(10**9)
        return await store.get("key")

    assert run(scenario) == b"v"


@pytest.mark.parametrize("ttl", [0, -1])
def test_a_ttl_that_is_over_leaves_nothing_of_the_old_value_either(run, ttl):
    async def scenario(store):
        await store.set("key", b"old", 60)
        await store.set("key", b"new", ttl)
        return await store.get("key")

    assert run(scenario) is None


def test_setting_again_replaces_value_and_ttl(run):
    async def scenario(store):
        await store.set("key", b"old", 10)
        await anyio.sleep(5)
        await store.set("key", b"new", 10)
        await anyio.sleep(9)
        return await store.get("key")

    assert run(scenario) == b"new"


def test_a_shorter_ttl_replaces_a_longer_one(run):
    async def scenario(store):
        await store.set("key", b"old", 100)
        await store.set("key", b"new", 1)
        await anyio.sleep(1)
        return await store.get("key")

    assert run(scenario) is None


def test_a_counter_counts_from_one(run):
    async def scenario(store):
        return [await store.increment("count", 60) for _ in range(3)]

    assert run(scenario) == [1, 2, 3]


def test_the_ttl_of_a_counter_counts_from_its_first_increment(run):
    async def scenario(store):
        counts = []
        for wait in (0, 30, 29, 1):
            await anyio.sleep(wait)
            counts.append(await store.increment("count", 60))
        return counts

    assert run(scenario) == [1, 2, 3, 1]


def test_of_many_claimants_exactly_one_counts_to_one(run):
    async def scenario(store):
        counts = []

        async def claim():
            counts.append(await store.increment("probe", 60))

        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(claim)
        return sorted(counts)

    assert run(scenario) == list(range(1, 51))


def test_a_counter_reads_as_digits_and_digits_can_be_counted_on(run):
    async def scenario(store):
        await store.increment("count", 60)
        await store.set("set", b"41", 60)
        return await store.get("count"), await store.increment("set", 60)

    assert run(scenario) == (b"1", 42)


def test_counting_on_something_else_is_a_store_error(run):
    async def scenario(store):
        await store.set("key", b"a picture", 60)
        with pytest.raises(StoreError, match="'key' holds bytes that are no number"):
            await store.increment("key", 60)
        return await store.get("key")

    assert run(scenario) == b"a picture"


def test_a_counter_that_is_set_becomes_a_value(run):
    async def scenario(store):
        await store.increment("key", 60)
        await store.set("key", b"v", 60)
        return await store.get("key")

    assert run(scenario) == b"v"


def test_deleting_removes_values_and_counters_and_minds_no_missing_key(run):
    async def scenario(store):
        await store.set("value", b"v", 60)
        await store.increment("count", 60)
        for key in ("value", "count", "nobody"):
            await store.delete(key)
        return await store.get("value"), await store.increment("count", 60)

    assert run(scenario) == (None, 1)


def test_keys_are_strangers_to_each_other(run):
    async def scenario(store):
        await store.set("a", b"1", 60)
        await store.set("a/b", b"2", 60)
        await store.delete("a")
        return await store.get("a"), await store.get("a/b")

    assert run(scenario) == (None, b"2")
