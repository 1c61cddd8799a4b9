"""Alarms: each rings when its own timer would, and no more timers are set than one."""

import asyncio

import anyio
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.alarms import Alarms
from router.testing import simulate

SECONDS = 10.0


def now():
    return asyncio.get_running_loop().time()


def rung(*plans):
    """Set an alarm for each (at, stopped after): the time at which each rang, by its number."""

    async def main():
        alarms, heard = Alarms(SECONDS), {}

        async def one(number, at, stops):
            await anyio.sleep(at)
            alarm = alarms.set(lambda: heard.update({number: now()}))
            await anyio.sleep(stops)
            alarm.stop()
            assert alarm.has_rung == (number in heard)

        async with anyio.create_task_group() as tasks:
            for number, (at, stops) in enumerate(plans):
                tasks.start_soon(one, number, at, stops)
        return heard

    return simulate(main)


PLANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 25).filter(lambda stops: stops != SECONDS)),
    max_size=12,
)


@given(PLANS)
def test_each_alarm_rings_in_its_own_time_unless_it_is_stopped_before(plans):
    assert rung(*plans) == {
        number: at + SECONDS for number, (at, stops) in enumerate(plans) if stops > SECONDS
    }


def test_an_alarm_may_be_set_anew_when_all_have_rung():
    assert rung((0, 11), (20, 11)) == {0: 10.0, 1: 30.0}


def test_an_alarm_may_set_and_stop_others_when_it_rings():
    async def main():
        alarms, heard = Alarms(SECONDS), []

        def first():
            heard.append("first")
            second.stop()
            alarms.set(lambda: heard.append(now()))

        alarms.set(first)
        second = alarms.set(lambda: heard.append("second"))
        await anyio.sleep(3 * SECONDS)
        return heard

    assert simulate(main) == ["first", 2 * SECONDS]
