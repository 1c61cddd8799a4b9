"""Flights: who goes may come back, and nothing is bought twice meanwhile."""

from contextlib import suppress
from dataclasses import dataclass, field

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.flights import WATCH_AFTER, Flights, GoneError, LateError
from router.gateway.keys import digest_of, written
from router.testing import Scripted, simulate
from tests.gateway import drive
from tests.gateway.drive import KITE, OPENAI, ask, opened, together

GRACE = 10.0


@dataclass
class Work:
    """Work that takes so many seconds, and as many to end when it is cancelled."""

    seconds: float = 5.0
    winding: float = 0.0
    error: Exception | None = None
    began: list[float] = field(default_factory=list)
    cancelled: list[float] = field(default_factory=list)

    async def __call__(self):
        self.began.append(anyio.current_time())
        number = len(self.began)
        try:
            await anyio.sleep(self.seconds)
        except BaseException:
            self.cancelled.append(anyio.current_time())
            with anyio.CancelScope(shield=True):
                await anyio.sleep(self.winding)
            raise
        if self.error is not None:
            raise self.error
        return number


def flown(work, *callers, grace=GRACE, flights=None):
    """Fly for callers (from, until, name): what each got, or the type of what it met, and when."""
    flights = flights or Flights()

    async def fly(since, until, name):
        async def left():
            await anyio.sleep(max(0.0, until - anyio.current_time()))

        await anyio.sleep(since)
        try:
            got = await flights.fly(work, lambda: name, left, grace)
        except Exception as error:  # noqa: BLE001  any of them is an outcome
            got = type(error)
        return got, anyio.current_time()

    async def main():
        outcomes = await together(*(fly(*one) for one in callers))
        await anyio.sleep(2 * grace)
        assert len(flights) == 0
        return outcomes

    return simulate(main)


STAYS = float("inf")


def test_who_stays_gets_the_answer():
    assert flown(Work(), (0, STAYS, "a")) == [(1, 5.0)]


def test_two_who_stay_have_their_own():
    work = Work()

    assert flown(work, (0, STAYS, "a"), (1, STAYS, "a")) == [(1, 5.0), (2, 6.0)]


def test_work_runs_on_for_the_grace_when_nobody_waits():
    work = Work(seconds=60)

    assert flown(work, (0, 3, "a")) == [(GoneError, 13.0)]
    assert work.cancelled == [13.0]


def test_work_that_ends_within_the_grace_is_not_cancelled():
    work = Work(seconds=8)

    flown(work, (0, 3, "a"))

    assert work.cancelled == []


def test_without_grace_work_is_cancelled_at_once():
    work = Work(seconds=60)

    assert flown(work, (0, 3, "a"), grace=0) == [(GoneError, 3.0)]
    assert work.cancelled == [3.0]


@pytest.mark.parametrize("back", [4, 7.5, 12])
def test_who_comes_back_within_the_grace_joins(back):
    work = Work(seconds=30)

    outcomes = flown(work, (0, 3, "a"), (back, STAYS, "a"))

    assert outcomes[1] == (1, 30.0)
    assert work.began == [0.0]


def test_who_asks_for_something_else_joins_nothing():
    work = Work(seconds=30)

    flown(work, (0, 3, "a"), (4, STAYS, "b"))

    assert work.began == [0.0, 4.0]


def test_who_comes_back_after_the_grace_asks_anew():
    work = Work(seconds=30)

    assert flown(work, (0, 3, "a"), (14, STAYS, "a"))[1] == (2, 44.0)


def test_who_comes_back_while_the_work_winds_down_asks_anew():
    work = Work(seconds=30, winding=5)

    outcomes = flown(work, (0, 3, "a"), (14, STAYS, "a"))

    assert work.cancelled == [13.0]
    assert outcomes[1] == (2, 44.0)


