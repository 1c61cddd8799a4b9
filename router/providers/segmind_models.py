"""Segmind's models: how each is asked, and what it calls a thing, read from the catalog."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from router.core.catalog import Catalog, ModelFacts
from router.core.jsontypes import EMPTY, JSON
from router.core.skeleton import as_object

Contract = Literal["v1", "v2"]

NAME = re.compile(r"(?:(v1|v2)/)?([A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*)")
"""A model, with the contract before it where the caller chooses. It stays one segment of a path."""

LONGEST_NAME = 128  # characters


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endpoint:
    """One model behind one contract. `facts` is None where the catalog does not know it."""

    slug: str
    contract: Contract
    facts: ModelFacts | None

    @property
    def is_sure(self) -> bool:
        """Whether all parameters of the model are known."""
        return self.facts is not None and "parameters" not in self.facts.uncertain

    @property
    def pictures_per_call(self) -> int:
        """Several come from v1 alone, and inside JSON: bytes are one picture."""
        many = self.contract == "v1" and self.word("count")
        return self.facts.per_call if self.facts is not None and many else 1

    def word(self, option: str) -> str:
        """Return what the model calls a thing; empty where it has none, or nobody knows."""
        said = self._option(option)
        return said if isinstance(said, str) else ""

    def words(self, option: str) -> tuple[str, ...]:
        """Return one name or several."""
        said = self._option(option)
        if isinstance(said, str):
            return (said,)
        return tuple(map(str, said)) if isinstance(said, list | tuple) else ()

    def mapping(self, option: str) -> Mapping[str, JSON]:
        return as_object(self._option(option))

    def flag(self, option: str) -> bool:
        return self._option(option) is True

    def has(self, parameter: str) -> bool:
        return self.facts is not None and parameter in self.facts.parameters

    def lacks(self, parameter: str) -> bool:
        """Tell whether it surely has no such parameter."""
        if self.facts is None or parameter in self.facts.parameters:
            return False
        return self.is_sure or parameter in self.facts.lacks

    def _option(self, option: str) -> JSON:
        return (self.facts.options if self.facts is not None else EMPTY).get(option)


@lru_cache(maxsize=256)
def find_endpoint(model: str | None, catalog: Catalog) -> Endpoint | None:
    """Return how a model is asked; None for a name that no model of Segmind's can have.

    A model that is not known is asked by v1: it answers with the picture in one go.
    """
    found = NAME.fullmatch(model) if model and len(model) <= LONGEST_NAME else None
    if found is None:
        return None
    slug = found[2]
    facts = catalog.find(slug)
    chosen = found[1] or (facts.options.get("contract") if facts is not None else None)
    return Endpoint(slug=slug, contract="v2" if chosen == "v2" else "v1", facts=facts)
