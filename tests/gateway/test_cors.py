"""CORS: pages in a browser ask only where the operator allows it."""

import pytest

from router.gateway.keys import digest_of
from router.gateway.keys import written as digest
from router.gateway.openapi.headers import ANSWERED
from router.testing import Scripted, error_answer, simulate
from tests.gateway.drive import GENERATIONS, KITE, OPENAI, ask, opened, written

PAGE = "https://shop.example"
OTHER = "https://evil.example"
ALLOWED = "access-control-allow-origin"


def gateway_of(folder, *origins, steps=()):
    written(folder, gateway={"cors_origins": list(origins)})
    return opened(folder, *steps)


def asked(folder, *origins, origin=PAGE, method="POST", path=GENERATIONS, headers=(), steps=()):
    async def main():
        said = {**OPENAI, **({} if origin is None else {"origin": origin}), **dict(headers)}
        gateway = gateway_of(folder, *origins, steps=steps)
        return await ask(gateway, path, method=method, headers=said, json_=KITE)

    return simulate(main)


def test_no_page_may_ask_unless_it_is_allowed(tmp_path):
    seen = asked(tmp_path)

    assert seen.status == 403
    assert ALLOWED not in seen.headers


@pytest.mark.parametrize("origin", [OTHER, "null", "http://evil.example:8787"])
def test_a_page_buys_nothing_by_a_request_that_a_browser_sends_unasked(tmp_path, origin):
    written(tmp_path, main={"provider": "openai"}, gateway={"config": "main"})
    sender = Scripted(200)
    headers = {"origin": origin, "content-type": "text/plain", "host": "evil.example:8787"}

    async def main():
        return await ask(opened(tmp_path, sender=sender), headers=headers)

    assert simulate(main).status == 403
    assert sender.requests == []


def test_who_is_no_page_is_served(tmp_path):
    assert asked(tmp_path, origin=None).status == 200


def test_who_shows_a_key_is_served_from_anywhere(tmp_path):
    written(tmp_path, gateway={"keys": {"app": {"digest": digest(digest_of("pxr-app"))}}})
    headers = {**OPENAI, "origin": OTHER, "authorization": "Bearer pxr-app"}

    async def main():
        return await ask(opened(tmp_path), headers=headers)

    assert simulate(main).status == 200


def test_a_page_that_is_allowed_may_read_the_answer(tmp_path):
    seen = asked(tmp_path, PAGE, "https://other.example")

    assert seen.status == 200
    assert seen.headers[ALLOWED] == PAGE
    assert seen.headers["vary"] == "origin"


def test_another_page_may_not(tmp_path):
    assert ALLOWED not in asked(tmp_path, PAGE, origin=OTHER).headers


@pytest.mark.parametrize("origin", [PAGE + ".evil.example", PAGE[:-1], PAGE.upper(), "null"])
def test_an_origin_is_compared_as_a_whole(tmp_path, origin):
    assert ALLOWED not in asked(tmp_path, PAGE, origin=origin).headers


def test_a_star_allows_all(tmp_path):
    assert asked(tmp_path, "*", origin=OTHER).headers[ALLOWED] == "*"


def test_a_page_may_read_all_that_an_answer_says_of_itself(tmp_path):
    exposed = asked(tmp_path, PAGE).headers["access-control-expose-headers"].split(", ")

    assert set(exposed) == set(ANSWERED)
    assert "x-should-retry" in exposed


@pytest.mark.parametrize(
    ("path", "steps", "status"),
    [(GENERATIONS, [error_answer(400)], 400), ("/nowhere", (), 404), ("/health", (), 405)],
)
def test_a_page_may_read_why_it_failed(tmp_path, path, steps, status):
    seen = asked(tmp_path, PAGE, path=path, steps=steps)

    assert seen.status == status
    assert seen.error["message"]
    assert seen.headers[ALLOWED] == PAGE


def test_a_preflight_allows_what_is_asked_for(tmp_path):
    wanted = {"access-control-request-headers": "x-portkey-config,authorization"}

    seen = asked(tmp_path, PAGE, method="OPTIONS", headers=wanted)

    assert (seen.status, seen.body) == (204, b"")
    assert seen.headers[ALLOWED] == PAGE
    assert seen.headers["access-control-allow-headers"] == "x-portkey-config,authorization"
    assert "POST" in seen.headers["access-control-allow-methods"]
    assert "content-length" not in seen.headers


@pytest.mark.parametrize("origins", [(), (PAGE,)], ids=["off", "others"])
def test_a_preflight_of_another_page_is_refused_in_openais_words(tmp_path, origins):
    seen = asked(tmp_path, *origins, origin=OTHER, method="OPTIONS")

    assert seen.status == 403
    assert "cors_origins" in seen.message
    assert ALLOWED not in seen.headers


def test_a_header_that_is_asked_for_cannot_begin_another(tmp_path):
    wanted = {"access-control-request-headers": b"x-a\r\nset-cookie: x"}

    seen = asked(tmp_path, PAGE, method="OPTIONS", headers=wanted)

    assert "set-cookie" not in seen.headers
    assert "\n" not in seen.headers["access-control-allow-headers"]
