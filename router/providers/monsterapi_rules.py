"""Monster API's rules: shapes by name, steps within bounds, and a word of its own for negatives."""

from collections.abc import Mapping
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.catalog import ModelFacts
from router.core.jsontypes import EMPTY, JSON
from router.core.sizes import Size, parse_ratio
from router.core.skeleton import as_object
from router.providers.diffusion_rules import graded, own_style, whole_seed
from router.providers.rules import (
    UNSAID,
    absent,
    drop,
    dropped,
    give_url,
    given_instead,
    replaced,
)
from router.providers.size_rules import size_in_words

SHAPES = ("square", "landscape", "portrait")


@lru_cache(maxsize=64)
def rules_for(model: str, facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules of a model; of one that is not known, those that all share."""
    rules: dict[str, Rule] = {
        "response_format": give_url,
        "negative_prompt": _negative,
        "output_format": drop("output_format", f"{model} gives png", harmless=("png",)),
        **absent(["user"], model),
        "seed": whole_seed,
        "style": own_style(model),
        "size": given_instead("size", ("aspect_ratio",), size_in_words(_size)),
        "aspect_ratio": _aspect_ratio,
    }
    if facts is not None:
        rules |= _known(model, facts)
    return MappingProxyType(rules)


def _known(model: str, facts: ModelFacts) -> Mapping[str, Rule]:
    rules = absent(facts.lacks - {"size"}, model)
    if "shape" not in facts.options:
        why = f"{model} makes it as large as the picture given"
        rules |= {name: drop(name, why) for name in ("size", "aspect_ratio")}
    grades, steps = as_object(facts.options.get("quality")), facts.options.get("steps")
    if grades:
        rules["quality"] = graded(model, grades)
    if isinstance(steps, list | tuple):
        least, most = map(_whole, steps)
        rules["steps"] = partial(_steps, least, most)
    return rules


def _whole(value: JSON) -> int:
    return value if isinstance(value, int) else 0


def _negative(value: JSON, params: Mapping[str, JSON]) -> Becomes | None:
    """Say it in Monster API's word; what the caller says in that wins, and neither is shown."""
    if value is None:
        return UNSAID
    if params.get("negprompt") is not None:
        return Becomes(EMPTY, "negative_prompt dropped (negprompt is given)")
    return Becomes({"negprompt": value}, "", exact=True)


def _size(wanted: Size, _params: Mapping[str, JSON]) -> Becomes:
    """Say the shape; how many pixels each has is documented nowhere."""
    shape = _shape(wanted.ratio)
    return Becomes({"aspect_ratio": shape}, f"size {wanted} -> aspect_ratio {shape}")


def _aspect_ratio(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    if value is None:
        return UNSAID
    ratio = parse_ratio(value)
    if ratio is None:
        return None if isinstance(value, str) else dropped("aspect_ratio", value, "not a shape")
    return replaced("aspect_ratio", value, _shape(ratio))


def _shape(ratio: float) -> str:
    square, landscape, portrait = SHAPES
    if ratio == 1:
        return square
    return landscape if ratio > 1 else portrait


def _steps(least: int, most: int, value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    """Bring a number within bounds, outside of which the API refuses it."""
    if value is None:
        return Becomes(EMPTY, "", exact=True)
    if isinstance(value, bool) or not isinstance(value, int) or least <= value <= most:
        return None
    return replaced("steps", value, min(max(value, least), most))
