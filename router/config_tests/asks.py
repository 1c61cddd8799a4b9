"""Asks: the requests of a test, under `when`."""

from collections.abc import Mapping

from router.config.section import Section
from router.config_tests.model import PROMPT, Ask
from router.core.images import Operation
from router.core.jsontypes import EMPTY, JSON, is_list
from router.options import RequestOptions

NUMBER = "{number}"
"""What stands for the number of a repetition."""

OURS = frozenset(
    {
        "at",
        "cache_force_refresh",
        "cache_namespace",
        "every",
        "extra_body",
        "mask",
        "metadata",
        "operation",
        "provider",
        "repeat",
        "timeout",
    }
)
"""What a request of a test says beside its parameters."""


def read_asks(test: Section) -> tuple[Ask, ...]:
    """Return the requests; where nothing is said, a plain one."""
    when = test.value.get("when")
    if is_list(when):
        return tuple(map(_ask, test.sections("when")))
    return (_ask(Section(test.source, when if isinstance(when, Mapping) else EMPTY)),)


def numbered(found: Mapping[str, JSON], number: int) -> Mapping[str, JSON]:
    """Return parameters or metadata for a repetition, counted from 1."""
    return {name: _numbered(value, number) for name, value in found.items()}


def _numbered(value: JSON, number: int) -> JSON:
    match value:
        case str():
            return value.replace(NUMBER, str(number))
        case Mapping():
            return numbered(value, number)
    return value


def _ask(section: Section) -> Ask:
    said = section.value.items()
    params = {name: value for name, value in said if name not in OURS and name[:2] != "x-"}
    return Ask(
        params={"prompt": PROMPT, **params},
        extra_body=section.mapping("extra_body"),
        options=_options(section),
        operation=_operation(section.text("operation")),
        mask=section.flag("mask") or False,
        at=section.number("at"),
        repeat=section.integer("repeat") or 1,
        every=section.number("every") or 0.0,
    )


def _options(section: Section) -> RequestOptions:
    return RequestOptions(
        metadata=section.mapping("metadata"),
        provider=section.text("provider"),
        timeout=section.number("timeout"),
        cache_namespace=section.text("cache_namespace"),
        cache_force_refresh=section.flag("cache_force_refresh") or False,
    )


def _operation(text: str | None) -> Operation:
    match text:
        case "edit" | "variation":
            return text
    return "generate"
