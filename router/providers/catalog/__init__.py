"""Catalog files: one a provider, beside this file; their shape is schemas/catalog.schema.json."""

from functools import lru_cache
from pathlib import Path

from router.config.load import load
from router.config.report import Report
from router.core.catalog import Catalog
from router.core.catalog_file import read_catalog

__all__ = ["FOLDER", "catalog_of", "read_catalog"]

FOLDER = Path(__file__).parent


@lru_cache
def catalog_of(provider: str) -> Catalog:
    """Return what is shipped on a provider; empty where nothing is."""
    path = FOLDER / f"{provider}.yaml"
    if not path.is_file():
        return Catalog(provider=provider)
    # Read as configs are: in YAML 1.1 the ratio 16:9 would be the number 969.
    report = Report()
    source = load(path, report, root="catalog")
    report.raise_errors()
    return Catalog(provider=provider) if source is None else read_catalog(source.value)
