"""Bodies as they come: how slow and how large they may be, in virtual time."""

import asyncio
import contextlib

import anyio
import pytest

from router.gateway.alarms import Alarms
from router.gateway.incoming import PATIENCE, Incoming
from router.gateway.refusal import Refusal
from router.testing import simulate

MOST = 1_000_000


def sending(pieces, more=True):
    """Return ASGI's `receive` of a caller who sends pieces, each after some seconds."""
    left = list(pieces)

    async def receive():
        if not left:
            await anyio.sleep_forever()
        seconds, size = left.pop(0)
        await anyio.sleep(seconds)
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(left) or more}

    return receive


def taken(pieces, *, more=False):
    """Return the size of a body and the time it took, or the status of the refusal."""

    async def main():
        incoming = Incoming(sending(pieces, more), MOST, Alarms(PATIENCE))
        try:
            size = len(await incoming.whole())
        except Refusal as refusal:
            return refusal.status, anyio.current_time()
        return size, anyio.current_time()

    return simulate(main)


def test_a_pause_as_long_as_the_patience_ends_a_request():
    assert taken([(0, 10)], more=True) == (408, PATIENCE)
    assert taken([(0, 100_000), (PATIENCE + 1, 10)]) == (408, PATIENCE)


def test_a_slow_line_may_take_its_time():
    """A modem sends 5 kB a second: a picture takes minutes."""
    pieces = [(1, 5_000)] * 190

    assert taken(pieces) == (950_000, 190)


def test_a_drop_now_and_then_does_not_hold_a_place_for_ever():
    status, seconds = taken([(PATIENCE - 1, 1)] * 1000)

    assert status == 408
    assert seconds < PATIENCE + 1


@pytest.mark.parametrize(
    ("pieces", "headers", "seconds", "left"),
    [
        pytest.param([(0.1, 1000)] * 9, {}, 0.9, 0, id="all-of-it"),
        pytest.param([(0.1, 1000)] * 9, {"content-length": "9000"}, 0.9, 0, id="length-told"),
        pytest.param([(0.5, 1)] * 99, {}, 10, 79, id="for-ten-seconds"),
        pytest.param([(0, 1), (2, 1)], {}, 1, 0, id="a-second-at-a-time"),
        pytest.param([(0, 400_000)] * 99, {}, 0, 96, id="as-much-as-may-be-sent"),
        pytest.param([(0, 1)] * 9, {"content-length": "2000001"}, 0, 9, id="not-what-is-hopeless"),
        pytest.param([(0, 1)] * 9, {"expect": "100-continue"}, 0, 9, id="not-what-was-not-sent"),
    ],
)
def test_of_what_nobody_wants_so_much_is_taken_in_that_the_answer_is_heard(
    pieces, headers, seconds, left
):
    async def main():
        receive, unsent = counted(pieces)
        await Incoming(receive, MOST, Alarms(PATIENCE)).discard(headers)
        return anyio.current_time(), unsent()

    time, unsent = simulate(main)

    assert time == pytest.approx(seconds)
    assert unsent == left


def counted(pieces):
    left = list(pieces)

    async def receive():
        seconds, size = left.pop(0)
        await anyio.sleep(seconds)
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(left)}

    return receive, lambda: len(left)


def test_nothing_is_taken_in_after_the_end():
    async def main():
        incoming = Incoming(sending([(0, 10)], more=False), MOST, Alarms(PATIENCE))
        await incoming.whole()
        await incoming.discard({})
        return anyio.current_time()

    assert simulate(main) == 0


@pytest.mark.parametrize(
    ("headers", "pieces", "seconds"),
    [
        ({"content-length": "10"}, [(0, 10)], 0),
        ({"content-length": "20"}, [(0, 10), (1, 10)], 1),
        ({"content-length": "10", "transfer-encoding": "chunked"}, [(0, 10), (1, 10), (1, 0)], 2),
        ({}, [(0, 10), (1, 0)], 1),
    ],
    ids=["one-piece", "two-pieces", "a-length-that-says-nothing", "no-length"],
)
def test_a_body_ends_with_the_length_that_its_head_tells(headers, pieces, seconds):
    """Servers tell the end in a message of its own, which the caller need not be kept for."""

    async def main():
        more = "content-length" in headers and "transfer-encoding" not in headers
        incoming = Incoming(sending(pieces, more), MOST, Alarms(PATIENCE))
        incoming.check(headers)
        size = len(await incoming.whole())
        await incoming.discard(headers)
        return size, anyio.current_time()

    assert simulate(main) == (sum(size for _, size in pieces), seconds)


def test_who_is_cut_off_by_the_gateways_end_is_not_told_to_be_slow():
    async def main():
        incoming = Incoming(sending([], more=True), MOST, Alarms(PATIENCE))
        whole = asyncio.ensure_future(incoming.whole())
        asyncio.get_running_loop().call_at(PATIENCE, whole.cancel)
        await asyncio.wait([whole])
        return whole.cancelled(), anyio.current_time()

    assert simulate(main) == (True, PATIENCE)


def swallowing(left):
    """Return a `receive` that gives its message when it is cancelled, or raises what is `left`."""

    async def receive():
        try:
            await anyio.sleep_forever()
        except asyncio.CancelledError:
            if left is not None:
                raise left from None
        return {"type": "http.request", "body": b"x"}

    return receive


@pytest.mark.parametrize("left", [None, OSError("gone")], ids=["a-message", "an-error"])
def test_a_receive_that_swallows_the_end_of_the_patience_leaves_no_cancellation(left):
    """A task that counts as cancelled is ended by the next timeout's scope that looks."""

    async def main():
        with contextlib.suppress(OSError):
            assert await Incoming(swallowing(left), MOST, Alarms(PATIENCE)).whole() == b"x"
        return asyncio.current_task().cancelling(), anyio.current_time()

    assert simulate(main) == (0, PATIENCE)


def test_who_is_cut_off_as_the_patience_ends_is_cut_off():
    async def main():
        incoming = Incoming(sending([], more=True), MOST, Alarms(PATIENCE))
        whole = asyncio.ensure_future(incoming.whole())
        await asyncio.sleep(0)  # so that the alarm is set, and rings, first
        asyncio.get_running_loop().call_at(PATIENCE, whole.cancel)
        await asyncio.wait([whole])
        return whole.cancelled(), whole.cancelling()

    assert simulate(main) == (True, 1)


@pytest.mark.parametrize("told", ["0" * 20 + "10", "9" * 21], ids=["zeros", "nines"])
def test_a_length_of_more_than_twenty_digits_is_refused(told):
    async def main():
        receive, unsent = counted([(0, 1)])
        incoming = Incoming(receive, MOST, Alarms(PATIENCE))
        with pytest.raises(Refusal) as refused:
            incoming.check({"content-length": told})
        await incoming.discard({"content-length": told})
        return refused.value.status, unsent()

    assert simulate(main) == (413, 1)


def test_a_length_may_have_leading_zeros():
    async def main():
        incoming = Incoming(sending([(0, 10)]), MOST, Alarms(PATIENCE))
        incoming.check({"content-length": "10".zfill(20)})
        return len(await incoming.whole())

    assert simulate(main) == 10
