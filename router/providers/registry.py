"""Registry: the providers there are, known by name before any of them is loaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType

from router.core.adapter import Adapter
from router.core.catalog import Catalog
from router.core.provider import ProviderInfo
from router.dialects.dialect import Dialect
from router.providers.catalog import catalog_of

PROVIDERS: tuple[ProviderInfo, ...] = (
    ProviderInfo(
        name="openai",
        key_variable="OPENAI_API_KEY",
        options=("organization", "project"),
    ),
    ProviderInfo(
        name="azure-openai",
        aliases=("azure",),
        key_variable="AZURE_OPENAI_API_KEY",
        options=("resource_name", "deployment_id", "api_version", "model_name", "auth_mode"),
        # A target with a `custom_host` needs no resource name: it is where the resource answers.
        required=("resource_name",),
        names_models=True,
    ),
    ProviderInfo(
        name="stability-ai",
        aliases=("stabilityai", "stability"),
        key_variable="STABILITY_API_KEY",
    ),
    ProviderInfo(name="together-ai", aliases=("together",), key_variable="TOGETHER_API_KEY"),
    ProviderInfo(name="segmind", key_variable="SEGMIND_API_KEY"),
    ProviderInfo(name="monsterapi", aliases=("monster",), key_variable="MONSTER_API_KEY"),
    ProviderInfo(name="replicate", key_variable="REPLICATE_API_TOKEN"),
    ProviderInfo(name="google", aliases=("gemini",), key_variable="GEMINI_API_KEY"),
)

FACTORIES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "router.providers.openai:OpenAI",
        "azure-openai": "router.providers.azure_openai:AzureOpenAI",
        "stability-ai": "router.providers.stability_ai:StabilityAI",
        "together-ai": "router.providers.together_ai:TogetherAI",
        "segmind": "router.providers.segmind:Segmind",
        "monsterapi": "router.providers.monsterapi:MonsterAPI",
        "replicate": "router.providers.replicate:Replicate",
        "google": "router.providers.google:Google",
    }
)
"""Where each adapter is found, as `module:factory`; imported when it is first asked for."""


@dataclass(frozen=True, slots=True)
class Installed:
    """Providers that other packages bring; what finds them is loaded when it is first asked."""

    def find(self, name: str) -> ProviderInfo | None:
        from router.providers.plugins import find_offer

        found = find_offer(name)
        return found.info if found else None

    def names(self) -> Sequence[str]:
        from router.providers.plugins import names_beside

        return names_beside({name for info in providers() for name in (info.name, *info.aliases)})


INSTALLED = Installed()


@lru_cache
def providers() -> tuple[ProviderInfo, ...]:
    """Return every provider that is built in: those above, and a row of the dialects each."""
    return (*PROVIDERS, *map(_info, _dialects()))


def find_provider(name: str) -> ProviderInfo:
    """Return the provider of that name or alias. Raises LookupError, naming those there are."""
    for provider in PROVIDERS:
        if name == provider.name or name in provider.aliases:
            return provider
    for dialect in _dialects():
        if name == dialect.name or name in dialect.aliases:
            return _info(dialect)
    installed = INSTALLED.find(name)
    if installed is not None:
        return installed
    known = ", ".join((*(info.name for info in providers()), *INSTALLED.names()))
    raise LookupError(f"provider {name!r} is not known; known providers: {known}")


def adapter(name: str) -> Adapter:
    """Load and make the adapter of a provider, by name or alias. Raises LookupError."""
    provider = find_provider(name).name
    catalog = catalog_of(provider)
    if provider not in FACTORIES:
        return _compatible(provider, catalog) or _installed(provider)
    module, _, factory = FACTORIES[provider].partition(":")
    make: Callable[..., Adapter] = getattr(import_module(module), factory)
    return make(catalog=catalog)


def _dialects() -> tuple[Dialect, ...]:
    from router.dialects.table import dialects

    return dialects()


def _info(dialect: Dialect) -> ProviderInfo:
    return ProviderInfo(
        name=dialect.name,
        aliases=dialect.aliases,
        key_variable=dialect.key_variable,
        required=() if dialect.base_url else ("custom_host",),
    )


def _compatible(provider: str, catalog: Catalog) -> Adapter | None:
    from router.providers.openai_compatible import OpenAICompatible

    dialect = next((row for row in _dialects() if row.name == provider), None)
    return None if dialect is None else OpenAICompatible(dialect=dialect, catalog=catalog)


def _installed(provider: str) -> Adapter:
    from router.providers.plugins import find_offer

    found = find_offer(provider)
    if found is None:
        raise LookupError(f"no installed package offers a provider {provider!r}")
    return found.adapter
