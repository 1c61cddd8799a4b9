"""Catalog: what is known of the models of a provider. It informs; it never gates."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from router.core.images import Operation
from router.core.jsontypes import EMPTY, JSON
from router.core.sizes import Grid, Size

LONGEST_NAME = 200  # characters: more is no name, and not worth remembering

Unit = Literal["image", "megapixel", "step", "token", "second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One part of what a call costs, in US dollars.

    `per` is what it is counted by; a token price counts what stands at the path `tokens` of the
    answer's `usage` (`input_tokens_details.text_tokens`). `when` lists, by parameter, the values
    that the price holds for; a parameter that it does not list may have any.
    """

    usd: float
    per: Unit
    tokens: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelFacts:
    """What is known of one model; what is empty or None is not known, or not limited.

    `also` are other names of the same model; with `dated` so is its name followed by a date.
    Sizes are those on offer: a list, every size of a `grid`, or only `ratios` (`16:9`).
    `options` are facts that only this provider's adapter understands. `seconds` is what a picture
    typically takes. `retired` is the day on which it stops, or stopped, to answer.
    `source` and `read` say where that was read and when; `uncertain` names the facts that no
    source of the provider's own confirms.
    """

    name: str
    also: tuple[str, ...] = ()
    dated: bool = False
    operations: frozenset[Operation] = frozenset({"generate"})
    streams: bool = False
    per_call: int = 1
    most_images: int = 1
    takes_mask: bool = False
    sizes: tuple[Size, ...] = ()
    grid: Grid | None = None
    ratios: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    parameters: frozenset[str] = frozenset()
    defaults: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    options: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    prices: tuple[Price, ...] = ()
    seconds: float | None = None
    retired: dt.date | None = None
    replaced_by: str | None = None
    source: str = ""
    read: dt.date | None = None
    uncertain: tuple[str, ...] = ()

    def answers_to(self, name: str) -> bool:
        """Tell whether a name means this model."""
        if name == self.name or name in self.also:
            return True
        return self.dated and _undated(name) in {self.name, *self.also}

    def is_retired(self, day: dt.date) -> bool:
        return self.retired is not None and self.retired <= day


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catalog:
    """One provider's models, in the order in which they are shown."""

    provider: str
    models: tuple[ModelFacts, ...] = ()

    def find(self, name: str | None) -> ModelFacts | None:
        """Return what is known of a model; None where it is not known, or none is named."""
        if name is None or len(name) > LONGEST_NAME:
            return None
        return next((model for model in self.models if model.answers_to(name)), None)


DATED = re.compile(r"(.+)-\d{4}-\d\d-\d\d")


@lru_cache(maxsize=256)
def _undated(name: str) -> str:
    found = DATED.fullmatch(name)
    return found[1] if found else name
