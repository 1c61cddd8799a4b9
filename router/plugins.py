"""Plugins: what installed packages add by entry points; looked for only when it is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from router.core.guard import AdapterError, guard

PROVIDERS = "router.providers"
"""Entry points whose name is a provider's, and whose object gives its adapter when called."""

EMULATORS = "router.emulators"
"""The same for emulators: with one of these the sandbox can stand in for the provider."""

LONGEST = 200  # characters of somebody else's message

T = TypeVar("T")


class PluginError(LookupError):
    """A plugin is there and cannot be used; the message names its package."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point; nothing of its package is imported before `load`."""

    entry: EntryPoint

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def package(self) -> str:
        """The package and its version, as pip shows them."""
        dist = self.entry.dist
        return f"{dist.name} {dist.version}" if dist else self.entry.module

    def load(self) -> Callable[[], object]:
        """Import what makes it. Raises PluginError."""
        made: object = self.ask(self.entry.load)
        if not callable(made):
            raise self.error(f"{self.entry.value} cannot be called; expected a class")
        return made

    def ask(self, question: Callable[[], T]) -> T:
        """Have its code do something. Raises PluginError for whatever it raises."""
        try:
            return guard(question)
        except AdapterError as failed:
            cause = failed.__cause__
            raise self.error(" ".join(f"{failed}: {cause}".split())[:LONGEST]) from cause

    def error(self, reason: str) -> PluginError:
        return PluginError(f"the package {self.package} offers it and cannot be used: {reason}")


@lru_cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """Return a group's plugins; installed packages are looked through once."""
    return tuple(Plugin(entry) for entry in entry_points(group=group))


def find_plugin(group: str, name: str) -> Plugin | None:
    """Return the plugin of that name. Raises PluginError where two packages offer one."""
    found = [plugin for plugin in plugins(group) if plugin.name == name]
    if len({plugin.package for plugin in found}) > 1:
        others = ", ".join(plugin.package for plugin in found[1:])
        raise found[0].error(f"so does {others}; uninstall one")
    return found[0] if found else None
