"""Catalog: what is known of the models of a provider. It informs; it never gates."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from router.core.images import Operation
from router.core.jsontypes import EMPTY, JSON
from router.core.sizes import Grid, Size

LONGEST_NAME = 200  # characters: more is no name
SOON = dt.timedelta(days=90)  # the shortest notice of OpenAI's; time enough to test a successor

Unit = Literal["image", "megapixel", "step", "token", "second"]
Counted = Literal["prompt", "files", "pictures", "partials", "words"]

ANY: Mapping[str, tuple[str, ...]] = MappingProxyType({})
NO_PATCHES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How many tokens a price will count, told before the provider counts them.

    Of the prompt: at most one for each of its bytes. Of the files: at most `most` for each. Of
    the pictures: what `patches` say by quality (`pricing.patch_tokens`), and `partial` for each
    unfinished picture that is streamed. Of the partials: those alone, where the pictures
    themselves have listed prices. Of the words, what is thought included: at most `most` for each
    picture, or what the parameter `limit` allows.
    """

    of: Counted
    most: int | None = None
    patches: Mapping[str, int] = field(default_factory=lambda: NO_PATCHES)
    partial: int = 0
    limit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One part of what a call costs, in US dollars.

    `per` is what it is counted by. Of several prices that count the same, the first one holds
    whose `when` fits: it lists, by parameter, the values that the price is for; a parameter that
    it does not list may have any. `operation` counts as a parameter.

    A price per token or second is metered: it counts what stands in the answer's `usage` under
    the first of the paths `tokens` that is there (`input_tokens_details.text_tokens`); where none
    is, nothing is counted if it is `optional`, else the cost is not known by usage. All others
    are listed: they tell the cost before the call, and after it where no usage came.

    `included` units cost nothing. A price with `steps` is for so many steps or fewer; more cost
    in proportion. A price that is a `bound` is never exceeded, and seldom met. One that is `usual`
    may be exceeded, as an average or the least of several is: it settles, and bounds nothing.
    """

    usd: float
    per: Unit
    when: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: ANY)
    tokens: tuple[str, ...] = ()
    optional: bool = False
    expect: Expected | None = None
    steps: int | None = None
    included: float = 0.0
    bound: bool = False
    usual: bool = False

    @property
    def is_metered(self) -> bool:
        return self.per in {"token", "second"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelFacts:
    """What is known of one model; what is empty or None is not known, or not limited.

    `also` are other names of the same model; with `dated` so is its name followed by a date.
    Sizes are those on offer: a list, every size of a `grid`, or only `ratios` (`16:9`); with
    `auto_size` the model may choose. `formats` are picture formats, `responses` the values of
    `response_format`. `parameters` are names that the model takes beyond OpenAI's, `lacks` those
    of OpenAI's and of common use that it has not. `options` are facts that only this provider's
    adapter understands. `seconds` is what a picture typically takes. `retired` is the day on
    which it stops, or stopped, to answer. `source` and `read` say where that was read and when;
    `uncertain` names the facts that no source of the provider's own confirms.
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
    auto_size: bool = False
    grid: Grid | None = None
    ratios: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    parameters: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    defaults: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    options: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    prices: tuple[Price, ...] = ()
    seconds: float | None = None
    retired: dt.date | None = None
    replaced_by: str | None = None
    source: str = ""
    read: dt.date | None = None
    uncertain: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also)

    def answers_to(self, name: str) -> bool:
        """Tell whether a name means this model."""
        return name in self.names or (self.dated and undated(name) in self.names)

    def is_retired(self, day: dt.date) -> bool:
        return self.retired is not None and self.retired <= day

    def retires_soon(self, day: dt.date) -> bool:
        """Tell whether it stops to answer within 90 days, and has not stopped."""
        return self.retired is not None and day < self.retired <= day + SOON


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catalog:
    """One provider's models, in the order in which they are shown."""

    provider: str
    models: tuple[ModelFacts, ...] = ()
    _by_name: Mapping[str, ModelFacts] = field(init=False, repr=False)
    _by_undated: Mapping[str, ModelFacts] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", _indexed(self.models))
        dated = (model for model in self.models if model.dated)
        object.__setattr__(self, "_by_undated", _indexed(dated))

    def find(self, name: str | None) -> ModelFacts | None:
        """Return what is known of a model; None where it is not known, or none is named."""
        if name is None:
            return None
        found = self._by_name.get(name)
        return found or self._by_undated.get(undated(name))

    def overlaid(self, own: "Catalog") -> "Catalog":
        """Return this catalog with another's models: instead of those of the same name, or first.

        Those that are new come first, as whoever adds a model looks for it.
        """
        others = {model.name: model for model in own.models}
        kept = tuple(others.pop(model.name, model) for model in self.models)
        return Catalog(provider=self.provider, models=(*others.values(), *kept))


DATED = re.compile(r"(.+)-\d{4}-\d\d-\d\d")


def undated(name: str) -> str:
    """Take the date off a model's name: `gpt-image-2-2026-04-21` is `gpt-image-2`."""
    found = DATED.fullmatch(name) if len(name) <= LONGEST_NAME else None
    return found[1] if found else name


def _indexed(models: Iterable[ModelFacts]) -> Mapping[str, ModelFacts]:
    """Index models by all their names; the first to have a name keeps it."""
    index: dict[str, ModelFacts] = {}
    for model in models:
        for name in model.names:
            index.setdefault(name, model)
    return MappingProxyType(index)
