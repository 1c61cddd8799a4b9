"""Provider: what is known of a company before its adapter is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInfo:
    """One row of the registry.

    `key_variable` is the environment variable that people keep this provider's key in. `options`
    are the canonical names of the settings that a target of this provider may have, and
    `required` those without which it cannot be asked.
    """

    name: str
    aliases: tuple[str, ...] = ()
    key_variable: str
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
