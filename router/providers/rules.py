"""Rules: how a provider expresses a parameter, as `Becomes`, with the note for the trace.

Notes read `quality hd -> high` or `style vivid dropped (gpt-image-2 has none)`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.jsontypes import EMPTY, JSON

UNSAID = Becomes(EMPTY, "", exact=True)
"""Leaving the parameter out says just the same."""

HARMLESS: Mapping[str, tuple[JSON, ...]] = MappingProxyType(
    {"quality": ("auto",), "background": ("auto", "opaque"), "moderation": ("auto",)}
)
"""Values that ask for what comes anyway, so that nothing is lost without them."""

PRIVATE = frozenset({"prompt", "negative_prompt", "user"})
"""Parameters whose values are the caller's own, and stand in no trace."""

NO_RULES: Mapping[str, Rule] = MappingProxyType({})
NO_NAMES: Mapping[str, str] = MappingProxyType({})

LONGEST_VALUE = 40  # characters of a value that a note shows


def shown(value: JSON) -> str:
    """Write a value for a note: short, on one line."""
    if isinstance(value, str):
        text = "".join(char if char.isprintable() else "?" for char in value[: LONGEST_VALUE + 1])
        return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**LONGEST_VALUE else "number"
    if isinstance(value, float) or value is None:
        return str(value)
    return "object" if isinstance(value, Mapping) else "list"


def listed(names: Sequence[str]) -> str:
    """Write `png, jpeg and webp`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def dropped(name: str, value: JSON, why: str) -> Becomes:
    return Becomes(EMPTY, f"{name} {shown(value)} dropped ({why})")


def replaced(name: str, value: JSON, new: JSON) -> Becomes:
    return Becomes({name: new}, f"{name} {shown(value)} -> {shown(new)}")


def drop(name: str, why: str, *, harmless: Sequence[JSON] = ()) -> Rule:
    """Leave it out. A `harmless` value asks for what comes anyway, so nothing is lost."""

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if value is None or value in harmless:
            return UNSAID
        return dropped(name, value, why)

    return rule


def drop_unshown(name: str, why: str) -> Rule:
    """Leave it out, and its value out of the trace: the caller's own words are private."""
    change = Becomes(EMPTY, f"{name} dropped ({why})")

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        return UNSAID if value is None else change

    return rule


def absent(names: Iterable[str], model: str) -> dict[str, Rule]:
    """Return the rules for parameters that a model has not."""
    why = f"{model} has none"
    return {
        name: drop_unshown(name, why)
        if name in PRIVATE
        else drop(name, why, harmless=HARMLESS.get(name, ()))
        for name in names
    }


def one_of(
    name: str,
    allowed: Sequence[str],
    why: str,
    *,
    nearest: Mapping[str, str] = NO_NAMES,
    same: Mapping[str, str] = NO_NAMES,
    harmless: Sequence[str] = (),
) -> Rule:
    """Keep what is `allowed`; else say the `same` or the `nearest`; drop what is neither."""

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if value in allowed:
            return None
        if value is None or value in harmless:
            return UNSAID
        if not isinstance(value, str):
            return dropped(name, value, why)
        if value in same:
            return Becomes({name: same[value]}, "", exact=True)
        if value in nearest:
            return replaced(name, value, nearest[value])
        return dropped(name, value, why)

    return rule


def given_instead(name: str, others: Sequence[str], rule: Rule) -> Rule:
    """Drop `name` where the caller says it in the provider's own words too: those win."""

    def guarded(value: JSON, params: Mapping[str, JSON]) -> Becomes | None:
        if value is None:
            return UNSAID
        for other in others:
            if params.get(other) is not None:
                return dropped(name, value, f"{other} is given")
        return rule(value, params)

    return guarded


def seed_rule(wrap: Callable[[int], int]) -> Rule:
    """Say the seed that `wrap` makes of a whole number.

    It wraps and does not clamp: different seeds are meant to give different pictures.
    """

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if value is None:
            return UNSAID
        if not isinstance(value, int) or isinstance(value, bool):
            return dropped("seed", value, "not a whole number")
        wrapped = wrap(value)
        return None if wrapped == value else replaced("seed", value, wrapped)

    return rule


def give_base64(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    """Say what becomes of `response_format` where pictures always come as base64."""
    if value is None or value == "b64_json":
        return UNSAID
    if value == "url":
        return Becomes(EMPTY, "response_format url -> b64_json")
    return dropped("response_format", value, "pictures come as b64_json")


def give_url(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    """Say what becomes of `response_format` where pictures always come as URLs."""
    if value is None or value == "url":
        return UNSAID
    if value == "b64_json":
        return Becomes(EMPTY, "response_format b64_json -> url")
    return dropped("response_format", value, "pictures come as URLs")
