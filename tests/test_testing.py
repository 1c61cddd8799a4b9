import asyncio
import json
import math
import socket
import threading
import weakref

import anyio
import anyio.to_thread
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import BEARER, HttpRequest, HttpResponse, TransportError
from router.core.media import Media
from router.core.skeleton import as_object, dissect
from router.testing import (
    AsleepError,
    Scripted,
    VirtualTimeLoop,
    error_answer,
    picture_answer,
    simulate,
)

YEARS = 1e15  # seconds
ASK = HttpRequest(method="POST", url="https://api.example.com/v1/images?key=hush", auth=BEARER)


def test_the_clock_starts_at_zero_and_sleeping_moves_it_by_exactly_that_much():
    async def main():
        times = [anyio.current_time()]
        for seconds in (10_000, 0, 0.25, 90 * 86_400):
            await anyio.sleep(seconds)
            times.append(anyio.current_time())
        return times

    assert simulate(main) == [0.0, 10_000.0, 10_000.0, 10_000.25, 90 * 86_400 + 10_000.25]


def test_a_timer_rings_however_late_the_hour():
    async def main():
        await anyio.sleep(YEARS)
        await anyio.sleep(0.25)
        return anyio.current_time()

    assert simulate(main) == YEARS + 0.25


def test_work_takes_no_virtual_time():
    async def main():
        for _ in range(1000):
            await asyncio.sleep(0)
        return anyio.current_time()

    assert simulate(main) == 0.0


def test_tasks_wake_in_the_order_of_their_timers_whatever_the_order_they_began_in():
    woken = []

    async def sleeper(seconds):
        await anyio.sleep(seconds)
        woken.append((anyio.current_time(), seconds))

    async def main():
        async with anyio.create_task_group() as group:
            for seconds in (3, 1, 2, 0.1 + 0.2, 0.3):
                group.start_soon(sleeper, seconds)

    simulate(main)

    assert woken == [(s, s) for s in (0.3, 0.1 + 0.2, 1, 2, 3)]


def test_timers_of_one_moment_ring_in_the_order_in_which_they_were_set():
    rung = []

    async def main():
        loop = asyncio.get_running_loop()
        for number in range(100):
            loop.call_at(5.0, rung.append, number)
        await anyio.sleep(5)

    simulate(main)

    assert rung == list(range(100))


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=300))
def test_the_timers_that_are_left_ring_whichever_were_cancelled(timers):
    rung = []

    async def main():
        loop = asyncio.get_running_loop()
        handles = [loop.call_at(at, rung.append, at) for at, _ in timers]
        for handle, (_, is_cancelled) in zip(handles, timers, strict=True):
            if is_cancelled:
                handle.cancel()
        await anyio.sleep(100)

    simulate(main)

    assert rung == sorted(at for at, is_cancelled in timers if not is_cancelled)


def test_timers_that_were_cancelled_are_not_kept_until_their_time():
    async def main():
        kept = weakref.WeakSet()
        loop = asyncio.get_running_loop()
        for _ in range(10_000):
            timer = loop.call_later(YEARS, print)
            kept.add(timer)
            timer.cancel()
        return len(kept)

    assert simulate(main) < 1000


def test_the_clock_does_not_move_to_a_timer_that_was_cancelled():
    async def main():
        asyncio.get_running_loop().call_later(3, print).cancel()
        await asyncio.Event().wait()

    with pytest.raises(AsleepError, match=r"at 0\.0 s"):
        simulate(main)


def test_a_loop_that_was_stopped_takes_one_turn_and_no_time():
    loop = VirtualTimeLoop()
    loop.call_later(5, print)
    loop.stop()

    loop.run_forever()

    assert loop.time() == 0
    loop.close()


def test_a_thousand_tasks_of_an_hour_end_at_one_hour():
    async def main():
        async with anyio.create_task_group() as group:
            for _ in range(1000):
                group.start_soon(anyio.sleep, 3600)
        return anyio.current_time()

    assert simulate(main) == 3600


def test_move_on_after_cancels_at_exactly_its_time():
    async def main():
        with anyio.move_on_after(2.5) as scope:
            await anyio.sleep(math.inf)
        return scope.cancelled_caught, anyio.current_time()

    assert simulate(main) == (True, 2.5)


@pytest.mark.parametrize("event_class", [asyncio.Event, anyio.Event], ids=["asyncio", "anyio"])
def test_an_event_wakes_its_waiters_at_the_time_it_is_set(event_class):
    async def main():
        event = event_class()
        asyncio.get_running_loop().call_later(7, event.set)
        await event.wait()
        return anyio.current_time()

    assert simulate(main) == 7


def test_a_task_is_woken_from_its_own_thread_by_call_soon_threadsafe():
    async def main():
        event = asyncio.Event()
        asyncio.get_running_loop().call_soon_threadsafe(event.set)
        await event.wait()
        return "woken"

    assert simulate(main) == "woken"


def test_an_exception_leaves_the_simulation_as_it_is():
    async def main():
        await anyio.sleep(1)
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        simulate(main)


@pytest.mark.parametrize(
    "wait",
    [
        pytest.param(lambda: asyncio.Event().wait(), id="event"),
        pytest.param(anyio.sleep_forever, id="sleep_forever"),
        pytest.param(lambda: asyncio.sleep(math.inf), id="infinite_timer"),
    ],
)
def test_a_deadlock_is_reported_with_its_time_and_the_task_that_sleeps(wait):
    async def main():
        await anyio.sleep(12)
        await asyncio.create_task(wait(), name="the sleeper")

    with pytest.raises(AsleepError, match=r"no timer will wake one, at 12\.0 s.*the sleeper"):
        simulate(main)


