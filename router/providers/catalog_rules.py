"""Catalog rules: what a model in OpenAI's dialect makes of each parameter, by what is known of it.

An adapter with words of its own lays its own rules over these.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Rule
from router.core.catalog import ModelFacts
from router.core.jsontypes import JSON
from router.core.sizes import nearest_size
from router.providers.grades import nearest_grades
from router.providers.rules import (
    drop,
    drop_unshown,
    give_base64,
    give_url,
    listed,
    one_of,
)
from router.providers.size_rules import size_rule

FORMATS = ("png", "jpeg", "webp", "gif", "svg")
"""Formats that somebody gives; a word that is none of them is nobody's."""

HARMLESS: Mapping[str, tuple[JSON, ...]] = MappingProxyType(
    {"quality": ("auto",), "background": ("auto", "opaque"), "moderation": ("auto",)}
)
"""Values that ask for what comes anyway, so that nothing is lost without them."""

PRIVATE = frozenset({"negative_prompt", "user"})
"""Parameters whose values are the caller's own, and stand in no trace."""


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
    for name in facts.lacks:
        rules[name] = _lacking(name, facts)
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


def _lacking(name: str, facts: ModelFacts) -> Rule:
    if name in PRIVATE:
        return drop_unshown(name, f"{facts.name} has none")
    if name == "output_format" and facts.formats:
        why = f"{facts.name} gives {listed(facts.formats)}"
        return drop(name, why, harmless=facts.formats)
    return drop(name, f"{facts.name} has none", harmless=HARMLESS.get(name, ()))


def _has(facts: ModelFacts, names: Sequence[str]) -> str:
    only = "only " if len(names) == 1 else ""
    return f"{facts.name} has {only}{listed(names)}"
