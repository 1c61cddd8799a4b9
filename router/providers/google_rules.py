"""Gemini's rules: what becomes of OpenAI's parameters, and of others' names for its own."""

from collections.abc import Mapping
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.catalog import ModelFacts
from router.core.jsontypes import JSON
from router.core.sizes import Size, nearest_ratio, parse_ratio, ratios_of
from router.providers.google_frames import SCALES, nearest_frame, tiers_of
from router.providers.google_words import said
from router.providers.rules import (
    UNSAID,
    absent,
    drop,
    dropped,
    give_base64,
    seed_rule,
    shown,
)
from router.providers.size_rules import size_in_words

ABSENT = (
    "quality",
    "style",
    "background",
    "moderation",
    "input_fidelity",
    "negative_prompt",
    "output_compression",
    "user",
)
"""OpenAI's parameters that no model of Gemini's has."""

SEEDS = range(-(2**31), 2**31)


@lru_cache(maxsize=256)
def rules_for(model: str, facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules of a model; of one that is unknown, what all of them share."""
    rules: dict[str, Rule] = {
        "size": size_in_words(partial(_size, facts)),
        "seed": seed_rule(_wrapped),
        **absent(ABSENT, model),
        "response_format": give_base64,
        # No value is harmless: whether a PNG or a JPEG comes is known when it has come.
        "output_format": drop("output_format", f"{model} chooses it"),
    }
    for name in ("aspectRatio", "aspect_ratio"):
        rules[name] = partial(_aspect_ratio, name, facts)
    for name in ("imageSize", "image_size"):
        rules[name] = partial(_image_size, name, facts)
    return MappingProxyType(rules)


def _size(facts: ModelFacts | None, wanted: Size, params: Mapping[str, JSON]) -> Becomes:
    """Say the nearest ratio and tier, as far as the caller has not said them too: those win."""
    if said(params, "aspectRatio"):
        return dropped("size", str(wanted), "aspectRatio is given")
    frame = nearest_frame(wanted, facts, tiered=said(params, "imageSize"))
    words: dict[str, JSON] = {"aspectRatio": frame.ratio}
    if frame.tier is not None:
        words["imageSize"] = frame.tier
    told = ", ".join(f"{name} {word}" for name, word in words.items())
    return Becomes(words, f"size {wanted} -> {told}", exact=frame.size == wanted)


def _aspect_ratio(
    name: str, facts: ModelFacts | None, value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    """Say the nearest ratio of those on offer; of an unknown model any may be."""
    if value is None or value == "auto":
        return UNSAID
    ratio = parse_ratio(value)
    if ratio is None:
        return dropped(name, value, "not WIDTH:HEIGHT")
    if facts is None or not facts.ratios or value in facts.ratios:
        return _spelt({name: value}, {"aspectRatio": value})
    nearest = nearest_ratio(ratio, ratios_of(facts.ratios))
    return Becomes({"aspectRatio": nearest}, f"{name} {shown(value)} -> {nearest}")


def _image_size(
    name: str, facts: ModelFacts | None, value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    """Say the nearest tier of those on offer; they are written with a capital K."""
    if value is None:
        return UNSAID
    tier = shown(value).upper()
    if facts is None:
        return _spelt({name: value}, {"imageSize": tier if tier in SCALES else value})
    if tier not in SCALES:
        return dropped(name, value, f"not {', '.join(SCALES)}")
    tiers = tiers_of(facts)
    if not tiers:
        return UNSAID if tier == "1K" else dropped(name, value, f"{facts.name} has none")
    if tier in tiers:
        return _spelt({name: value}, {"imageSize": tier})
    nearest = min(tiers, key=lambda other: abs(SCALES.get(other, 1) - SCALES[tier]))
    return Becomes({"imageSize": nearest}, f"{name} {shown(value)} -> {nearest}")


def _spelt(given: Mapping[str, JSON], right: Mapping[str, JSON]) -> Becomes | None:
    """Write a parameter as Gemini spells it; None where it is so already."""
    return None if given == right else Becomes(right, "", exact=True)


def _wrapped(seed: int) -> int:
    return seed if seed in SEEDS else seed % SEEDS.stop
