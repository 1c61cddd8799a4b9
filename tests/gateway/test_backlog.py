"""Backlog: it takes what there is room for, at once, and its thread writes that."""

import threading
import weakref

from router.gateway.backlog import Backlog

PATIENCE = 30.0


class Notes:
    """Work that notes what it is given; it begins when it may, and fails where it is told to."""

    def __init__(self, *, may_begin=True, fails_on=()):
        self.batches = []
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.tenth = threading.Event()
        self.fails_on = fails_on
        self.is_closed = False
        if may_begin:
            self.gate.set()

    @property
    def items(self):
        return [item for batch in self.batches for item in batch]

    def write(self, batch):
        self.begun.set()
        self.gate.wait(PATIENCE)
        if any(item in self.fails_on for item in batch):
            raise RuntimeError("broken")
        self.batches.append(list(batch))
        if len(self.items) == 10:
            self.tenth.set()
        return 0

    def close(self):
        self.is_closed = True


def backlog(work, **options):
    return Backlog("test", work, **{"linger": 0} | options)


def stuck(work, **options):
    """Return a backlog whose thread is in the middle of writing one item."""
    found = backlog(work, batch=1, **options)
    found.offer("first")
    assert work.begun.wait(PATIENCE)
    return found


def test_what_was_taken_is_written_in_order():
    work = Notes()
    found = backlog(work)

    for number in range(1000):
        found.offer(number)

    assert found.close(PATIENCE)
    assert work.items == list(range(1000))
    assert found.dropped == 0
    assert work.is_closed


def test_a_batch_has_no_more_than_its_limit():
    work = Notes(may_begin=False)
    found = stuck(work)
    for number in range(10):
        found.offer(number)

    work.gate.set()
    found.close(PATIENCE)

    assert max(map(len, work.batches)) == 1


def test_a_full_backlog_drops_and_counts_and_never_waits():
    work = Notes(may_begin=False)
    found = stuck(work, capacity=3)

    taken = [found.offer(number) for number in range(10)]

    assert taken == [True] * 3 + [False] * 7
    assert found.dropped == 7
    work.gate.set()
    assert found.close(PATIENCE)
    assert work.items == ["first", 0, 1, 2]
    assert found.dropped == 7


def test_work_that_fails_loses_its_batch_alone():
    work = Notes(fails_on=["bad"])
    found = backlog(work, batch=1)

    for item in ("good", "bad", "better"):
        found.offer(item)

    assert found.close(PATIENCE)
    assert work.items == ["good", "better"]
    assert found.dropped == 1


def test_closing_ends_at_its_limit_and_counts_what_is_left():
    work = Notes(may_begin=False)
    found = stuck(work)
    found.offer("second")

    assert not found.close(0.01)
    assert found.dropped == 2
    work.gate.set()


def test_what_comes_after_the_end_is_dropped():
    work = Notes()
    found = backlog(work)
    found.close(PATIENCE)

    assert not found.offer("late")
    assert found.dropped == 1
    assert found.close(PATIENCE)


def test_nobody_waits_for_more_where_there_is_a_batch():
    work = Notes(may_begin=False)
    found = Backlog("test", work, batch=2, linger=PATIENCE)
    for number in range(10):
        found.offer(number)

    work.gate.set()

    assert work.tenth.wait(PATIENCE / 2)
    found.close(PATIENCE)


def test_flushing_waits_for_what_was_taken_before():
    work = Notes()
    found = backlog(work, linger=PATIENCE)
    found.offer("one")

    assert found.flush(PATIENCE)
    assert work.items == ["one"]
    found.close(PATIENCE)


def test_flushing_tells_that_it_took_too_long():
    work = Notes(may_begin=False)
    found = stuck(work)

    assert not found.flush(0.01)
    work.gate.set()
    assert found.flush(PATIENCE)
    found.close(PATIENCE)


def test_what_is_written_is_not_held_on_to():
    class Picture:
        pass

    class Blind(Notes):
        def write(self, batch):
            return 0

    found = backlog(Blind())
    item = Picture()
    gone = weakref.ref(item)

    found.offer(item)
    del item
    found.close(PATIENCE)

    assert gone() is None


def test_there_is_a_turn_without_items_now_and_then():
    work = Notes()

    found = backlog(work, idle=0.001)

    assert work.begun.wait(PATIENCE)
    found.close(PATIENCE)
    assert work.items == []
