"""Safety: what Azure's content filter reports, in its own words."""

from collections.abc import Mapping

from router.core.jsontypes import JSON

CATEGORIES = ("hate", "self_harm", "sexual", "violence")

SAFE: Mapping[str, JSON] = {name: {"filtered": False, "severity": "safe"} for name in CATEGORIES}

SAFE_PROMPT: Mapping[str, JSON] = {
    **SAFE,
    "profanity": {"filtered": False, "detected": False},
    "custom_blocklists": {"filtered": False, "details": []},
}

FILTERED: Mapping[str, JSON] = {
    **SAFE,
    "violence": {"filtered": True, "severity": "high"},
    "jailbreak": {"filtered": False, "detected": False},
}
