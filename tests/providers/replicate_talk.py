"""Talking to Replicate: hold its conversations by hand, as the driver would."""

import io
import json
from functools import partial

import provider_talk
from PIL import Image
from provider_talk import answer, sent

from router.core.files import held
from router.core.images import ImageRequest

SCHNELL = "black-forest-labs/flux-schnell"
DEV = "black-forest-labs/flux-dev"
PRO = "black-forest-labs/flux-1.1-pro"
ULTRA = "black-forest-labs/flux-1.1-pro-ultra"
KONTEXT = "black-forest-labs/flux-kontext-pro"
FILL = "black-forest-labs/flux-fill-pro"
REDUX = "black-forest-labs/flux-redux-schnell"
SDXL = "stability-ai/sdxl"
SD35 = "stability-ai/stable-diffusion-3.5-large"
RECRAFT = "recraft-ai/recraft-v3"
IDEOGRAM = "ideogram-ai/ideogram-v3-turbo"
IMAGEN = "google/imagen-4"
SEEDREAM = "bytedance/seedream-4"
BANANA = "google/nano-banana"
STRANGER = "somebody/something"

VERSION = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
OTHER_VERSION = "0123456789abcdef" * 4
HOST = "https://api.replicate.com"
ID = "q1w2e3r4t5y6u7i8o9p0a1s2d3"
URL = "https://replicate.delivery/xezq/AbC/out-0.png"


def png(mode="RGB", colour=0, size=(4, 4)):
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, "png")
    return stream.getvalue()


CLEAR = png("RGBA", (0, 0, 0, 0))


def replicate(request, **fields):
    return sent("replicate", request, **fields)


def body(request, **fields):
    return json.loads(replicate(request, **fields).body)


def given_input(request, **fields):
    return body(request, **fields)["input"]


def begin_with(model, *pictures, mask=None, operation="edit", **params):
    """A request that begins with pictures."""
    files = {"image": tuple(held(one, f"{k}.png") for k, one in enumerate(pictures))}
    if mask is not None:
        files["mask"] = (held(mask, "mask.png"),)
    named = {"prompt": "at night", "model": model, **params}
    return ImageRequest(params=named, operation=operation, files=files)


def report(status="succeeded", output=None, **more):
    """A prediction as the API reports it."""
    urls = {
        "get": f"{HOST}/v1/predictions/{ID}",
        "cancel": f"{HOST}/v1/predictions/{ID}/cancel",
    }
    return answer(
        {
            "id": ID,
            "status": status,
            "output": output,
            "error": None,
            "urls": urls,
            "created_at": "2026-11-22T10:00:00.500Z",
            **more,
        },
        201,
    )


talk = partial(provider_talk.talk, "replicate")
