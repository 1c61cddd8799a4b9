"""Diffusion rules: how models with steps, seeds and styles of their own say OpenAI's words."""

from collections.abc import Mapping
from functools import partial

from router.core.adapter import Becomes, Rule
from router.core.jsontypes import JSON
from router.providers.rules import UNSAID, dropped, given_instead, seed_rule, shown

OPENAI_STYLES = frozenset({"vivid", "natural"})


def graded(model: str, grades: Mapping[str, JSON]) -> Rule:
    """Say a quality as parameters: `grades` has them by OpenAI's words; none are the usual ones."""
    steps = dict.fromkeys(
        name for grade in grades.values() if isinstance(grade, Mapping) for name in grade
    )
    return given_instead("quality", tuple(steps), partial(_grade, model, grades))


def _grade(
    model: str, grades: Mapping[str, JSON], value: JSON, _params: Mapping[str, JSON]
) -> Becomes | None:
    if value == "auto":
        return UNSAID
    said = grades.get(value) if isinstance(value, str) else None
    if not isinstance(said, Mapping):
        return dropped("quality", value, f"unknown to {model}")
    if not said:
        return UNSAID
    words = ", ".join(f"{name} {shown(number)}" for name, number in said.items())
    return Becomes(said, f"quality {shown(value)} -> {words}")


def own_style(model: str) -> Rule:
    """Keep a style of the model's own, since not all of their names are known; drop OpenAI's."""

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if value is None:
            return UNSAID
        if isinstance(value, str) and value in OPENAI_STYLES:
            return dropped("style", value, f"{model} has others")
        return None

    return rule


whole_seed = seed_rule(lambda seed: seed)
