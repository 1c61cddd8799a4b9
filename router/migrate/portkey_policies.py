"""Portkey's policies: retry, cache and breaker, where a default or a word differs here."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.config.masking import LONGEST, masked
from router.config.problems import did_you_mean
from router.config.section import Section
from router.core.jsontypes import JSON
from router.migrate.block import Block
from router.migrate.ledger import Ledger

MOST_RETRIES = 5

NAMES: Mapping[str, frozenset[str]] = {
    "retry": frozenset(
        {
            "attempts",
            "on_status_codes",
            "on_kinds",
            "use_retry_after_header",
            "use_retry_after_headers",
        }
    ),
    "cache": frozenset({"mode", "max_age"}),
    "cb_config": frozenset(
        {
            "failure_threshold",
            "failure_threshold_percentage",
            "minimum_requests",
            "cooldown_interval",
            "failure_status_codes",
            "window",
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Policies:
    """Writes the policies of one section."""

    section: Section
    ledger: Ledger

    def knows(self, key: str) -> bool:
        return key in NAMES

    def write(self, key: str, block: Block) -> None:
        value = self._unabbreviated(key)
        if not isinstance(value, Mapping):
            block.put(key, value)
            return
        below = Section(self.section.source, value, self.section.at(key))
        policy = Block()
        self._copy(key, below, policy)
        if key == "retry":
            self._retry(below, policy)
        if key == "cache":
            self._cache(below, policy)
        block.put(key, policy)

    def _unabbreviated(self, key: str) -> JSON:
        """Read `retry: 3` and `cache: simple`, which Portkey's first configs have."""
        value = self.section.value[key]
        if key == "retry" and isinstance(value, int) and not isinstance(value, bool):
            return {"attempts": value}
        if key == "cache" and isinstance(value, str):
            return {"mode": value}
        return value

    def _copy(self, key: str, below: Section, policy: Block) -> None:
        for name, value in below.value.items():
            if name in NAMES[key]:
                policy.put(name, value)
                continue
            message = f"{masked(name[:LONGEST])} is left out: Portkey ignores it, as it is no key"
            hint = did_you_mean(name, NAMES[key])
            policy.say(self.ledger.note(below.at(name), message, hint))

    def _retry(self, below: Section, policy: Block) -> None:
        attempts = below.integer("attempts")
        if attempts is not None and attempts > MOST_RETRIES:
            message = f"{attempts} retries become {MOST_RETRIES}, the most there are"
            comment = self.ledger.note(below.at("attempts"), message, "as at Portkey")
            policy.put("attempts", MOST_RETRIES, comment)
        if not {"use_retry_after_header", "use_retry_after_headers"} & below.value.keys():
            message = "Portkey heeds Retry-After only where this is true, and it is left so here"
            hint = "take it out to wait as long as a provider asks"
            comment = self.ledger.note(below.place, message, hint)
            policy.put("use_retry_after_header", False, comment)

    def _cache(self, below: Section, policy: Block) -> None:
        if below.text("mode") == "semantic":
            message = "a semantic cache answers prompts that resemble one; here they must be equal"
            comment = self.ledger.changed(below.at("mode"), message)
            policy.put("mode", "simple", comment)
