"""Replicate's rules: how OpenAI's parameters are said in a model's own input."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.catalog import ModelFacts
from router.core.jsontypes import JSON
from router.core.sizes import Grid, Size, nearest_ratio, nearest_size, parse_ratio, parse_size
from router.core.skeleton import as_object
from router.providers.rules import (
    UNSAID,
    drop,
    drop_unshown,
    dropped,
    give_url,
    given_instead,
    one_of,
    replaced,
)

SPOKEN = frozenset({"model", "n", "prompt"})
"""Parameters that every model can say."""

COMMON_RATIOS = ("1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3")
"""Those that nearly every model with an `aspect_ratio` has."""

FORMATS = ("webp", "jpeg", "png")

HARMLESS: Mapping[str, Sequence[JSON]] = MappingProxyType(
    {
        "background": ("auto", "opaque"),
        "input_fidelity": (),
        "moderation": ("auto",),
        "quality": ("auto",),
        "style": (),
    }
)
"""OpenAI's parameters that hardly any model has, and values that ask for nothing."""

SIZED_BY = ("aspect_ratio", "width", "height", "resolution", "megapixels")
"""A model's own words for what `size` says; those of the caller win."""


@lru_cache(maxsize=256)
def rules_of(model: str, facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules of a model; of one that is unknown, what is common to most."""
    none = f"{model} has none"
    rules: dict[str, Rule] = {
        name: drop(name, none, harmless=harmless)
        for name, harmless in HARMLESS.items()
        if facts is None or name in facts.lacks
    }
    rules |= {
        "size": given_instead("size", SIZED_BY, _size(facts, model)),
        "user": drop_unshown("user", none),
        "response_format": give_url,
        "output_format": _output_format(facts, model),
        "output_compression": given_instead(
            "output_compression", ("output_quality",), _output_quality(facts, model)
        ),
    }
    if facts is not None:
        rules |= _known(facts, none)
    return MappingProxyType(rules)


def _known(facts: ModelFacts, none: str) -> Mapping[str, Rule]:
    """Return the rules that need facts."""
    rules: dict[str, Rule] = {}
    style = facts.options.get("style")
    if isinstance(style, str):
        others = () if style == "style" else (style,)
        rules["style"] = given_instead("style", others, partial(_style, style, facts))
    if "aspect_ratio" in facts.parameters and facts.ratios:
        rules["aspect_ratio"] = partial(_aspect_ratio, _named(facts.ratios))
    if "seed" in facts.lacks:
        rules["seed"] = drop("seed", none)
    elif isinstance(facts.options.get("seeds"), int):
        rules["seed"] = partial(_seed, facts.options["seeds"])
    if "negative_prompt" in facts.lacks:
        rules["negative_prompt"] = drop_unshown("negative_prompt", none)
    return rules


def _size(facts: ModelFacts | None, model: str) -> Rule:
    """Say it as the model can: in pixels, by a listed size, or by the nearest shape."""
    if facts is None:
        return partial(_by_ratio, _named(COMMON_RATIOS))
    if facts.grid is not None:
        return partial(_by_pixels, facts.grid, as_object(facts.options.get("pixels")))
    if facts.sizes and facts.ratios:
        return partial(_by_named_size, dict(zip(facts.sizes, facts.ratios, strict=True)))
    if facts.sizes:
        return partial(_by_listed_size, str(facts.options.get("size", "size")), facts.sizes)
    if facts.ratios:
        return partial(_by_ratio, _named(facts.ratios))
    return drop("size", f"{model} keeps the size of the picture given", harmless=("auto",))


def _by_pixels(
    grid: Grid, beside: Mapping[str, JSON], value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    if "size" in beside and value != "auto" and parse_size(value) is None:
        return None  # the model has sizes of its own, such as 2K
    wanted = _wanted(value)
    if not isinstance(wanted, Size):
        return wanted
    fitting = grid.nearest(wanted)
    said = {**beside, "width": fitting.width, "height": fitting.height}
    note = "" if fitting == wanted else f"size {wanted} -> {fitting}"
    return Becomes(said, note, exact=fitting == wanted)


def _by_named_size(
    ratios: Mapping[Size, str], value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    """Each ratio gives one size, which is known."""
    wanted = _wanted(value)
    if not isinstance(wanted, Size):
        return wanted
    fitting = nearest_size(wanted, ratios)
    note = f"size {wanted} -> aspect_ratio {ratios[fitting]} ({fitting})"
    return Becomes({"aspect_ratio": ratios[fitting]}, note, exact=fitting == wanted)


def _by_listed_size(
    field: str, sizes: Sequence[Size], value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    wanted = _wanted(value)
    if not isinstance(wanted, Size):
        return wanted
    fitting = nearest_size(wanted, sizes)
    exact = fitting == wanted
    if exact and field == "size":
        return None
    return Becomes({field: str(fitting)}, f"size {wanted} -> {fitting}", exact=exact)


def _by_ratio(
    ratios: Mapping[str, float], value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    """What a ratio is in pixels is not known, so the size is never met for certain."""
    wanted = _wanted(value)
    if not isinstance(wanted, Size):
        return wanted
    name = nearest_ratio(wanted.ratio, ratios)
    return Becomes({"aspect_ratio": name}, f"size {wanted} -> aspect_ratio {name}")


def _wanted(value: JSON) -> Size | Becomes:
    if value == "auto":
        return UNSAID
    return parse_size(value) or dropped("size", value, "not WIDTHxHEIGHT")


def _named(ratios: Sequence[str]) -> Mapping[str, float]:
    return {name: parse_ratio(name) or 1.0 for name in ratios}


def _aspect_ratio(
    ratios: Mapping[str, float], value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    """Keep what is no ratio: models have words of their own, such as `match_input_image`."""
    if value is None:
        return UNSAID
    wanted = parse_ratio(value)
    if value in ratios or wanted is None:
        return None
    return replaced("aspect_ratio", value, nearest_ratio(wanted, ratios))


def _style(
    field: str, facts: ModelFacts, value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    if value not in facts.styles:
        return dropped("style", value, f"{facts.name} has no such style")
    return None if field == "style" else Becomes({field: value}, "", exact=True)


def _seed(largest: JSON, value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    if value is None:
        return UNSAID
    if not isinstance(value, int) or isinstance(value, bool) or not isinstance(largest, int):
        return dropped("seed", value, "not a whole number")
    # Wrapped, not clamped: different seeds are meant to give different pictures.
    return None if 0 <= value <= largest else replaced("seed", value, value % (largest + 1))


def _output_format(facts: ModelFacts | None, model: str) -> Rule:
    """Say jpeg as `jpg`; a format that a model has not becomes its nearest, lossless at best."""
    has = FORMATS if facts is None else facts.formats
    if not has:
        return drop("output_format", f"{model} has no choice of it")
    own = tuple("jpg" if name == "jpeg" else name for name in has)
    best = "png" if "png" in own else own[0]
    others = (*FORMATS, "gif", "svg")
    return one_of(
        "output_format",
        own,
        f"{model} has {', '.join(own)}",
        same=MappingProxyType({"jpeg": "jpg"} if "jpg" in own else {}),
        nearest=MappingProxyType({name: best for name in others if name not in has}),
    )


def _output_quality(facts: ModelFacts | None, model: str) -> Rule:
    if facts is not None and "output_quality" not in facts.parameters:
        return drop("output_compression", f"{model} has none", harmless=(100,))

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return dropped("output_compression", value, "not a whole number")
        note = f"output_compression {value} -> output_quality {value}"
        return Becomes({"output_quality": value}, note, exact=facts is not None)

    return rule
