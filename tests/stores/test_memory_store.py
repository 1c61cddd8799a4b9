import math

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from router.stores.memory import OVERHEAD, MemoryStore

KEYS = st.sampled_from("abcdef")
TTLS = st.one_of(st.floats(min_value=-1, max_value=100), st.just(math.inf))
ENTRY = OVERHEAD + 1 + 10  # bytes of a value of 10 bytes under a key of one


class Clock:
    """A clock that the test moves by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def do(coroutine):
    """Run what never waits, without a loop: a property asks for it many thousand times."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the store waited")


def filled(store, keys):
    async def fill():
        for key in keys:
            await store.set(key, b"x" * 10, 60)

    do(fill())
    return store


def kept(store, keys):
    async def look():
        return [key for key in keys if await store.get(key) is not None]

    return do(look())


def test_the_least_recently_used_value_goes_first():
    store = filled(MemoryStore(max_bytes=3 * ENTRY, clock=Clock()), "abc")
    do(store.get("a"))

    filled(store, "d")

    assert kept(store, "abcd") == ["a", "c", "d"]


def test_setting_a_key_again_makes_it_the_most_recently_used():
    store = filled(MemoryStore(max_bytes=3 * ENTRY, clock=Clock()), "abca")

    filled(store, "d")

    assert kept(store, "abcd") == ["a", "c", "d"]


def test_one_large_value_pushes_out_as_many_as_it_needs():
    store = filled(MemoryStore(max_bytes=4 * ENTRY, clock=Clock()), "abcd")

    do(store.set("e", b"x" * (10 + ENTRY), 60))

    assert kept(store, "abcde") == ["c", "d", "e"]


def test_a_value_larger_than_the_store_is_not_kept_and_pushes_nobody_out():
    store = filled(MemoryStore(max_bytes=2 * ENTRY, clock=Clock()), "ab")

    do(store.set("b", b"x" * 2 * ENTRY, 60))

    assert kept(store, "ab") == ["a"]


def test_counters_outlive_every_value_when_room_is_short():
    store = MemoryStore(max_bytes=2 * ENTRY, clock=Clock())
    do(store.increment("breaker", 60))

    filled(store, "abcdef")

    assert do(store.increment("breaker", 60)) == 2


def test_counters_alone_cannot_fill_more_than_the_store():
    store = MemoryStore(max_bytes=3 * ENTRY, clock=Clock())

    for key in "abcdef":
        do(store.increment(key, 60))

    assert store.bytes_held <= 3 * ENTRY
    assert kept(store, "abcdef") == ["d", "e", "f"]


def test_an_expired_value_makes_room_without_being_asked_for():
    clock = Clock()
    store = filled(MemoryStore(clock=clock), "abcdef")
    clock.now += 60

    filled(store, "g")

    assert store.bytes_held == ENTRY


def test_a_living_value_is_not_pushed_out_while_an_expired_one_takes_its_room():
    clock = Clock()
    store = filled(MemoryStore(max_bytes=2 * ENTRY, clock=clock), "a")
    do(store.set("b", b"x" * 10, 1))
    clock.now += 1

    filled(store, "c")

    assert kept(store, "abc") == ["a", "c"]


def test_setting_one_key_for_ever_anew_takes_no_more_memory():
    store = MemoryStore(clock=Clock())

    async def hammer():
        for _ in range(10_000):
            await store.set("h", b"x" * 10, 3600)

    do(hammer())

    assert store.bytes_held == ENTRY
    assert len(store._timers) < 100


def test_a_store_starts_and_ends_empty():
    store = MemoryStore(clock=Clock())
    before = store.bytes_held
    filled(store, "ab")

    do(store.delete("a"))
    do(store.delete("b"))

    assert before == store.bytes_held == 0


@given(st.lists(st.tuples(KEYS, st.integers(0, 3 * ENTRY))))
def test_a_store_never_holds_more_than_it_may(writes):
    store = MemoryStore(max_bytes=3 * ENTRY, clock=Clock())

    for key, size in writes:
        do(store.set(key, bytes(size), 60))

        assert store.bytes_held <= 3 * ENTRY


class Model(RuleBasedStateMachine):
    """A store with room enough behaves like a dictionary with times of expiry."""

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.store = MemoryStore(clock=self.clock)
        self.entries = {}

    def alive(self, key):
        value, expires = self.entries.get(key, (None, -math.inf))
        return value if expires > self.clock.now else None

    @rule(seconds=st.floats(min_value=0, max_value=60))
    def time_passes(self, seconds):
        self.clock.now += seconds

    @rule(key=KEYS, value=st.one_of(st.binary(max_size=20), st.just(b"7")), ttl=TTLS)
    def set(self, key, value, ttl):
        do(self.store.set(key, value, ttl))
        self.entries[key] = (value, self.clock.now + ttl)

    @rule(key=KEYS, ttl=TTLS)
    def increment(self, key, ttl):
        value = self.alive(key)
        if value is not None and not value.isdigit():
            return
        total = int(value or 0) + 1
        expires = self.clock.now + ttl if value is None else self.entries[key][1]

        assert do(self.store.increment(key, ttl)) == total
        self.entries[key] = (b"%d" % total, expires)

    @rule(key=KEYS)
    def delete(self, key):
        do(self.store.delete(key))
        self.entries.pop(key, None)

    @rule(key=KEYS)
    def get(self, key):
        assert do(self.store.get(key)) == self.alive(key)

    @invariant()
    def holds_exactly_what_its_entries_weigh(self):
        entries = [*self.store._values.values(), *self.store._counters.values()]
        assert self.store.bytes_held == sum(entry.size for entry in entries)
        assert not self.store._values.keys() & self.store._counters.keys()


TestModel = Model.TestCase
