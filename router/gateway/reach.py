"""Reach: what of the operator's a request may use, by its API key and by who wrote its config."""

from collections.abc import Set as AbstractSet

from router.config.foreign import Stranger
from router.gateway.settings import ApiKey, Settings


def is_fenced(key: ApiKey | None) -> bool:
    """Tell whether a key uses the configs that it lists, and no provider beside them."""
    return key is not None and key.configs is not None and key.providers is None


def inside(key: ApiKey | None, settings: Settings) -> Stranger:
    """Return what a request reaches that is routed by a config of the operator's."""
    return Stranger(
        allowed_hosts=frozenset(settings.allowed_hosts),
        providers=_scope(None if key is None else key.providers),
        virtual_keys=_scope(None if key is None else key.virtual_keys),
        own_keys=settings.own_provider_keys if key is None else key.own_provider_keys,
    )


def outside(key: ApiKey | None, settings: Settings) -> Stranger:
    """Return what one reaches that is routed by its own config, or by its headers alone.

    A fenced key has the virtual keys that it lists. Any provider may be asked with a key of the
    caller's own, and no host of the operator's: its variables are the vault's to withhold.
    """
    if key is None or not is_fenced(key):
        return inside(key, settings)
    return Stranger(
        providers=None if key.own_provider_keys else frozenset(),
        virtual_keys=_scope(key.virtual_keys) or frozenset(),
        own_keys=key.own_provider_keys,
    )


def _scope(names: AbstractSet[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
