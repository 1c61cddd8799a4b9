"""LiteLLM's settings: what is said for all groups, router_settings before litellm_settings."""

from dataclasses import dataclass

from router.config.masking import LONGEST, masked
from router.core.jsontypes import is_list
from router.migrate.litellm_keys import CARRIED, fate
from router.migrate.part import Part

DEFAULT_RETRIES = 2
"""What LiteLLM's router takes where nobody says: openai.DEFAULT_MAX_RETRIES, litellm/router.py."""

ENFORCING = frozenset({"usage-based-routing", "usage-based-routing-v2", "cost-based-routing"})
"""Strategies that leave out deployments above their rpm; docs.litellm.ai/docs/routing."""


@dataclass(slots=True)
class Settings:
    """Both sections. A key that stands in both is taken from router_settings, as LiteLLM does."""

    router: Part
    general: Part

    def holder(self, key: str) -> Part:
        """Return the section that says a key; router_settings where none does."""
        self.general.value(key)
        self.router.value(key)
        return self.router if key in self.router or key not in self.general else self.general

    def number(self, key: str, also: str = "") -> tuple[float | None, Part]:
        holder = self.holder(key)
        if also and key not in holder and also in self.general:
            return self.general.number(also), self.general
        return holder.number(key), holder

    @property
    def strategy(self) -> str:
        return self.router.text("routing_strategy") or "simple-shuffle"

    @property
    def has_order(self) -> bool:
        """Tell whether LiteLLM heeds `order`: by its documentation only with these checks."""
        return self.router.flag("enable_pre_call_checks") is True

    @property
    def enforces_rpm(self) -> bool:
        checks = self.router.value("optional_pre_call_checks")
        enforced = is_list(checks) and "enforce_model_rate_limits" in checks
        return self.has_order or enforced or self.strategy in ENFORCING

    @property
    def retries(self) -> tuple[int, Part | None]:
        """How often LiteLLM repeats a call, and where that is said, if it is."""
        holder = self.holder("num_retries")
        said = holder.whole("num_retries")
        return (DEFAULT_RETRIES, None) if said is None else (said, holder)

    def policy(self, group: str) -> Part | None:
        """Return the retry policy of a group, else that of all."""
        own = self.router.part("model_group_retry_policy")
        if group in own:
            return own.part(group)
        found = self.holder("retry_policy").part("retry_policy")
        return found if found.section.value else None


def leftovers(part: Part, section: str) -> list[str]:
    """Tell what becomes of the keys that nothing was made of; return the comments."""
    unread = (key for key in part.unread if key not in CARRIED.get(section, {}))
    return [_told(part, section, key) for key in unread]


def _told(part: Part, section: str, key: str) -> str:
    found = fate(section, key)
    name = masked(key[:LONGEST])
    if found.fate == "changed":
        return part.ledger.changed(part.at(key), f"{name} is not carried over", found.reason)
    return part.ledger.note(part.at(key), f"{name} is left out", found.reason)
