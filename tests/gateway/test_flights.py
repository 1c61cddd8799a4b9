"""Callers who go and ask again: what is bought once is not bought again."""

import anyio
import pytest

from router.gateway.flights import MOST_HELD, Flights, GoneError
from router.testing import simulate

GRACE = 10.0


class Shop:
    """Sells pictures that take a while; counts them."""

    def __init__(self, seconds=3.0, error=None):
        self.flights = Flights()
        self.sold = 0
        self._seconds = seconds
        self._error = error

    async def buy(self, *, patience=None, name="a kite"):
        """Ask for a picture, and go after `patience` seconds; None where the caller got nothing."""

        async def left():
            await anyio.sleep(1e9 if patience is None else patience)

        try:
            return await self.flights.fly(self._work, lambda: name, left, GRACE)
        except GoneError:
            return None

    async def _work(self):
        self.sold += 1
        number = self.sold
        await anyio.sleep(self._seconds)
        if self._error is not None:
            raise self._error
        return number


def came_back(shop, after, *, patience=1.0):
    """Ask, go after a second, and ask again `after` so many; return what that came to."""

    async def main():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_quietly, shop, patience)
            await anyio.sleep(after)
            return await shop.buy()

    return simulate(main)


async def _quietly(shop, patience):
    try:
        await shop.buy(patience=patience)
    except RuntimeError:
        return  # nobody is there to hear it


@pytest.mark.parametrize("after", [1.5, 3.5, 12.0], ids=["under way", "just there", "there long"])
def test_who_comes_back_in_time_gets_what_was_bought(after):
    shop = Shop()

    assert came_back(shop, after) == 1
    assert shop.sold == 1


def test_who_comes_back_too_late_buys_anew():
    shop = Shop()

    assert came_back(shop, 3.0 + GRACE + 1.0) == 2


def test_what_takes_longer_than_the_grace_is_called_off():
    shop = Shop(seconds=60.0)

    assert came_back(shop, 1.0 + GRACE + 1.0) == 2


def test_a_failure_is_kept_for_nobody():
    shop = Shop(error=RuntimeError("nothing was made"))

    with pytest.raises(ExceptionGroup):
        came_back(shop, 3.5)
    assert shop.sold == 2


def test_an_answer_that_was_taken_is_not_kept():
    shop = Shop()

    async def main():
        return await shop.buy(), len(shop.flights), await shop.buy()

    assert simulate(main) == (1, 0, 2)


def test_no_more_answers_are_kept_than_there_is_room_for():
    shop = Shop()

    async def main():
        async with anyio.create_task_group() as tasks:
            for number in range(MOST_HELD + 5):
                tasks.start_soon(lambda name=str(number): shop.buy(patience=1.0, name=name))
            await anyio.sleep(4.0)
            held = len(shop.flights)
            await anyio.sleep(GRACE)
            return held, len(shop.flights)

    assert simulate(main) == (MOST_HELD, 0)
