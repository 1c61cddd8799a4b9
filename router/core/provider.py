"""Provider: what is known of a company before its adapter is loaded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInfo:
    """One row of the registry.

    `key_variable` is the environment variable that people keep this provider's key in; where it
    is empty no key is needed. `options` are the canonical names of the settings that a target of
    this provider may have, and `required` those without which it cannot be asked. `names_models`
    means that models have names of the account's own there.
    """

    name: str
    aliases: tuple[str, ...] = ()
    key_variable: str
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    names_models: bool = False


def info_of(provider: str) -> ProviderInfo:
    """Describe a provider that tells no more than its name: `my-toy` has MY_TOY_API_KEY."""
    variable = re.sub(r"\W", "_", provider).upper()
    return ProviderInfo(name=provider, key_variable=f"{variable}_API_KEY")


class Elsewhere(Protocol):
    """Providers that are not built in: looked for only where a config names one."""

    def find(self, name: str) -> ProviderInfo | None:
        """Return the provider of that name or alias.

        Raises LookupError, with the reason, for one that is there and cannot be used.
        """
        ...

    def names(self) -> Sequence[str]:
        """Return the names of all."""
        ...


@dataclass(frozen=True, slots=True)
class Nowhere:
    """No providers but those that are built in."""

    def find(self, name: str) -> ProviderInfo | None:  # noqa: ARG002  there is none
        return None

    def names(self) -> Sequence[str]:
        return ()


NOWHERE = Nowhere()
