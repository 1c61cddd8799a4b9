"""Registry: the emulators there are, and the names they answer to."""

from collections.abc import Mapping
from types import MappingProxyType

from router.dialects.table import dialects
from router.emulators.azure_openai import AzureOpenAI
from router.emulators.emulator import Emulator
from router.emulators.google import Google
from router.emulators.monsterapi import MonsterAPI
from router.emulators.openai import OpenAI
from router.emulators.openai_compatible import OpenAICompatible
from router.emulators.plugins import plugged, plugged_at
from router.emulators.replicate import Replicate
from router.emulators.segmind import Segmind
from router.emulators.stability_ai import StabilityAI
from router.emulators.together_ai import TogetherAI

EMULATORS: tuple[Emulator, ...] = (
    OpenAI(),
    AzureOpenAI(),
    StabilityAI(),
    TogetherAI(),
    Replicate(),
    Segmind(),
    MonsterAPI(),
    Google(),
    *(OpenAICompatible(dialect) for dialect in dialects()),
)

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "azure": "azure-openai",
        "stability": "stability-ai",
        "stabilityai": "stability-ai",
        "together": "together-ai",
        "monster": "monsterapi",
        "gemini": "google",
        **{alias: dialect.name for dialect in dialects() for alias in dialect.aliases},
    }
)


def emulator(provider: str) -> Emulator | None:
    """The emulator of a provider, by its name or an alias; else one that a package brings."""
    name = ALIASES.get(provider, provider)
    found = next((known for known in EMULATORS if known.provider == name), None)
    return found or plugged(name)


def emulator_at(host: str) -> Emulator | None:
    """The emulator that serves a host name."""
    name = host.lower()
    found = next((known for known in EMULATORS if known.serves(name)), None)
    return found or plugged_at(name)
