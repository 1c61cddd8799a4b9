"""Wording: numbers, conditions and rules of a config, said for people."""

from collections.abc import Set as AbstractSet

from router.config.masking import masked, without_secrets
from router.core.jsontypes import JSON
from router.core.pattern import Pattern
from router.strategies.conditions import All, AnyOf, Compare, Condition, Exists, Matches, Not
from router.strategies.lookup import Path

LONGEST = 60  # characters of a value that is shown
MOST_CODES = 4  # statuses that are listed one by one

SIGNS = {
    "$eq": "=",
    "$ne": "!=",
    "$gt": ">",
    "$gte": ">=",
    "$lt": "<",
    "$lte": "<=",
    "$in": "in",
    "$nin": "not in",
}


def seconds(value: float) -> str:
    """`60 s`, `1.5 s`, and `1e+308 s` where all digits would say no more."""
    if value < 1e6:
        return f"{round(value, 1):g} s"
    return f"{value:.0f} s" if value < 1e12 else f"{value:g} s"


def percent(chance: float) -> str:
    """`50 %`; what is hardly ever is not said to be never."""
    if 0 < chance < 0.001:
        return "< 0.1 %"
    return f"{100 * chance:.3g} %"


def value(shown: JSON, name: str = "") -> str:
    """`[pro, team]`; a long text is cut, and no secret shown; `name` is what it stands under."""
    text = _value(without_secrets(shown, name))
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _value(shown: JSON) -> str:
    if isinstance(shown, bool):
        return str(shown).lower()
    if shown is None:
        return "null"
    if isinstance(shown, str):
        return shown
    if isinstance(shown, int | float):
        return f"{shown:g}" if isinstance(shown, float) else str(shown)
    if hasattr(shown, "keys"):
        return "{...}"
    return f"[{', '.join(_value(one) for one in shown)}]"


def path(steps: Path) -> str:
    """`metadata.tags[0]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return masked(text.removeprefix("."))


def codes(statuses: AbstractSet[int]) -> str:
    """`429, 503`; of many the first."""
    listed = sorted(statuses)
    shown = ", ".join(map(str, listed[:MOST_CODES]))
    return shown if len(listed) <= MOST_CODES else f"{shown} and {len(listed) - MOST_CODES} more"


def condition(asked: Condition) -> str:
    """`metadata.plan in [pro, team] and not params.quality = low`."""
    match asked:
        case All(parts=parts):
            return " and ".join(map(_inner, parts)) or "always"
        case AnyOf(parts=parts):
            return " or ".join(map(_inner, parts)) or "never"
        case Not(part=part):
            return f"not {_inner(part)}"
    return _leaf(asked)


def _leaf(asked: Condition) -> str:
    match asked:
        case Exists(path=steps, wanted=wanted):
            return f"{path(steps)} is {'given' if wanted else 'not given'}"
        case Compare(path=steps, operator=operator, operand=operand):
            return f"{path(steps)} {SIGNS[operator]} {value(operand, path(steps))}"
        case Matches(path=steps, pattern=pattern):
            return f"{path(steps)} matches {value(_text_of(pattern), path(steps))}"
    raise TypeError(f"{type(asked).__name__} is no condition of a config")


def _inner(part: Condition) -> str:
    text = condition(part)
    return f"({text})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else text


def _text_of(pattern: Pattern) -> str:
    """Return a pattern as it was written: both engines keep it under the same name."""
    return str(getattr(pattern.engine, "pattern", "a pattern"))
