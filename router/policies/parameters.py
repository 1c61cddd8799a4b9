"""Parameters: what a target adds to a request's parameters, replaces and takes away."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from router.core.jsontypes import EMPTY, JSON

Step: TypeAlias = str | int
"""A key, an index, or `*` for every index."""

TOKEN = re.compile(r"\[(\d+|\*)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Applied in this order: `defaults` where a key is missing, `overrides`, `drops`."""

    defaults: Mapping[str, JSON] = field(default_factory=dict)
    overrides: Mapping[str, JSON] = field(default_factory=dict)
    drops: tuple[tuple[Step, ...], ...] = ()

    @property
    def are_empty(self) -> bool:
        """Whether there is nothing to apply."""
        return not (self.defaults or self.overrides or self.drops)

    def apply(self, params: Mapping[str, JSON]) -> Mapping[str, JSON]:
        settled: Mapping[str, JSON] = {**self.defaults, **params, **self.overrides}
        for path in self.drops:
            settled = _object(without(settled, path))
        return settled


def parse_drop(text: str) -> tuple[Step, ...]:
    """Split `a.b[0].c` or `a[*].c` into steps."""
    return tuple(
        name or (index if index == "*" else int(index)) for index, name in TOKEN.findall(text)
    )


def without(value: JSON, path: Sequence[Step]) -> JSON:
    """Return `value` without what `path` leads to; a path that leads nowhere changes nothing."""
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return _without_key(value, step, rest)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _without_index(value, step, rest)
    return value


def _without_key(value: Mapping[str, JSON], step: Step, rest: Sequence[Step]) -> JSON:
    if not isinstance(step, str) or step not in value:
        return value
    if not rest:
        return {key: item for key, item in value.items() if key != step}
    return {**value, step: without(value[step], rest)}


def _without_index(value: Sequence[JSON], step: Step, rest: Sequence[Step]) -> JSON:
    if isinstance(step, str) and step != "*":
        return value
    chosen = range(len(value)) if isinstance(step, str) else (step,)
    if not rest:
        return [item for index, item in enumerate(value) if index not in chosen]
    return [without(item, rest) if index in chosen else item for index, item in enumerate(value)]


def _object(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, Mapping) else EMPTY
