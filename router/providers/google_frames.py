"""Frames: the sizes of Gemini's pictures, each chosen by a ratio and, at most models, a tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from router.core.catalog import ModelFacts
from router.core.jsontypes import sequence
from router.core.sizes import Size, nearest_ratio, nearest_size, parse_size, ratios_of
from router.core.skeleton import as_object

SCALES: Mapping[str, float] = MappingProxyType({"512": 0.5, "1K": 1, "2K": 2, "4K": 4})
"""How long a tier's edges are, by those of 1K."""

COMMON = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
"""Ratios that every model has which is known, and so one that is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A ratio, the tier that goes with it, and the pixels that come of both, if they are known."""

    ratio: str
    tier: str | None = None
    size: Size | None = None


def tiers_of(facts: ModelFacts) -> tuple[str, ...]:
    """Return the tiers that a model has; none where a ratio is all that can be chosen."""
    return tuple(map(str, sequence(facts.options.get("tiers"))))


def nearest_frame(wanted: Size, facts: ModelFacts | None, *, tiered: bool) -> Frame:
    """Return the nearest frame; with `tiered` the tier is chosen already, and only the ratio not.

    Of a model that is not known the pixels are not, either.
    """
    by_size = {} if facts is None else _frames(facts)
    if not by_size:
        ratios = (facts and facts.ratios) or COMMON
        return Frame(ratio=nearest_ratio(wanted.ratio, ratios_of(ratios)))
    found = by_size[nearest_size(wanted, by_size)]
    return Frame(ratio=found.ratio) if tiered else found


@lru_cache(maxsize=256)
def _frames(facts: ModelFacts) -> Mapping[Size, Frame]:
    frames: dict[Size, Frame] = {}
    for ratio, text in as_object(facts.options.get("pixels")).items():
        size = parse_size(text)
        if size is None or ratio not in facts.ratios:
            continue
        for tier in tiers_of(facts) or (None,):
            scaled = _scaled(size, SCALES.get(tier or "1K", 1))
            frames.setdefault(scaled, Frame(ratio=ratio, tier=tier, size=scaled))
    return MappingProxyType(frames)


def _scaled(size: Size, scale: float) -> Size:
    return Size(round(size.width * scale), round(size.height * scale))
