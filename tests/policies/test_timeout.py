import asyncio

import anyio
import pytest

from router.core.outcome import Kind
from router.testing import Scripted, picture_answer, simulate
from tests.toys import CAT, Keys, compiled, context, fallback, retry, run, target


class SlowKeys(Keys):
    """A vault that takes its time."""

    async def credentials(self, name):
        await anyio.sleep(10)


class Stubborn:
    """A sender that finishes what it has begun, whoever cancels it."""

    async def send(self, request):
        with anyio.CancelScope(shield=True):
            await anyio.sleep(8.0)
        return picture_answer()

    async def aclose(self):
        pass


def test_an_attempt_that_takes_too_long_is_cut_off():
    result = run(compiled(target(timeout=5.0)), (60, 200))

    assert (result.outcome.kind, result.status, result.took) == (Kind.TIMEOUT, 408, 5.0)
    assert result.outcome.message == "no answer within 5 s"


def test_the_trace_shows_the_timeout_and_how_long_it_took():
    (attempt,) = run(compiled(target(timeout=5.0)), (60, 200)).attempts

    assert (attempt.status, attempt.kind, attempt.duration) == (408, Kind.TIMEOUT, 5.0)


def test_an_answer_in_time_is_no_timeout():
    assert run(compiled(target(timeout=5.0)), (4.999, 200)).status == 200


def test_every_attempt_has_a_timeout():
    assert run(compiled(target()), (601, 200)).took == 600.0


def test_nobody_knows_whether_a_call_that_was_sent_is_billed():
    result = run(compiled(target(timeout=5.0)), (60, 200))

    assert (result.outcome.billed, result.attempts[0].billed) == (None, None)


def test_a_timeout_before_anything_was_sent_is_not_billed():
    result = run(compiled(target(timeout=5.0)), vault=SlowKeys())

    assert (result.outcome.billed, result.attempts[0].billed) == (False, False)
    assert result.sender.requests == []


def test_a_cancelled_attempt_is_no_timeout():
    node = compiled(target(timeout=5.0))

    async def main():
        ctx = context(Scripted((60, 200)))
        task = asyncio.ensure_future(node.execute(CAT, ctx))
        await anyio.sleep(3)
        task.cancel()
        await asyncio.wait({task})
        (attempt,) = ctx.trace.attempts
        return task.cancelled(), attempt.status, attempt.kind, attempt.duration, attempt.billed

    assert simulate(main) == (True, 499, Kind.CANCELLED, 3.0, None)


def test_an_answer_that_came_all_the_same_counts():
    result = run(compiled(target(timeout=6.0)), sender=Stubborn())

    assert (result.status, result.statuses, result.took) == (200, [200], 8.0)


@pytest.mark.parametrize("seconds", [1.0, 2.0])
def test_the_next_attempt_has_a_timeout_of_its_own(seconds):
    route = target(timeout=seconds, retry=retry(1, codes=frozenset({408})))

    result = run(compiled(route), (60, 200), (0.9 * seconds, 200))

    assert result.statuses == [408, 200]


@pytest.mark.parametrize("asked", [2.0, 30.0])
def test_a_callers_own_timeout_stands_in_for_the_configs(asked):
    result = run(compiled(target(timeout=5.0)), (60, 200), attempt_timeout=asked)

    assert (result.outcome.message, result.took) == (f"no answer within {asked:g} s", asked)


@pytest.mark.parametrize(("asked", "cut_short"), [(2.0, True), (5.0, False), (30.0, False)])
def test_a_timeout_is_cut_short_where_the_caller_gave_less_than_the_config(asked, cut_short):
    result = run(compiled(target(timeout=5.0)), (60, 200), attempt_timeout=asked)

    assert (result.outcome.kind, result.outcome.cut_short) == (Kind.TIMEOUT, cut_short)


@pytest.mark.parametrize("asked", [2.0, 30.0])
def test_a_callers_own_timeout_is_repeated_and_moves_on_as_the_configs(asked):
    route = fallback(target("a", retry=retry(1, codes=frozenset({408}))), target("b"))

    result = run(compiled(route), (60, 200), (60, 200), 200, attempt_timeout=asked)

    assert (result.asked, result.statuses) == (["a", "a", "b"], [408, 408, 200])
