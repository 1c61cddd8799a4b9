"""What has pictures in it is written beside the loop, which stays free for everybody else."""

import asyncio
import threading
from dataclasses import dataclass, field

import pytest

from router.core.outcome import Kind, Success
from router.testing import Scripted
from tests.providers.edit_talk import edit
from tests.toys import CAT, Toy, ask, compiled, context
from tests.toys import target as place

PATIENCE = 10.0  # seconds after which a test that hangs is given up


@dataclass(frozen=True)
class Slow(Toy):
    """A provider whose requests take until the gate opens to be written."""

    gate: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    threads: list = field(default_factory=list)

    def flow(self, request, target):
        self.threads.append(threading.get_ident())
        self.begun.set()
        assert self.gate.wait(PATIENCE), "the loop was held up"
        return (yield from super().flow(request, target))


def leaf(toy):
    return compiled(place(), adapters={"a": toy})


@pytest.mark.parametrize("operation", ["edit", "variation"])
def test_the_loop_goes_on_while_a_request_with_pictures_is_written(operation):
    toy = Slow()

    async def main():
        asyncio.get_running_loop().call_later(0, toy.gate.set)
        return await ask(leaf(toy), Scripted(200), edit(operation=operation))

    assert isinstance(asyncio.run(main()).outcome, Success)


def test_a_request_without_pictures_is_written_where_it_is():
    toy = Slow()
    toy.gate.set()

    asyncio.run(ask(leaf(toy), Scripted(200), CAT))

    assert toy.threads == [threading.get_ident()]


def test_a_caller_who_leaves_while_pictures_are_written_sends_nothing():
    toy, sender = Slow(), Scripted()

    async def main():
        ctx = context(sender)
        task = asyncio.ensure_future(leaf(toy).execute(edit(), ctx))
        await asyncio.to_thread(toy.begun.wait, PATIENCE)
        task.cancel()
        await asyncio.wait({task})
        toy.gate.set()
        return task.cancelled(), ctx.trace.attempts

    was_cancelled, (attempt,) = asyncio.run(main())

    assert was_cancelled
    assert (attempt.kind, attempt.billed) == (Kind.CANCELLED, False)
    assert sender.requests == []


def test_a_bug_in_writing_costs_only_its_target():
    @dataclass(frozen=True)
    class Broken(Toy):
        def flow(self, request, target):
            raise KeyError("image")

    run = asyncio.run(ask(leaf(Broken()), Scripted(), edit()))

    assert (run.outcome.kind, run.outcome.billed) == (Kind.INVALID_OUTPUT, False)
