"""Plugins: emulators that other packages bring, so that the sandbox can stand in for them."""

import logging
from functools import lru_cache

from router.emulators.emulator import Emulator
from router.plugins import EMULATORS, Plugin, PluginError, find_plugin, plugins

log = logging.getLogger("router")


def plugged(provider: str) -> Emulator | None:
    """Return the emulator that a package brings for a provider, if it brings a sound one."""
    try:
        plugin = find_plugin(EMULATORS, provider)
    except PluginError as unclear:
        log.warning("emulator of %r: %s", provider, unclear)
        return None
    return None if plugin is None else _made(plugin)


def plugged_at(host: str) -> Emulator | None:
    """Return the one that serves a host name; all are loaded to ask them."""
    made = (_made(plugin) for plugin in plugins(EMULATORS))
    return next((one for one in made if one is not None and one.serves(host)), None)


@lru_cache
def _made(plugin: Plugin) -> Emulator | None:
    """Load and make it, once; one that is broken is logged, as it must not break the others."""
    try:
        emulator = plugin.ask(plugin.load())
        if not isinstance(emulator, Emulator):
            raise plugin.error(f"{type(emulator).__name__} is no Emulator")
    except PluginError as broken:
        log.warning("emulator of %r: %s", plugin.name, broken)
        return None
    return emulator
