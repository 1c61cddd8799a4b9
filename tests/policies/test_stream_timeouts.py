import asyncio
from contextlib import asynccontextmanager

import pytest

from router.core.context import Aim
from router.core.outcome import Kind, Success
from router.core.ports import Incoming
from router.core.target import Target
from router.policies.verify import check_pictures
from router.strategies.call import Call
from router.testing import Scripted, Streamed, simulate, stream_answer, stream_event
from tests.streaming import Shows, StreamingProviders, leaf, showing, watch, watched
from tests.toys import budget, fallback, retry, target

PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)
SECOND = stream_event("image_generation.partial_image", 2, partial_image_index=1)
COMPLETED = stream_event("image_generation.completed")
COMMENT = b": keep-alive\n\n"
NEVER = 10_000.0  # seconds: longer than any timeout here
PATIENCE = 599.0  # seconds: as long as a caller is waited for, just about


class Tied:
    """A sender whose stream begins at a given moment, and is told so before any timeout is set."""

    def __init__(self, at, *pieces):
        self._pieces = pieces
        self._ready = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_at(at, self._ready.set_result, None)

    @asynccontextmanager
    async def stream(self, request):
        async def chunks():
            await self._ready
            for piece in self._pieces:
                yield piece

        yield Incoming(status=200, headers={"content-type": "text/event-stream"}, chunks=chunks())

    async def send(self, request):
        raise AssertionError("it can stream")

    async def aclose(self):
        pass


@pytest.mark.parametrize(
    "step",
    [
        pytest.param((NEVER, stream_answer()), id="no answer begins"),
        pytest.param(Streamed((NEVER,)), id="a stream without an event"),
        pytest.param(Streamed((NEVER, COMPLETED)), id="the finished picture is late"),
        pytest.param(Streamed((NEVER, PARTIAL, COMPLETED)), id="the first picture is late"),
        pytest.param(Streamed((COMMENT, 3.0) * 9), id="comments alone"),
        pytest.param(Streamed((b"data: {}\n\n", 3.0) * 9), id="events without a picture"),
        pytest.param(Streamed((PARTIAL[:-2], NEVER)), id="half an event"),
    ],
)
def test_the_first_picture_must_come_within_the_timeout(step):
    result = watched(leaf(timeout=5.0), step)

    assert (result.outcome.kind, result.status, result.took) == (Kind.TIMEOUT, 408, 5.0)
    assert result.outcome.message == "no answer within 5 s"
    assert not result.outcome.final
    assert result.places == []


def test_the_attempt_of_a_late_stream_is_a_timeout_too():
    (attempt,) = watched(leaf(timeout=5.0), Streamed((NEVER, PARTIAL))).attempts

    assert (attempt.status, attempt.kind, attempt.duration) == (408, Kind.TIMEOUT, 5.0)
    assert attempt.billed is None


def test_a_first_picture_in_time_is_enough():
    result = watched(leaf(timeout=5.0), Streamed((4.9, PARTIAL, 500.0, SECOND, 599.0, COMPLETED)))

    assert isinstance(result.outcome, Success)
    assert result.times == (4.9, 504.9)


@pytest.mark.parametrize(
    ("timeout", "between"), [(5.0, 600), (600.0, 600), (900.0, 900)], ids=["5", "600", "900"]
)
def test_each_further_picture_has_ten_minutes_or_the_timeout_if_that_is_longer(timeout, between):
    result = watched(leaf(timeout=timeout), Streamed((1.0, PARTIAL, NEVER, COMPLETED)))

    assert (result.outcome.kind, result.took) == (Kind.TIMEOUT, 1.0 + between)
    assert result.outcome.message == f"no further picture within {between} s"
    assert result.attempts[0].kind is Kind.TIMEOUT


@pytest.mark.parametrize("filler", [COMMENT, b"data: {}\n\n"], ids=["comments", "other events"])
def test_what_shows_no_picture_gives_no_more_time(filler):
    result = watched(leaf(timeout=5.0), Streamed((PARTIAL, *(100.0, filler) * 9, COMPLETED)))

    assert (result.outcome.kind, result.took) == (Kind.TIMEOUT, 600.0)


