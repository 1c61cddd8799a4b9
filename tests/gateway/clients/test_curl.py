"""Curl, as Portkey's pages call it: the image page, the API reference, and its providers' pages."""

import json
import os
import shutil
import subprocess

import pytest
from PIL import Image

from tests.gateway.clients.client_gateway import APP

JSON = ["-H", "Content-Type: application/json"]
KEY = ["-H", f"x-portkey-api-key: {APP}"]
VIRTUAL_KEY = ["-H", "x-portkey-virtual-key: openai-vk"]
BEARER = ["-H", f"Authorization: Bearer {APP}"]
KITE = {"prompt": "a red kite", "model": "dall-e-3", "n": 1}


@pytest.fixture
def curl(tmp_path):
    """Call curl, in a folder with pictures: its answer as JSON, with `status`."""
    program = shutil.which("curl")
    if program is None:
        if os.environ.get("CI") == "true":
            raise FileNotFoundError("there is no curl")
        pytest.skip("there is no curl")
    for name in ("otter.png", "mask.png"):
        Image.new("RGBA", (256, 256), (200, 40, 40, 0)).save(tmp_path / name)

    def call(url, *options, body=None):
        data = [] if body is None else ["-d", json.dumps(body)]
        ending = ["-w", "\n%{http_code}", "-s", "--noproxy", "*"]
        command = [program, url, *options, *data, *ending]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        answer, _, status = done.stdout.rpartition("\n")
        return {**json.loads(answer or "{}"), "status": int(status)}

    return call


PROVIDER = [*JSON, *KEY, "-H", "x-portkey-provider: openai"]
PAGES = {
    "the image page": ([*JSON, *KEY, "-H", "x-portkey-provider: @openai-prod"], "sk-stored-prod"),
    "provider and key": ([*PROVIDER, "-H", "Authorization: Bearer sk-mine"], "sk-mine"),
    "virtual key": ([*JSON, *KEY, *VIRTUAL_KEY], "sk-stored-vk"),
    "config": ([*JSON, *KEY, "-H", "x-portkey-config: default"], "sk-stored-prod"),
    "config and all that can be told": (
        [
            *JSON,
            *KEY,
            *("-H", "x-portkey-config: default"),
            *("-H", "x-portkey-trace-id: a-trace"),
            *("-H", 'x-portkey-metadata: {"_user":"john"}'),
            *("-H", "x-portkey-cache-force-refresh: True"),
        ],
        "sk-stored-prod",
    ),
}


@pytest.mark.parametrize(("options", "key"), PAGES.values(), ids=PAGES)
def test_a_picture_as_the_reference_asks_for_it(curl, keyed, upstream, options, key):
    answer = curl(f"{keyed.url}/images/generations", *options, body=KITE)

    assert (answer["status"], type(answer["created"])) == (200, int)
    assert answer["data"][0]["url"]
    [order] = upstream.orders()
    assert (order.key, "pxr-" in order.everything) == (key, False)


@pytest.mark.parametrize(
    ("options", "body", "key"),
    [
        (
            [*JSON, *BEARER],
            {"model": "@stability-ai/stable-diffusion-v1-6", "prompt": "x", "size": "1024x1024"},
            "sk-operator-stability",
        ),
        (
            [
                *JSON,
                *KEY,
                *("-H", "x-portkey-provider: recraft-ai"),
                *("-H", "Authorization: Bearer sk-mine-recraft"),
            ],
            {"prompt": "a red kite", "style": "digital_illustration"},
            "sk-mine-recraft",
        ),
    ],
    ids=["Stability", "Recraft"],
)
def test_a_picture_as_a_providers_page_asks_for_it(curl, keyed, upstream, options, body, key):
    answer = curl(f"{keyed.url}/images/generations", *options, body=body)

    assert answer["status"] == 200, answer
    assert [order.key for order in upstream.orders()] == [key]


def test_a_gateway_of_ones_own_is_asked_with_any_key(curl, opened, upstream):
    answer = curl(
        f"{opened.url}/images/generations",
        *JSON,
        *("-H", "x-portkey-provider: openai"),
        *("-H", "x-portkey-api-key: sk-whatever"),
        body={**KITE, "size": "1024x1024"},
    )

    assert answer["status"] == 200
    assert [order.key for order in upstream.orders()] == ["sk-operator-openai"]


def test_a_picture_that_is_asked_for_at_the_address_of_chats(curl, keyed, upstream):
    url = f"{keyed.url}/chat/completions"

    picture = curl(url, *JSON, *KEY, *VIRTUAL_KEY, body=KITE)
    chat = curl(url, *JSON, *KEY, *VIRTUAL_KEY, body={"model": "gpt-5", "messages": []})

    assert picture["data"][0]["url"]
    assert (chat["status"], len(upstream.orders())) == (501, 1)


FORM = ["-F", "image=@otter.png", "-F", "n=2", "-F", "size=1024x1024"]
EDIT = [*FORM, "-F", "mask=@mask.png", "-F", "prompt=an otter with a kite"]


@pytest.mark.parametrize("key", [KEY, BEARER], ids=["portkey's", "bearer"])
def test_an_edit_without_a_model(curl, keyed, upstream, key):
    answer = curl(f"{keyed.url}/images/edits", *key, *VIRTUAL_KEY, *EDIT)

    assert len(answer["data"]) == 2, answer
    assert upstream.orders()[0].files == ["image", "mask"]


def test_an_edit_that_says_itself_that_it_is_a_form(curl, keyed, upstream):
    answer = curl(
        f"{keyed.url}/images/edits",
        *("--request", "POST", "--header", f"Authorization: Bearer {APP}", *VIRTUAL_KEY),
        *("--header", "Content-Type: multipart/form-data"),
        *("--form", "image=@otter.png", "--form", "prompt=an otter", "--form", "mask=@mask.png"),
        *("--form", "model=dall-e-2", "--form", "n=1", "--form", "size=1024x1024"),
        *("--form", "response_format=url", "--form", "user=a-user"),
    )

    assert answer["data"][0]["url"], answer
    [order] = upstream.orders()
    assert order.body["user"] == "a-user"


def test_a_variation_without_a_model(curl, keyed, upstream):
    answer = curl(f"{keyed.url}/images/variations", *KEY, *VIRTUAL_KEY, *FORM)

    assert len(answer["data"]) == 2, answer
    assert upstream.orders()[0].files == ["image"]


def test_who_gives_up_and_asks_again_gets_the_picture_that_is_being_made(curl, keyed, upstream):
    upstream.play("openai: delay=1.5")
    asked = [f"{keyed.url}/images/generations", *JSON, *KEY, *VIRTUAL_KEY]

    gave_up = curl(*asked, "--max-time", "0.4", body=KITE)
    again = curl(*asked, body=KITE)

    assert (gave_up["status"], again["status"]) == (0, 200)
    assert len(upstream.orders()) == 1
