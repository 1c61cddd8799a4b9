"""Catalog rules: what a model in OpenAI's dialect makes of each parameter, by what is known of it.

An adapter with words of its own lays its own rules over these.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Rule
from router.core.catalog import ModelFacts
from router.core.sizes import nearest_size
from router.providers.grades import nearest_grades
from router.providers.rules import (
    absent,
    drop,
    give_base64,
    give_url,
    listed,
    one_of,
)
from router.providers.size_rules import size_rule

FORMATS = ("png", "jpeg", "webp", "gif", "svg")
"""Formats that somebody gives; a word that is none of them is nobody's."""


@lru_cache(maxsize=1024)
def rules_of(facts: ModelFacts) -> Mapping[str, Rule]:
    """Return a rule for each parameter of which anything is known."""
    rules: dict[str, Rule] = {}
    if facts.grid is not None:
        rules["size"] = size_rule(facts.grid.nearest, auto=facts.auto_size)
    elif facts.sizes:
        rules["size"] = size_rule(partial(nearest_size, offered=facts.sizes), auto=facts.auto_size)
    if facts.qualities:
        rules["quality"] = _quality(facts)
    if facts.styles:
        rules["style"] = one_of("style", facts.styles, _has(facts, facts.styles))
    if facts.formats:
        rules["output_format"] = _output_format(facts)
    if facts.responses:
        rules["response_format"] = _response_format(facts)
    rules |= absent(facts.lacks, facts.name)
    if facts.formats and "output_format" in facts.lacks:
        why = f"{facts.name} gives {listed(facts.formats)}"
        rules["output_format"] = drop("output_format", why, harmless=facts.formats)
    return MappingProxyType(rules)


def _quality(facts: ModelFacts) -> Rule:
    return one_of(
        "quality",
        facts.qualities,
        _has(facts, facts.qualities),
        nearest=nearest_grades(facts.qualities),
        harmless=("auto",),
    )


def _output_format(facts: ModelFacts) -> Rule:
    usual = "png" if "png" in facts.formats else facts.formats[0]
    others = [name for name in FORMATS if name not in facts.formats]
    return one_of(
        "output_format",
        facts.formats,
        _has(facts, facts.formats),
        same=MappingProxyType({"jpg": "jpeg"} if "jpeg" in facts.formats else {}),
        nearest=MappingProxyType(dict.fromkeys([*others, "jpg"], usual)),
    )


def _response_format(facts: ModelFacts) -> Rule:
    if facts.responses == ("b64_json",):
        return give_base64
    if facts.responses == ("url",):
        return give_url
    return one_of("response_format", facts.responses, _has(facts, facts.responses))


def _has(facts: ModelFacts, names: Sequence[str]) -> str:
    only = "only " if len(names) == 1 else ""
    return f"{facts.name} has {only}{listed(names)}"