def test_a_deadlock_report_names_only_the_first_tasks_of_many():
    async def main():
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(anyio.sleep_forever)

    with pytest.raises(AsleepError, match="and 16 more"):
        simulate(main)


def test_what_sleeps_for_ever_is_still_cancelled_and_cleans_up():
    cleaned = []

    async def main():
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(anyio.current_time())

    with pytest.raises(AsleepError):
        simulate(main)

    assert cleaned == [0.0]


def test_a_thread_is_refused():
    async def main():
        await asyncio.to_thread(print)

    with pytest.raises(RuntimeError, match=r"no threads; .* asked for one"):
        simulate(main)


def test_nobody_wakes_the_loop_from_another_thread():
    complaints = []

    def wake(loop):
        try:
            loop.call_soon_threadsafe(print)
        except RuntimeError as error:
            complaints.append(str(error))

    async def main():
        thread = threading.Thread(target=wake, args=(asyncio.get_running_loop(),))
        thread.start()
        thread.join()

    simulate(main)

    assert complaints == ["virtual time has no other threads: nobody may wake its loop"]


def test_a_socket_is_refused():
    async def main():
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            await asyncio.get_running_loop().sock_recv(ours, 1)

    with pytest.raises(RuntimeError, match="no sockets"):
        simulate(main)


def test_a_running_loop_may_simulate_too():
    async def main():
        await anyio.sleep(5)
        return anyio.current_time()

    async def notebook():
        return simulate(main)

    assert asyncio.run(notebook()) == 5


def test_debug_mode_is_off_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")

    async def main():
        loop = asyncio.get_running_loop()
        return isinstance(loop, VirtualTimeLoop), loop.get_debug()

    assert simulate(main) == (True, False)


def test_a_script_is_followed_step_by_step():
    teapot = HttpResponse(status=418, body=b"short and stout")
    sender = Scripted(200, (2, 503), teapot, (0.5, lambda request: HttpResponse(status=201)))

    async def main():
        return [(await sender.send(ASK)).status for _ in range(4)]

    assert simulate(main) == [200, 503, 418, 201]
    assert sender.requests == [ASK] * 4
    assert sender.times == [0, 0, 2, 2]


def test_a_scripted_transport_error_is_raised_each_time_anew():
    lost = TransportError("connection reset", sent=True)
    sender = Scripted((1, lost), repeat=True)

    async def main():
        errors = []
        for _ in range(2):
            with pytest.raises(TransportError) as caught:
                await sender.send(ASK)
            errors.append(caught.value)
        return errors

    first, second = simulate(main)
    assert (str(first), first.sent, first is not second) == ("connection reset", True, True)


def test_concurrent_requests_take_the_steps_in_the_order_they_arrive():
    async def main():
        sender = Scripted((3, 200), (1, 429), (2, 500))
        answers = await asyncio.gather(*(sender.send(ASK) for _ in range(3)))
        return [answer.status for answer in answers], anyio.current_time()

    assert simulate(main) == ([200, 429, 500], 3)


@pytest.mark.parametrize("repeat", [False, True])
def test_a_request_after_the_end_of_the_script_fails_unless_it_repeats(repeat):
    sender = Scripted(500, 200, repeat=repeat)

    async def main():
        return [(await sender.send(ASK)).status for _ in range(4)]

    if repeat:
        assert simulate(main) == [500, 200, 200, 200]
    else:
        with pytest.raises(AssertionError, match=r"2 steps, and HttpRequest.* is request 3"):
            simulate(main)


@pytest.mark.parametrize("repeat", [False, True])
def test_an_empty_script_answers_nothing(repeat):
    async def main():
        await Scripted(repeat=repeat).send(ASK)

    with pytest.raises(AssertionError, match="0 steps"):
        simulate(main)


def test_a_complaint_of_the_script_shows_no_query():
    async def main():
        await Scripted().send(ASK)

    with pytest.raises(AssertionError) as caught:
        simulate(main)
    assert "hush" not in str(caught.value)


def test_a_step_of_infinite_latency_is_cut_by_a_timeout():
    async def main():
        with anyio.move_on_after(600) as scope:
            await Scripted((math.inf, 200)).send(ASK)
        return scope.cancelled_caught, anyio.current_time()

    assert simulate(main) == (True, 600)


def test_a_scripted_sender_knows_whether_it_was_closed():
    sender = Scripted()

    async def main():
        before = sender.closed
        await sender.aclose()
        return before, sender.closed

    assert simulate(main) == (False, True)


def test_a_picture_answer_holds_different_pictures_long_enough_to_be_cut_out():
    answer = picture_answer(3)

    skeleton = dissect(answer.body)

    data = as_object(skeleton.rest)["data"]
    assert answer.status == 200
    assert answer.content_type == "application/json"
    assert len(data) == len(set(map(bytes, skeleton.pictures))) == 3


def test_a_picture_of_a_picture_answer_can_be_drawn():
    import base64
    import io

    from PIL import Image

    from router.core.media import sniff

    text = dissect(picture_answer().body).pictures[0]

    with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (64, 64))
    assert sniff(text) == Media("png", 64, 64)


def test_an_error_answer_has_the_shape_of_openai():
    answer = error_answer(429, code="rate_limit_exceeded", message="slow down", retry_after=1.5)

    assert answer.status == 429
    assert answer.headers["retry-after"] == "1.5"
    assert json.loads(answer.body)["error"] == {
        "message": "slow down",
        "type": "invalid_request_error",
        "param": None,
        "code": "rate_limit_exceeded",
    }


def test_an_error_answer_says_nothing_of_retrying_unless_told():
    answer = error_answer(500)

    assert "retry-after" not in answer.headers
    assert json.loads(answer.body)["error"]["type"] == "server_error"
