"""Whatever targets give, every picture of a success is as asked for, whole, and none is missing."""

import base64
import io
import json
from dataclasses import replace

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from router import AsyncRouter, RoutingError
from router.answer import Image as Came
from router.core.adapter import Becomes
from router.core.data_url import decode_data_url
from router.core.http import HttpResponse
from router.core.media import sniff_bytes
from router.core.outcome import Failure, Kind
from router.testing import simulate
from tests.toys import Toy

PROMISES = ("response_format", "output_format", "output_compression")
NONE_OF_IT = {
    name: lambda value, params: Becomes({}, f"{value} dropped (a toy has none)")
    for name in PROMISES
}


def drawn(form="png"):
    out = io.BytesIO()
    Image.effect_noise((12, 8), 90).convert("RGB").save(out, form)
    return out.getvalue()


PNG, JPEG = drawn(), drawn("jpeg")
HALF = PNG[: len(PNG) // 2]
FILES = {
    "png": (200, PNG),
    "jpeg": (200, JPEG),
    "half": (200, HALF),
    "page": (200, b"<html>"),
    "gone": (403, b""),
    "slow": (None, b""),
}


def inside(content):
    return base64.b64encode(content).decode()


ITEMS = {
    "png": {"b64_json": inside(PNG)},
    "jpeg": {"b64_json": inside(JPEG)},
    "half": {"b64_json": inside(HALF)},
    "data": {"url": f"data:image/png;base64,{inside(PNG)}"},
    "no data": {"url": "data:image/png;base64,!!"},
    "nothing": {},
    **{f"url {name}": {"url": f"https://cdn.test/{name}.png"} for name in FILES},
}


class Chaperon(Toy):
    """Its failures carry the pictures that came."""

    def flow(self, request, target):
        pictures = yield from super().flow(request, target)
        if isinstance(pictures, Failure):
            return pictures
        return Failure(
            kind=Kind.SERVER_ERROR, status=502, message="it broke", pictures=pictures.data
        )


class Web:
    """Providers that give what they are told to, and the place where their pictures are."""

    def __init__(self, **answers):
        self.answers = {name: list(reversed(given)) for name, given in answers.items()}

    async def send(self, request):
        host, _, rest = request.url.removeprefix("https://").partition("/")
        if host == "cdn.test":
            status, body = FILES[rest.removesuffix(".png")]
            if status is None:
                await anyio.sleep(10_000)
            return HttpResponse(
                status=status or 200, headers={"content-type": "image/png"}, body=body
            )
        items = self.answers[host.removesuffix(".test")]
        data = [ITEMS[name] for name in (items.pop() if items else [])]
        return HttpResponse(status=200, body=json.dumps({"created": 1, "data": data}).encode())

    async def aclose(self):
        pass


TOYS = {
    "poor": Toy("poor", rule_by_name=NONE_OF_IT),
    "able": Toy("able"),
    "few": Toy("few", rule_by_name=NONE_OF_IT, most=1),
    "chaperon": Chaperon("chaperon", rule_by_name=NONE_OF_IT),
}
GIVEN = st.lists(st.lists(st.sampled_from(sorted(ITEMS)), max_size=5), min_size=1, max_size=4)


def came_of(targets, params):
    config = {
        "strategy": {"mode": "fallback", "top_up": True},
        "request_timeout": 5000,
        "targets": [{"provider": name} for name, _ in targets],
    }
    toys = [replace(TOYS[name], provider=f"{name}{at}") for at, (name, _) in enumerate(targets)]
    for target, toy in zip(config["targets"], toys, strict=True):
        target["provider"] = toy.provider
    answers = {toy.provider: given for toy, (_, given) in zip(toys, targets, strict=True)}
    keys = {f"{toy.provider.upper()}_API_KEY": "sk-toy" for toy in toys}

    async def main():
        options = {"adapters": toys, "environment": keys, "sender": Web(**answers)}
        async with AsyncRouter(config, **options) as router:
            try:
                answer = await router.images.generate(prompt="a cat", **params)
            except RoutingError as error:
                return error
            return answer

    return simulate(main)


def content_of(image, form):
    """Return the bytes of a picture that is in the form that was asked for."""
    if form == "b64_json":
        assert image.url is None
        return base64.b64decode(image.b64_json, validate=True)
    assert image.b64_json is None
    return decode_data_url(image.url)


def is_as_asked(image, params):
    content = content_of(image, params["response_format"])
    Image.open(io.BytesIO(content)).load()
    return sniff_bytes(content).format == params.get("output_format", sniff_bytes(content).format)


IN_BASE64 = {"response_format": "b64_json"}
WEBP_IN_BASE64 = {"response_format": "b64_json", "output_format": "webp"}
WEBP_BY_URL = {"response_format": "url", "output_format": "webp"}


def some(*toys):
    return st.lists(st.tuples(st.sampled_from(toys), GIVEN), min_size=1, max_size=3)


# Whoever says that it gives URLs of WebP pictures is believed: they are fetched by nobody.
CASES = st.one_of(
    st.tuples(some(*TOYS), st.sampled_from([IN_BASE64, WEBP_IN_BASE64])),
    st.tuples(some("poor", "few", "chaperon"), st.just(WEBP_BY_URL)),
)


@settings(max_examples=60)
@given(CASES, st.integers(1, 4))
def test_every_picture_is_as_asked_for_and_exactly_so_many_come(case, n):
    targets, params = case
    came = came_of(targets, {"n": n, **params})

    if isinstance(came, RoutingError):
        assert len(came.pictures) < max(n, 2)
        assert all(is_as_asked(Came(picture), params) for picture in came.pictures)
    else:
        assert len(came.data) == n
        assert all(is_as_asked(image, params) for image in came.data)


@pytest.mark.parametrize("spoilt", ["half", "url gone", "url half", "no data", "nothing"])
@pytest.mark.parametrize("toy", ["poor", "few", "chaperon"])
def test_one_spoilt_picture_costs_one_picture(toy, spoilt):
    given = [["png"], [spoilt], ["url png"]] if toy == "few" else [["png", spoilt, "url png"]]
    came = came_of([(toy, given), ("able", [["png"]])], {"n": 3, **IN_BASE64})

    assert len(came.data) == 3
    assert all(is_as_asked(image, IN_BASE64) for image in came.data)
    assert came.trace.served.provider == "able1"
