"""Size rules: how a size is said where not every one is on offer, or in other words."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from router.core.adapter import Becomes, Rule
from router.core.jsontypes import EMPTY, JSON
from router.core.sizes import Size, nearest_ratio, parse_size
from router.providers.rules import UNSAID, dropped, replaced

LONGEST_SIZE = len("99999x99999")

Say: TypeAlias = Callable[[Size, Mapping[str, JSON]], Becomes | None]
"""Given a size and all parameters: what the size becomes."""


def as_asked(size: Size) -> Size:
    """Fit every size, where none is known to be wrong."""
    return size


def size_rule(fit: Callable[[Size], Size], *, auto: bool) -> Rule:
    """Ask for the size that `fit` finds; `auto` tells whether the model knows that word."""

    @lru_cache(maxsize=64)  # the sizes people ask for are few, and fitting one takes a while
    def fitted(value: str) -> Becomes | None:
        wanted = parse_size(value)
        if wanted is None:
            # The provider says what is wrong with it, and sells nothing.
            return None
        fitting = fit(wanted)
        return None if fitting == wanted else replaced("size", value, str(fitting))

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if value == "auto" and auto:
            return None
        if value is None or value == "auto":
            return UNSAID
        if not isinstance(value, str) or len(value) > LONGEST_SIZE:
            return None
        return fitted(value)

    return rule


def size_in_words(say: Say) -> Rule:
    """Say a size in the words that `say` finds; what is no size would mean nothing in them."""

    def rule(value: JSON, params: Mapping[str, JSON]) -> Becomes | None:
        if value is None or value == "auto":
            return UNSAID
        wanted = parse_size(value)
        if wanted is None:
            return dropped("size", value, "not WIDTHxHEIGHT")
        return say(wanted, params)

    return rule


def size_by_edges(
    fit: Callable[[Size], Size],
    *,
    names: tuple[str, ...] = ("width", "height"),
    beside: Mapping[str, JSON] = EMPTY,
) -> Rule:
    """Say the edges of the size that `fit` finds, by their two names, and what goes `beside`."""

    def say(wanted: Size, _params: Mapping[str, JSON]) -> Becomes:
        fitting = fit(wanted)
        edges = dict(zip(names, (fitting.width, fitting.height), strict=True))
        note = "" if fitting == wanted else f"size {wanted} -> {fitting}"
        return Becomes({**beside, **edges}, note, exact=fitting == wanted)

    return size_in_words(say)


def size_by_ratio(name: str, ratios: Mapping[str, float], *, exact: Size | None = None) -> Rule:
    """Say the nearest ratio as `name`; the pixels it gives are known for the size `exact` alone."""

    def say(wanted: Size, _params: Mapping[str, JSON]) -> Becomes:
        nearest = nearest_ratio(wanted.ratio, ratios)
        return Becomes({name: nearest}, f"size {wanted} -> {name} {nearest}", exact=wanted == exact)

    return size_in_words(say)
