"""Settings: what a node was set to, with the place that has set it."""

from dataclasses import dataclass

from router.config.masking import masked
from router.config.origins import Origin, Origins
from router.core.jsontypes import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`origin` is None where nobody has set it, and the default holds.

    `is_inherited` means that a group above has it.
    """

    name: str
    text: str
    value: JSON
    origin: Origin | None
    is_inherited: bool

    def __str__(self) -> str:
        """Write it with where it comes from, unless that is the node itself."""
        if self.origin is None:
            return f"{self.text} (default)"
        return f"{self.text} (from {self.origin.path})" if self.is_inherited else self.text


@dataclass(frozen=True, slots=True)
class Settings:
    """Makes the settings of the node at a path."""

    path: str
    origins: Origins

    def named(self, name: str, text: str, value: JSON) -> Setting:
        origin = self.origins.get(self.path, {}).get(name)
        return Setting(
            name=masked(name),
            text=text,
            value=value,
            origin=origin,
            is_inherited=origin is not None and origin.path != self.path,
        )

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the entries of a setting that is a list."""
        found = self.origins.get(self.path, {})
        return tuple(key.removeprefix(f"{name}.") for key in found if key.startswith(f"{name}."))