def test_a_joiner_who_goes_too_begins_the_grace_again():
    work = Work(seconds=60)

    outcomes = flown(work, (0, 3, "a"), (8, 20, "a"))

    assert outcomes[1] == (GoneError, 20.0)
    assert work.cancelled == [30.0]


def test_who_has_left_is_made_up_for_by_one_and_not_by_more():
    work = Work(seconds=60)

    outcomes = flown(work, (0, 3, "a"), (5, STAYS, "a"), (6, STAYS, "a"))

    assert outcomes[1:] == [(1, 60.0), (2, 66.0)]
    assert work.cancelled == []


def test_work_can_be_joined_again_when_its_joiner_has_left():
    work = Work(seconds=60)

    outcomes = flown(work, (0, 3, "a"), (5, 9, "a"), (12, STAYS, "a"))

    assert outcomes[2] == (1, 60.0)
    assert work.began == [0.0]


def test_an_error_reaches_who_has_joined():
    work = Work(seconds=30, error=ValueError("broken"))

    outcomes = flown(work, (0, 3, "a"), (4, STAYS, "a"))

    assert [got for got, _ in outcomes] == [ValueError] * 2
    assert work.began == [0.0]


def test_a_picture_that_came_while_nobody_waited_is_given_once():
    work = Work(seconds=5)

    outcomes = flown(work, (0, 3, "a"), (7, STAYS, "a"), (8, STAYS, "a"))

    assert outcomes[1:] == [(1, 7.0), (2, 13.0)]


def test_a_failure_is_not_kept_for_who_comes_back_later():
    work = Work(seconds=5, error=ValueError("broken"))

    flown(work, (0, 3, "a"), (6, STAYS, "a"))

    assert work.began == [0.0, 6.0]


def test_a_picture_that_came_while_nobody_waited_is_kept_for_the_grace():
    work = Work(seconds=5)

    outcomes = flown(work, (0, 3, "a"), (14, STAYS, "a"), (16, STAYS, "a"))

    assert outcomes[1] == (1, 14.0)
    assert work.began == [0.0, 16.0]


CALLERS = st.lists(
    st.tuples(
        st.integers(0, 40), st.integers(0, 60) | st.just(STAYS), st.sampled_from("aab")
    ).filter(lambda one: one[0] + 2 * WATCH_AFTER < one[1]),
    min_size=1,
    max_size=6,
)


@given(CALLERS, st.sampled_from([0.0, 1.0, 10.0]), st.floats(0, 60), st.sampled_from([0, 3.0]))
def test_who_stays_is_always_answered_and_nothing_runs_for_nobody(callers, grace, seconds, winding):
    work = Work(seconds=seconds, winding=winding)

    outcomes = flown(work, *callers, grace=grace)

    assert len(work.began) <= len(callers)
    for (since, until, _), (got, at) in zip(callers, outcomes, strict=True):
        if until == STAYS:
            assert isinstance(got, int)
        assert at <= since + seconds + winding if until == STAYS else True
    last = max([until for _, until, _ in callers if until != STAYS], default=0.0)
    assert all(at <= last + grace for at in work.cancelled)


def test_a_client_that_asks_again_has_its_picture_bought_once(tmp_path):
    sender = Scripted((20, 200), repeat=True)

    async def main():
        gateway = opened(tmp_path, sender=sender)

        async def again():
            await anyio.sleep(5)
            return await ask(gateway, headers=OPENAI)

        return await together(ask(gateway, headers=OPENAI, leaves=4), again())

    _, second = simulate(main)

    assert (second.status, second.ended) == (200, 20.0)
    assert len(sender.requests) == 1


