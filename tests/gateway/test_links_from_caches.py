"""Links from caches: what is answered from a cache can be fetched, however late it was asked."""

from dataclasses import replace

import anyio
import pytest

from router.engine import Engine
from router.gateway.links import open_links
from router.testing import Scripted, simulate
from tests.gateway import drive

CACHED = {"provider": "openai", "cache": {"mode": "simple", "max_age": 3600}}
ASKED = {**drive.KITE, "response_format": "url"}
BEGAN = 1_700_000_000.0


@pytest.mark.parametrize(("wait", "cache"), [(49, "HIT"), (51, "MISS"), (61, "MISS")])
def test_a_link_that_a_cache_gives_is_not_dead_on_arrival(tmp_path, wait, cache):
    folder = drive.written(tmp_path, c=CACHED)
    headers = {"x-portkey-config": "c"}

    async def main():
        links = open_links(
            tmp_path / "kept",
            seconds=60,
            public_url=None,
            now=lambda: BEGAN + anyio.current_time(),
        )
        gateway = drive.opened(folder)
        sender = Scripted(200, repeat=True)
        engine = Engine(sender=sender, seed=1, artefacts=links)
        gateway.desk = replace(gateway.desk, links=links, engine=engine)
        await drive.ask(gateway, headers=headers, json_=ASKED)
        await anyio.sleep(wait)
        seen = await drive.ask(gateway, headers=headers, json_=ASKED)
        await anyio.sleep(5)
        picture = await drive.ask(gateway, seen.json["data"][0]["url"], method="GET")
        return seen.headers["x-portkey-cache-status"], picture.status

    assert simulate(main) == (cache, 200)
