"""Pictures that came and could not be given as asked cost their target, and nothing more."""

import base64
import io
import json

import pytest
from PIL import Image

from router import AsyncRouter, RoutingError
from router.core.adapter import Becomes
from router.core.http import HttpResponse
from router.core.outcome import Kind
from router.testing import Scripted, simulate
from tests.toys import Toy

CDN = "https://cdn.test/{}.png"
PROMISES = ("response_format", "output_format", "output_compression")


def dropped(name):
    """A rule of a provider that cannot do it."""
    return lambda value, params: Becomes({}, f"{name} {value} dropped (a toy has none)")


POOR = Toy("poor", rule_by_name={name: dropped(name) for name in PROMISES})
ABLE = Toy("able")
BOTH = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "poor"}, {"provider": "able"}]}
TOPPING = {**BOTH, "strategy": {"mode": "fallback", "top_up": True}}


def drawn():
    out = io.BytesIO()
    Image.effect_noise((24, 16), 90).convert("RGB").save(out, "png")
    return out.getvalue()


PNG = drawn()
B64 = {"b64_json": base64.b64encode(PNG).decode()}


def url(number=0):
    return {"url": CDN.format(number)}


def answer(*items):
    return HttpResponse(status=200, body=json.dumps({"created": 1, "data": list(items)}).encode())


def file(content=PNG, status=200):
    return HttpResponse(status=status, headers={"content-type": "image/png"}, body=content)


def asked(*steps, config=BOTH, options=None, **params):
    """Ask for a cat; return the answer, or the error, and the sender."""
    sender = Scripted(*steps)

    async def main():
        keys = {"POOR_API_KEY": "sk-poor", "ABLE_API_KEY": "sk-able"}
        using = {"adapters": [POOR, ABLE], "environment": keys, "sender": sender, **(options or {})}
        async with AsyncRouter(config, **using) as router:
            try:
                return await router.images.generate(prompt="a cat", **params)
            except RoutingError as error:
                return error

    return simulate(main), sender


# Ports that break


class Broken:
    """A store with a bug."""

    async def put(self, content, media):
        raise RuntimeError("secret words")


@pytest.mark.parametrize("location", ["https://[bad", "//[", "http://[::1", "https://a:b:c/"])
def test_a_redirect_that_is_no_url_costs_the_target_and_no_more(location):
    lost = HttpResponse(status=302, headers={"location": location}, body=b"")
    got, _ = asked(answer(url()), lost, answer(B64), response_format="b64_json")

    assert got.trace.served.provider == "able"


def test_a_store_that_breaks_costs_the_target_and_no_more():
    natively = answer(url(1))
    got, _ = asked(answer(B64), natively, options={"artefacts": Broken()}, response_format="url")

    assert (got.data[0].url, got.trace.served.provider) == (CDN.format(1), "able")


def test_a_bug_of_a_store_is_a_failure_that_does_not_repeat_its_words():
    options = {"artefacts": Broken()}
    got, _ = asked(answer(B64), config={"provider": "poor"}, options=options, response_format="url")

    assert (got.kind, got.failure.billed) == (Kind.INVALID_OUTPUT, True)
    assert "it failed (RuntimeError)" in str(got)
    assert "secret words" not in str(got)