KEYS = {
    name: {"digest": written(digest_of(f"pxr-{name}")), "own_provider_keys": True}
    for name in ("one", "two")
}
FIRST = {"x-portkey-api-key": "pxr-one", **OPENAI}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({**FIRST, "x-portkey-api-key": "pxr-two"}, KITE),
        ({**FIRST, "authorization": "Bearer sk-their-own"}, KITE),
        ({**FIRST, "x-portkey-provider": "stability-ai"}, KITE),
        ({**FIRST, "x-portkey-metadata": '{"a": 1}'}, KITE),
        (FIRST, {**KITE, "prompt": "another"}),
        (FIRST, {**KITE, "n": 1}),
    ],
    ids=["key", "provider key", "provider", "metadata", "prompt", "n"],
)
def test_nobody_joins_the_request_of_another(tmp_path, headers, body):
    drive.written(tmp_path, gateway={"keys": KEYS})
    sender = Scripted((20, 200), repeat=True)

    async def main():
        gateway = opened(tmp_path, sender=sender)

        async def other():
            await anyio.sleep(5)
            return await ask(gateway, headers=headers, json_=body)

        return await together(ask(gateway, headers=FIRST, leaves=4), other())

    simulate(main)

    assert len(sender.requests) == 2


def test_a_request_with_numbers_of_any_length_can_be_joined(tmp_path):
    sender = Scripted((20, 200), repeat=True)
    headers = {**OPENAI, "x-portkey-metadata": f'{{"order": {10**40}}}'}

    async def main():
        gateway = opened(tmp_path, sender=sender)

        async def again():
            await anyio.sleep(5)
            return await ask(gateway, headers=headers)

        return await together(ask(gateway, headers=headers, leaves=4), again())

    assert simulate(main)[1].status == 200
    assert len(sender.requests) == 1


def test_of_several_who_have_left_each_is_made_up_for_once():
    work = Work(seconds=60)
    leave = [(0, 3, "a")] * 4

    outcomes = flown(work, *leave, *[(since, STAYS, "a") for since in (5, 6, 7, 8)])

    assert sorted(got for got, _ in outcomes[4:]) == [1, 2, 3, 4]
    assert len(work.began) == 4


def test_who_joins_waits_no_longer_than_it_can():
    async def main():
        flights, work = Flights(), Work(seconds=60)

        async def first():
            with suppress(GoneError):
                await flights.fly(work, lambda: "a", lambda: anyio.sleep(1), 100)

        async def second():
            await anyio.sleep(2)
            with pytest.raises(LateError):
                await flights.fly(work, lambda: "a", lambda: anyio.sleep(99), 100, patience=5)
            return anyio.current_time()

        return (await together(first(), second()))[1]

    assert simulate(main) == 7.0


LIMITED = {"app": {"digest": f"sha256:{digest_of('pxr-app')}", "concurrency": 1, "requests": 1}}


def test_a_second_try_is_no_second_request_of_a_key_that_may_have_one(tmp_path):
    drive.written(tmp_path, gateway={"keys": LIMITED})
    sender = Scripted((20, 200))
    headers = {**OPENAI, "x-portkey-api-key": "pxr-app"}

    async def main():
        gateway = opened(tmp_path, sender=sender)

        async def again(model, after):
            await anyio.sleep(after)
            return await ask(gateway, headers=headers, json_={**KITE, "model": model})

        first = ask(gateway, headers=headers, leaves=4)
        return await together(first, again("gpt-image-2", 5), again("gpt-image-1", 6))

    _, same, other = simulate(main)

    assert (same.status, other.status) == (200, 429)
    assert len(sender.requests) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"request-timeout": "30000"},
        {"cache-namespace": "b"},
        {"retry-count": "2"},
        {"debug": "false"},
    ],
    ids=str,
)
def test_who_says_something_else_joins_nothing(tmp_path, said):
    sender = Scripted((20, 200), (20, 200))
    more = {f"x-portkey-{name}": value for name, value in said.items()}

    async def main():
        gateway = opened(tmp_path, sender=sender)

        async def other():
            await anyio.sleep(5)
            return await ask(gateway, headers={**OPENAI, **more})

        return await together(ask(gateway, headers=OPENAI, leaves=4), other())

    simulate(main)

    assert len(sender.requests) == 2
