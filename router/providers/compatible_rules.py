"""Rules of servers that resemble OpenAI's, made from a row of the table."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.catalog import ModelFacts
from router.core.jsontypes import JSON
from router.core.sizes import Size, nearest_ratio, nearest_size, parse_size, ratios_of
from router.dialects.dialect import Dialect
from router.providers.grades import nearest_grades
from router.providers.rules import (
    NO_RULES,
    UNSAID,
    absent,
    drop,
    dropped,
    give_base64,
    given_instead,
    one_of,
)
from router.providers.size_rules import as_asked, size_in_words, size_rule

OPTIONAL = frozenset(
    {
        "quality",
        "style",
        "background",
        "moderation",
        "input_fidelity",
        "output_compression",
        "seed",
        "user",
        "negative_prompt",
    }
)
"""Parameters that not every server has."""

SPOKEN = frozenset({"model", "prompt", "n", "size", "response_format", "output_format", "stream"})

ALIKE = MappingProxyType({"jpg": "jpeg"})
TO_PNG = MappingProxyType(dict.fromkeys(("jpeg", "webp", "gif", "svg"), "png"))


@lru_cache(maxsize=256)  # rows and facts are few, and each is one value
def rules_for(dialect: Dialect, facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules of a server, and of its model where that is known."""
    if dialect.takes is None:
        return NO_RULES
    rules = absent(OPTIONAL - dialect.takes, dialect.name)
    for name, other in dialect.renames.items():
        rules[name] = given_instead(name, (other,), partial(_renamed, other))
    for name, separator in dialect.joins.items():
        rules[name] = partial(_joined, name, separator)
    for name, values in dialect.foreign.items():
        rules[name] = partial(_foreign, name, values, dialect.name)
    rules |= _pictures(dialect, facts)
    if facts is not None:
        rules |= absent(OPTIONAL & facts.lacks, facts.name)
    return MappingProxyType(rules)


def is_known(name: str, dialect: Dialect) -> bool:
    """Tell whether a server understands a parameter; an open one may understand any."""
    return not dialect.closed or name in SPOKEN | OPTIONAL | (dialect.takes or set())


def _pictures(dialect: Dialect, facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules for how a picture is to be, and how it is to come."""
    rules: dict[str, Rule] = {
        "size": _size(dialect, facts),
        "response_format": _response_format(dialect),
        "output_format": _output_format(dialect, facts),
    }
    qualities = (facts.qualities if facts else ()) or dialect.qualities
    if qualities:
        rules["quality"] = one_of(
            "quality",
            qualities,
            f"{dialect.name} has {', '.join(qualities)}",
            nearest=nearest_grades(qualities),
            harmless=("auto",),
        )
    return rules


def _renamed(other: str, value: JSON, _params: Mapping[str, JSON]) -> Becomes:
    return Becomes({other: value}, "", exact=True)


def _joined(name: str, separator: str, value: JSON, params: Mapping[str, JSON]) -> Becomes:
    """Append to the prompt what this server reads there."""
    prompt = params.get("prompt")
    if not value or not isinstance(value, str) or not isinstance(prompt, str):
        return UNSAID
    if separator in prompt or separator in value:
        return Becomes({}, f"{name} dropped ({separator!r} is in the prompt already)")
    return Becomes({"prompt": f"{prompt}{separator}{value}"}, "", exact=True)


def _foreign(
    name: str, values: Sequence[str], provider: str, value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    if value is None:
        return UNSAID
    return dropped(name, value, f"unknown to {provider}") if value in values else None


def _response_format(dialect: Dialect) -> Rule:
    if "url" not in dialect.responses:
        return give_base64
    return one_of("response_format", dialect.responses, f"unknown to {dialect.name}")


def _output_format(dialect: Dialect, facts: ModelFacts | None) -> Rule:
    formats = (facts.formats if facts else ()) or dialect.formats
    if dialect.takes is None or "output_format" not in dialect.takes:
        gives = (dialect.gives, *formats) if len(formats) <= 1 else ()
        return drop("output_format", f"{dialect.name} has no choice", harmless=gives)
    why = f"{dialect.name} has {', '.join(formats)}"
    return one_of("output_format", formats, why, same=ALIKE, nearest=TO_PNG)


def _size(dialect: Dialect, facts: ModelFacts | None) -> Rule:
    if dialect.size == "ratio":
        ratios = (facts.ratios if facts else ()) or dialect.ratios
        shaped = partial(_shaped, ratios_of(ratios), dialect)
        return given_instead("size", ("aspect_ratio",), size_in_words(shaped))
    if dialect.size == "star":
        return _starred
    if facts is not None and facts.sizes:
        return size_rule(partial(nearest_size, offered=facts.sizes), auto=facts.auto_size)
    if facts is not None and facts.grid is not None:
        return size_rule(facts.grid.nearest, auto=facts.auto_size)
    return size_rule(as_asked, auto=False)


def _starred(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    if value is None or value == "auto":
        return UNSAID
    size = parse_size(value)
    if size is None:
        return None
    return Becomes({"size": f"{size.width}*{size.height}"}, "", exact=True)


def _shaped(
    ratios: Mapping[str, float], dialect: Dialect, wanted: Size, params: Mapping[str, JSON]
) -> Becomes:
    """Say the nearest shape and tier; pixels cannot be chosen."""
    said: dict[str, JSON] = {"aspect_ratio": nearest_ratio(wanted.ratio, ratios)}
    if params.get("resolution") is None:
        edge = math.sqrt(wanted.area)
        tiers = dialect.resolutions
        said["resolution"] = min(tiers, key=lambda name: abs(tiers[name] - edge))
    words = ", ".join(f"{name} {text}" for name, text in said.items())
    return Becomes(said, f"size {wanted} -> {words}")
