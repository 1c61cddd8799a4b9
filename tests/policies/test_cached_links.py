"""Cached links: an answer is kept no longer than whoever gets it can fetch its pictures."""

from dataclasses import dataclass

import anyio
import pytest

from router.artefacts.stores import DataUrls
from router.config.model import CacheSettings
from router.core.finishing import Finishing
from router.testing import Scripted, picture_answer, simulate
from tests.toys import CAT, again, compiled, context, fallback, target

LINKED = CAT.with_params({**CAT.params, "response_format": "url"})
WEEK = 604_800.0  # seconds
HOUR = 3_600.0  # seconds


class Silent:
    """A store whose links tell when they were given, but not for how long they live."""

    async def put(self, content, media):
        return f"https://pictures.test/{anyio.current_time():g}"


@dataclass(frozen=True)
class Expiring(Silent):
    """A store whose links live for so long."""

    seconds: float


async def fetch(url):
    raise AssertionError("the pictures came as bytes")


def bought(store, wait, *, request=LINKED, max_age=WEEK, on_group=False):
    """Ask twice; return how many calls it took, and what was given the second time."""
    cache = CacheSettings(max_age=max_age)
    route = fallback(target(), cache=cache) if on_group else target(cache=cache)
    node = compiled(route)

    async def main():
        sender = Scripted(picture_answer(), repeat=True)
        finishing = Finishing(fetch=fetch, store=store)
        ctx = context(sender, finishing=finishing)
        await node.execute(request, ctx)
        await anyio.sleep(wait)
        later = await node.execute(request, again(ctx, finishing=finishing))
        return len(sender.requests), later.pictures.data[0].url

    return simulate(main)


@pytest.mark.parametrize("on_group", [False, True], ids=["target", "group"])
def test_a_link_of_our_own_is_given_again_while_a_sixth_of_its_life_is_left(on_group):
    assert bought(Expiring(60.0), 49.9, on_group=on_group) == (1, "https://pictures.test/0")
    assert bought(Expiring(60.0), 50.0, on_group=on_group) == (2, "https://pictures.test/50")


def test_a_link_that_lives_for_longer_is_kept_no_longer_than_a_providers():
    assert bought(Expiring(24 * HOUR), 2_999.0)[0] == 1
    assert bought(Expiring(24 * HOUR), 3_000.0)[0] == 2


def test_an_answer_of_links_of_our_own_is_kept_no_longer_than_its_age():
    assert bought(Expiring(60.0), 30.0, max_age=30.0)[0] == 2


def test_a_picture_that_is_in_the_answer_does_not_end_with_the_links():
    assert bought(Expiring(60.0), HOUR, request=CAT) == (1, None)


def test_a_picture_that_is_its_own_url_lasts():
    calls, url = bought(DataUrls(), WEEK - 1)

    assert (calls, url[:11]) == (1, "data:image/")


def test_a_link_of_a_store_that_says_nothing_is_taken_for_a_providers():
    assert bought(Silent(), 2_999.0)[0] == 1
    assert bought(Silent(), 3_000.0)[0] == 2
