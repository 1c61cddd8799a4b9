"""Routes: which provider a request to the HTTP sandbox is meant for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from router.core.http import HttpRequest
from router.dialects.table import dialects
from router.emulators.emulator import Emulator
from router.emulators.registry import emulator, emulator_at

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "/openai": "openai",
        "/azure": "azure-openai",
        "/stability": "stability-ai",
        "/together-ai": "together-ai",
        "/replicate": "replicate",
        "/segmind": "segmind",
        "/monsterapi": "monsterapi",
        "/google": "google",
        **{f"/{row.name}": row.name for row in dialects()},
    }
)
"""The first part of a path, and the provider behind it."""

BASES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "/openai/v1",
        "azure-openai": "/azure",
        "stability-ai": "/stability",
        "together-ai": "/together-ai/v1",
        "replicate": "/replicate",
        "segmind": "/segmind",
        "monsterapi": "/monsterapi/v1",
        "google": "/google/v1beta",
        **{row.name: f"/{row.name}{urlsplit(row.base_url).path or '/v1'}" for row in dialects()},
    }
)
"""What a client's base URL ends with."""

# Paths that can belong to one provider only work without a prefix, too.
BARE: tuple[tuple[str, str], ...] = (
    ("/v2beta/", "stability-ai"),
    ("/v1beta/", "google"),
    ("/v1/generation/", "stability-ai"),
    ("/openai/deployments/", "azure-openai"),
    ("/v1/predictions", "replicate"),
    ("/v1/deployments/", "replicate"),
    ("/v1/generate/", "monsterapi"),
    ("/v1/status/", "monsterapi"),
    ("/v1/requests/", "segmind"),
    ("/v2/requests/", "segmind"),
    ("/v1/", "openai"),
)


@dataclass(frozen=True, slots=True)
class Routed:
    """A provider's emulator, and the request with the provider's own path."""

    emulator: Emulator
    request: HttpRequest


def route(request: HttpRequest) -> Routed | None:
    """Find the provider by the host, else by the path; None where neither names one."""
    split = urlsplit(request.url)
    found = emulator_at(split.hostname or "")
    if found is not None:
        return Routed(found, request)
    for start, provider in BARE:
        if split.path.startswith(start):
            return _routed(provider, request)
    for prefix, provider in PREFIXES.items():
        if split.path.startswith(f"{prefix}/"):
            own = split._replace(path=split.path.removeprefix(prefix)).geturl()
            return _routed(provider, replace(request, url=own))
    return _plugged(request)


def base_of(provider: str) -> str | None:
    """What a client's base URL ends with; None where nothing stands in for the provider."""
    if provider not in BASES and emulator(provider) is not None:
        return f"/{provider}"
    return BASES.get(provider)


def _plugged(request: HttpRequest) -> Routed | None:
    """Find the provider of an installed package, by the first part of the path."""
    split = urlsplit(request.url)
    name, _, rest = split.path.removeprefix("/").partition("/")
    own = split._replace(path=f"/{rest}").geturl()
    return _routed(name, replace(request, url=own))


def _routed(provider: str, request: HttpRequest) -> Routed | None:
    found = emulator(provider)
    return None if found is None else Routed(found, request)
