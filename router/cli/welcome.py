"""Welcome: where the sandbox is, and a line to copy for each provider's own client."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from router.cli.terminal import strong
from router.emulators.registry import names
from router.sandbox.server import Sandbox

VERSION = "2025-04-01-preview"

CLIENTS: Mapping[str, str] = MappingProxyType(
    {
        "openai": 'OpenAI(base_url="{base}", api_key="sandbox")',
        "azure-openai": (
            f'AzureOpenAI(azure_endpoint="{{base}}", api_key="sandbox", api_version="{VERSION}")'
        ),
        "stability-ai": (
            'curl {base}/v2beta/stable-image/generate/core -H "authorization: Bearer sandbox"'
            ' -H "accept: image/*" -F prompt="a red kite" -o kite.png'
        ),
        "together-ai": 'Together(base_url="{base}", api_key="sandbox")',
        "replicate": 'replicate.Client(base_url="{base}", api_token="sandbox")',
        "segmind": 'SegmindClient(base_url="{base}/v1", api_key="sandbox")',
        "monsterapi": 'monsterapi.client(base_url="{base}", api_key="sandbox")',
        "google": 'genai.Client(http_options={{"base_url": "{base}"}}, api_key="sandbox")',
    }
)
"""How a client is led there. The others speak OpenAI's dialect, and so OpenAI's client will do."""

OWN_VERSION: Mapping[str, str] = MappingProxyType({"together-ai": "/v1", "google": "/v1beta"})
"""What these clients add to their base URL by themselves."""


def welcome(sandbox: Sandbox) -> Iterator[str]:
    """Yield the lines that are printed when it is ready."""
    door = "any key but 'invalid' opens it; Ctrl-C ends it"
    yield f"the sandbox is at {strong(sandbox.url)}; {door}\n"
    widest = max(map(len, names()))
    for name in names():
        url = sandbox.base_url(name)
        yield f"{strong(name.ljust(widest))} {url}"
        if name in CLIENTS:
            base = url.removesuffix(OWN_VERSION.get(name, ""))
            yield f"  {CLIENTS[name].format(base=base)}"
    yield "  OpenAI's client asks those without a line of their own, too\n"
    yield strong("in a config")
    yield f"  {{provider: openai, api_key: sandbox, custom_host: {sandbox.base_url('openai')}}}"
    yield "  and so for every other provider, with its URL\n"
