"""Plugins: providers that other packages bring, found when a config names one."""

import logging
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache

from router.core.adapter import Adapter
from router.core.provider import ProviderInfo, info_of
from router.plugins import PROVIDERS, Plugin, PluginError, find_plugin, plugins

log = logging.getLogger("router")


@dataclass(frozen=True, slots=True)
class Offer:
    """A plugin loaded: what it is called, and its adapter, which all requests share."""

    info: ProviderInfo
    adapter: Adapter


def find_offer(name: str) -> Offer | None:
    """Return the provider of that name, else of that alias. Raises PluginError if it is broken.

    Where no plugin has the name, all are loaded to learn their aliases; broken ones have none.
    """
    plugin = find_plugin(PROVIDERS, name)
    if plugin is not None:
        return offer(plugin)
    offers = (_sound(plugin) for plugin in plugins(PROVIDERS))
    return next((one for one in offers if one is not None and name in one.info.aliases), None)


def names_beside(taken: AbstractSet[str]) -> tuple[str, ...]:
    """Return the names that are not taken; one that is taken is logged, as it is never used."""
    for plugin in plugins(PROVIDERS):
        if plugin.name in taken:
            log.warning(
                "the package %s offers a provider %r, which is built in; it is not used",
                plugin.package,
                plugin.name,
            )
    return tuple(plugin.name for plugin in plugins(PROVIDERS) if plugin.name not in taken)


@lru_cache
def offer(plugin: Plugin) -> Offer:
    """Load a plugin, and look whether it is what it should be. Raises PluginError."""
    factory = plugin.load()
    adapter = plugin.ask(factory)
    if not isinstance(adapter, Adapter):
        raise plugin.error(f"{type(adapter).__name__} is no Adapter; name that as its base class")
    if adapter.provider != plugin.name:
        told = adapter.provider
        raise plugin.error(f"its adapter calls itself {told!r}; expected {plugin.name!r}")
    info = getattr(factory, "info", None)
    if info is not None and not isinstance(info, ProviderInfo):
        raise plugin.error(f"its info is a {type(info).__name__}; expected a ProviderInfo")
    return Offer(replace(info, name=plugin.name) if info else info_of(plugin.name), adapter)


def _sound(plugin: Plugin) -> Offer | None:
    try:
        return offer(plugin)
    except PluginError:
        return None
