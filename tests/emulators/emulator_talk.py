"""How these tests talk to the emulators: over real HTTP, with the providers' own clients."""

import io

import anyio
import httpx
import openai
from PIL import Image

from router.emulators.drawing import drawn_once
from router.sandbox.server import Sandbox

DRAW = drawn_once()


def over_http(work, **settings):
    """Run `work(sandbox)` with a sandbox on a free port."""

    async def main():
        async with Sandbox(**{"draw": DRAW, **settings}) as sandbox:
            return await work(sandbox)

    return anyio.run(main)


def ask_openai(key="sk-sandbox", settings=None, **params):
    """One call with the openai package; returns the answer or the error it raised."""

    async def work(sandbox):
        base = sandbox.base_url("openai")
        async with openai.AsyncOpenAI(base_url=base, api_key=key, max_retries=0) as client:
            return await attempt(client, params)

    return over_http(work, **(settings or {}))


def ask_azure(version="2025-04-01-preview", settings=None, client=None, **params):
    """One call with the openai package's Azure client; returns the answer or the error."""
    login = {"api_key": "sandbox"} if client is None else client

    async def work(sandbox):
        async with openai.AsyncAzureOpenAI(
            azure_endpoint=sandbox.base_url("azure-openai"),
            api_version=version,
            max_retries=0,
            **login,
        ) as azure:
            return await attempt(azure, params)

    return over_http(work, **(settings or {}))


async def attempt(client, params):
    try:
        return await client.images.generate(**{"prompt": "a red kite", **params})
    except openai.APIError as error:
        return error


def ask(method, path, settings=None, **arguments):
    """One plain HTTP request; returns httpx's response."""

    async def work(sandbox):
        async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False, verify=False) as client:
            return await client.request(method, path, **arguments)

    return over_http(work, **(settings or {}))


def opened(content):
    """The picture in a file, read whole by Pillow."""
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture
