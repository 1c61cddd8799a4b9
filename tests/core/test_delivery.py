import asyncio

import anyio

from router.core.delivery import Counter, Delivery
from router.core.events import Event, Partial
from router.core.images import Picture
from router.testing import simulate

PICTURE = Picture(b64=memoryview(b"QUJD"))


def partial(index=0):
    return Partial(picture=PICTURE, index=index)


def task_of(work):
    return asyncio.get_running_loop().create_task(work)


async def offered(counter, index=0):
    """Offer a picture, and wait until the offer lies on the counter."""
    task = task_of(counter.offer(partial(index)))
    await anyio.sleep(1)
    return task


def test_who_offers_a_picture_waits_until_it_is_taken():
    async def main():
        counter = Counter()
        task = await offered(counter)
        waited = not task.done()
        taken = await counter.take()
        await task
        return waited, taken

    assert simulate(main) == (True, partial())


def test_who_takes_waits_until_a_picture_is_offered():
    async def main():
        counter = Counter()
        taking = task_of(counter.take())
        await anyio.sleep(5)
        await counter.offer(partial())
        return (await taking), asyncio.get_running_loop().time()

    assert simulate(main) == (partial(), 5)


def test_pictures_are_taken_in_the_order_they_were_offered():
    async def main():
        counter = Counter()
        for index in range(3):
            await offered(counter, index)
        return [(await counter.take()).index for _ in range(3)]

    assert simulate(main) == [0, 1, 2]


def test_a_counter_knows_whether_anything_was_handed_over():
    async def main():
        counter = Counter()
        before = counter.handed_over
        await offered(counter)
        lying = counter.handed_over
        await counter.take()
        return before, lying, counter.handed_over

    assert simulate(main) == (False, False, True)


def test_an_offer_that_was_withdrawn_is_not_taken():
    async def main():
        counter = Counter()
        gone = await offered(counter, 0)
        gone.cancel()
        await asyncio.wait({gone})
        await offered(counter, 1)
        return (await counter.take()).index

    assert simulate(main) == 1


def test_a_withdrawn_offer_alone_hands_nothing_over():
    async def main():
        counter = Counter()
        gone = await offered(counter)
        gone.cancel()
        await asyncio.wait({gone})
        counter.close()
        return await counter.take(), counter.handed_over

    assert simulate(main) == (None, False)


def test_a_taker_that_is_cancelled_loses_no_picture():
    async def main():
        counter = Counter()
        with anyio.move_on_after(3):
            await counter.take()
        await offered(counter)
        return await counter.take()

    assert simulate(main) == partial()


def test_each_picture_goes_to_one_taker():
    async def main():
        counter = Counter()
        takers = [task_of(counter.take()) for _ in range(2)]
        await anyio.sleep(1)
        await counter.offer(partial(0))
        await counter.offer(partial(1))
        return sorted([(await taker).index for taker in takers])

    assert simulate(main) == [0, 1]


def test_a_closed_counter_has_nothing_more_for_anybody():
    async def main():
        counter = Counter()
        takers = [task_of(counter.take()) for _ in range(2)]
        await anyio.sleep(1)
        counter.close()
        return [await taker for taker in takers] + [await counter.take()]

    assert simulate(main) == [None, None, None]


def test_what_was_offered_before_the_end_is_taken_before_it():
    async def main():
        counter = Counter()
        await offered(counter)
        counter.close()
        return await counter.take(), await counter.take()

    assert simulate(main) == (partial(), None)


def test_a_delivery_says_which_of_the_pictures_it_makes():
    async def main():
        counter = Counter()
        branch = Delivery(counter, place=2).placed(3)
        task = task_of(branch.emit(partial(1)))
        taken = await counter.take()
        await task
        return taken.place, taken.index, branch.handed_over

    assert simulate(main) == (5, 1, True)


def test_a_delivery_that_says_nothing_makes_the_first():
    async def main():
        counter = Counter()
        task = task_of(Delivery(counter).emit(partial()))
        taken = await counter.take()
        await task
        return taken.place

    assert simulate(main) == 0


def test_every_branch_knows_what_another_handed_over():
    async def main():
        counter = Counter()
        one, other = Delivery(counter), Delivery(counter, place=1)
        before = other.handed_over
        task = task_of(one.emit(partial()))
        await counter.take()
        await task
        return before, other.handed_over

    assert simulate(main) == (False, True)


def test_an_event_shows_its_size_and_not_its_picture():
    assert repr(Event(name="image", data=b"QUJD")) == "Event('image', 4 bytes)"


def test_a_partial_picture_has_no_other_fields_unless_some_came():
    assert dict(partial().fields) == {}
