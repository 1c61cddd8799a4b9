"""Catalog file: what a file of models says, as values. Its shape is schemas/catalog.schema.json."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

from router.core.catalog import Catalog, Expected, ModelFacts, Price
from router.core.jsontypes import JSON, is_list, sequence
from router.core.sizes import Grid, parse_size
from router.core.skeleton import as_object

AUTO = "auto"
"""Stands among the sizes of a model that may choose one."""

OF_A_NAME = frozenset({"name", "also", "dated"})
"""Facts that a model `like` another does not share with it."""

TEXTS = frozenset({"also", "ratios", "qualities", "styles", "formats", "responses", "uncertain"})
SETS = frozenset({"operations", "parameters", "lacks"})
DATES = frozenset({"retired", "read"})


def read_catalog(data: Mapping[str, JSON], known: Catalog | None = None) -> Catalog:
    """Read a catalog that keeps to the schema.

    A model may be `like` one further up, or like one of the catalog `known`: what it does not say
    is as there. Raises ValueError where there is no such model.
    """
    read: list[ModelFacts] = []
    for item in sequence(data["models"]):
        so_far = Catalog(provider="", models=(*read, *(known.models if known else ())))
        read.append(_model(as_object(item), so_far))
    return Catalog(provider=str(data["provider"]), models=tuple(read))


def _model(data: Mapping[str, JSON], known: Catalog) -> ModelFacts:
    facts: dict[str, object] = {}
    if "like" in data:
        facts |= _likeness(str(data["like"]), str(data["name"]), known)
    for name, value in data.items():
        if name == "sizes":
            facts |= _sizes(value)
        elif name != "like" and not name.startswith("x-"):
            facts[name] = _fact(name, value)
    return ModelFacts(**facts)  # type: ignore[arg-type]


def _likeness(like: str, name: str, known: Catalog) -> dict[str, object]:
    other = known.find(like)
    if other is None:
        raise ValueError(f"{like!r} is no model that {name!r} could be like")
    dropped = OF_A_NAME if other.name != name else frozenset()
    names = (one.name for one in fields(ModelFacts) if one.name not in dropped)
    return {name: getattr(other, name) for name in names}


def _fact(name: str, value: JSON) -> object:
    if name in TEXTS:
        return texts(value)
    if name in SETS:
        return frozenset(texts(value))
    if name in DATES:
        return dt.date.fromisoformat(str(value))
    if name == "prices":
        return tuple(_price(as_object(price)) for price in sequence(value))
    if name == "grid":
        return Grid(**as_object(value))  # type: ignore[arg-type]
    return value


def _sizes(value: JSON) -> Mapping[str, object]:
    written = texts(value)
    sizes = tuple(size for size in map(parse_size, written) if size is not None)
    return {"sizes": sizes, "auto_size": AUTO in written}


def _price(data: Mapping[str, JSON]) -> Price:
    said: dict[str, object] = dict(data)
    if "tokens" in data:
        said["tokens"] = texts(data["tokens"])
    if "when" in data:
        when = as_object(data["when"])
        said["when"] = MappingProxyType({key: texts(value) for key, value in when.items()})
    if "expect" in data:
        said["expect"] = Expected(**as_object(data["expect"]))  # type: ignore[arg-type]
    return Price(**said)  # type: ignore[arg-type]


def texts(value: JSON) -> tuple[str, ...]:
    """Return the values of a list as texts; a single value is a list of one."""
    return tuple(map(as_text, sequence(value) if is_list(value) else [value]))


def as_text(value: JSON) -> str:
    """Write a parameter's value as catalogs do: `true`, `4`, `high`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
