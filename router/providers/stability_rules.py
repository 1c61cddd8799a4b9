"""Stability's rules: how OpenAI's parameters are said in either of its contracts."""

from collections.abc import Mapping

from router.core.adapter import Becomes, Rule
from router.core.jsontypes import JSON
from router.providers.rules import (
    absent,
    dropped,
    give_base64,
    given_instead,
    seed_rule,
)

STYLE_PRESETS = frozenset(
    {
        "3d-model",
        "analog-film",
        "anime",
        "cinematic",
        "comic-book",
        "digital-art",
        "enhance",
        "fantasy-art",
        "isometric",
        "line-art",
        "low-poly",
        "modeling-compound",
        "neon-punk",
        "origami",
        "photographic",
        "pixel-art",
        "tile-texture",
    }
)
"""The same in both contracts."""

SPOKEN = frozenset({"model", "n", "prompt", "negative_prompt"})
"""Parameters that every contract can say, though not under these names."""


def common_rules(model: str, largest_seed: int) -> Mapping[str, Rule]:
    """Return the rules that both contracts share. Seeds go from 1 to `largest_seed`."""
    return {
        "seed": _seed(largest_seed),
        **absent(("quality", "background", "moderation", "user"), model),
        "style": given_instead("style", ("style_preset",), _style),
        "response_format": give_base64,
    }


def _seed(largest: int) -> Rule:
    wrapped = seed_rule(lambda seed: seed if 0 < seed <= largest else seed % largest + 1)

    def rule(value: JSON, params: Mapping[str, JSON]) -> Becomes | None:
        if type(value) is int and value == 0:
            return Becomes({"seed": 0}, "seed 0 -> random")
        return wrapped(value, params)

    return rule


def _style(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    if isinstance(value, str) and value in STYLE_PRESETS:
        return Becomes({"style_preset": value}, "", exact=True)
    return dropped("style", value, "no style_preset of that name")
