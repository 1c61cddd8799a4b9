"""Places: where in a config a value is, and where in its file."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from router.config.masking import LONGEST, masked

Place: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead to a value: `("targets", 0, "provider")`."""

PLAIN_NAME = re.compile(r"[^\s.\[\]'\"]+")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text begins and ends. Lines and columns count from 1; `end_column` is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


def shown_place(place: Place, root: str) -> str:
    """Write a place as people do: `config.targets[0].provider`."""
    return root + "".join(_step(step) for step in place)


def short(path: str) -> str:
    """Leave out what every path begins with: `targets[0]` for `config.targets[0]`."""
    return path.removeprefix("config.")


def label(place: Place, root: str) -> str:
    """Name a value by its own key: `on_status_codes[0]`."""
    last = next((i for i in range(len(place), 0, -1) if isinstance(place[i - 1], str)), 0)
    if last == 0:
        return root
    name = masked(str(place[last - 1])[:LONGEST])
    return name + "".join(_step(step) for step in place[last:])


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    name = masked(step[:LONGEST])
    return f".{name}" if PLAIN_NAME.fullmatch(name) else f"[{name!r}]"
