"""Catalogs: the user's own files on models, beside those that are shipped."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from router.config.catalog_check import CatalogCheck
from router.config.load import load
from router.config.masking import shown
from router.config.reading import Reading
from router.config.report import Report
from router.config.schema import validate
from router.config.section import Section
from router.config.source import Source
from router.core.catalog import Catalog
from router.core.catalog_file import read_catalog

CatalogOf: TypeAlias = Callable[[str], Catalog]
Given: TypeAlias = Mapping[str, object] | str | Path

ROOT = "catalog"


def nothing_shipped(provider: str) -> Catalog:
    """Stand in for the shipped catalogs where there are none."""
    return Catalog(provider=provider)


@dataclass(frozen=True, slots=True)
class Catalogs:
    """Reads catalogs and reports what is wrong with them; `shipped` are those that come along."""

    reading: Reading
    shipped: CatalogOf

    def read(self, config: Section, given: Given | Sequence[Given] | None) -> Mapping[str, Catalog]:
        """Return the models by provider, of the files that the config names and of those given.

        What is given comes last, and so has the last word.
        """
        own: dict[str, Catalog] = {}
        for one in (*self._named(config), *_several(given)):
            catalog = self._read_one(one, own)
            if catalog is not None:
                before = own.get(catalog.provider)
                own[catalog.provider] = before.overlaid(catalog) if before else catalog
        return own

    def overlaid(self, provider: str, own: Mapping[str, Catalog]) -> Catalog:
        """Return all that is known of a provider's models, one's own in front."""
        shipped = self.shipped(provider)
        return shipped.overlaid(own[provider]) if provider in own else shipped

    def _named(self, config: Section) -> Iterator[Path]:
        """Yield the files under the config's `catalog`; paths begin at the config's folder."""
        for text in config.texts(ROOT) or filter(None, [self.reading.text(config, ROOT)]):
            yield (config.source.folder or Path()) / text

    def _read_one(self, given: Given, own: Mapping[str, Catalog]) -> Catalog | None:
        """Read one catalog; None, reported, where it cannot be used."""
        report = Report()
        source = load(given, report, root=ROOT)
        catalog = None if source is None else self._meaning(source, report, own)
        report.hand_on(self.reading.report, used=True)
        return catalog

    def _meaning(
        self, source: Source, report: Report, own: Mapping[str, Catalog]
    ) -> Catalog | None:
        validate(source, report, "catalog")
        section = Section(source, source.value)
        provider = self._provider(section, report)
        known = self.overlaid(provider, own)
        CatalogCheck(report, known).check(section)
        if report.has_errors:
            return None
        catalog = read_catalog(source.value, known)
        return Catalog(provider=provider, models=catalog.models)

    def _provider(self, section: Section, report: Report) -> str:
        """Return the provider's own name, which may be written as an alias of it."""
        name = section.text("provider") or ""
        info = self.reading.provider(name)
        if info is None and name:
            hint = self.reading.provider_hint(name)
            place = section.at("provider")
            message = f"unknown provider {shown(name)}"
            report.error(section.source, place, message, hint, code="unknown-provider")
        return info.name if info else name


def _several(given: Given | Sequence[Given] | None) -> Sequence[Given]:
    if given is None:
        return ()
    if isinstance(given, Sequence) and not isinstance(given, str):
        return given
    return (given,)
