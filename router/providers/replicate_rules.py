"""Replicate's rules: how OpenAI's parameters are said in a model's own input."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.catalog import ModelFacts
from router.core.jsontypes import JSON
from router.core.sizes import (
    Size,
    nearest_ratio,
    nearest_size,
    parse_ratio,
    parse_size,
    ratios_of,
)
from router.core.skeleton import as_object
from router.providers.rules import (
    UNSAID,
    absent,
    drop,
    dropped,
    give_url,
    given_instead,
    one_of,
    replaced,
    seed_rule,
)
from router.providers.size_rules import size_by_edges, size_by_ratio, size_in_words

SPOKEN = frozenset({"model", "n", "prompt"})
"""Parameters that every model can say."""

COMMON_RATIOS = ("1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3")
"""Those that nearly every model with an `aspect_ratio` has."""

FORMATS = ("webp", "jpeg", "png")

RARE = frozenset({"background", "input_fidelity", "moderation", "quality", "style"})
"""OpenAI's parameters that hardly any model has."""

SIZED_BY = ("aspect_ratio", "width", "height", "resolution", "megapixels")
"""A model's own words for what `size` says; those of the caller win."""


@lru_cache(maxsize=256)
def rules_of(model: str, facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules of a model; of one that is unknown, what is common to most."""
    rules: dict[str, Rule] = {
        **absent(RARE if facts is None else RARE & facts.lacks, model),
        "size": given_instead("size", SIZED_BY, _size(facts, model)),
        **absent(["user"], model),
        "response_format": give_url,
        "output_format": _output_format(facts, model),
        "output_compression": given_instead(
            "output_compression", ("output_quality",), _output_quality(facts, model)
        ),
    }
    if facts is not None:
        rules |= _known(facts, model)
    return MappingProxyType(rules)


def _known(facts: ModelFacts, model: str) -> Mapping[str, Rule]:
    """Return the rules that need facts."""
    rules: dict[str, Rule] = {}
    style = facts.options.get("style")
    if isinstance(style, str):
        others = () if style == "style" else (style,)
        rules["style"] = given_instead("style", others, partial(_style, style, facts))
    if "aspect_ratio" in facts.parameters and facts.ratios:
        rules["aspect_ratio"] = partial(_aspect_ratio, ratios_of(facts.ratios))
    largest = facts.options.get("seeds")
    if isinstance(largest, int):
        rules["seed"] = seed_rule(lambda seed: seed % (largest + 1))
    return rules | absent(facts.lacks & {"seed", "negative_prompt"}, model)


def _size(facts: ModelFacts | None, model: str) -> Rule:
    """Say it as the model can: in pixels, by a listed size, or by the nearest shape."""
    if facts is None:
        return size_by_ratio("aspect_ratio", ratios_of(COMMON_RATIOS))
    if facts.grid is not None:
        beside = as_object(facts.options.get("pixels"))
        by_edges = size_by_edges(facts.grid.nearest, beside=beside)
        return partial(_or_by_name, by_edges) if "size" in beside else by_edges
    if facts.sizes and facts.ratios:
        named = dict(zip(facts.sizes, facts.ratios, strict=True))
        return size_in_words(partial(_by_named_size, named))
    if facts.sizes:
        field = str(facts.options.get("size", "size"))
        return size_in_words(partial(_by_listed_size, field, facts.sizes))
    if facts.ratios:
        return size_by_ratio("aspect_ratio", ratios_of(facts.ratios))
    return drop("size", f"{model} keeps the size of the picture given", harmless=("auto",))


def _or_by_name(by_edges: Rule, value: JSON, params: Mapping[str, JSON]) -> Becomes | None:
    """Keep a size of the model's own, such as 2K."""
    return by_edges(value, params) if value == "auto" or parse_size(value) else None


def _by_named_size(
    ratios: Mapping[Size, str], wanted: Size, _params: Mapping[str, JSON]
) -> Becomes:
    """Each ratio gives one size, which is known."""
    fitting = nearest_size(wanted, ratios)
    note = f"size {wanted} -> aspect_ratio {ratios[fitting]} ({fitting})"
    return Becomes({"aspect_ratio": ratios[fitting]}, note, exact=fitting == wanted)


def _by_listed_size(
    field: str, sizes: Sequence[Size], wanted: Size, _params: Mapping[str, JSON]
) -> Becomes | None:
    fitting = nearest_size(wanted, sizes)
    exact = fitting == wanted
    if exact and field == "size":
        return None
    return Becomes({field: str(fitting)}, f"size {wanted} -> {fitting}", exact=exact)


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
