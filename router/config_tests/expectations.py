"""Expectations: what a test wants, under `then`."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from router.config.section import Section
from router.config_tests.model import Bounds, Expected
from router.core.jsontypes import EMPTY, JSON, is_list

TIMES = re.compile(r"(.+) x([1-9][0-9]{0,3})", re.DOTALL)


def read_expected(test: Section) -> tuple[Expected, ...]:
    then = test.value.get("then")
    if is_list(then):
        return tuple(map(_expected, test.sections("then")))
    return tuple(map(_expected, filter(None, [test.section("then")])))


def _expected(section: Section) -> Expected:
    asked = section.texts("asked")
    return Expected(
        place=section.place,
        asked=None if asked is None else tuple(_spelled_out(asked)),
        not_asked=section.texts("not_asked") or (),
        served_by=section.text("served_by"),
        model=section.text("model"),
        status=section.integer("status"),
        kind=section.text("kind"),
        waited=_bounds(section.value.get("waited")),
        waited_at_most=section.number("waited_at_most"),
        attempts=_bounds(section.value.get("attempts")),
        adaptations=section.texts("adaptations"),
        cost=_bounds(section.value.get("cost")),
        cost_at_most=section.number("cost_at_most"),
        pictures=_bounds(section.value.get("pictures")),
        size=section.text("size"),
        format=section.text("format"),
        cache=section.text("cache"),
        share=_shares(section, "share"),
        asked_first=_shares(section, "asked_first"),
    )


def _spelled_out(words: Iterable[str]) -> Iterator[str]:
    """Make `openai x3` three times openai."""
    for word in words:
        match = TIMES.fullmatch(word)
        yield from [match[1]] * int(match[2]) if match else [word]


def shortened(words: Iterable[str]) -> list[str]:
    """Make three times openai `openai x3`."""
    runs: list[tuple[str, int]] = []
    for word in words:
        if runs and runs[-1][0] == word:
            runs[-1] = (word, runs[-1][1] + 1)
        else:
            runs.append((word, 1))
    return [word if count == 1 else f"{word} x{count}" for word, count in runs]


def _shares(section: Section, key: str) -> Mapping[str, Bounds]:
    found = ((word, _bounds(value)) for word, value in section.mapping(key).items())
    return {word: bounds for word, bounds in found if bounds is not None}


def _bounds(value: JSON) -> Bounds | None:
    if value is None:
        return None
    if isinstance(value, int | float):
        return Bounds(low=value, high=value)
    ends = value if isinstance(value, Mapping) else EMPTY
    low, high = ends.get("from"), ends.get("to")
    return Bounds(
        low=low if isinstance(low, int | float) else -math.inf,
        high=high if isinstance(high, int | float) else math.inf,
    )
