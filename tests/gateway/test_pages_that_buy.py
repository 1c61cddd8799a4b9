"""Pages that buy: a site that somebody looks at cannot spend money at the gateway beside it."""

import pytest

from router.gateway.keys import digest_of, written
from router.testing import Scripted, simulate
from tests.gateway import drive

PAGE = "https://shop.example"
OTHER = "https://evil.example"
KEY = "pxr-ours"
PLAIN = {"content-type": "text/plain"}  # what a browser sends anywhere without asking before


def bought(folder, *, headers, path=drive.GENERATIONS, **settings):
    """Return the answer's status, and how many pictures were asked for."""
    drive.written(folder, gateway=settings)
    sender = Scripted(200, repeat=True)

    async def main():
        gateway = drive.opened(folder, sender=sender)
        return await drive.ask(gateway, path, headers={**drive.OPENAI, **PLAIN, **headers})

    return simulate(main).status, len(sender.requests)


@pytest.mark.parametrize("path", [drive.GENERATIONS, "/v1/chat/completions"])
@pytest.mark.parametrize(
    "said",
    [
        {"origin": OTHER},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://evil.example:8787", "host": "evil.example:8787"},
        {"origin": OTHER, "x-portkey-api-key": "anything"},
    ],
    ids=repr,
)
def test_where_no_key_is_needed_an_unknown_page_buys_nothing(tmp_path, said, path):
    assert bought(tmp_path, headers=said, path=path) == (403, 0)
    assert bought(tmp_path, headers=said, path=path, cors_origins=[PAGE]) == (403, 0)


@pytest.mark.parametrize("origins", [[PAGE], ["*"]], ids=repr)
def test_a_page_that_the_operator_knows_may_ask(tmp_path, origins):
    assert bought(tmp_path, headers={"origin": PAGE}, cors_origins=origins) == (200, 1)


def test_who_is_no_page_may_ask(tmp_path):
    assert bought(tmp_path, headers={}) == (200, 1)


def test_who_shows_a_key_may_ask_from_anywhere(tmp_path):
    said = {"origin": OTHER, "x-portkey-api-key": KEY}
    keys = {"app": {"digest": written(digest_of(KEY))}}

    assert bought(tmp_path, headers=said, keys=keys) == (200, 1)
