"""Promising: pictures in the form and the format asked for, of a provider that has neither."""

import base64
import io
import json

from PIL import Image

from router import AsyncRouter, RoutingError
from router.core.adapter import Becomes
from router.core.http import HttpResponse
from router.testing import Scripted, simulate
from tests.toys import Toy

CDN = "https://cdn.test/{}.png"


def drawn(form="png", mode="RGB"):
    file = io.BytesIO()
    Image.effect_noise((24, 16), 90).convert(mode).save(file, form)
    return file.getvalue()


PNG = drawn()


def b64(content=PNG):
    return {"b64_json": base64.b64encode(content).decode()}


def url(number=0):
    return {"url": CDN.format(number)}


def answer(*items, **fields):
    body = json.dumps({"created": 1, "data": list(items), **fields}).encode()
    return HttpResponse(status=200, body=body)


def file(content=PNG, status=200):
    return HttpResponse(status=status, headers={"content-type": "image/png"}, body=content)


def dropped(name):
    """A rule of a provider that cannot do it."""
    return lambda value, params: Becomes({}, f"{name} {value} dropped (a toy has none)")


PROMISES = ("response_format", "output_format", "output_compression")
POOR = Toy("poor", rule_by_name={name: dropped(name) for name in PROMISES})
ABLE = Toy("able")


def asked(*steps, toy=POOR, config=None, options=None, **params):
    """Ask for a cat; return the answer, or the error, and the sender."""
    sender = Scripted(*steps)

    async def main():
        keys = {"POOR_API_KEY": "sk-poor", "ABLE_API_KEY": "sk-able"}
        wanted = config or {"provider": toy.provider}
        using = {"adapters": [POOR, ABLE], "environment": keys, "sender": sender, **(options or {})}
        async with AsyncRouter(wanted, **using) as router:
            try:
                return await router.images.generate(prompt="a cat", **params)
            except RoutingError as error:
                return error

    return simulate(main), sender
