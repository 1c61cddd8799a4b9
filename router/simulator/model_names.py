"""Model names: when what a scenario writes, and what is asked of a provider, are one model."""

from router.providers.catalog import catalog_of


def is_same(provider: str, one: str, other: str) -> bool:
    """Tell whether two names mean the same model of a provider.

    They do where the catalog says so (`core` is `stable-image-core`), and where one of them leaves
    out who owns it (`FLUX.1-schnell`). Of a name with a version the version counts.
    """
    one, other = (name.rpartition(":")[2] for name in (one, other))
    if one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}"):
        return True
    catalog = catalog_of(provider)
    found = catalog.find(one)
    return found is not None and found is catalog.find(other)
