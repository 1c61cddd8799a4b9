"""Registry: the providers there are, known by name before any of them is loaded."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

from router.core.adapter import Adapter
from router.core.provider import ProviderInfo
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
    ),
    ProviderInfo(
        name="stability-ai",
        aliases=("stabilityai", "stability"),
        key_variable="STABILITY_API_KEY",
    ),
    ProviderInfo(name="together-ai", aliases=("together",), key_variable="TOGETHER_API_KEY"),
    ProviderInfo(name="replicate", key_variable="REPLICATE_API_TOKEN"),
)

FACTORIES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "router.providers.openai:OpenAI",
        "azure-openai": "router.providers.azure_openai:AzureOpenAI",
        "stability-ai": "router.providers.stability_ai:StabilityAI",
        "together-ai": "router.providers.together_ai:TogetherAI",
        "replicate": "router.providers.replicate:Replicate",
    }
)
"""Where each adapter is found, as `module:factory`; imported when it is first asked for."""


def find_provider(name: str) -> ProviderInfo:
    """Return the provider of that name or alias. Raises LookupError, naming those there are."""
    for provider in PROVIDERS:
        if name == provider.name or name in provider.aliases:
            return provider
    known = ", ".join(provider.name for provider in PROVIDERS)
    raise LookupError(f"provider {name!r} is not known; known providers: {known}")


def adapter(name: str) -> Adapter:
    """Load and make the adapter of a provider, by name or alias. Raises LookupError."""
    provider = find_provider(name).name
    module, _, factory = FACTORIES[provider].partition(":")
    make: Callable[..., Adapter] = getattr(import_module(module), factory)
    return make(catalog=catalog_of(provider))
