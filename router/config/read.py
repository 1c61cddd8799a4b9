"""Read: the way in. A config becomes a Document, or a ConfigError that tells all its problems."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from router.config.accounts import takes_token, variable_key
from router.config.aims import Aims
from router.config.catalogs import CatalogOf, Catalogs, nothing_shipped
from router.config.foreign import Stranger
from router.config.load import load
from router.config.model import Document, KeyRef, Settings
from router.config.problems import ConfigError, Problem
from router.config.reading import Reading
from router.config.report import Report
from router.config.retirement import Retirement
from router.config.routes import Routes
from router.config.schema import validate
from router.config.section import Section
from router.config.sent import MOST_ERRORS, load_sent
from router.config.source import Source
from router.config.targets import Targets
from router.config.virtual_keys import VirtualKeys
from router.core.catalog import Catalog
from router.core.provider import NOWHERE, Elsewhere, ProviderInfo

Given = Mapping[str, object] | str | Path


class UnusableError(ConfigError):
    """A config that was read to its end; `document` is what it says where it is right."""

    def __init__(self, problems: Sequence[Problem], document: Document) -> None:
        super().__init__(problems)
        self.document = document


KEYS_FILES = ("virtual-keys.yaml", "virtual-keys.yml", "virtual-keys.json")


def read(
    source: Given | Source,
    *,
    providers: Sequence[ProviderInfo],
    environment: Mapping[str, str],
    virtual_keys: Given | None = None,
    allow_unset: bool = False,
    has_token_provider: bool = False,
    elsewhere: Elsewhere = NOWHERE,
    catalog: Given | Sequence[Given] | None = None,
    catalog_of: CatalogOf = nothing_shipped,
    today: dt.date | None = None,
    stranger: Stranger | None = None,
    report: Report | None = None,
) -> Document:
    """Read a config with its virtual keys and its catalogs.

    A string is a path, unless it has a line break or begins with `{`. What was loaded already comes
    with the `report` of that. Without `virtual_keys` the
    file `virtual-keys.yaml` beside the config is read, if there is one. `allow_unset` lets
    variables and files of secrets be missing. Providers that are not among `providers` are looked
    for `elsewhere`. A `catalog` is laid over those that the config names, and all of them over the
    shipped ones, which `catalog_of` gives. With a day `today`, models that are retired by then, or
    soon will be, are warned of. What a `stranger` has sent is a mapping or a text, never a path;
    it reads no file and no variable, and uses of the rest what the stranger may. Raises ConfigError
    with everything that is wrong.
    """
    report = report or Report(most=None if stranger is None else MOST_ERRORS)
    reading = Reading(
        report=report,
        providers=providers,
        environment=environment,
        allow_unset=allow_unset,
        has_token_provider=has_token_provider,
        stranger=stranger,
        elsewhere=elsewhere,
    )
    config = _loaded(source, reading)
    if config is None:
        raise ConfigError(report.problems)
    keys = _virtual_keys(config, virtual_keys, reading)
    catalogs = Catalogs(reading, catalog_of)
    own = _catalogs(config, catalog, catalogs)
    retirement = Retirement(
        report=report, catalog_of=lambda name: catalogs.overlaid(name, own), today=today
    )
    targets = Targets(reading, Aims(reading, keys), {}, retirement)
    route = Routes(targets).read(Section(config, config.value), Settings())
    keys.hand_on(report)
    document = Document(
        route=route,
        keys=MappingProxyType({**_variables(reading), **targets.inline, **keys.refs}),
        source=config.file or config.root,
        base=config.folder,
        catalogs=MappingProxyType(dict(own)),
        warnings=tuple(str(problem) for problem in report.problems),
        problems=report.problems,
        is_sent=stranger is not None,
    )
    if report.has_errors:
        raise UnusableError(report.problems, document)
    return document


def _loaded(given: Given | Source, reading: Reading) -> Source | None:
    """Read the config's text, unless that is done, and check its shape."""
    if isinstance(given, Source):
        config: Source | None = given
    elif reading.stranger is not None:
        return load_sent(given, reading.report)
    else:
        config = load(given, reading.report, root="config")
    if config is not None:
        validate(config, reading.report, "config")
    return config


def _catalogs(
    config: Source, given: Given | Sequence[Given] | None, catalogs: Catalogs
) -> Mapping[str, Catalog]:
    """Read the catalogs. A stranger is not told what is wrong with the operator's."""
    reading = catalogs.reading
    section = Section(config, config.value)
    if reading.stranger is None:
        return catalogs.read(section, given)
    report = Report()
    own = replace(catalogs, reading=replace(reading, report=report)).read(section, given)
    if report.has_errors:
        reading.report.error(config, (), "the operator's catalog cannot be used now")
    return own


def _virtual_keys(config: Source, given: Given | None, reading: Reading) -> VirtualKeys:
    """Read the keys in the config, then those given or in the file beside it."""
    keys = VirtualKeys()
    inside = Section(config, config.value).section("virtual_keys")
    if inside is not None:
        keys.add(inside, reading)
    given = _file_beside(config) if given is None else given
    if given is None:
        return keys
    if reading.stranger is not None:
        keys.lend(_operators_keys(given, reading), reading, reading.stranger)
        return keys
    source = load(given, reading.report, root="virtual_keys")
    if source is None:
        keys.is_whole = False
        return keys
    validate(source, reading.report, "virtual-keys")
    keys.add(Section(source, source.value), reading)
    return keys


def _operators_keys(given: Given, reading: Reading) -> VirtualKeys:
    """Read each of the operator's keys by itself: a mistake in one breaks no other."""
    keys = VirtualKeys()
    source = load(given, Report(), root="virtual_keys")
    if source is None:
        return keys
    for name, value in source.value.items():
        one = replace(source, value={name: value})
        report = Report()
        validate(one, report, "virtual-keys")
        if not report.has_errors:
            keys.add(Section(one, one.value), replace(reading, report=report, stranger=None))
    return keys


def _file_beside(config: Source) -> Path | None:
    if config.folder is None:
        return None
    paths = (config.folder / name for name in KEYS_FILES)
    return next((path for path in paths if path.is_file()), None)


def _variables(reading: Reading) -> Mapping[str, KeyRef]:
    """Every provider's own variable: a request may name the provider."""
    stranger = reading.stranger
    return {
        f"env:{info.name}": KeyRef(
            provider=info.name,
            api_key=variable_key(info, reading),
            takes_token=takes_token(info),
        )
        for info in (*reading.providers, *reading.found.values())
        if stranger is None or stranger.may_ask(info)
    }
