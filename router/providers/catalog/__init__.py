"""Catalog files: one a provider, beside this file; their shape is schemas/catalog.schema.json."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

import yaml

from router.core.catalog import Catalog, ModelFacts, Price
from router.core.jsontypes import JSON
from router.core.sizes import Grid, Size, parse_size
from router.core.skeleton import as_object

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache
def catalog_of(provider: str) -> Catalog:
    """Return what is shipped on a provider; empty where nothing is."""
    file = resources.files(__package__).joinpath(f"{provider}.yaml")
    if not file.is_file():
        return Catalog(provider=provider)
    return read_catalog(yaml.load(file.read_bytes(), Loader=LOADER))  # noqa: S506  it is a safe one


def read_catalog(data: Mapping[str, JSON]) -> Catalog:
    """Read a catalog that keeps to the schema."""
    return Catalog(
        provider=str(data["provider"]),
        models=tuple(_model(as_object(model)) for model in _list(data["models"])),
    )


def _model(data: Mapping[str, JSON]) -> ModelFacts:
    fields: dict[str, object] = dict(data)
    for name in ("also", "ratios", "qualities", "styles", "formats", "uncertain"):
        fields[name] = tuple(_list(data.get(name)))
    fields["operations"] = frozenset(_list(data.get("operations")) or ["generate"])
    fields["parameters"] = frozenset(_list(data.get("parameters")))
    fields["sizes"] = tuple(_size(size) for size in _list(data.get("sizes")))
    fields["prices"] = tuple(_price(as_object(price)) for price in _list(data.get("prices")))
    if "grid" in data:
        fields["grid"] = Grid(**as_object(data["grid"]))  # type: ignore[arg-type]
    for name in ("retired", "read"):
        if isinstance(fields.get(name), str):
            fields[name] = dt.date.fromisoformat(str(fields[name]))
    return ModelFacts(**fields)  # type: ignore[arg-type]


def _price(data: Mapping[str, JSON]) -> Price:
    when = as_object(data.get("when"))
    fields: dict[str, object] = {
        **data,
        "when": {key: _words(value) for key, value in when.items()},
    }
    return Price(**fields)  # type: ignore[arg-type]


def _words(value: JSON) -> tuple[str, ...]:
    return tuple(str(one) for one in (_list(value) if not isinstance(value, str) else [value]))


def _size(text: JSON) -> Size:
    size = parse_size(text)
    if size is None:
        raise ValueError(f"{text!r} is no size")
    return size


def _list(value: JSON) -> Sequence[JSON]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
