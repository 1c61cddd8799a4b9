"""Registry: the emulators there are, and the names they answer to; each is loaded when asked."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType

from router.dialects.dialect import Dialect
from router.dialects.table import dialects
from router.emulators.emulator import Emulator
from router.emulators.plugins import plugged, plugged_at

FACTORIES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "router.emulators.openai:OpenAI",
        "azure-openai": "router.emulators.azure_openai:AzureOpenAI",
        "stability-ai": "router.emulators.stability_ai:StabilityAI",
        "together-ai": "router.emulators.together_ai:TogetherAI",
        "replicate": "router.emulators.replicate:Replicate",
        "segmind": "router.emulators.segmind:Segmind",
        "monsterapi": "router.emulators.monsterapi:MonsterAPI",
        "google": "router.emulators.google:Google",
    }
)
"""Where each is found, as `module:factory`. The first ones are asked first whose host it is."""

NICKNAMES: Mapping[str, str] = MappingProxyType(
    {
        "azure": "azure-openai",
        "stability": "stability-ai",
        "stabilityai": "stability-ai",
        "together": "together-ai",
        "monster": "monsterapi",
        "gemini": "google",
    }
)


@lru_cache
def aliases() -> Mapping[str, str]:
    """Return the providers' other names."""
    others = {alias: dialect.name for dialect in dialects() for alias in dialect.aliases}
    return MappingProxyType({**NICKNAMES, **others})


@lru_cache
def names() -> tuple[str, ...]:
    """Return the names of all providers that are built in."""
    return (*FACTORIES, *_dialects())


def emulator(provider: str) -> Emulator | None:
    """The emulator of a provider, by its name or an alias; else one that a package brings."""
    if provider in FACTORIES:
        return _built_in(provider)
    name = aliases().get(provider, provider)
    return _built_in(name) if name in names() else plugged(name)


def emulator_at(host: str) -> Emulator | None:
    """The emulator that serves a host name."""
    wanted = host.lower()
    for provider in names():
        known = _built_in(provider)
        if known.serves(wanted):
            return known
    return plugged_at(wanted)


@lru_cache
def _built_in(provider: str) -> Emulator:
    if provider in FACTORIES:
        module, _, factory = FACTORIES[provider].partition(":")
        make: Callable[[], Emulator] = getattr(import_module(module), factory)
        return make()
    from router.emulators.openai_compatible import OpenAICompatible

    return OpenAICompatible(_dialects()[provider])


@lru_cache
def _dialects() -> Mapping[str, Dialect]:
    return MappingProxyType({dialect.name: dialect for dialect in dialects()})