def test_the_time_that_the_caller_takes_is_not_counted():
    result = watched(leaf(timeout=5.0), stream_answer(2, every=1.0), takes=PATIENCE)

    assert isinstance(result.outcome, Success)
    assert len(result.partials) == 2


def test_the_deadline_of_a_budget_counts_the_time_that_the_caller_takes():
    node = showing(fallback(target(), target("b"), budget=budget(deadline=30.0)))

    result = watched(node, stream_answer(2, every=1.0), takes=100.0)

    assert (result.outcome.kind, result.outcome.message) == (
        Kind.OUT_OF_BUDGET,
        "the deadline of 30 s has passed",
    )
    assert [attempt.kind for attempt in result.attempts] == [Kind.CANCELLED]


def test_a_late_stream_is_fallen_back_from_before_its_first_picture():
    sender = {"a": Streamed((NEVER, PARTIAL)), "b": stream_answer(1)}

    result = watched_by_two(sender, fallback(target(timeout=5.0), target("b")))

    assert (result.asked, result.statuses) == (["a", "b"], [408, 200])


def test_a_stream_that_stops_after_its_first_picture_is_not_fallen_back_from():
    sender = {"a": Streamed((PARTIAL, NEVER)), "b": stream_answer(1)}

    result = watched_by_two(sender, fallback(target(timeout=5.0), target("b")))

    assert (result.asked, result.outcome.final) == (["a"], True)


def watched_by_two(steps, route):
    async def main():
        sender = StreamingProviders(**{name: Scripted(step) for name, step in steps.items()})
        return await watch(showing(route), sender)

    return simulate(main)


def test_a_late_stream_is_repeated_where_408_is_listed():
    route = target(timeout=5.0, retry=retry(1, codes=frozenset({408})))

    result = watched(showing(route), Streamed((NEVER,)), stream_answer(1))

    assert result.statuses == [408, 200]


def test_each_attempt_has_its_own_time_to_the_first_picture():
    route = target(timeout=5.0, retry=retry(1, codes=frozenset({500})))

    result = watched(showing(route), (4.0, 500), Streamed((4.0, PARTIAL, COMPLETED)))

    assert result.statuses == [500, 200]


def test_a_picture_at_the_very_moment_of_the_timeout_makes_one_story():
    async def main():
        return await watch(leaf(timeout=5.0), Tied(5.0, PARTIAL, COMPLETED))

    result = simulate(main)

    assert result.places == []
    assert [attempt.kind for attempt in result.attempts] == [result.outcome.kind] == [Kind.TIMEOUT]
    assert result.outcome.message == "no answer within 5 s"


def test_a_finished_picture_at_the_very_moment_of_the_timeout_is_an_answer():
    async def main():
        return await watch(leaf(timeout=5.0), Tied(5.0, COMPLETED))

    result = simulate(main)

    assert (result.status, result.statuses) == (200, [200])


def test_a_caller_who_leaves_while_the_time_stands_still_is_no_timeout():
    result = watched(leaf(timeout=5.0), stream_answer(2), most=1, takes=PATIENCE)

    (attempt,) = result.attempts
    assert (attempt.status, attempt.kind, attempt.duration) == (499, Kind.CANCELLED, PATIENCE)


def test_an_answer_that_is_no_stream_has_the_timeout_alone():
    result = watched(leaf(timeout=5.0), (4.0, 200))

    assert (result.statuses, result.took) == ([200], 4.0)


def test_a_call_that_nobody_times_waits_for_its_pictures_however_long_it_takes():
    to = Target(path="config", provider="a", credential="key")
    aim = Aim(target=to, adapter=Shows(), origins=frozenset({"https://a.test:443"}), state_key="a")
    slow = Streamed((NEVER, PARTIAL, NEVER, COMPLETED))

    result = watched(Call(path="config", check=check_pictures), slow, aimed_at=aim)

    assert (result.status, result.times) == (200, (NEVER,))
